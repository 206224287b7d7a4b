"""What the script holds to be true of its days, against times that a person can check with a pencil."""

from __future__ import annotations

from datetime import date, datetime, timezone

import numpy as np
import pytest

from edge.workshop.gate.script.calendar import Calendar
from edge.workshop.gate.script.clocks import Span, clocks
from edge.workshop.gate.script.days import passes_of
from edge.workshop.gate.script.pen import Pen

SPRING = Calendar("Europe/Berlin", date(2026, 3, 28), "02:30", holiday_hours=True)
AUTUMN = Calendar("America/New_York", date(2026, 10, 31), "01:30", holiday_hours=False)


def utc(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=timezone.utc).timestamp()


@pytest.mark.parametrize(
    ("calendar", "moment", "is_open"),
    [
        (SPRING, "2026-03-29 00:59", True),  # 01:59, the night shift
        (SPRING, "2026-03-29 01:29", True),  # 03:29: half past two does not come
        (SPRING, "2026-03-29 01:30", False),  # 03:30
        (SPRING, "2026-03-28 17:59", True),  # 18:59 in winter time
        (SPRING, "2026-03-28 18:00", False),
        (SPRING, "2026-03-29 16:59", True),  # 18:59 in summer time
        (SPRING, "2026-03-30 07:59", False),  # 09:59 on the holiday
        (SPRING, "2026-03-30 08:00", True),
        (AUTUMN, "2026-11-01 05:30", True),  # 01:30 the first time
        (AUTUMN, "2026-11-01 06:30", True),  # 01:30 the second time
        (AUTUMN, "2026-11-01 08:30", False),  # 03:30
        (AUTUMN, "2026-11-02 17:00", False),  # noon on a holiday that is closed
    ],
)
def test_the_site_is_open_by_the_clock_on_its_wall(calendar: Calendar, moment: str, is_open: bool) -> None:  # noqa: FBT001 - a column
    assert calendar.is_open(utc(moment)) is is_open


def test_the_nightly_look_is_as_late_as_it_would_have_been_and_only_once() -> None:
    assert utc("2026-03-29 01:30") in SPRING.reconciliations()
    looks = list(AUTUMN.reconciliations())
    assert utc("2026-11-01 05:30") in looks
    assert utc("2026-11-01 06:30") not in looks


def test_a_clock_is_believed_late_and_doubted_late() -> None:
    told = clocks((Span(0.0, synced=False), Span(100.0), Span(500.0, synced=False), Span(700.0)), {})
    assert [told.span(at).believed for at in (0, 104, 106, 559, 561, 704, 706)] == [
        False, False, True, True, False, False, True,
    ]  # fmt: skip
    assert told.complaints == (60.0, 560.0)


def test_a_time_that_the_clock_leaves_out_or_shows_twice_comes_once() -> None:
    forward = clocks((Span(0.0), Span(100.0, 3600.0)), {})
    assert forward.first(2000.0, 0.0) == 100.0
    back = clocks((Span(0.0), Span(5000.0, -3600.0)), {})
    assert back.first(4000.0, 0.0) == 4000.0
    assert back.first(4000.0, 4500.0) == 4500.0
    assert back.first(6000.0, 0.0) == 9600.0


@pytest.mark.parametrize(("reach", "ways"), [(-0.5, []), (0.1, []), (0.5, []), (1.2, ["in", "out"])])
def test_who_turns_on_the_line_passes_only_when_it_was_cleared(reach: float, ways: list[str]) -> None:
    pen = Pen(SPRING, np.random.default_rng(1))
    ride = pen.turn(pen.body("car"), "main", "in", 1000.0, reach)
    assert [one.way for one in passes_of([ride], clocks((Span(0.0),), {}))] == ways
