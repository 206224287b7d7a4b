"""Judges of one pass: each yields what it finds wrong, in a sentence."""

from __future__ import annotations

from collections.abc import Iterator
from types import MappingProxyType

from edge.config import Rule
from edge.gate.alike import texts
from edge.gate.rules.facts import BoomSpan, Finding, PassFacts, found_in
from edge.gate.rules.words import ago, moment, vehicle, what
from edge.types import Direction, Pass, VisitSide

_ONLY = MappingProxyType({"in": "for entry only", "out": "for exit only", "none": "closed"})
_OTHER_CLASS = "class-not-allowed"


def after_hours(_: Rule, facts: PassFacts) -> Iterator[Finding]:
    """Entering and leaving outside opening hours alike."""
    pass_, hours = facts.pass_, facts.hours
    if hours.is_open(pass_.wall_ns):
        return
    since_s = hours.closed_since_s(pass_.wall_ns)
    closed = f"{ago(since_s)} after closing" if since_s is not None else "the site has not been open for two weeks"
    yield facts.found(f"{what(pass_, hours)}: {closed} (hours of the day: {hours.spans_on(pass_.wall_ns)}).")


def wrong_road(rule: Rule, facts: PassFacts) -> Iterator[Finding]:
    """Using a road in a direction that it is not for; with a class, where no rule of its own tells of that."""
    pass_, road = facts.pass_, facts.road
    if road is None or pass_.direction is Direction.UNKNOWN:
        return
    if road.allows not in {"both", pass_.direction.value}:
        yield facts.found(f"{what(pass_, facts.hours)}: the road is {_ONLY[road.allows]}.")
    elif _OTHER_CLASS not in facts.ruled:
        yield from class_not_allowed(rule, facts)


def class_not_allowed(_: Rule, facts: PassFacts) -> Iterator[Finding]:
    """Using a road with a class of vehicle that it is not for."""
    pass_, road = facts.pass_, facts.road
    if road is not None and road.classes and pass_.class_name not in road.classes:
        listed = " and ".join(road.classes)
        yield facts.found(f"{what(pass_, facts.hours)}: the road is for {listed} only, this was a {pass_.class_name}.")


def wrong_way(_: Rule, facts: PassFacts) -> Iterator[Finding]:
    """Going over a one-way line against its direction."""
    pass_, line = facts.pass_, facts.line
    if line is None or line.one_way == "no" or pass_.direction is Direction.UNKNOWN:
        return
    if pass_.direction.value != line.one_way:
        share = round(100 * pass_.direction_confidence)
        only = f"line {line.id} is one-way {line.one_way}"
        yield facts.found(f"{what(pass_, facts.hours)}: {only}, direction sure to {share} %.")


def tailgating(rule: Rule, facts: PassFacts) -> Iterator[Finding]:
    """Going in behind another vehicle through one opening of the boom.

    Where nothing tells of that: so close behind that the gate can have opened only once.
    Passes become final in any order, so this one may be the one in front, and the one behind is told of.
    """
    near = sorted(facts.near, key=lambda other: abs(other.wall_ns - facts.pass_.wall_ns))  # the nearest is named
    for other in near if facts.pass_.direction is Direction.IN else ():
        first, second = sorted((other, facts.pass_), key=lambda pass_: (pass_.wall_ns, pass_.pass_id))
        opening = _one_opening(rule, facts.spans, first, second)
        if other.direction is Direction.IN and opening is not None and not _one_vehicle(first, second):
            close = f"{(second.wall_ns - first.wall_ns) / 1e9:.1f} s behind {vehicle(first)}, {opening}"
            yield found_in(second, f"{what(second, facts.hours)}: {vehicle(second)} {close}.")


def _one_opening(rule: Rule, spans: tuple[BoomSpan, ...] | None, first: Pass, second: Pass) -> str | None:
    """Return which opening two vehicles came through, None when it was not one.

    A boom that was not seen open for one of them says nothing: then the stated time counts.
    """
    one, other = (
        next((span for span in reversed(spans or ()) if span.holds(at.wall_ns)), None) for at in (first, second)
    )
    if one is not None and other is not None:
        return f"through one opening of the boom{one.lasting}" if one is other else None
    taken = "" if spans is None else "the boom was not seen open, "
    close = second.wall_ns - first.wall_ns <= rule.within_s * 1e9
    return f"{taken}one opening is taken to be {rule.within_s:g} s" if close else None


def plate_inside_twice(_: Rule, facts: PassFacts) -> Iterator[Finding]:
    """Coming in with a plate that has come in already and not gone out."""
    pass_ = facts.pass_
    if pass_.direction is not Direction.IN:
        return
    for visit in facts.inside:
        if visit.entry is not None and visit.entry.pass_id != pass_.pass_id and same_plate(visit.entry, pass_):
            since = f"visit {visit.number}, in by {visit.entry.road_id} on {moment(visit.entry.wall_ns, facts.hours)}"
            yield facts.found(f"{what(pass_, facts.hours)}: {vehicle(pass_)} is inside already ({since}).")
            return


def same_plate(first: Pass | VisitSide, second: Pass | VisitSide) -> bool:
    """Return whether both surely carry one plate, character by character."""
    return not texts(first.plates).isdisjoint(texts(second.plates))


def _one_vehicle(first: Pass, second: Pass) -> bool:
    one_visit = first.visit_id is not None and first.visit_id == second.visit_id
    return one_visit or first.track_id == second.track_id or same_plate(first, second)
