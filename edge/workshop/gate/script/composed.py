"""All days of the script tier: every kind's scenes spread over twelve runs, and runs of their own for the clocks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from types import MappingProxyType

import numpy as np

from edge.gate.rules.table import TABLE
from edge.workshop.gate.script import of_clocks, of_hours, of_pairs, of_plates, of_roads, of_stays, of_zones
from edge.workshop.gate.script.calendar import Calendar
from edge.workshop.gate.script.clocks import Span, clocks
from edge.workshop.gate.script.days import Days
from edge.workshop.gate.script.ground import CAMERAS, YARD
from edge.workshop.gate.script.pen import Chapter, Pen, Scene, Writer
from edge.workshop.gate.script.rides import Ride

CHAPTERS: Mapping[str, Chapter] = MappingProxyType(
    {
        kind: chapter
        for part in (of_hours, of_roads, of_stays, of_pairs, of_zones, of_plates)
        for kind, chapter in part.CHAPTERS.items()
        if kind in TABLE
    }
)
"""What is written of each kind; that of the clock itself has days of its own."""
SHOWN, ALIKE = 1, 2
"""Scenes of each kind in one run: that show it, and that only look so."""
_USUAL = 10
_SEED = 2019
_CLEAR_S = 15.0
_CLEAR_YARD_S = 760.0  # a queue is told of again after its cooldown only
_TRIES = 400
_CALENDARS = (
    ("Europe/Berlin", date(2026, 3, 28), "02:30"),
    ("Europe/Berlin", date(2026, 10, 24), "02:30"),
    ("America/New_York", date(2026, 3, 7), "02:30"),
    ("America/New_York", date(2026, 10, 31), "01:30"),
    ("Africa/Johannesburg", date(2026, 2, 27), "03:00"),
    ("Asia/Kolkata", date(2026, 12, 30), "03:00"),
    ("Europe/Berlin", date(2026, 3, 28), "03:00"),
    ("America/New_York", date(2026, 10, 31), "03:00"),
    ("UTC", date(2028, 2, 28), "00:30"),
    ("America/New_York", date(2026, 7, 3), "03:00"),
    ("Europe/Berlin", date(2026, 10, 24), "03:00"),
    ("Australia/Lord_Howe", date(2026, 4, 4), "02:45"),
)
"""Nights on which the clocks change by an hour and by half of one, the turn of a year, a leap day; days without."""


def written() -> Iterator[Days]:
    """Yield every run of days of the script tier."""
    for number in range(len(_CALENDARS)):
        yield composed(number)
    yield from of_clocks.written()


def composed(number: int) -> Days:
    """Return one of the runs in which all kinds stand beside one another."""
    zone, first, look = _CALENDARS[number]
    calendar = Calendar(zone, first, look, holiday_hours=bool(number % 2))
    rng = np.random.default_rng([_SEED, number])
    pen = Pen(calendar, rng)
    late = {camera: pen.some(-4, 4) for camera in CAMERAS}
    begin_s, end_s = calendar.at(0, "05:00:00"), calendar.at(2, "15:00:00")
    shift = clocks((Span(begin_s),), late)
    restart_s = calendar.at(1, "04:45:00") if number % 2 else None
    return Days(f"{zone} {first}", calendar, shift, tuple(_scenes(pen, number)), begin_s, end_s, restart_s)


def _scenes(pen: Pen, number: int) -> Iterator[Scene]:
    desk = _Desk(pen)
    for kind, (showing, alike) in CHAPTERS.items():
        for writers, turns in ((showing, SHOWN), (alike, ALIKE)):
            for turn in range(turns):
                name, write = writers[(number * turns + turn) % len(writers)]
                yield Scene(kind, name, writers is showing, desk.place(write))
    for _ in range(_USUAL):
        yield Scene("", "a visit like any other", shows=False, rides=desk.place(of_pairs.usual))


class _Desk:
    """Places scenes beside one another, so that none is in another's way."""

    def __init__(self, pen: Pen) -> None:
        self._pen = pen
        self._taken: list[Ride] = []

    def place(self, write: Writer) -> tuple[Ride, ...]:
        """Write a scene until there is room for it; raises ValueError when there is none."""
        for _ in range(_TRIES):
            rides = tuple(write(self._pen))
            if not any(_meet(one, other) for one in rides for other in self._taken):
                self._pen.keep(rides)
                self._taken += rides
                return rides
        raise ValueError("script: no room for another scene; give a run fewer of them")


def _meet(one: Ride, other: Ride) -> bool:
    clear_s = _CLEAR_YARD_S if one.camera == YARD else _CLEAR_S
    near = one.begin_s < other.end_s + clear_s and other.begin_s < one.end_s + clear_s
    return (one.camera, one.line) == (other.camera, other.line) and near
