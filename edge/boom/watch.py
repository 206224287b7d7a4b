"""Follows the boom's input in a thread of its own, for as long as it is wanted."""

from __future__ import annotations

import threading
from collections.abc import Callable

from edge.clock import Clock
from edge.errors import BoomFailed
from edge.logs import get_log
from edge.ports import BoomInput

RETRY_S = 10.0
"""Between two attempts to hold a line that could not be held, or went away."""
_LOOK_UP_S = 0.5
_log = get_log("boom")


class InputWatch:
    """Tells `changed(wall_ns, on)` of every edge, and of the level found when the line is taken (again)."""

    def __init__(self, hold: Callable[[], BoomInput], clock: Clock, changed: Callable[[int, bool], object]) -> None:
        self._hold = hold
        self._clock = clock
        self._changed = changed
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="boom input", daemon=True)
        self.trouble = ""
        """Why nothing is known of the boom, empty when it is."""
        self._thread.start()

    def close(self) -> None:
        """Let the line go."""
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                self._follow()
            except BoomFailed as error:
                if str(error) != self.trouble:
                    _log.error("%s", error)
                self.trouble = str(error)
                self._stop.wait(RETRY_S)

    def _follow(self) -> None:
        line = self._hold()
        try:
            self.trouble = ""
            self._changed(self._clock.wall_ns(), line.on)
            while not self._stop.is_set():
                for edge in line.wait(_LOOK_UP_S):
                    late_ns = max(self._clock.mono_ns() - edge.mono_ns, 0)
                    self._changed(self._clock.wall_ns() - late_ns, edge.on)
        finally:
            line.close()
