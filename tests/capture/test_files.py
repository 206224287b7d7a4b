"""The wall time of a file's first frame: stated, from the file, or now; and which it was."""

from __future__ import annotations

import pytest

from edge.capture.files import wall_start
from edge.capture.framing import Order
from edge.clock import ManualClock
from edge.config.model import Camera

NOON_NS = 1_772_625_600_000_000_000


def order(stated_ns: int | None = None) -> Order:
    return Order(Camera("gate", "gate.mp4"), ManualClock(wall_ns=7), wall_start_ns=stated_ns)


def test_a_stated_time_wins_over_the_files_own() -> None:
    assert wall_start(order(42), "2026-03-04T12:00:00Z") == (42, "start")


@pytest.mark.parametrize(
    "date",
    [
        "2026-03-04T12:00:00Z",
        "2026-03-04T12:00:00.000000Z",
        "2026-03-04T14:00:00+02:00",
        "2026-03-04T14:00:00+0200",
        "2026-03-04 12:00:00",
    ],
)
def test_the_files_own_date_is_read_however_it_is_written(date: str) -> None:
    assert wall_start(order(), date) == (NOON_NS, "file")


@pytest.mark.parametrize("date", [None, "", "yesterday", "1970-01-01T00:00:00Z", "1904-01-01T00:00:00.000000Z"])
def test_a_date_nobody_can_believe_gives_now(date: str | None) -> None:
    assert wall_start(order(), date) == (7, "now")


def test_fractions_of_a_second_are_kept() -> None:
    assert wall_start(order(), "2026-03-04T12:00:00.250000Z")[0] == NOON_NS + 250_000_000
