"""Scenes of the calendar: after closing, before opening, on holidays, in nights on which the clocks change."""

from __future__ import annotations

from collections.abc import Iterator

from edge.workshop.gate.script.pen import Chapter, Pen
from edge.workshop.gate.script.rides import Ride

_ROADS = ("main", "back")


def _visit(pen: Pen, came: float, went: float, class_name: str = "") -> Iterator[Ride]:
    body, road = pen.body(class_name), pen.one_of(_ROADS)
    yield pen.drive(body, road, "in", came)
    yield pen.drive(body, road, "out", went)


def _late_both(pen: Pen) -> Iterator[Ride]:
    came = pen.day("19:02:00", "20:30:00", 0)
    return _visit(pen, came, came + pen.some(240, 3000))


def _late_out(pen: Pen) -> Iterator[Ride]:
    return _visit(pen, pen.day("16:30:00", "18:40:00", 0), pen.day("19:01:00", "20:20:00", 0))


def _seconds_late(pen: Pen) -> Iterator[Ride]:
    return _visit(pen, pen.day("17:30:00", "18:40:00", 0), pen.calendar.at(0, "19:00:00") + pen.some(6, 20))


def _before_opening(pen: Pen) -> Iterator[Ride]:
    opens = pen.calendar.at(1, "06:00:00")
    return _visit(pen, opens - pen.some(6, 3000), opens + pen.some(600, 3000))


def _after_the_night_shift(pen: Pen) -> Iterator[Ride]:
    return _visit(pen, pen.day("23:00:00", "23:50:00", 0), pen.calendar.at(1, "03:30:00") + pen.some(10, 2400))


def _on_a_holiday(pen: Pen) -> Iterator[Ride]:
    return _visit(pen, pen.day("07:00:00", "08:00:00", 2), pen.day("08:30:00", "09:50:00", 2))


def _second_night(pen: Pen) -> Iterator[Ride]:
    """The shift is on the first night only."""
    return _visit(pen, pen.day("22:30:00", "23:40:00", 1), pen.day("23:45:00", "23:58:00", 1))


def _minute_before_closing(pen: Pen) -> Iterator[Ride]:
    return _visit(pen, pen.day("17:00:00", "18:00:00"), pen.calendar.at(0, "19:00:00") - pen.some(8, 60))


def _just_open(pen: Pen) -> Iterator[Ride]:
    opens = pen.calendar.at(1, "06:00:00")
    return _visit(pen, opens + pen.some(6, 60), opens + pen.some(900, 3000))


def _in_the_night_shift(pen: Pen) -> Iterator[Ride]:
    """Also in the hour that comes twice, and around the one that is left out."""
    begins, ends = pen.calendar.at(0, "22:00:00"), pen.calendar.at(1, "03:30:00")
    came = pen.some(begins + 10, ends - 2400)
    return _visit(pen, came, pen.some(came + 300, min(ends - 10, came + 3000)))


def _around_midnight(pen: Pen) -> Iterator[Ride]:
    midnight = pen.calendar.at(1, "00:00:00")
    return _visit(pen, midnight - pen.some(6, 300), midnight + pen.some(6, 300))


def _last_of_the_night(pen: Pen) -> Iterator[Ride]:
    ends = pen.calendar.at(1, "03:30:00")
    return _visit(pen, ends - pen.some(1200, 3000), ends - pen.some(8, 60))


def _open_holiday(pen: Pen) -> Iterator[Ride]:
    """A noon like any other where the site stays closed on the holiday."""
    day = 2 if pen.calendar.holiday_hours else 1
    return _visit(pen, pen.day("10:05:00", "11:30:00", day), pen.day("12:00:00", "13:58:00", day))


def _no_vehicle(pen: Pen) -> Iterator[Ride]:
    body = pen.body(pen.one_of(("person", "bicycle")), "")
    yield pen.drive(body, pen.one_of(_ROADS), pen.one_of(("in", "out")), pen.day("19:10:00", "21:30:00"))


def _turned_back(pen: Pen) -> Iterator[Ride]:
    reach = pen.some(0.36, 0.55) if pen.rng.random() < 0.5 else pen.some(-0.3, 0.1)  # noqa: PLR2004 - a coin
    yield pen.turn(pen.body(), pen.one_of(_ROADS), "in", pen.day("19:10:00", "21:30:00"), reach)


def _looked_in(pen: Pen) -> Iterator[Ride]:
    yield pen.turn(pen.body(), pen.one_of(_ROADS), "out", pen.day("04:05:00", "04:30:00", 1), pen.some(-1, 0.1))


CHAPTERS: dict[str, Chapter] = {
    "after-hours": (
        (
            ("in and out after closing", _late_both),
            ("out after closing", _late_out),
            ("seconds after closing", _seconds_late),
            ("before opening", _before_opening),
            ("after the night shift", _after_the_night_shift),
            ("on a holiday", _on_a_holiday),
            ("on a night without a shift", _second_night),
        ),
        (
            ("the minute before closing", _minute_before_closing),
            ("the minute after opening", _just_open),
            ("in the night shift", _in_the_night_shift),
            ("around midnight", _around_midnight),
            ("the last minute of the night shift", _last_of_the_night),
            ("on a holiday that is open", _open_holiday),
            ("on foot or by bicycle after closing", _no_vehicle),
            ("turned back on the line after closing", _turned_back),
            ("turned back before the line at night", _looked_in),
        ),
    )
}
