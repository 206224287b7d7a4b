"""Who looks: every page asks again and again under a name of its own."""

from __future__ import annotations

import threading

from edge.clock import Clock

MOST = 16
"""Viewers at a time: each that waits holds a thread."""
SILENT_NS = 5_000_000_000
"""A viewer that has not asked for so long is gone: longer than an answer may take, and a slow link on top."""


class Viewers:
    """The viewers that asked lately and have not been told the end. Called by any thread."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._turn = threading.Condition()
        self._asked_ns: dict[str, int] = {}
        self._last_ns: int | None = None

    @property
    def watching(self) -> bool:
        """Whether anybody asked lately; does not wait for the lock."""
        last_ns = self._last_ns
        return last_ns is not None and self._clock.mono_ns() - last_ns < SILENT_NS

    def ask(self, viewer: str) -> bool:
        """Note that a viewer asks; False when there are too many others."""
        with self._turn:
            self._forget_the_silent()
            if viewer not in self._asked_ns and len(self._asked_ns) >= MOST:
                return False
            self._last_ns = self._asked_ns[viewer] = self._clock.mono_ns()
            return True

    def told(self, viewer: str) -> None:
        """Note that a viewer knows of the end."""
        with self._turn:
            self._asked_ns.pop(viewer, None)
            self._turn.notify_all()

    def wait_until_told(self, timeout_s: float) -> bool:
        """Wait until every viewer knows of the end; False when some did not ask in time."""
        with self._turn:
            self._forget_the_silent()
            return self._turn.wait_for(lambda: not self._asked_ns, timeout_s)

    def _forget_the_silent(self) -> None:
        now_ns = self._clock.mono_ns()
        self._asked_ns = {name: at_ns for name, at_ns in self._asked_ns.items() if now_ns - at_ns < SILENT_NS}
