"""Days whose clock cannot always be believed: unsynchronised at boot, lapses, steps, and what is held back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import TypeAlias

import numpy as np

from edge.workshop.gate.script.calendar import Calendar
from edge.workshop.gate.script.clocks import PATIENCE_S, Span, clocks
from edge.workshop.gate.script.days import Days
from edge.workshop.gate.script.ground import CAMERAS, OVERSTAY_S
from edge.workshop.gate.script.pen import Pen, Scene
from edge.workshop.gate.script.rides import Ride

_HOUR, _YEAR = 3600.0, 365 * 86400.0
_SEED = 2020
_ZONES = ("Europe/Berlin", "America/New_York", "Africa/Johannesburg")
_CLOCK = "clock-untrusted"


@dataclass(frozen=True, slots=True)
class Shift:
    """A few hours: how the clock behaves, who drives, and the local time at which the run begins."""

    spans: tuple[Span, ...]
    rides: tuple[Ride, ...] = ()
    seconds: float = 600.0


ShiftWriter: TypeAlias = Callable[[Pen, float], Shift]


def _boot(pen: Pen, begin: float, low: float, high: float) -> Shift:
    """Nobody vouches for the clock at first; then it is set, hours away."""
    ends = begin + pen.some(low, high)
    ahead = pen.some(-9, 9) * _HOUR
    return Shift((Span(begin, ahead, synced=False), Span(ends)), seconds=ends - begin + 200)


def _lapse(pen: Pen, begin: float, low: float, high: float, times: int = 1, passes: int = 0) -> Shift:
    """Nobody vouches for a while, once or several times; the clock may be set a little when somebody does again."""
    spans, at = [Span(begin)], begin + pen.some(60, 120)
    rides: list[Ride] = []
    for _ in range(times):
        lasts = pen.some(low, high)
        spans += [Span(at, spans[-1].ahead_s, synced=False), Span(at + lasts, pen.some(-2, 2))]
        rides += [
            ride for number in range(passes) for ride in _through(pen, at + lasts * (number + 0.3) / (passes + 1))
        ]
        at += lasts + pen.some(15, 40)
    return Shift(tuple(spans), tuple(rides), at - begin + 120)


def _through(pen: Pen, at: float) -> Iterator[Ride]:
    """In by one gate, and out by the other, whose clock differs, some minutes later."""
    body = pen.body()
    yield pen.drive(body, pen.one_of(("main", "entry")), "in", at)
    yield pen.drive(body, "back", "out", at + pen.some(120, 400))


def _step(pen: Pen, begin: float, low: float, high: float) -> Shift:
    """The clock is set while it is believed, and stays so."""
    at = begin + pen.some(60, 200)
    return Shift((Span(begin), Span(at, pen.some(low, high) * (1 if pen.rng.random() < 0.5 else -1))), seconds=500)  # noqa: PLR2004 - a coin


def _drive_in_doubt(pen: Pen, begin: float) -> Shift:
    """The clock shows the night while it is noon, and is put right later: nobody came after hours."""
    ends = begin + pen.some(80, 600)
    rides = tuple(_through(pen, begin + pen.some(15, 60)))
    return Shift((Span(begin, -12 * _HOUR, synced=False), Span(ends)), rides, 1500)


def _stay_in_doubt(pen: Pen, begin: float) -> Shift:
    """It came before the clock was set forward by years: nobody knows how long it stays."""
    ends = begin + pen.some(80, 600)
    body = pen.body()
    came, out = pen.drive(body, "main", "in", begin + 30), pen.drive(body, "main", "out", begin + 2 * _HOUR)
    return Shift((Span(begin, -_YEAR, synced=False), Span(ends)), (came, out), 2 * _HOUR + 100)


def _late_in_doubt(pen: Pen, begin: float) -> Shift:
    """It is after closing, but nobody vouches for that."""
    evening = begin + 12 * _HOUR  # the shifts begin at eight
    spans = (Span(evening - 200, synced=False), Span(evening + 2000))
    body = pen.body()
    return Shift(
        spans, (pen.drive(body, "main", "in", evening + 20), pen.drive(body, "main", "out", evening + 900)), 2300
    )


def _late_when_set(pen: Pen, begin: float) -> Shift:
    """The clock was wrong at first; when it is after closing it has been right for long."""
    evening = begin + 12 * _HOUR
    body = pen.body()
    spans = (Span(evening - 900, -5 * _HOUR, synced=False), Span(evening - 800))
    return Shift(spans, (pen.drive(body, "main", "in", evening), pen.drive(body, "main", "out", evening + 400)), 1500)


def _late_in_a_lapse(pen: Pen, begin: float) -> Shift:
    """A short lapse changes nothing: the clock runs on by itself."""
    evening = begin + 12 * _HOUR
    body = pen.body()
    spans = (Span(evening - 300), Span(evening - 10, synced=False), Span(evening + 30))
    return Shift(spans, (pen.drive(body, "main", "in", evening), pen.drive(body, "main", "out", evening + 400)), 900)


def _stay_over_a_step(pen: Pen, begin: float, step_s: float, lasts_s: float) -> Shift:
    """The clock is set while somebody is inside; how long that is goes by what it shows."""
    at = begin + pen.some(1, 2) * _HOUR
    body = pen.body()
    rides = (pen.drive(body, "main", "in", begin + 100), pen.drive(body, "back", "out", begin + 100 + lasts_s))
    return Shift((Span(begin), Span(at, step_s)), rides, lasts_s + 300)


def _told_before_a_step(pen: Pen, begin: float) -> Shift:
    """It has stayed too long already when the clock is set back: that is told once."""
    body, at = pen.body(), begin + OVERSTAY_S + pen.some(400, 900)
    rides = (pen.drive(body, "main", "in", begin + 100), pen.drive(body, "back", "out", at + 2 * _HOUR))
    return Shift((Span(begin), Span(at, -_HOUR)), rides, at + 2 * _HOUR + 200 - begin)


SHIFTS: Sequence[tuple[str, str, bool, int, ShiftWriter]] = (
    (_CLOCK, "unsynchronised at boot", True, 6, partial(_boot, low=PATIENCE_S + 20, high=900)),
    (_CLOCK, "a long lapse", True, 6, partial(_lapse, low=PATIENCE_S + 20, high=600)),
    (_CLOCK, "a long lapse with traffic", True, 4, partial(_lapse, low=PATIENCE_S + 20, high=300, passes=3)),
    (_CLOCK, "synchronised soon after boot", False, 5, partial(_boot, low=10, high=PATIENCE_S - 15)),
    (_CLOCK, "a short lapse", False, 4, partial(_lapse, low=10, high=PATIENCE_S - 8)),
    (
        _CLOCK,
        "a short lapse with traffic by two gates",
        False,
        5,
        partial(_lapse, low=35, high=PATIENCE_S - 8, passes=3),
    ),
    (_CLOCK, "short lapses one after another", False, 4, partial(_lapse, low=20, high=PATIENCE_S - 8, times=3)),
    (_CLOCK, "set by seconds", False, 4, partial(_step, low=1, high=8)),
    (_CLOCK, "set by an hour", False, 4, partial(_step, low=1800, high=2 * _HOUR)),
    ("after-hours", "a clock that shows the night at noon", False, 4, _drive_in_doubt),
    ("after-hours", "after closing by a clock nobody vouches for", False, 3, _late_in_doubt),
    ("after-hours", "after closing when the clock has been set", True, 3, _late_when_set),
    ("after-hours", "after closing in a short lapse", True, 3, _late_in_a_lapse),
    ("overstay", "in before the clock was set by a year", False, 4, _stay_in_doubt),
    (
        "overstay",
        "the clock set back meanwhile",
        False,
        2,
        partial(_stay_over_a_step, step_s=-_HOUR, lasts_s=OVERSTAY_S + 1200),
    ),
    (
        "overstay",
        "the clock set forward meanwhile",
        True,
        2,
        partial(_stay_over_a_step, step_s=_HOUR, lasts_s=OVERSTAY_S - 1200),
    ),
    ("overstay", "told when the clock is set back", True, 2, _told_before_a_step),
)
"""Kind, name, whether it shows, how often it is played, and who writes it."""


def written() -> Iterator[Days]:
    """Yield the days with a clock that is not always to be believed."""
    for number, (kind, name, shows, times, write) in enumerate(SHIFTS):
        for turn in range(times):
            rng = np.random.default_rng([_SEED, number, turn])
            zone = _ZONES[turn % len(_ZONES)]
            calendar = Calendar(zone, date(2026, 5, 4) + timedelta(days=7 * turn), "03:00", holiday_hours=False)
            pen = Pen(calendar, rng)
            shift = write(pen, calendar.at(1, "08:00:00"))
            known = clocks(shift.spans, {camera: pen.some(-4, 4) for camera in CAMERAS})
            begin_s = shift.spans[0].from_s
            scene = Scene(kind, name, shows, shift.rides)
            yield Days(f"{name} {turn}", calendar, known, (scene,), begin_s, begin_s + shift.seconds)
