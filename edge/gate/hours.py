"""Opening hours as the clock on the site's wall shows them, in an IANA time zone, with holidays and nights."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from edge.config import Hours, Site
from edge.errors import ConfigError

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MINUTES = 24 * 60
_SEARCHED_DAYS = 14


@dataclass(frozen=True, slots=True)
class _Span:
    """One span: the days it starts on, and minutes after their midnight; `close` may lie on the next day."""

    days: frozenset[str]
    open: int
    close: int


class OpeningHours:
    """When a site is open. A site without hours is always open."""

    def __init__(self, site: Site) -> None:
        """Take the hours of `site`.

        Raises:
            ConfigError: the time zone is unknown, or a time or date is not one.
        """
        try:
            self._zone = ZoneInfo(site.timezone)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ConfigError(
                f"site.timezone: {site.timezone!r} is no IANA time zone; write e.g. Europe/Berlin"
            ) from error
        self._spans = tuple(_span(hours) for hours in site.hours)
        self._holidays = frozenset(_date(text) for text in site.holidays)

    def local(self, wall_ns: int) -> datetime:
        """Return the site's local time."""
        return datetime.fromtimestamp(wall_ns // 1_000_000_000, timezone.utc).astimezone(self._zone)

    def is_open(self, wall_ns: int) -> bool:
        """Return whether the site is open at that moment. The minute of closing is closed."""
        local = self.local(wall_ns)
        return not self._spans or any(
            opens <= local.replace(tzinfo=None) < closes for opens, closes in self._near(local)
        )

    def closed_since_s(self, wall_ns: int) -> float | None:
        """Return how many seconds ago the site closed, None where it is open or did not open for two weeks."""
        local = self.local(wall_ns)
        if self.is_open(wall_ns):
            return None
        past = [closes for day in range(_SEARCHED_DAYS) for _, closes in self._on(local.date() - timedelta(day))]
        closings = [
            closes.replace(tzinfo=self._zone, fold=1) for closes in past if closes <= local.replace(tzinfo=None)
        ]
        # Real seconds, not those of the clock face: subtraction within one zone would forget a changed clock.
        gone = [wall_ns / 1e9 - closing.timestamp() for closing in closings]
        return min((seconds for seconds in gone if seconds >= 0), default=None)

    def last(self, clock: str, wall_ns: int) -> int:
        """Return when the clock on the wall last showed `HH:MM`; an hour that comes twice counts once, the first time.

        A time that a change of the clocks leaves out is as late as if it had not been.
        """
        hour, minute = divmod(_minutes(clock), 60)
        today = self.local(wall_ns).date()
        days = (datetime.combine(today - timedelta(day), time(hour, minute), self._zone) for day in range(3))
        return next(at_ns for day in days if (at_ns := round(day.timestamp()) * 1_000_000_000) <= wall_ns)

    def spans_on(self, wall_ns: int) -> str:
        """Return the hours that start on that local day, as a person writes them: `06:00-18:00`, or `closed`."""
        day = self.local(wall_ns).date()
        return ", ".join(f"{_clock(span.open)}-{_clock(span.close)}" for span in self._of(day)) or "closed"

    def _near(self, local: datetime) -> list[tuple[datetime, datetime]]:
        today = local.date()
        return [*self._on(today - timedelta(1)), *self._on(today)]

    def _on(self, day: date) -> list[tuple[datetime, datetime]]:
        midnight = datetime.combine(day, time())
        return [(midnight + timedelta(minutes=s.open), midnight + timedelta(minutes=s.close)) for s in self._of(day)]

    def _of(self, day: date) -> list[_Span]:
        name = "holiday" if day in self._holidays else _DAYS[day.weekday()]
        return sorted((span for span in self._spans if name in span.days), key=lambda span: span.open)


def _span(hours: Hours) -> _Span:
    opens, closes = _minutes(hours.open), _minutes(hours.close)
    return _Span(frozenset(hours.days), opens, closes if closes > opens else closes + _MINUTES)


def _minutes(text: str) -> int:
    hour, _, minute = text.partition(":")
    if not (hour.isdigit() and minute.isdigit() and int(minute) < 60 and int(hour) * 60 + int(minute) <= _MINUTES):  # noqa: PLR2004 - minutes of an hour
        raise ConfigError(f"site.hours: {text!r} is no time of day; write HH:MM between 00:00 and 24:00")
    return int(hour) * 60 + int(minute)


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ConfigError(f"site.holidays: {text!r} is no date; write YYYY-MM-DD") from error


def _clock(minutes: int) -> str:
    minutes = minutes if minutes <= _MINUTES else minutes - _MINUTES
    return f"{minutes // 60:02d}:{minutes % 60:02d}"
