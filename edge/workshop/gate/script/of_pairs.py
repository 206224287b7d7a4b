"""Scenes of two passes that belong together or do not: tailgating, a plate inside twice, a plate on another vehicle."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from edge.workshop.gate.script.ground import TAILGATE_S
from edge.workshop.gate.script.of_stays import misread
from edge.workshop.gate.script.pen import Chapter, Pen, driven_by, read_as
from edge.workshop.gate.script.rides import Ride

_UNSURE = 0.6


def _convoy(pen: Pen, gaps: tuple[float, ...], way: str = "in", roads: tuple[str, ...] = ("main",)) -> Iterator[Ride]:
    """Some vehicles one behind the other, each on the next of `roads`; and their other halves an hour away."""
    at = pen.day("09:00:00", "15:00:00")
    for number, gap in enumerate((0.0, *gaps)):
        at += gap
        body = pen.body()
        yield pen.drive(body, roads[number % len(roads)], way, at)
        away = (3000 + 60 * number) * (1 if way == "in" else -1)
        yield pen.drive(body, "back", "out" if way == "in" else "in", at + away)


def _close(pen: Pen, count: int = 1, way: str = "in", roads: tuple[str, ...] = ("main",)) -> Iterator[Ride]:
    return _convoy(pen, tuple(pen.some(0.9, TAILGATE_S - 0.3) for _ in range(count)), way, roads)


def _apart(pen: Pen, low: float, high: float, count: int = 1) -> Iterator[Ride]:
    return _convoy(pen, tuple(pen.some(low, high) for _ in range(count)))


def _meeting(pen: Pen) -> Iterator[Ride]:
    """One comes while another leaves."""
    at = pen.day("09:00:00", "15:00:00")
    for way, begin in (("in", at), ("out", at + pen.some(-3, 3))):
        body = pen.body()
        yield pen.drive(body, "main", way, begin)
        yield pen.drive(body, "back", "out" if way == "in" else "in", begin + (3000 if way == "in" else -3000))


def _broken(pen: Pen) -> Iterator[Ride]:
    """One vehicle of which the tracker makes two tracks on the line."""
    came, out = tuple(usual(pen))
    yield replace(came, broken_s=(came.begin_s + pen.some(0.3, 0.8) * (came.end_s - came.begin_s),))
    yield out


def _behind_one_that_turned(pen: Pen) -> Iterator[Ride]:
    came, out = tuple(usual(pen))
    yield from (came, out)
    other = pen.body()
    turned = pen.turn(other, "main", "in", came.begin_s - pen.some(6, 9), pen.some(-0.4, 0.0))
    yield turned


def usual(pen: Pen, road: str = "main") -> Iterator[Ride]:
    """Yield a visit by day with which nothing is wrong."""
    body, at = pen.body(), pen.day("07:00:00", "14:00:00")
    yield pen.drive(body, road, "in", at)
    yield pen.drive(body, "back", "out", at + pen.some(900, 6000))


def _copied(pen: Pen, road: str, class_name: str = "car") -> Iterator[Ride]:
    """Another one with the same plate comes and goes while the first is inside."""
    first, at = pen.body(class_name), pen.day("07:00:00", "12:00:00")
    second = pen.body(class_name, first.plate)
    lasts = pen.some(3600, 10000)
    yield pen.drive(first, "main", "in", at)
    yield pen.drive(second, road, "in", at + lasts * pen.some(0.2, 0.4))
    yield pen.drive(second, road, "out", at + lasts * pen.some(0.5, 0.8))
    yield pen.drive(first, "main", "out", at + lasts)


def _unseen_exit(pen: Pen) -> Iterator[Ride]:
    """It left unseen and comes again: nobody on the site can know."""
    first, at = pen.body(), pen.day("07:00:00", "10:00:00")
    yield pen.drive(first, "main", "in", at)
    again = replace(first, key=pen.body().key)
    yield pen.drive(again, "back", "in", at + pen.some(3600, 10000))
    yield pen.drive(again, "back", "out", at + pen.some(11000, 14000))


def _again(pen: Pen) -> Iterator[Ride]:
    body, at = pen.body(), pen.day("07:00:00", "10:00:00")
    for way, road, after in (("in", "main", 0), ("out", "back", 2000), ("in", "back", 2090), ("out", "main", 6000)):
        yield pen.drive(body, road, way, at + after + pen.some(0, 40))


def _unsure_copy(pen: Pen) -> Iterator[Ride]:
    """A plate that is read unsurely proves nothing."""
    first, at = pen.body("car"), pen.day("07:00:00", "12:00:00")
    second = pen.body("truck")
    yield pen.drive(first, "main", "in", at)
    for way, after in (("in", 1200), ("out", 2400)):
        yield read_as(pen.drive(second, "main", way, at + after), first.plate, _UNSURE)
    yield pen.drive(first, "main", "out", at + 4000)


def _nearly_alike(pen: Pen) -> Iterator[Ride]:
    """Two plates that differ in one character, inside at once."""
    first, at = pen.body("car"), pen.day("07:00:00", "12:00:00")
    digit = first.plate[-1]
    other = next(one for one in "49317" if one != digit)
    second = pen.body("car", first.plate[:-1] + other)
    yield pen.drive(first, "main", "in", at)
    yield pen.drive(second, "main", "in", at + pen.some(600, 1200))
    yield pen.drive(second, "back", "out", at + pen.some(1800, 2400))
    yield pen.drive(first, "main", "out", at + pen.some(3000, 4000))


def _two_without_plate(pen: Pen) -> Iterator[Ride]:
    at = pen.day("07:00:00", "12:00:00")
    for number in range(2):
        body = pen.body("motorcycle", "")
        yield pen.drive(body, "main", "in", at + 600 * number)
        yield pen.drive(body, "main", "out", at + 3000 + 600 * number)


def _two_gates(pen: Pen) -> Iterator[Ride]:
    """One way in leads past two cameras whose clocks differ: one vehicle, told twice within seconds."""
    body, at = pen.body(), pen.day("07:00:00", "12:00:00")
    yield pen.drive(body, "main", "in", at)
    yield replace(pen.drive(body, "guests", "in", at + pen.some(8, 15)), echo=True)
    yield pen.drive(body, "main", "out", at + pen.some(900, 4000))


def _swapped(pen: Pen, first: str, second: str, roads: tuple[str, str] = ("main", "back")) -> Iterator[Ride]:
    body, at = pen.body(first), pen.day("07:00:00", "14:00:00")
    yield pen.drive(body, roads[0], "in", at)
    yield driven_by(pen.drive(body, roads[1], "out", at + pen.some(900, 6000)), second)


def _misread_other_class(pen: Pen) -> Iterator[Ride]:
    """What pairs is a plate nearly the same; that is not sure enough to speak of another vehicle."""
    came, out = tuple(_swapped(pen, "truck", "bus"))
    yield came
    yield misread(out)


def _unsure_other_class(pen: Pen) -> Iterator[Ride]:
    came, out = tuple(_swapped(pen, "car", "truck"))
    yield came
    yield read_as(out, out.body.plate, _UNSURE)


def _other_looks(pen: Pen) -> Iterator[Ride]:
    """Seen from behind it looks otherwise, and the rule does not ask for looks."""
    came, out = tuple(usual(pen))
    yield came
    yield replace(out, body=replace(out.body, look=out.body.look ^ (2**40 - 1)))


def _of_two_classes(pen: Pen) -> Iterator[Ride]:
    at = pen.day("07:00:00", "12:00:00")
    for class_name in ("car", "truck"):
        body = pen.body(class_name)
        yield pen.drive(body, "main", "in", at + pen.some(0, 30) + (600 if class_name == "car" else 0))
        yield pen.drive(body, "main", "out", at + pen.some(2000, 3000) + (2000 if class_name == "car" else 0))


CHAPTERS: dict[str, Chapter] = {
    "tailgating": (
        (
            ("two on one opening", _close),
            ("two by the back gate", partial(_close, roads=("ramp",))),
            ("three in a row", partial(_close, count=2)),
            ("two on the entry", partial(_close, roads=("entry",))),
        ),
        (
            ("just outside the window", partial(_apart, low=TAILGATE_S + 0.3, high=TAILGATE_S + 2)),
            ("five in a row, each on its own opening", partial(_apart, low=5, high=9, count=4)),
            ("two that leave", partial(_close, way="out")),
            ("two on two roads", partial(_close, roads=("main", "entry"))),
            ("two by two gates", partial(_close, roads=("main", "ramp"))),
            ("one comes, one leaves", _meeting),
            ("one of which the tracker makes two", _broken),
            ("behind one that turned back", _behind_one_that_turned),
        ),
    ),
    "plate-inside-twice": (
        (
            ("a copy by the same gate", partial(_copied, road="main")),
            ("a copy by the other gate", partial(_copied, road="back")),
            ("a copy on a truck", partial(_copied, road="ramp", class_name="truck")),
            ("back after an exit that nobody saw", _unseen_exit),
        ),
        (
            ("out and in again", _again),
            ("a plate read unsurely", _unsure_copy),
            ("a plate that differs in one character", _nearly_alike),
            ("two without a plate", _two_without_plate),
            ("past two cameras", _two_gates),
            ("a day's visit", usual),
            ("one of which the tracker makes two", _broken),
        ),
    ),
    "plate-mismatch": (
        (
            ("a car in, a truck out", partial(_swapped, first="car", second="truck")),
            ("a truck in, a car out", partial(_swapped, first="truck", second="car", roads=("haul", "main"))),
            ("a bus in, a truck out", partial(_swapped, first="bus", second="truck")),
            ("a motorcycle in, a car out", partial(_swapped, first="motorcycle", second="car")),
        ),
        (
            ("the same class", usual),
            ("another class, the plate nearly the same", _misread_other_class),
            ("another class, the plate read unsurely", _unsure_other_class),
            ("the same class, seen from behind", _other_looks),
            ("two classes, two plates", _of_two_classes),
            ("out and in again", _again),
        ),
    ),
}
