"""Opening hours: what the clock on the site's wall shows, through nights, holidays and both changes of the clocks."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from edge.config import Hours, Site
from edge.errors import ConfigError
from edge.gate.hours import OpeningHours

WEEK = ("mon", "tue", "wed", "thu", "fri")
ALL = (*WEEK, "sat", "sun")
BERLIN = "Europe/Berlin"


def hours(*spans: tuple[tuple[str, ...], str, str], zone: str = BERLIN, holidays: tuple[str, ...] = ()) -> OpeningHours:
    listed = tuple(Hours(days=days, open=opens, close=closes) for days, opens, closes in spans)
    return OpeningHours(Site(id="site", timezone=zone, hours=listed, holidays=holidays))


def wall(text: str, zone: str = BERLIN, fold: int = 0) -> int:
    """Return UTC nanoseconds of a local time."""
    return round(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold).timestamp()) * 1_000_000_000


def test_a_site_without_hours_is_always_open() -> None:
    always = hours()
    assert always.is_open(wall("2026-01-01 03:00"))
    assert always.closed_since_s(wall("2026-01-01 03:00")) is None


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ("2026-03-02 05:59:59", False),
        ("2026-03-02 06:00:00", True),
        ("2026-03-02 17:59:59", True),
        ("2026-03-02 18:00:00", False),
        ("2026-03-07 12:00:00", False),
    ],
)
def test_open_from_the_minute_of_opening_to_before_the_minute_of_closing(when: str, expected: object) -> None:
    assert hours((WEEK, "06:00", "18:00")).is_open(wall(when)) is expected


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ("2026-03-06 23:00", True),  # Friday night
        ("2026-03-07 01:59", True),  # Saturday, still Friday's span
        ("2026-03-07 02:00", False),
        ("2026-03-08 23:00", False),  # Sunday
        ("2026-03-09 01:00", False),  # Monday before its own span
    ],
)
def test_a_span_after_midnight_belongs_to_the_day_it_began(when: str, expected: object) -> None:
    assert hours((("fri",), "22:00", "02:00")).is_open(wall(when)) is expected


def test_a_day_may_close_at_midnight_and_a_full_day_never_closes() -> None:
    assert hours((ALL, "00:00", "24:00")).is_open(wall("2026-03-07 23:59:59"))
    assert hours((ALL, "08:00", "24:00")).is_open(wall("2026-03-07 23:59:59"))
    assert not hours((ALL, "08:00", "24:00")).is_open(wall("2026-03-08 00:00"))


def test_on_a_holiday_only_holiday_spans_hold() -> None:
    site = hours((ALL, "06:00", "18:00"), (("holiday",), "10:00", "12:00"), holidays=("2026-12-25",))
    assert not site.is_open(wall("2026-12-25 09:00"))
    assert site.is_open(wall("2026-12-25 11:00"))
    assert site.is_open(wall("2026-12-26 09:00"))
    assert site.spans_on(wall("2026-12-25 09:00")) == "10:00-12:00"


def test_the_night_before_a_holiday_runs_on_into_it() -> None:
    site = hours((("thu",), "22:00", "04:00"), holidays=("2026-12-25",))
    assert site.is_open(wall("2026-12-25 03:00"))


@pytest.mark.parametrize(
    ("when", "fold", "expected"),
    [
        ("2026-03-29 01:59", 0, False),
        ("2026-03-29 03:00", 0, True),  # the clocks went from 02:00 to 03:00: 02:30 was skipped
        ("2026-10-25 02:15", 0, False),
        ("2026-10-25 02:45", 0, True),
        ("2026-10-25 02:15", 1, False),  # the second time round the clock shows 02:15 again
        ("2026-10-25 02:45", 1, True),
    ],
)
def test_on_the_nights_the_clocks_change_the_clock_on_the_wall_decides(when: str, fold: int, expected: object) -> None:
    assert hours((ALL, "02:30", "18:00")).is_open(wall(when, fold=fold)) is expected


def test_the_time_since_closing_is_real_time_over_a_change_of_the_clocks() -> None:
    site = hours((("sat",), "06:00", "22:00"))
    assert site.closed_since_s(wall("2026-03-29 04:00")) == 5 * 3600  # one hour was skipped
    assert site.closed_since_s(wall("2026-10-25 04:00")) == 7 * 3600  # one hour came twice


def test_the_time_since_closing_reaches_back_over_closed_days() -> None:
    site = hours((("fri",), "06:00", "18:00"))
    assert site.closed_since_s(wall("2026-03-09 18:00")) == 3 * 24 * 3600
    assert hours((("holiday",), "06:00", "18:00")).closed_since_s(wall("2026-03-09 18:00")) is None


def test_hours_are_those_of_the_sites_own_zone() -> None:
    site = hours((WEEK, "06:00", "18:00"), zone="Africa/Johannesburg")
    assert not site.is_open(wall("2019-02-07 19:07:05", "Africa/Johannesburg"))
    assert f"{site.local(wall('2019-02-07 19:07:05', 'Africa/Johannesburg')):%H:%M:%S}" == "19:07:05"


@pytest.mark.parametrize(
    ("site", "message"),
    [
        (Site(id="s", timezone="Mars/Olympus"), r"site\.timezone: 'Mars/Olympus' is no IANA time zone"),
        (Site(id="s", hours=(Hours(days=("mon",), open="6 am", close="18:00"),)), "'6 am' is no time of day"),
        (Site(id="s", hours=(Hours(days=("mon",), open="06:00", close="25:00"),)), "'25:00' is no time of day"),
        (Site(id="s", holidays=("Christmas",)), "'Christmas' is no date"),
    ],
)
def test_what_is_no_zone_time_or_date_is_refused_by_name(site: Site, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        OpeningHours(site)
