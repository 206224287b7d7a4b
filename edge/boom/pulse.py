"""The boom's output over time: on for a bounded while after an order, and off whenever something is in doubt."""

from __future__ import annotations

from edge.ports import BoomOutput

MOST_S = 30.0
"""The line is never on for longer than this in one piece, however often it is renewed."""
BEAT_S = 5.0
"""Without a sign of life of the service for so long, the line goes off and stays off."""
_FOREVER_S = 3600.0


class Pulse:
    """Drives one output. Time is passed in (ns, monotonic); `step` must be called when `wait_s` has passed.

    Every method may raise BoomFailed: then nobody knows how the line stands, and it must be closed.
    """

    def __init__(self, output: BoomOutput, now_ns: int) -> None:
        self._output = output
        self._beat_ns = now_ns
        self._since_ns = 0
        self._until_ns: int | None = None

    @property
    def on(self) -> bool:
        """Whether the line is on."""
        return self._until_ns is not None

    def beat(self, now_ns: int) -> None:
        """Take a sign of life of the service."""
        self.step(now_ns)
        self._beat_ns = now_ns

    def open(self, now_ns: int, until_ns: int) -> bool:
        """Turn on until `until_ns`, or leave on till then; False when that is past or the service is not heard of."""
        self.step(now_ns)
        if until_ns <= now_ns or now_ns - self._beat_ns >= BEAT_S * 1e9:
            return False
        if self._until_ns is None:
            self._since_ns = now_ns
        self._until_ns = min(max(until_ns, self._until_ns or 0), self._since_ns + round(MOST_S * 1e9))
        self._output.set(on=True)
        return True

    def step(self, now_ns: int) -> None:
        """Turn off what is due."""
        if self._until_ns is not None and self._due_ns() <= now_ns:
            self._until_ns = None
            self._output.set(on=False)

    def wait_s(self, now_ns: int) -> float:
        """Return for how long nothing is due."""
        return _FOREVER_S if self._until_ns is None else max(0.0, (self._due_ns() - now_ns) / 1e9)

    def _due_ns(self) -> int:
        return min(self._until_ns or 0, self._beat_ns + round(BEAT_S * 1e9))
