"""What a rule may ask about, and what it answers."""

from __future__ import annotations

from dataclasses import dataclass

from edge.config import Line, Road
from edge.gate.hours import OpeningHours
from edge.types import Box, EvidenceRef, Pass, Visit, VisitSide

LATE_NS = 1_000_000_000
"""A vehicle may cross its line so long after the boom that it came through began to count as shut."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something is wrong with `subject`. `box`: what to keep a picture of where no pass has one; `wall_ns`: not now."""

    subject: str
    explanation: str
    camera_id: str = ""
    road_id: str = ""
    pass_id: str | None = None
    visit_id: str | None = None
    evidence: tuple[EvidenceRef, ...] = ()
    box: Box | None = None
    wall_ns: int | None = None


@dataclass(slots=True)
class BoomSpan:
    """One time that the boom was open, or its loop occupied; `until_ns` None: it still is."""

    since_ns: int
    until_ns: int | None = None

    @property
    def lasting(self) -> str:
        """How long it was, in words, nothing while it is."""
        return "" if self.until_ns is None else f" that lasted {(self.until_ns - self.since_ns) / 1e9:.1f} s"

    def holds(self, wall_ns: int) -> bool:
        """Say whether who crossed a line then came through this opening; the line may lie behind the boom."""
        return self.since_ns <= wall_ns and (self.until_ns is None or wall_ns <= self.until_ns + LATE_NS)


@dataclass(frozen=True, slots=True)
class PassFacts:
    """One final pass. `road` and `line` are None where the configuration lists none of that name.

    `near`: other final passes over the same line lately. `inside`: the open visits of others. `ruled`: the kinds of
    the rules that speak of this pass. `spans`: when the boom was open lately, the newest last; None: nothing tells.
    """

    pass_: Pass
    road: Road | None
    hours: OpeningHours
    line: Line | None = None
    visit: Visit | None = None
    near: tuple[Pass, ...] = ()
    inside: tuple[Visit, ...] = ()
    ruled: frozenset[str] = frozenset()
    spans: tuple[BoomSpan, ...] | None = None

    def found(self, explanation: str) -> Finding:
        """Return that something is wrong with this side of the visit: a revised pass has the same subject."""
        return found_in(self.pass_, explanation)


@dataclass(frozen=True, slots=True)
class VisitFacts:
    """One visit at `wall_ns`. `reconciled_ns`: the last nightly reconciliation."""

    visit: Visit
    hours: OpeningHours
    wall_ns: int
    reconciled_ns: int

    @property
    def side(self) -> VisitSide | None:
        """Its entry, or the exit where no entry was seen."""
        return self.visit.entry or self.visit.exit

    def found(self, explanation: str) -> Finding:
        """Return that something is wrong with this visit."""
        side = self.side
        camera, road = (side.camera_id, side.road_id) if side else ("", "")
        return Finding(
            self.visit.visit_id, explanation, camera, road, side.pass_id if side else None, self.visit.visit_id
        )


def found_in(pass_: Pass, explanation: str) -> Finding:
    """Return that something is wrong with a pass."""
    subject = f"{pass_.visit_id or pass_.pass_id} {pass_.direction.value}"
    return Finding(
        subject,
        explanation,
        pass_.camera_id,
        pass_.road_id,
        pass_.pass_id,
        pass_.visit_id,
        pass_.evidence,
        wall_ns=pass_.wall_ns,
    )
