"""Who is inside, and how the site stands when it reconciles."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from edge.types import ClassCount, DayCount, Reconciliation, Visit


def inside(visits: Iterable[Visit]) -> tuple[ClassCount, ...]:
    """Return how many open visits have an entry, by class in order of its name. An exit alone is nobody inside."""
    classes = Counter(visit.entry.class_name for visit in visits if visit.entry is not None and visit.exit is None)
    return tuple(ClassCount(name, count) for name, count in sorted(classes.items()))


def reconcile_day(
    site_id: str, since_ns: int, at_ns: int, open_visits: Sequence[Visit], set_aside: int, day: DayCount
) -> Reconciliation:
    """Return how a site stands at `at_ns` with these visits open, and what the day since `since_ns` came to."""
    counts = inside(open_visits)
    exits = [visit.exit.wall_ns for visit in open_visits if visit.exit is not None]
    return Reconciliation(
        site_id=site_id,
        wall_ns=at_ns,
        inside=sum(one.count for one in counts),
        without_entry=len(exits),
        unpaired_exits=sum(since_ns <= exit_ns < at_ns for exit_ns in exits),
        closed=day.closed,
        set_aside=set_aside,
        passes=day.passes,
        read_rate=round(day.read / day.passes, 4) if day.passes else None,
        by_class=counts,
    )
