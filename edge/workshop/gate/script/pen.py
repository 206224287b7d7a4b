"""The pen of whoever writes scenes: draws vehicles, times and drives, from one seed."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np

from edge.workshop.gate.script.calendar import Calendar
from edge.workshop.gate.script.ground import LANES, YARD, ZONE_Y, ZONES
from edge.workshop.gate.script.rides import LINE_Y, SIZE_WH, Body, Ride

_TOP, _BOTTOM = 200.0, 690.0
_LETTERS, _DIGITS = "BCDFGHKLMNPRSTVWXZ", "0123456789"
_APART = 5  # characters in which any two plates differ, so that no misreading turns one into another
_HASH_BITS = 64


@dataclass(frozen=True, slots=True)
class Scene:
    """Some rides under a name; `shows` says whether an anomaly of the kind comes of them, or only nearly."""

    kind: str
    name: str
    shows: bool
    rides: tuple[Ride, ...]


class Plates:
    """Plates that nobody could take for one another."""

    def __init__(self, rng: np.random.Generator) -> None:
        self._rng = rng
        self._given: list[str] = []

    def draw(self) -> str:
        """Return a plate unlike all drawn before."""
        while True:
            some = [*self._rng.choice(list(_LETTERS), 3), *self._rng.choice(list(_DIGITS), 5)]
            plate = "".join(some)
            if all(sum(a != b for a, b in zip(plate, old, strict=True)) >= _APART for old in self._given):
                self._given.append(plate)
                return plate


class Pen:
    """Writes the scenes of one run of days. Times are UTC seconds; days are numbered from 0."""

    def __init__(self, calendar: Calendar, rng: np.random.Generator) -> None:
        self.calendar = calendar
        self.rng = rng
        self._plates = Plates(rng)
        self._keys = itertools.count(1)
        self._used: set[str] = set()

    def some(self, low: float, high: float) -> float:
        """Return a number between two."""
        return float(self.rng.uniform(low, high))

    def one_of(self, names: Sequence[str]) -> str:
        """Return one of several."""
        return names[int(self.rng.integers(len(names)))]

    def unused(self, plates: Sequence[str]) -> str:
        """Return one of several plates, another each time as long as there is one."""
        return self.one_of([plate for plate in plates if plate not in self._used] or plates)

    def keep(self, rides: Iterable[Ride]) -> None:
        """Note that these rides are written: their plates are used."""
        self._used |= {ride.body.true_plate for ride in rides}

    def body(self, class_name: str = "", plate: str | None = None) -> Body:
        """Return somebody new: a car or a truck unless said otherwise; only motorcycles come without a plate."""
        name = class_name or self.one_of(("car", "car", "truck"))
        text = self._plates.draw() if plate is None else plate
        return Body(next(self._keys), name, text, int(self.rng.integers(2**_HASH_BITS, dtype=np.uint64)))

    def day(self, first: str = "07:00:00", last: str = "16:00:00", day: int | None = None) -> float:
        """Return a moment between two local times of one of the first two days."""
        number = int(self.rng.integers(2)) if day is None else day
        return self.some(self.calendar.at(number, first), self.calendar.at(number, last))

    def drive(self, body: Body, road: str, way: str, at_s: float) -> Ride:
        """Return a drive over the line of a road."""
        x, speed = self._lane_x(road), self.some(150, 350)
        spots = [(at_s - (LINE_Y - _TOP) / speed, x, _TOP), (at_s + (_BOTTOM - LINE_Y) / speed, x, _BOTTOM)]
        if way == "out":
            spots = [(2 * at_s - s, x, y) for s, x, y in reversed(spots)]
        return Ride(body, LANES[road].camera, tuple(spots), road, road)

    def turn(self, body: Body, road: str, way: str, at_s: float, reach: float = 0.0) -> Ride:
        """Return a drive that goes back: over the line by `reach` heights of its box only."""
        x, speed = self._lane_x(road), self.some(200, 300)
        sign = 1 if way == "in" else -1
        edge, turned = (_TOP if way == "in" else _BOTTOM), LINE_Y + sign * reach * body.size_wh[1]
        wait_s = self.some(0.1, 0.5)
        near_s = at_s + abs(turned - edge) / speed
        spots = ((at_s, x, edge), (near_s, x, turned), (near_s + wait_s, x, turned))
        return Ride(body, LANES[road].camera, (*spots, (2 * near_s + wait_s - at_s, x, edge)), road, road)

    def stay(self, body: Body, zone: str, at_s: float, inside_s: float, at: tuple[float, float] = (0.5, 0.5)) -> Ride:
        """Return who comes into a zone, stands at a place of it (shares of width and height), and is out in time."""
        top, bottom = (edge * SIZE_WH[1] for edge in ZONE_Y)
        x = self.column(zone, at[0])
        speed, stop = 150.0, top + at[1] * (bottom - top)
        came, goes = at_s + (stop - top) / speed, at_s + inside_s - (bottom - stop) / speed
        first, last = (at_s - (top - _TOP) / speed, x, _TOP), (at_s + inside_s + 60 / speed, x, bottom + 60)
        return Ride(body, YARD, (first, (came, x, stop), (goes, x, stop), last))

    def roam(self, body: Body, zone: str, at_s: float, inside_s: float) -> Ride:
        """Return who walks to and fro in a zone from `at_s` for so long."""
        top, bottom = (edge * SIZE_WH[1] for edge in ZONE_Y)
        x, pace_s = self.column(zone, 0.5), 4.0
        turns = max(2, math.floor(inside_s / pace_s))
        spots = [
            (at_s + inside_s * turn / turns, x + 40 * (-1) ** turn, top + 80 + 90 * (turn % 3))
            for turn in range(1, turns)
        ]
        ends = ((at_s + inside_s, x, bottom), (at_s + inside_s + 0.5, x, bottom + 60))
        return Ride(body, YARD, ((at_s - 1.0, x, _TOP), (at_s, x, top), *spots, *ends))

    def column(self, zone: str, share: float) -> float:
        """Return a place between the left and the right edge of a zone, in px."""
        left, right = ZONES[zone]
        return (left + share * (right - left)) * SIZE_WH[0]

    def _lane_x(self, road: str) -> float:
        return LANES[road].x_px + self.some(-20, 20)


def read_as(ride: Ride, plate: str, sure: float = 0.95) -> Ride:
    """Return a ride whose plate is read as another text, or less surely."""
    return replace(ride, body=replace(ride.body, plate=plate, sure=sure, misread=ride.body.true_plate))


def with_plate(ride: Ride, plate: str) -> Ride:
    """Return a ride of somebody who bears another plate."""
    return replace(ride, body=replace(ride.body, plate=plate))


def driven_by(ride: Ride, class_name: str) -> Ride:
    """Return a ride on which the plate is on another class of vehicle."""
    return replace(ride, body=replace(ride.body, class_name=class_name))


Writer: TypeAlias = Callable[[Pen], Iterable[Ride]]
Chapter: TypeAlias = tuple[Sequence[tuple[str, Writer]], Sequence[tuple[str, Writer]]]
"""The named writers of a kind: of what shows it, and of what only looks so."""
