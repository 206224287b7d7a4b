"""The calendar of a scripted site: when it is open and when it reconciles, by plain arithmetic on local times."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

OPENS, CLOSES = "06:00", "19:00"
NIGHT_OPENS, NIGHT_CLOSES = "22:00", "03:30"
"""The shift that begins on the first night and ends on the second day."""
HOLIDAY_OPENS, HOLIDAY_CLOSES = "10:00", "14:00"
DAY_NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True)
class Calendar:
    """Three days: the first with a night shift, the third a holiday, on which the site may be open for some hours."""

    timezone: str
    first: date
    reconcile_at: str
    holiday_hours: bool

    @property
    def zone(self) -> ZoneInfo:
        """The zone that the clock on the wall shows."""
        return ZoneInfo(self.timezone)

    @property
    def holiday(self) -> date:
        """The third day."""
        return self.first + timedelta(days=2)

    def at(self, day: int, clock: str) -> float:
        """Return UTC seconds of a local time `HH:MM:SS` on the day of that number; the first where it comes twice."""
        local = datetime.combine(self.first + timedelta(days=day), time.fromisoformat(clock), self.zone)
        return local.timestamp()

    def is_open(self, at_s: float) -> bool:
        """Return whether the site is open at a UTC time, by what the clock on the wall shows then."""
        local = datetime.fromtimestamp(at_s, timezone.utc).astimezone(self.zone)
        day, shown = local.date(), local.strftime("%H:%M")
        if day == self.first + timedelta(days=1) and shown < NIGHT_CLOSES:
            return True
        if day == self.holiday:
            return self.holiday_hours and HOLIDAY_OPENS <= shown < HOLIDAY_CLOSES
        return OPENS <= shown < CLOSES or (day == self.first and shown >= NIGHT_OPENS)

    def reconciliations(self) -> Iterator[float]:
        """Yield the UTC seconds of every nightly reconciliation around these days."""
        yield from (self.at(day, self.reconcile_at) for day in range(-1, 5))

    def hours_toml(self) -> str:
        """Return the opening hours as a configuration writes them."""
        weekly = ", ".join(f'"{name}"' for name in DAY_NAMES)
        spans = [(weekly, OPENS, CLOSES), (f'"{DAY_NAMES[self.first.weekday()]}"', NIGHT_OPENS, NIGHT_CLOSES)]
        spans += [('"holiday"', HOLIDAY_OPENS, HOLIDAY_CLOSES)] if self.holiday_hours else []
        return "".join(
            f'[[site.hours]]\ndays = [{days}]\nopen = "{opens}"\nclose = "{closes}"\n' for days, opens, closes in spans
        )
