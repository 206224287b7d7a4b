"""A run of days at the site: scenes of every kind beside one another, the clocks, and what of it can be seen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from edge.types import VEHICLES
from edge.workshop.gate.script.calendar import Calendar
from edge.workshop.gate.script.clocks import NEVER_S, Clocks
from edge.workshop.gate.script.pen import Scene
from edge.workshop.gate.script.rides import Ride

_FINAL_S = 4.0
"""A pass is final so long after the crossing, at most, when nothing hides it."""


@dataclass(frozen=True, slots=True)
class SeenPass:
    """One crossing as it can be seen: `at_s` true, `shown_s` on the camera's clock; `believed`: the clock was.

    `echo`: a second camera saw the vehicle on the same way in or out.
    """

    key: int
    class_name: str
    plate: str
    true_plate: str
    sure: float
    road: str
    way: str
    at_s: float
    shown_s: float
    believed: bool
    echo: bool


@dataclass(frozen=True, slots=True)
class Stay:
    """An entry and the exit that belongs to it, or one of them alone."""

    came: SeenPass | None
    out: SeenPass | None

    @property
    def plate(self) -> str:
        """What was read of it first."""
        first = self.came or self.out
        return first.plate if first else ""

    @property
    def until_s(self) -> float:
        """Until when it is open."""
        return self.out.at_s if self.came and self.out else NEVER_S


@dataclass(frozen=True)
class Days:
    """What happens from `begin_s` to `end_s`, true UTC seconds; the service starts anew at `restart_s`."""

    name: str
    calendar: Calendar
    clocks: Clocks
    scenes: tuple[Scene, ...]
    begin_s: float
    end_s: float
    restart_s: float | None = None

    @cached_property
    def rides(self) -> tuple[Ride, ...]:
        """Everybody's rides in the order in which they begin."""
        return tuple(sorted((ride for scene in self.scenes for ride in scene.rides), key=lambda ride: ride.begin_s))

    @cached_property
    def passes(self) -> tuple[SeenPass, ...]:
        """All passes of vehicles in order of time."""
        return passes_of(self.rides, self.clocks)

    @cached_property
    def stays(self) -> tuple[Stay, ...]:
        """Each entry with the next exit of the same vehicle, and the passes that stay alone."""
        inside: dict[int, SeenPass] = {}
        found: list[Stay] = []
        for one in self.passes:
            if one.echo:
                continue
            if one.way == "out":
                found.append(Stay(inside.pop(one.key, None), one))
                continue
            if one.key in inside:
                found.append(Stay(inside[one.key], None))
            inside[one.key] = one
        return (*found, *(Stay(one, None) for one in inside.values()))


def passes_of(rides: Iterable[Ride], clocks: Clocks) -> tuple[SeenPass, ...]:
    """Return the passes of vehicles among some rides, in order of time."""
    return tuple(sorted((one for ride in rides for one in _passes(ride, clocks)), key=lambda one: one.at_s))


def _passes(ride: Ride, clocks: Clocks) -> Iterator[SeenPass]:
    body = ride.body
    if body.class_name not in VEHICLES:
        return
    for at_s, way in ride.crossings():
        believed = clocks.span(at_s).believed and clocks.span(at_s + _FINAL_S).believed
        yield SeenPass(
            body.key, body.class_name, body.plate, body.true_plate, body.sure, ride.road, way,
            at_s, clocks.shown(at_s, ride.camera), believed, ride.echo,
        )  # fmt: skip
