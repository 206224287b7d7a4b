"""What the boom's input tells, beside what was decided and what was seen."""

from __future__ import annotations

from collections.abc import Sequence

from edge.types import BoomChange, Opening, Pass, Stage

_OURS_NS = 10_000_000_000
"""A boom that opens within this after its pulse was told to."""


class Sensed:
    """Follows one input. `senses` is boom or loop."""

    def __init__(self, senses: str) -> None:
        self._senses = senses
        self._since_ns: int | None = None
        self._passes = 0
        self._opening: Opening | None = None

    def opened(self, openings: Sequence[Opening]) -> None:
        """Note that the boom is told to open."""
        for opening in openings:
            self._opening = opening

    def passed(self, pass_: Pass) -> None:
        """Note a pass as it is told."""
        self._passes += pass_.stage is Stage.PROVISIONAL and pass_.revision == 1

    def take(self, wall_ns: int, *, on: bool) -> BoomChange | None:
        """Return the change when the input is not as it was."""
        if on is (self._since_ns is not None):
            return None
        ours, since_ns = self._ours(since_ns=self._since_ns or wall_ns), self._since_ns
        if since_ns is None:
            self._since_ns, self._passes = wall_ns, 0
            return BoomChange(self._senses, on=True, wall_ns=wall_ns, opening_id=ours)
        self._since_ns = None
        lasted_s = max((wall_ns - since_ns) / 1e9, 0.0)
        return BoomChange(
            self._senses, on=False, wall_ns=wall_ns, opening_id=ours, lasted_s=lasted_s, passes=self._passes
        )

    def _ours(self, since_ns: int) -> str | None:
        told = self._opening
        late_ns = 0 if told is None else since_ns - told.wall_ns - round(told.open_s * 1e9)
        return told.opening_id if told is not None and late_ns <= _OURS_NS else None
