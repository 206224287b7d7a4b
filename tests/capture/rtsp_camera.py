"""The test camera seen from a test: starts the server process, tells it what to do, ends it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing_extensions import Self  # in the standard library from 3.11 on

SERVER = Path(__file__).with_name("rtsp_server.py")


def server_is_here() -> bool:
    """Say whether gst-rtsp-server and its Python binding are installed."""
    try:
        import gi  # noqa: PLC0415 - a system package that may be absent

        gi.require_version("GstRtspServer", "1.0")
    except (ImportError, ValueError):
        return False
    return True


def free_port() -> int:
    """Return a port that nobody has, outside those the kernel gives to outgoing connections.

    A client that keeps knocking at a closed local port of that range may in the end be connected to itself, and then
    the server cannot have it back.
    """
    for port in range(20_000 + os.getpid() % 5_000, 32_000):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise RuntimeError("no free port")


class RtspCamera:
    """A context manager around one server process. `uri` is where it serves; a restarted one keeps its port."""

    def __init__(self, clip: Path, *options: str) -> None:
        self._clip = clip
        self._options = options
        self._port = free_port()
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()

    @property
    def uri(self) -> str:
        """Address of the stream."""
        return f"rtsp://127.0.0.1:{self._port}/live"

    def uri_for(self, login: str) -> str:
        """Address of the stream with user and password in it."""
        return f"rtsp://{login}@127.0.0.1:{self._port}/live"

    def start(self) -> None:
        """Start the process and wait until it serves."""
        command = [sys.executable, str(SERVER), str(self._clip), "--port", str(self._port), *self._options]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self._answer() == f"ready {self._port}"

    def tell(self, command: str) -> None:
        """Give one command and wait until it is done."""
        process = self._running()
        assert process.stdin is not None
        process.stdin.write(f"{command}\n")
        process.stdin.flush()
        assert self._answer() == f"done {command}"

    def freeze(self) -> None:
        """Stop the process as it stands: connections stay open, nothing answers."""
        os.kill(self._running().pid, signal.SIGSTOP)

    def thaw(self) -> None:
        """Let a frozen process go on."""
        os.kill(self._running().pid, signal.SIGCONT)

    def kill(self) -> None:
        """End the process at once, as a power cut does."""
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()

    def _running(self) -> subprocess.Popen[str]:
        assert self._process is not None
        return self._process

    def _answer(self) -> str:
        stdout = self._running().stdout
        assert stdout is not None
        line = stdout.readline().strip()
        assert line, "the test camera ended; its message stands above"
        return line
