"""What an operator should look at, and what is said of it afterwards."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from edge.types.passes import EvidenceRef


class Severity(enum.Enum):
    """How soon an operator should look."""

    INFO = "info"
    WARNING = "warning"
    ALARM = "alarm"


@dataclass(frozen=True, slots=True)
class Anomaly:
    """Something an operator should look at, explained in one sentence with the numbers that made it."""

    anomaly_id: str
    kind: str
    severity: Severity
    explanation: str
    wall_ns: int
    camera_id: str
    road_id: str
    pass_id: str | None = None
    visit_id: str | None = None
    evidence: tuple[EvidenceRef, ...] = ()


RULE = "rule"
"""Who resolved an anomaly when no person did: the rule that had raised it."""


@dataclass(frozen=True, slots=True)
class Ruling:
    """A word on an anomaly: resolved, or open again; the kind of its event says which. `who`: a person or RULE."""

    anomaly_id: str
    who: str
    why: str
    wall_ns: int

    @property
    def in_words(self) -> str:
        """Who says so and why."""
        return f"by {self.who}: {self.why}"


@dataclass(frozen=True, slots=True)
class Correction:
    """What a person says a pass really was; the pass itself stays as it was recorded.

    `class_name` and `plate` are None where nothing is said of them. `was_plate` is the plate that `plate` stands in
    for, None for one that nobody had read.
    """

    pass_id: str
    camera_id: str
    who: str
    why: str
    wall_ns: int
    class_name: str | None = None
    was_class: str | None = None
    plate: str | None = None
    was_plate: str | None = None
    visit_id: str | None = None

    @property
    def change(self) -> str:
        """What it is now, and what stood there before: `truck, not car; CF 207-358, not read before`."""
        changes = ((self.class_name, self.was_class), (self.plate, self.was_plate or "read before"))
        return "; ".join(f"{now}, not {was}" for now, was in changes if now)

    @property
    def in_words(self) -> str:
        """What changes, who says so and why."""
        return f"{self.change}, by {self.who}: {self.why}"


@dataclass(frozen=True, slots=True)
class ListedAnomaly:
    """An anomaly and whether somebody still has to look at it; `visit` is the number of its visit."""

    anomaly: Anomaly
    resolved: bool = False
    visit: int | None = None


@dataclass(frozen=True, slots=True)
class AnomalyEnd:
    """An anomaly that is over by itself: `subject` is no longer what it was about, `why` says what happened."""

    kind: str
    subject: str
    why: str
    wall_ns: int
    anomaly_id: str


@dataclass(frozen=True, slots=True)
class CameraFinding:
    """Something began or ceased to be wrong with a camera's view; `kind` is that of the anomaly, the rest says why."""

    kind: str
    raised: bool
    explanation: str
