"""Scenes of visits and time: overstay, never left, never entered, and two rules that the site composes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from edge.workshop.gate.script.ground import GUEST_S, LISTED_GUEST, LONG_S, OVERSTAY_S
from edge.workshop.gate.script.pen import Chapter, Pen, read_as, with_plate
from edge.workshop.gate.script.rides import Ride

_MINUTE, _HOUR = 60.0, 3600.0
_LOOKALIKES = (("B", "8"), ("Z", "2"), ("S", "5"), ("G", "6"), ("D", "0"), ("T", "7"))


def _inside(pen: Pen, came: float, lasts_s: float, road: str = "main", class_name: str = "") -> Iterator[Ride]:
    body = pen.body(class_name)
    yield pen.drive(body, road, "in", came)
    yield pen.drive(body, pen.one_of(("main", "back")), "out", came + lasts_s)


def _day_stay(pen: Pen, low: float, high: float) -> Iterator[Ride]:
    return _inside(pen, pen.day("06:30:00", "11:30:00"), pen.some(low, high))


def _night_stay(pen: Pen, low: float, high: float) -> Iterator[Ride]:
    """In real time, whatever the clock on the wall does in that night."""
    return _inside(pen, pen.calendar.at(0, "22:02:00") + pen.some(0, 600), pen.some(low, high))


def _twice(pen: Pen) -> Iterator[Ride]:
    body, came, lasts = pen.body(), pen.day("06:30:00", "10:00:00"), pen.some(2.2 * _HOUR, 2.8 * _HOUR)
    for begin in (came, came + lasts + pen.some(600, 1500)):
        yield pen.drive(body, "main", "in", begin)
        yield pen.drive(body, "back", "out", begin + lasts)


def _slipped_out(pen: Pen) -> Iterator[Ride]:
    """Turns round on the line in the evening and goes in again: that was no exit, and the stay goes on."""
    body, came = pen.body(), pen.day("07:00:00", "09:00:00", 0)
    yield pen.drive(body, "main", "in", came)
    yield pen.turn(body, "main", "out", came + pen.some(2 * _HOUR, 3 * _HOUR), pen.some(0.36, 0.55))
    yield pen.drive(body, "main", "out", came + pen.some(4.2 * _HOUR, 6 * _HOUR))


def _misread_out(pen: Pen) -> Iterator[Ride]:
    """Its plate is read as a look-alike on the way out."""
    came, out = tuple(_inside(pen, pen.day("06:30:00", "11:30:00"), pen.some(1 * _HOUR, 3.9 * _HOUR)))
    yield came
    yield misread(out)


def misread(ride: Ride) -> Ride:
    """Return a ride on which one character of the plate is read as one that looks like it."""
    for right, wrong in _LOOKALIKES:
        if right in ride.body.plate:
            return read_as(ride, ride.body.plate.replace(right, wrong, 1))
        if wrong in ride.body.plate:
            return read_as(ride, ride.body.plate.replace(wrong, right, 1))
    return ride


def _overnight(pen: Pen) -> Iterator[Ride]:
    came, went = pen.day("10:00:00", "18:30:00", 0), pen.day("06:10:00", "09:00:00", 1)
    return _inside(pen, came, went - came)


def _till_after_the_look(pen: Pen) -> Iterator[Ride]:
    """In by night, out after the reconciliation."""
    came = pen.calendar.at(1, pen.calendar.reconcile_at) - pen.some(1.05 * _HOUR, 2 * _HOUR)
    return _inside(pen, came, pen.some(2.1 * _HOUR, 2.3 * _HOUR))


def _for_good(pen: Pen) -> Iterator[Ride]:
    yield pen.drive(pen.body(), "entry", "in", pen.day("08:00:00", "18:00:00", 0))


def _out_before_the_look(pen: Pen) -> Iterator[Ride]:
    look, begins = pen.calendar.at(1, pen.calendar.reconcile_at), pen.calendar.at(0, "22:05:00")
    went = look - pen.some(20, 600)
    return _inside(pen, begins, went - begins)


def _just_come(pen: Pen) -> Iterator[Ride]:
    look = pen.calendar.at(1, pen.calendar.reconcile_at)
    came = look - pen.some(120, 0.9 * _HOUR)
    return _inside(pen, came, look + pen.some(120, 1500) - came)


def _after_the_look(pen: Pen) -> Iterator[Ride]:
    look = pen.calendar.at(1, pen.calendar.reconcile_at)
    return _inside(pen, look + pen.some(20, 300), pen.some(300, 2400))


def _nobody_saw_it_come(pen: Pen, first: str = "07:00:00", last: str = "18:00:00") -> Iterator[Ride]:
    yield pen.drive(pen.body(), pen.one_of(("main", "back", "exit")), "out", pen.day(first, last))


def _before_the_look(pen: Pen) -> Iterator[Ride]:
    look = pen.calendar.at(1, pen.calendar.reconcile_at)
    yield pen.drive(pen.body(), "main", "out", look - pen.some(20, 1500))


def _not_yet_night(pen: Pen) -> Iterator[Ride]:
    """The look at it comes only when these days are over."""
    yield pen.drive(pen.body(), "back", "out", pen.day("10:10:00", "13:00:00", 2))


def _by_its_looks(pen: Pen) -> Iterator[Ride]:
    """A motorcycle whose plate nobody can read is known again by its looks."""
    body, came = pen.body("motorcycle", ""), pen.day()
    yield pen.drive(body, "main", "in", came)
    yield pen.drive(replace(body, look=body.look ^ 0b1011), "back", "out", came + pen.some(600, 9000))


def _in_by_one_gate(pen: Pen) -> Iterator[Ride]:
    """Straight through: out by the other gate, whose camera's clock differs, within the minute."""
    body, came = pen.body(), pen.day()
    yield pen.drive(body, "main", "in", came)
    yield pen.drive(body, "back", "out", came + pen.some(15, 60))


