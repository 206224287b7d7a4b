"""What must be told of the zones: from the ways of the boxes alone, measured ten times a second."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from edge.types import VEHICLES
from edge.workshop.gate.script.days import Days
from edge.workshop.gate.script.ground import KEEP_CLEAR_S, LOITER_S, QUEUE_OF, QUEUE_S, YARD, ZONE_Y, ZONES
from edge.workshop.gate.script.rides import SIZE_WH, Ride

_STEP_S = 0.1
_BACK_S = 2.0  # who is outside for less has not left
_SLOW_S = 3.7  # after standing for so long it counts as waiting


def in_zones(days: Days) -> Iterator[tuple[str, str, float]]:
    """Yield kind, zone and shown time of what is wrong there."""
    rides = [ride for ride in days.rides if ride.camera == YARD]
    for ride in rides:
        for came, left in _inside(ride, "loiter"):
            if left - came > LOITER_S:
                yield "loitering", "loiter", days.clocks.shown(came + LOITER_S, YARD)
        for stood, goes in _standing(ride, "keep-clear"):
            if goes - stood > KEEP_CLEAR_S and ride.body.class_name in VEHICLES:
                yield "keep-clear", "keep-clear", days.clocks.shown(stood + KEEP_CLEAR_S, YARD)
    for busy_s in _queues(rides):
        yield "queue-length", "queue", days.clocks.shown(busy_s + QUEUE_S, YARD)


def _holds(zone: str, ride: Ride, at_s: float) -> bool:
    x, y = ride.place(at_s)
    left, right = ZONES[zone]
    return left <= x / SIZE_WH[0] <= right and ZONE_Y[0] <= y / SIZE_WH[1] <= ZONE_Y[1]


def _inside(ride: Ride, zone: str) -> list[tuple[float, float]]:
    """Return from when to when somebody was in a zone."""
    spans: list[tuple[float, float]] = []
    for step in range(int((ride.end_s - ride.begin_s) / _STEP_S)):
        at_s = ride.begin_s + step * _STEP_S
        if not _holds(zone, ride, at_s):
            continue
        if spans and at_s - spans[-1][1] <= _BACK_S:
            spans[-1] = (spans[-1][0], at_s)
        else:
            spans.append((at_s, at_s))
    return spans


def _standing(ride: Ride, zone: str) -> list[tuple[float, float]]:
    """Return from when to when somebody stood in a zone."""
    stops = [(one[0], other[0]) for one, other in pairwise(ride.path) if one[1:] == other[1:]]
    return [(stood, goes) for stood, goes in stops if _holds(zone, ride, stood)]


def _queues(rides: list[Ride]) -> Iterator[float]:
    """Yield since when more wait than should, where that lasts."""
    waits = [span for ride in rides if ride.body.class_name in VEHICLES for span in _standing(ride, "queue")]
    turns = sorted(
        [(stood + _SLOW_S, 1) for stood, goes in waits if goes - stood > _SLOW_S]
        + [(goes, -1) for stood, goes in waits if goes - stood > _SLOW_S]
    )
    count, since_s = 0, 0.0
    for at_s, change in turns:
        if count == QUEUE_OF and change == 1:
            since_s = at_s
        if count == QUEUE_OF + 1 and change == -1 and at_s - since_s >= QUEUE_S:
            yield since_s
        count += change
