"""Visits: an entry and an exit of one vehicle, and what a site counts of them."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from edge.types.plates import NoPlate, Plate


class VisitState(enum.Enum):
    """A visit is open until its other side is known, or nobody waits for it any longer."""

    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class VisitSide:
    """One end of a visit: the pass that made it, where and when; `no_plate`: why it has none, where that is known.

    `route`: every line that the vehicle went over in one go, in order, as camera/line; empty where nobody noted it.
    """

    pass_id: str
    camera_id: str
    road_id: str
    wall_ns: int
    class_name: str
    plates: tuple[Plate, ...] = ()
    dhash: int = 0
    colour: str = ""
    no_plate: NoPlate | None = None
    route: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Visit:
    """An entry pass and an exit pass of one vehicle; one side may be missing. `number` is what a person says aloud.

    A closed visit with one side was set aside: nobody waits for the other one any longer. One without a side gave its
    own to the visit whose id is `merged_into`.
    """

    visit_id: str
    number: int
    state: VisitState
    revision: int
    entry: VisitSide | None = None
    exit: VisitSide | None = None
    paired_by: str | None = None
    merged_into: str | None = None

    @property
    def dwell_s(self) -> float | None:
        """Seconds between the two sides, or None while one is missing."""
        if self.entry is None or self.exit is None:
            return None
        return (self.exit.wall_ns - self.entry.wall_ns) / 1e9

    @property
    def sides(self) -> tuple[VisitSide, ...]:
        """The sides that are known, the entry first."""
        return tuple(side for side in (self.entry, self.exit) if side is not None)


@dataclass(frozen=True, slots=True)
class Regrouping:
    """Two half visits were merged, or a visit was split in two; the kind of its event says which.

    The pass `pass_id` went from visit `other_id` to `visit_id` when merged, and the other way when split; the anomalies
    about it went along. `who`: a person, or RULE where a corrected plate told it.
    """

    visit_id: str
    number: int
    other_id: str
    other_number: int
    pass_id: str
    who: str
    why: str
    wall_ns: int

    @property
    def in_words(self) -> str:
        """Which visits, who says so and why."""
        return f"visits {self.number} and {self.other_number}, by {self.who}: {self.why}"


@dataclass(frozen=True, slots=True)
class DayCount:
    """What a store recorded in a span of time: final passes, those of them with a plate, visits that got both sides."""

    passes: int = 0
    read: int = 0
    closed: int = 0


@dataclass(frozen=True, slots=True)
class ClassCount:
    """How many of a class there are."""

    class_name: str
    count: int


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """How a site stood when it reconciled at `wall_ns`, and what the day before that came to.

    Standing: `inside` counts open visits with an entry, `by_class` the same by class; `without_entry` those with an
    exit alone, which are nobody inside. Of the day: `unpaired_exits` are those of its exits that still have no entry,
    `closed` the visits that got both sides, `set_aside` the half visits that nobody waits for any longer, `passes` the
    final ones, `read_rate` the share of them with a plate, None without a pass.
    """

    site_id: str
    wall_ns: int
    inside: int
    without_entry: int
    unpaired_exits: int
    closed: int
    set_aside: int
    passes: int
    read_rate: float | None = None
    by_class: tuple[ClassCount, ...] = ()

    @property
    def in_words(self) -> str:
        """The figures in a line."""
        read = "" if self.read_rate is None else f", {100 * self.read_rate:.0f} % of {self.passes} passes read"
        exits = f"{self.unpaired_exits} exits without an entry ({self.without_entry} in all)"
        return f"{self.inside} inside, {self.closed} visits closed, {exits}, {self.set_aside} set aside{read}"