def _hauled(pen: Pen, low: float, high: float, class_name: str = "truck", road: str = "main") -> Iterator[Ride]:
    body, came = pen.body(class_name), pen.day("06:30:00", "11:30:00")
    yield pen.drive(body, "back", "in", came)
    yield pen.drive(body, road, "out", came + pen.some(low, high))


def _guest(pen: Pen, low: float, high: float, road: str = "guests", class_name: str = "car") -> Iterator[Ride]:
    return _inside(pen, pen.day("06:30:00", "11:30:00"), pen.some(low, high), road, class_name)


def _listed_guest(pen: Pen) -> Iterator[Ride]:
    plate = pen.unused((LISTED_GUEST.replace(" ", ""),))
    return (with_plate(ride, plate) for ride in _guest(pen, GUEST_S + 600, OVERSTAY_S - 600))


def _unread_guest(pen: Pen) -> Iterator[Ride]:
    body, came = pen.body("motorcycle", ""), pen.day("06:30:00", "11:30:00")
    yield pen.drive(body, "guests", "in", came)
    yield pen.drive(body, "guests", "out", came + pen.some(GUEST_S + 600, OVERSTAY_S - 600))


CHAPTERS: dict[str, Chapter] = {
    "overstay": (
        (
            ("by day", partial(_day_stay, low=OVERSTAY_S + 150, high=OVERSTAY_S + 9000)),
            ("by night, as real time goes", partial(_night_stay, low=OVERSTAY_S + 150, high=OVERSTAY_S + 900)),
            ("turned back on the line meanwhile", _slipped_out),
            ("overnight", _overnight),
        ),
        (
            ("out minutes before", partial(_day_stay, low=OVERSTAY_S - 300, high=OVERSTAY_S - 20)),
            ("by night, as real time goes", partial(_night_stay, low=OVERSTAY_S - 900, high=OVERSTAY_S - 30)),
            ("twice three hours", _twice),
            ("its plate misread on the way out", _misread_out),
            ("an hour or two", partial(_day_stay, low=_HOUR, high=2 * _HOUR)),
        ),
    ),
    "never-left": (
        (
            ("overnight", _overnight),
            ("from before the reconciliation till after it", _till_after_the_look),
            ("not seen again", _for_good),
        ),
        (
            ("out just before the reconciliation", _out_before_the_look),
            ("in less than an hour before it", _just_come),
            ("in after it", _after_the_look),
            ("a day's visit", partial(_day_stay, low=_HOUR, high=3 * _HOUR)),
            ("its plate misread on the way out", _misread_out),
        ),
    ),
    "never-entered": (
        (
            ("out by day", _nobody_saw_it_come),
            ("out in the night shift", partial(_nobody_saw_it_come, first="22:10:00", last="23:50:00")),
            ("out just before the reconciliation", _before_the_look),
        ),
        (
            ("its plate misread on the way out", _misread_out),
            ("no plate read, known by its looks", _by_its_looks),
            ("straight through by two gates", _in_by_one_gate),
            ("out when no night has come since", _not_yet_night),
            ("a day's visit", partial(_day_stay, low=_HOUR, high=3 * _HOUR)),
        ),
    ),
    "custom": (
        (
            ("a truck for long", partial(_hauled, low=LONG_S + 30, high=3 * _HOUR)),
            ("a bus for long", partial(_hauled, low=LONG_S + 30, high=3 * _HOUR, class_name="bus")),
            ("a guest for long", partial(_guest, low=GUEST_S + 150, high=OVERSTAY_S - 600)),
        ),
        (
            ("a truck for not so long", partial(_hauled, low=LONG_S - 300, high=LONG_S - 10)),
            ("a car for long", partial(_hauled, low=LONG_S + 600, high=3 * _HOUR, class_name="car")),
            ("a truck for long, by another road", partial(_hauled, low=LONG_S + 600, high=3 * _HOUR, road="back")),
            ("a truck that nobody saw come", partial(_nobody_saw_it_come, first="07:00:00")),
            ("a guest for not so long", partial(_guest, low=GUEST_S - 300, high=GUEST_S - 20)),
            ("a guest who is listed", _listed_guest),
            ("a guest whose plate is not known", _unread_guest),
            ("in by another road", partial(_guest, low=GUEST_S + 600, high=3 * _HOUR, road="main")),
        ),
    ),
}
