"""The boom as the service sees it: told to open, looked after by beats, and honest about what it could not do."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from importlib.util import find_spec

from edge.boom.lines import contact_of
from edge.clock import Clock
from edge.errors import BoomFailed, ConfigError
from edge.logs import get_log

RETRY_S = 10.0
"""Between two attempts to hold a line that could not be held."""
_END_S = 2.0
_log = get_log("boom")


class Boom:
    """Gives orders to the process that holds the output (edge/boom/keeper.py). Safe to use from several threads."""

    def __init__(self, output: str, clock: Clock, *, active_low: bool = False, command: Sequence[str] = ()) -> None:
        """Start the process that holds the line; whether it could shows in `trouble`. `command`: another keeper.

        Raises:
            ConfigError: the address is none, or libgpiod is absent.
        """
        if contact_of(output).kind == "gpio" and find_spec("gpiod") is None:
            raise ConfigError("boom.output: libgpiod is absent; pip install 'edge-gate[boom]'")
        self._command = command or [
            *(sys.executable, "-m", "edge.boom.keeper", output),
            *(["active-low"] if active_low else []),
        ]
        self._output = output
        self._clock = clock
        self._lock = threading.Lock()
        self._keeper: subprocess.Popen[bytes] | None = None
        self._retry_ns = clock.mono_ns()
        self._heard = b""
        self.trouble = ""
        """Why the boom cannot be opened, empty when it can."""
        self.on = False
        """Whether the line is on, as far as the keeper has told."""
        self.beat()

    def open(self, for_s: float) -> None:
        """Order the line on for `for_s`.

        Raises:
            BoomFailed: nobody took the order; the boom stays shut.
        """
        with self._lock:
            if self.trouble or not self._order(f"open {self._clock.mono_ns() + round(for_s * 1e9)}"):
                raise BoomFailed(self.trouble or f"boom: {self._output}: the process that holds it has gone")

    def beat(self) -> None:
        """Tell that the service lives, hear what happened, and start the keeper again when it has gone."""
        with self._lock:
            self._hear()
            if self._keeper is None and self._clock.mono_ns() >= self._retry_ns:
                self._retry_ns = self._clock.mono_ns() + round(RETRY_S * 1e9)
                self._start()
            self._order("beat")

    def close(self) -> None:
        """Turn the line off and end its process; may be called twice."""
        with self._lock:
            keeper, self._keeper = self._keeper, None
            if keeper is not None:
                _end(keeper)
            self.on = False
            self.trouble = "boom: closed"

    def _start(self) -> None:
        self._heard = b""
        self._keeper = subprocess.Popen(self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # noqa: S603 - our own
        for pipe in (self._keeper.stdin, self._keeper.stdout):
            if pipe is not None:
                os.set_blocking(pipe.fileno(), False)

    def _order(self, order: str) -> bool:
        """Return whether the keeper can have heard it; one that hangs must not hold us up."""
        if self._keeper is None or self._keeper.stdin is None:
            return False
        try:
            return os.write(self._keeper.stdin.fileno(), f"{order}\n".encode()) > 0
        except OSError:
            return False

    def _hear(self) -> None:
        keeper = self._keeper
        if keeper is None or keeper.stdout is None:
            return
        with contextlib.suppress(BlockingIOError):
            while part := os.read(keeper.stdout.fileno(), 4096):
                self._heard += part
        *words, self._heard = self._heard.split(b"\n")
        for word in words:
            self._note(word.decode("utf-8", "replace"))
        if keeper.poll() is not None:
            self._keeper, self.on = None, False
            _end(keeper)
            self._complain(self.trouble or f"boom: {self._output}: the process that holds it ended, and starts anew")

    def _note(self, word: str) -> None:
        if word == "ready":
            self.trouble = ""
            _log.info("%s: held, and off", self._output)
        elif word.startswith("failed "):
            self._complain(word.removeprefix("failed "))
        elif word == "refused":
            _log.warning("%s: not opened: the service was not heard of for too long", self._output)
        else:
            self.on = word == "on"
            _log.info("%s: %s", self._output, word)

    def _complain(self, trouble: str) -> None:
        if trouble != self.trouble:
            _log.error("%s", trouble)
        self.trouble = trouble


def _end(keeper: subprocess.Popen[bytes]) -> None:
    """Let a keeper end by the end of its orders, or end it."""
    if keeper.stdin is not None:
        keeper.stdin.close()
    try:
        keeper.wait(_END_S)
    except subprocess.TimeoutExpired:
        keeper.kill()  # the kernel takes the line back
        keeper.wait()
    if keeper.stdout is not None:
        keeper.stdout.close()
