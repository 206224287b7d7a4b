"""What is wrong with a visit: a table of rules, each with a predicate and a sentence of the numbers that made it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from edge.config import Road, Rule
from edge.gate.hours import OpeningHours
from edge.types import Direction, Pass

_VERB = MappingProxyType({Direction.IN: "In", Direction.OUT: "Out", Direction.UNKNOWN: "Passed"})
_ONLY = MappingProxyType({"in": "for entry only", "out": "for exit only", "none": "closed"})


@dataclass(frozen=True, slots=True)
class Facts:
    """What a rule may ask about one side of a visit. `road` is None when the line names a road that is not listed."""

    pass_: Pass
    road: Road | None
    hours: OpeningHours


Judge = Callable[[Facts], "str | None"]
"""Returns the explanation when the rule is broken, else None."""


def applies(rule: Rule, pass_: Pass) -> bool:
    """Return whether a rule speaks of this pass at all."""
    on_road = not rule.roads or pass_.road_id in rule.roads
    return rule.enabled and on_road and (not rule.classes or pass_.class_name in rule.classes)


def after_hours(facts: Facts) -> str | None:
    """Entering and leaving outside opening hours alike."""
    pass_, hours = facts.pass_, facts.hours
    if hours.is_open(pass_.wall_ns):
        return None
    since_s = hours.closed_since_s(pass_.wall_ns)
    closed = (
        f"{_duration(since_s)} after closing" if since_s is not None else "the site has not been open for two weeks"
    )
    return f"{_what(facts)}: {closed} (hours of the day: {hours.spans_on(pass_.wall_ns)})."


def wrong_road(facts: Facts) -> str | None:
    """Using a road in a direction, or with a kind of vehicle, that it is not for."""
    pass_, road = facts.pass_, facts.road
    if road is None or pass_.direction is Direction.UNKNOWN:
        return None
    if road.allows not in {"both", pass_.direction.value}:
        return f"{_what(facts)}: the road is {_ONLY[road.allows]}."
    if road.classes and pass_.class_name not in road.classes:
        return f"{_what(facts)}: the road is for {' and '.join(road.classes)} only, this was a {pass_.class_name}."
    return None


RULES: Mapping[str, Judge] = MappingProxyType({"after-hours": after_hours, "wrong-road": wrong_road})
"""Every kind of rule that a configuration may name."""


def _what(facts: Facts) -> str:
    local = facts.hours.local(facts.pass_.wall_ns)
    return f"{_VERB[facts.pass_.direction]} by {facts.pass_.road_id} on {local:%a %d %b %Y %H:%M:%S}"


def _duration(seconds: float) -> str:
    minutes = int(seconds // 60)
    hours, minutes = divmod(minutes, 60)
    if not hours and not minutes:
        return f"{int(seconds)} s"
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"
