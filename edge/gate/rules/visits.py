"""Judges of one visit: asked when it changes and as time goes by. And what ends an anomaly that ends by itself."""

from __future__ import annotations

from collections.abc import Iterator

from edge.config import Rule
from edge.gate.paint import clearly_other
from edge.gate.rules.facts import Finding, VisitFacts
from edge.gate.rules.passes import same_plate
from edge.gate.rules.words import lasting, moment, plates_text, visited
from edge.types import VisitState


def overstay(rule: Rule, facts: VisitFacts) -> Iterator[Finding]:
    """Being inside for longer than is allowed."""
    visit = facts.visit
    if visit.entry is None or visit.exit is not None:
        return
    stayed_s = (facts.wall_ns - visit.entry.wall_ns) / 1e9
    if stayed_s > rule.for_s:
        told = f"still inside after {lasting(stayed_s)}, allowed are {lasting(rule.for_s)}"
        yield facts.found(f"{visited(visit, facts.hours)}: {told}.")


def never_left(rule: Rule, facts: VisitFacts) -> Iterator[Finding]:
    """Being inside when the site reconciles, and not only just come."""
    visit = facts.visit
    if visit.entry is None or visit.exit is not None:
        return
    stayed_s = (facts.reconciled_ns - visit.entry.wall_ns) / 1e9
    if stayed_s >= rule.for_s:
        when = moment(facts.reconciled_ns, facts.hours)
        yield facts.found(
            f"{visited(visit, facts.hours)}: not out by the reconciliation of {when}, {lasting(stayed_s)} later."
        )


def never_entered(_: Rule, facts: VisitFacts) -> Iterator[Finding]:
    """Having left without an entry that anybody saw by the time the site reconciles."""
    visit = facts.visit
    if visit.exit is None or visit.entry is not None or visit.exit.wall_ns >= facts.reconciled_ns:
        return
    when = moment(facts.reconciled_ns, facts.hours)
    yield facts.found(f"{visited(visit, facts.hours)}: no entry known by the reconciliation of {when}.")


def plate_mismatch(rule: Rule, facts: VisitFacts) -> Iterator[Finding]:
    """Coming in and going out with one plate, and not as one vehicle."""
    entry, exit_ = facts.visit.entry, facts.visit.exit
    if entry is None or exit_ is None or not same_plate(entry, exit_):
        return
    bits = (entry.dhash ^ exit_.dhash).bit_count()
    if entry.class_name != exit_.class_name:
        differ = f"a {entry.class_name} came in, a {exit_.class_name} went out"
    elif clearly_other(entry.colour, exit_.colour):
        differ = f"a {entry.colour} {entry.class_name} came in, a {exit_.colour} one went out"
    elif rule.bits and entry.dhash and exit_.dhash and bits >= rule.bits:
        differ = f"the {entry.class_name} that went out looks otherwise, {bits} of 64 bits differ, {rule.bits:g} tell"
    else:
        return
    plate = plates_text(entry.plates)
    yield facts.found(f"{visited(facts.visit, facts.hours)}: with plate {plate} {differ}.")


def parted(facts: VisitFacts) -> str | None:
    """Say why two sides that did not fit are no visit any longer."""
    return "the visit was split" if facts.visit.entry is None or facts.visit.exit is None else None


def left(facts: VisitFacts) -> str | None:
    """Say why who was inside for too long is no longer."""
    visit, dwell_s = facts.visit, facts.visit.dwell_s
    if visit.state is not VisitState.CLOSED or visit.exit is None or dwell_s is None:
        return None
    return f"out by {visit.exit.road_id} on {moment(visit.exit.wall_ns, facts.hours)} after {lasting(dwell_s)}"


def entered(facts: VisitFacts) -> str | None:
    """Say why who had never entered has."""
    entry = facts.visit.entry
    return f"in by {entry.road_id} on {moment(entry.wall_ns, facts.hours)}" if entry is not None else None
