"""Whether wall time may be believed: time rules are held back while it may not.

A clock that nobody vouches for when the run begins is not believed at once; later on a short lapse changes nothing,
because the clock runs on by itself. Durations are counted from one look to the next, so that a step of the clock that
is asked about counts for nothing.
"""

from __future__ import annotations

from edge.clock import ClockQuality

_MOST_S = 10.0  # between two looks; more than that is a clock that was set, or a run that stood still
_BACK_NS = 60_000_000_000  # cameras are a little apart and passes are told late; further back than this it was set
_GOOD_S = 5.0  # a clock that was not believed is again after this


class ClockTrust:
    """Follows the clock's quality. `untrusted_s`: how long it has been doubtful without a break."""

    def __init__(self) -> None:
        self._last_ns: int | None = None
        self._good_s = 0.0
        self.trusted = True
        self.untrusted_s = 0.0

    def step(self, wall_ns: int, quality: ClockQuality, patience_s: float) -> bool:
        """Take a look at the clock and return whether it is believed; it is for `patience_s` of doubt."""
        good = quality is not ClockQuality.UNSYNCED
        if self._last_ns is None:
            self.trusted = good
        passed_s = self._passed_s(wall_ns)
        self._good_s = self._good_s + passed_s if good else 0.0
        if not good or not self.trusted:
            self.untrusted_s += passed_s
        if not self.trusted:
            self.trusted = good and self._good_s >= _GOOD_S
        elif not good:
            self.trusted = self.untrusted_s < patience_s
        if good and self.trusted:
            self.untrusted_s = 0.0
        return self.trusted

    def _passed_s(self, wall_ns: int) -> float:
        """Return how much later it is than at the latest look so far: what is told late is no second time."""
        if self._last_ns is None or wall_ns < self._last_ns - _BACK_NS:
            self._last_ns = wall_ns
        passed_s = max(wall_ns - self._last_ns, 0) / 1e9
        self._last_ns = max(self._last_ns, wall_ns)
        return min(passed_s, _MOST_S)
