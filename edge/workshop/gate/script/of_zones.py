"""Scenes in zones: loitering, standing where it is to be kept clear, queues."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from edge.workshop.gate.script.ground import KEEP_CLEAR_S, LOITER_S, QUEUE_OF, QUEUE_S, YARD
from edge.workshop.gate.script.pen import Chapter, Pen
from edge.workshop.gate.script.rides import SIZE_WH, Ride

_STOOD_S = KEEP_CLEAR_S + 2.5
_ARRIVAL_S = 6.0  # from coming into a zone to counting as slow there, at most


def _roams(pen: Pen, low: float, high: float) -> Iterator[Ride]:
    yield pen.roam(pen.body("person", ""), "loiter", pen.day(), pen.some(low, high))


def _stands(pen: Pen, zone: str, low: float, high: float, class_name: str = "") -> Iterator[Ride]:
    """Stands for so long; coming and going takes some seconds more."""
    yield pen.stay(pen.body(class_name), zone, pen.day(), pen.some(low, high) + 2.7)


def _hidden(pen: Pen, zone: str, low: float, high: float) -> Iterator[Ride]:
    """Somebody stands in front of it for a moment, and the tracker begins another track of it."""
    (ride,) = _stands(pen, zone, low, high)
    at = (ride.begin_s + ride.end_s) / 2
    yield replace(ride, hidden_s=(at, at + pen.some(0.6, 1.8)), broken_s=(at + 1.0,))


def _there_and_back(pen: Pen) -> Iterator[Ride]:
    """Goes out of the zone for some seconds, twice: three short stays."""
    body, at = pen.body("person", ""), pen.day()
    for number in range(3):
        ride = pen.roam(body, "loiter", at + number * 70, pen.some(30, 52))
        yield ride


def _beside(pen: Pen, zone: str, stands_s: float) -> Iterator[Ride]:
    """Stands just outside the zone."""
    ride = pen.stay(pen.body(), zone, pen.day(), stands_s)
    x = pen.column(zone, -0.06)
    yield replace(ride, path=tuple((s, x, y) for s, _, y in ride.path))


def _two_in_turn(pen: Pen) -> Iterator[Ride]:
    """One leaves and another comes: neither is there for long."""
    at = pen.day()
    for number in range(2):
        yield pen.roam(pen.body("person", ""), "loiter", at + 50 * number, pen.some(40, 48))


def _creeps(pen: Pen) -> Iterator[Ride]:
    """Crawls through the zone without ever standing."""
    body, at, lasts = pen.body(), pen.day(), pen.some(15, 30)
    x = pen.column("keep-clear", 0.5)
    yield Ride(body, YARD, ((at, x, 0.3 * SIZE_WH[1]), (at + lasts, x, 0.97 * SIZE_WH[1])))


def _stops_twice(pen: Pen) -> Iterator[Ride]:
    """Stands for a while, moves on by a length, stands again."""
    body, at, each = pen.body(), pen.day(), pen.some(5, KEEP_CLEAR_S - 1.2)
    x, top, speed = pen.column("keep-clear", 0.5), 200.0, 150.0
    spots, y = [(at, x, top)], top
    for stop in (380.0, 550.0):
        at += (stop - y) / speed
        spots += [(at, x, stop), (at + each, x, stop)]
        at, y = at + each, stop
    yield Ride(body, YARD, (*spots, (at + (710 - y) / speed, x, 710.0)))


def _queue(pen: Pen, count: int, low: float, high: float, class_name: str = "") -> Iterator[Ride]:
    """Some wait side by side; they come and go within seconds."""
    at, lasts = pen.day(), pen.some(low, high)
    for number in range(count):
        share, column = 0.3 + 0.1 * (number % 5), 0.1 + 0.8 * number / max(count - 1, 1)
        body = pen.body(class_name, "" if class_name == "person" else None)
        yield pen.stay(body, "queue", at + pen.some(0, 2), lasts + pen.some(0, 1), (column, share))


def _dwindles(pen: Pen) -> Iterator[Ride]:
    """One too many, but not for long enough: one goes, and the others wait on."""
    rides = tuple(_queue(pen, QUEUE_OF + 1, QUEUE_S + 30, QUEUE_S + 60))
    early = rides[0]
    (begin, *_), goes = early.path, early.path[1][0] + pen.some(15, QUEUE_S - 12)
    x = begin[1]
    yield replace(early, path=(*early.path[:2], (goes, *early.path[1][1:]), (goes + 3, x, 708.0)))
    yield from rides[1:]


def _flows(pen: Pen) -> Iterator[Ride]:
    """Many drive through, one behind the other, for more than a minute."""
    at = pen.day()
    for number in range(14):
        yield pen.stay(pen.body(), "queue", at + number * 5.5, 3.2)


CHAPTERS: dict[str, Chapter] = {
    "loitering": (
        (
            ("on foot", partial(_roams, low=LOITER_S + 4, high=LOITER_S + 60)),
            ("a parked vehicle", partial(_stands, zone="loiter", low=LOITER_S + 4, high=LOITER_S + 40)),
            ("hidden for a moment", partial(_hidden, zone="loiter", low=LOITER_S + 8, high=LOITER_S + 40)),
        ),
        (
            ("seconds too short on foot", partial(_roams, low=LOITER_S - 12, high=LOITER_S - 1.5)),
            ("a vehicle that goes in time", partial(_stands, zone="loiter", low=30, high=LOITER_S - 4.5)),
            ("out and in again", _there_and_back),
            ("just outside", partial(_beside, zone="loiter", stands_s=90)),
            ("two in turn", _two_in_turn),
            ("hidden for a moment, gone in time", partial(_hidden, zone="loiter", low=30, high=LOITER_S - 5)),
        ),
    ),
    "keep-clear": (
        (
            ("stands", partial(_stands, zone="keep-clear", low=_STOOD_S, high=40)),
            (
                "a truck stands",
                partial(_stands, zone="keep-clear", low=_STOOD_S, high=40, class_name="truck"),
            ),
            ("hidden for a moment", partial(_hidden, zone="keep-clear", low=KEEP_CLEAR_S + 6, high=40)),
        ),
        (
            ("nine seconds of ten", partial(_stands, zone="keep-clear", low=5, high=KEEP_CLEAR_S - 1)),
            ("creeps through", _creeps),
            ("stops twice", _stops_twice),
            ("just outside", partial(_beside, zone="keep-clear", stands_s=40)),
            ("somebody on foot", partial(_stands, zone="keep-clear", low=15, high=40, class_name="person")),
            ("a bicycle", partial(_stands, zone="keep-clear", low=15, high=40, class_name="bicycle")),
        ),
    ),
    "queue-length": (
        (
            ("one too many", partial(_queue, count=QUEUE_OF + 1, low=QUEUE_S + 14, high=QUEUE_S + 40)),
            ("two too many", partial(_queue, count=QUEUE_OF + 2, low=QUEUE_S + 14, high=QUEUE_S + 40)),
            ("a long queue", partial(_queue, count=QUEUE_OF + 4, low=QUEUE_S + 14, high=QUEUE_S + 30)),
        ),
        (
            ("as many as may wait", partial(_queue, count=QUEUE_OF, low=QUEUE_S + 30, high=QUEUE_S + 60)),
            ("a long queue, not for long", partial(_queue, count=QUEUE_OF + 3, low=25, high=QUEUE_S - _ARRIVAL_S)),
            ("one goes in time", _dwindles),
            ("many drive through", _flows),
            ("many on foot", partial(_queue, count=QUEUE_OF + 3, low=QUEUE_S + 14, high=90, class_name="person")),
        ),
    ),
}
