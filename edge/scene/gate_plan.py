"""The plan of a gate: where its roads, lines, booms and things are, in metres.

The site's inside is the near side (small y); a public street runs across beyond the gate.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from edge.scene.light import Lamp
from edge.scene.paths import Path

Xy = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Thing:
    """Something that stands: a kind of prop, its size along, across and up, the names of its two colours."""

    kind: str
    x: float
    y: float
    heading_deg: float
    size: tuple[float, float, float]
    tints: tuple[str, str]
    seed: int = 0


@dataclass(frozen=True, slots=True)
class GatePlan:
    """One gate. `ways` are the paths of rides by name.

    in-near, in-far: from the near or far lane of the street; out-near, out-far: to it; side-in, side-out: by the side
    road; street-near, street-far, cycle, footway: along the street; turn: up to the line and back.
    """

    name: str
    entry_x: float
    exit_x: float
    road: tuple[float, float]
    line_y: float
    boom_y: float
    street_y: tuple[float, float]
    side: tuple[Xy, ...]
    side_width: float
    side_line_y: float
    footways: tuple[tuple[float, float], ...]
    street_kerbs: tuple[tuple[float, float], ...]
    ways: tuple[tuple[str, tuple[Xy, ...]], ...]
    trees: tuple[tuple[float, float, float, float], ...]
    things: tuple[Thing, ...]
    lamps: tuple[Lamp, ...]

    def way(self, name: str) -> Path:
        """The path of a ride; KeyError for a name that is none."""
        return Path(dict(self.ways)[name])


def mirrored(plan: GatePlan, name: str) -> GatePlan:
    """The plan with left and right exchanged: traffic keeps to the other side."""
    return replace(
        plan,
        name=name,
        entry_x=-plan.entry_x,
        exit_x=-plan.exit_x,
        road=(-plan.road[1], -plan.road[0]),
        side=tuple((-x, y) for x, y in plan.side),
        footways=tuple((-b, -a) for a, b in plan.footways),
        street_kerbs=tuple((-b, -a) for a, b in plan.street_kerbs),
        ways=tuple((way, tuple((-x, y) for x, y in points)) for way, points in plan.ways),
        trees=tuple((-x, y, w, h) for x, y, w, h in plan.trees),
        things=tuple(replace(thing, x=-thing.x, heading_deg=180 - thing.heading_deg) for thing in plan.things),
        lamps=tuple(replace(lamp, at=(-lamp.at[0], *lamp.at[1:])) for lamp in plan.lamps),
    )


Way = tuple[str, tuple[Xy, ...]]


def usual_ways(
    entry_x: float, exit_x: float, street_y: tuple[float, float], line_y: float, side: tuple[Xy, ...]
) -> tuple[Way, ...]:
    """The ways of a gate whose entry lies to the right of its exit, from a few numbers."""
    near, far = (street_y[0] + share * (street_y[1] - street_y[0]) for share in (0.28, 0.72))
    return (
        *_entries(entry_x, near, far, line_y),
        *_exits(exit_x, near, far, line_y),
        *_side_ways(side, near, far),
        ("street-far", ((-36.0, far), (36.0, far))),
        ("street-near", ((36.0, near), (-36.0, near))),
        ("footway", ((-11.0, street_y[0] - 1.1), (12.0, street_y[0] - 1.1))),
        ("cycle", ((36.0, street_y[0] + 0.7), (-36.0, street_y[0] + 0.7))),
        _turn(entry_x, exit_x, near, line_y),
    )


def _entries(x: float, near: float, far: float, line_y: float) -> tuple[Way, Way]:
    door = near - 4.0
    inner = ((x, door - 3), (x, line_y), (x, -10.0))
    from_near = ((30.0, near), (x + 12, near), (x + 5, near), (x + 1.6, near - 1.1), (x + 0.3, door))
    from_far = ((-30.0, far), (x - 6, far), (x - 1.2, far - 0.6), (x + 0.2, far - 2.8), (x + 0.2, door - 1))
    return ("in-near", (*from_near, *inner)), ("in-far", (*from_far, *inner))


def _exits(x: float, near: float, far: float, line_y: float) -> tuple[Way, Way]:
    door = near - 4.0
    outer = ((x, -12.0), (x, line_y - 3), (x, door - 3.5))
    to_near = ((x - 0.4, door), (x - 1.8, near - 1.1), (x - 5, near), (x - 12, near), (-32.0, near))
    to_far = ((x + 0.4, near - 1.5), (x + 2.2, far - 1.2), (x + 5.6, far), (x + 14, far), (34.0, far))
    return ("out-near", (*outer, *to_near)), ("out-far", (*outer, *to_far))


def _side_ways(side: tuple[Xy, ...], near: float, far: float) -> tuple[Way, Way]:
    end, inner = side[-2][0], side[:-1]
    return (
        ("side-out", (*inner, (end - 3.0, near), (end - 9.0, near), (-34.0, near))),
        ("side-in", ((-34.0, far), (end - 7, far), (end - 1.8, far - 1.4), *inner[::-1])),
    )


def _turn(entry_x: float, exit_x: float, near: float, line_y: float) -> Way:
    """Up to the line and round on it; the lowest point leaves a car's side just over the line."""
    low, door, middle = line_y + 0.78, near - 4.0, (entry_x + exit_x) / 2
    there = ((30.0, near), (entry_x + 12, near), (entry_x + 5, near), (entry_x + 1.6, near - 1.1))
    down = ((entry_x + 0.6, door - 2), (entry_x + 0.5, low + 4), (entry_x + 0.4, low + 1.75), (middle + 1.2, low + 0.4))
    up = ((middle - 1.2, low + 0.4), (exit_x - 0.4, low + 1.75), (exit_x - 0.4, low + 4), (exit_x - 0.4, door))
    back = ((exit_x - 1.8, near - 1.1), (exit_x - 5, near), (exit_x - 12, near), (-32.0, near))
    return ("turn", (*there, *down, (middle, low), *up, *back))
