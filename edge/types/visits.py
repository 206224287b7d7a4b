"""Visits: an entry and an exit of one vehicle."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from edge.types.plates import NoPlate, Plate


class VisitState(enum.Enum):
    """A visit is open until its other side is known."""

    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class VisitSide:
    """One end of a visit: the pass that made it, where and when; `no_plate`: why it has none, where that is known."""

    pass_id: str
    camera_id: str
    road_id: str
    wall_ns: int
    class_name: str
    plates: tuple[Plate, ...] = ()
    dhash: int = 0
    colour: str = ""
    no_plate: NoPlate | None = None


@dataclass(frozen=True, slots=True)
class Visit:
    """An entry pass and an exit pass of one vehicle; one side may be missing. `number` is what a person says aloud."""

    visit_id: str
    number: int
    state: VisitState
    revision: int
    entry: VisitSide | None = None
    exit: VisitSide | None = None
    paired_by: str | None = None

    @property
    def dwell_s(self) -> float | None:
        """Seconds between the two sides, or None while one is missing."""
        if self.entry is None or self.exit is None:
            return None
        return (self.exit.wall_ns - self.entry.wall_ns) / 1e9
