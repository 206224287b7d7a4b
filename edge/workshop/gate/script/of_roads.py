"""Scenes of roads and lines: wrong road, wrong way, a class that is not allowed."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from edge.workshop.gate.script.pen import Chapter, Pen
from edge.workshop.gate.script.rides import Ride

_SOON_S, _LATER_S = 300.0, 6000.0


def _through(pen: Pen, road_in: str, road_out: str, class_name: str = "") -> Iterator[Ride]:
    body, came = pen.body(class_name), pen.day()
    yield pen.drive(body, road_in, "in", came)
    yield pen.drive(body, road_out, "out", came + pen.some(_SOON_S, _LATER_S))


def _on_wheels(pen: Pen, road: str, way: str) -> Iterator[Ride]:
    yield pen.drive(pen.body(pen.one_of(("person", "bicycle")), ""), road, way, pen.day())


def _turned(pen: Pen, road: str, way: str, class_name: str = "") -> Iterator[Ride]:
    """Over the line with the wheels, and back."""
    body, came = pen.body(class_name), pen.day("09:00:00")
    yield pen.drive(body, "main", "in", came - pen.some(600, 1200))
    yield pen.turn(body, road, way, came, pen.some(0.36, 0.55))
    yield pen.drive(body, "main", "out", came + pen.some(600, 1200))


def _parked(pen: Pen, road: str, way: str) -> Iterator[Ride]:
    """Stands with its wheels right at the line for a while."""
    body, came = pen.body(), pen.day("09:00:00")
    yield pen.drive(body, "back", "in", came - pen.some(600, 1200))
    yield pen.turn(body, road, way, came, pen.some(-0.05, 0.1))
    yield pen.drive(body, "back", "out", came + pen.some(600, 1200))


def _way(road_in: str, road_out: str, class_name: str = "") -> partial[Iterator[Ride]]:
    return partial(_through, road_in=road_in, road_out=road_out, class_name=class_name)


CHAPTERS: dict[str, Chapter] = {
    "wrong-road": (
        (
            ("out by the entry", _way("main", "entry")),
            ("in by the exit", _way("exit", "back")),
            ("in by a closed road", _way("shut", "main")),
            ("out by a closed road", _way("back", "shut", "bus")),
            ("out by the entry it came by", _way("entry", "entry")),
        ),
        (
            ("in by the entry, out by the exit", _way("entry", "exit")),
            ("both ways by a road for both", _way("main", "main")),
            ("turned back on the line of the entry", partial(_turned, road="entry", way="out")),
            ("turned back on the line of the exit", partial(_turned, road="exit", way="in")),
            ("stood at the line of the closed road", partial(_parked, road="shut", way="in")),
            ("on foot or by bicycle out by the entry", partial(_on_wheels, road="entry", way="out")),
            ("in by another gate, out by the exit", _way("back", "exit", "truck")),
        ),
    ),
    "wrong-way": (
        (
            ("out over the line in", _way("back", "ramp")),
            ("in over the line out", _way("slope", "main")),
            ("out over the line in, as it came", _way("ramp", "ramp", "truck")),
        ),
        (
            ("in over the line in, out over the line out", _way("ramp", "slope")),
            ("in over the line in, out elsewhere", _way("ramp", "main")),
            ("out over the line out", _way("entry", "slope", "bus")),
            ("turned back on the line in", partial(_turned, road="ramp", way="out")),
            ("turned back on the line out", partial(_turned, road="slope", way="in")),
            ("stood at the line", partial(_parked, road="ramp", way="out")),
            ("on foot or by bicycle against it", partial(_on_wheels, road="slope", way="in")),
        ),
    ),
    "class-not-allowed": (
        (
            ("a car in by the road for lorries", _way("haul", "main", "car")),
            ("a car out by the road for lorries", _way("back", "haul", "car")),
            ("a motorcycle by the road for lorries", _way("haul", "haul", "motorcycle")),
        ),
        (
            ("a truck by the road for lorries", _way("haul", "haul", "truck")),
            ("a bus by the road for lorries", _way("main", "haul", "bus")),
            ("a car by the road beside it", _way("entry", "exit", "car")),
            ("a car that turned back on the line", partial(_turned, road="haul", way="in", class_name="car")),
            ("a car that stood at the line", partial(_parked, road="haul", way="out")),
            ("on foot or by bicycle", partial(_on_wheels, road="haul", way="in")),
        ),
    ),
}
