"""What a rule may ask about, and what it answers."""

from __future__ import annotations

from dataclasses import dataclass

from edge.config import Line, Road
from edge.gate.hours import OpeningHours
from edge.types import Box, EvidenceRef, Pass, Visit, VisitSide


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


@dataclass(frozen=True, slots=True)
class PassFacts:
    """One final pass. `road` and `line` are None where the configuration lists none of that name.

    `near`: other final passes over the same line lately. `inside`: the open visits of others. `ruled`: the kinds of
    the rules that speak of this pass.
    """

    pass_: Pass
    road: Road | None
    hours: OpeningHours
    line: Line | None = None
    visit: Visit | None = None
    near: tuple[Pass, ...] = ()
    inside: tuple[Visit, ...] = ()
    ruled: frozenset[str] = frozenset()

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
