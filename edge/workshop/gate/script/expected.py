"""What must be told of a run of days: by plain arithmetic from what everybody did, and not as the product judges.

An anomaly is expected of whom (the plate that was read, the zone, or the clock) at which time, as the clock shows it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType

from edge.gate.rules.table import TABLE
from edge.workshop.gate.script.days import Days, SeenPass, Stay
from edge.workshop.gate.script.ground import (
    GUEST_S,
    LANES,
    LISTED_GUEST,
    LONG_S,
    NEVER_LEFT_S,
    OVERSTAY_S,
    REGISTERED_ONLY,
    TAILGATE_S,
)
from edge.workshop.gate.script.of_plates import ALLOWED, DENIED, WATCHED
from edge.workshop.gate.script.zone_truth import in_zones

AT_ONCE_S, SOON_S, BY_TICK_S = 1.5, 3.0, 70.0
"""How far from its time an anomaly may be: of a pass, of zones and the clock, of what time alone makes wrong."""
SURE = 0.8
_KNOWN = frozenset({*DENIED, *WATCHED, *ALLOWED})
_LATE_S = 60.0
"""The nightly look waits so long for passes that are still to be told."""


@dataclass(frozen=True, slots=True)
class Expected:
    """One anomaly that must be told; `shown_s` as the clock shows it."""

    kind: str
    who: str
    shown_s: float
    within_s: float = AT_ONCE_S


def expected(days: Days) -> tuple[Expected, ...]:
    """Return everything that must be told of these days."""
    passes, stays = days.passes, days.stays
    asked = [(kind, one) for kind, ask in _OF_PASSES.items() for one in passes if ask(days, one)]
    found = [Expected(kind, one.plate, one.shown_s) for kind, one in asked if kind in TABLE]
    found += [one for kind, when in _OF_STAYS.items() for stay in stays for one in _by_time(days, kind, stay, when)]
    found += [Expected("tailgating", one.plate, one.shown_s) for one in _tailgating(passes)]
    found += [Expected("plate-inside-twice", one.plate, one.shown_s) for one in _inside_twice(passes, stays)]
    found += [Expected("plate-mismatch", stay.plate, stay.out.shown_s) for stay in stays if stay.out and _differs(stay)]
    found += [Expected("custom", stay.plate, stay.out.shown_s) for stay in stays if stay.out and _long_truck(stay)]
    found += [Expected(kind, zone, shown_s, SOON_S) for kind, zone, shown_s in in_zones(days)]
    found += [Expected("clock-untrusted", "clock", days.clocks.shown(at_s), SOON_S) for at_s in days.clocks.complaints]
    return tuple(found)


def _after_hours(days: Days, one: SeenPass) -> bool:
    return one.believed and not days.calendar.is_open(one.shown_s)


def _wrong_road(_: Days, one: SeenPass) -> bool:
    return LANES[one.road].allows not in {"both", one.way}


def _wrong_way(_: Days, one: SeenPass) -> bool:
    return LANES[one.road].one_way not in {"no", one.way}


def _class_not_allowed(_: Days, one: SeenPass) -> bool:
    classes = LANES[one.road].classes
    return bool(classes) and one.class_name not in classes


def _on(plates: Iterable[str]) -> Callable[[Days, SeenPass], bool]:
    listed = frozenset(plates)
    return lambda _, one: one.true_plate in listed


def _unknown(_: Days, one: SeenPass) -> bool:
    return one.road == REGISTERED_ONLY and bool(one.plate) and one.true_plate not in _KNOWN


_OF_PASSES: Mapping[str, Callable[[Days, SeenPass], bool]] = MappingProxyType(
    {
        "after-hours": _after_hours,
        "wrong-road": _wrong_road,
        "wrong-way": _wrong_way,
        "class-not-allowed": _class_not_allowed,
        "denied-plate": _on(DENIED),
        "watched-plate": _on(WATCHED),
        "unknown-plate": _unknown,
    }
)


def _by_time(days: Days, kind: str, stay: Stay, when: Callable[[Days, Stay], float | None]) -> Iterator[Expected]:
    at_s = when(days, stay)
    if at_s is not None and at_s < min(stay.until_s, days.end_s):
        yield Expected(kind, stay.plate, days.clocks.shown(at_s), BY_TICK_S)


def _overstay(days: Days, stay: Stay) -> float | None:
    return _first(days, stay, stay.came.shown_s + OVERSTAY_S) if stay.came else None


def _never_left(days: Days, stay: Stay) -> float | None:
    if stay.came is None:
        return None
    looks = (at_s for at_s in days.calendar.reconciliations() if at_s >= stay.came.shown_s + NEVER_LEFT_S)
    return _first(days, stay, next(looks) + _LATE_S)


def _never_entered(days: Days, stay: Stay) -> float | None:
    if stay.came is not None or stay.out is None:
        return None
    looks = (at_s for at_s in days.calendar.reconciliations() if at_s > stay.out.shown_s)
    return _first(days, stay, next(looks) + _LATE_S)


def _guest_inside(days: Days, stay: Stay) -> float | None:
    if stay.came is None or stay.came.road != "guests" or stay.plate in {"", LISTED_GUEST.replace(" ", "")}:
        return None
    return _first(days, stay, stay.came.shown_s + GUEST_S)


_OF_STAYS: Mapping[str, Callable[[Days, Stay], float | None]] = MappingProxyType(
    {"overstay": _overstay, "never-left": _never_left, "never-entered": _never_entered, "custom": _guest_inside}
)


def _first(days: Days, stay: Stay, shown_s: float) -> float | None:
    """Return when a believed clock first shows a time; a visit that began while it was not believed is not judged."""
    begun = stay.came or stay.out
    return days.clocks.first(shown_s, begun.at_s) if begun is not None and begun.believed else None


def _tailgating(passes: Iterable[SeenPass]) -> Iterator[SeenPass]:
    by_line: dict[str, list[SeenPass]] = {}
    for one in passes:
        if one.way == "in":
            by_line.setdefault(one.road, []).append(one)
    for row in by_line.values():
        for first, second in pairwise(sorted(row, key=lambda one: one.at_s)):
            if second.at_s - first.at_s <= TAILGATE_S and second.key != first.key:
                yield second


def _inside_twice(passes: Iterable[SeenPass], stays: Iterable[Stay]) -> Iterator[SeenPass]:
    inside = [(stay.came, stay.until_s) for stay in stays if stay.came is not None and _sure(stay.came)]
    for one in passes:
        before = [came for came, until_s in inside if came.plate == one.plate and came.at_s < one.at_s < until_s]
        if one.way == "in" and not one.echo and _sure(one) and before:
            yield one


def _differs(stay: Stay) -> bool:
    came, out = stay.came, stay.out
    if came is None or out is None or not (_sure(came) and _sure(out)):
        return False
    return came.plate == out.plate and came.class_name != out.class_name


def _long_truck(stay: Stay) -> bool:
    came, out = stay.came, stay.out
    if came is None or out is None or not out.believed:
        return False
    return out.road == "main" and out.class_name in {"truck", "bus"} and out.shown_s - came.shown_s > LONG_S


def _sure(one: SeenPass) -> bool:
    return bool(one.plate) and one.sure >= SURE
