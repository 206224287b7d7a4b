"""Judges of one pass that ask the registry: silent where there is none. They see plates as they are recorded."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from edge.config import Rule
from edge.gate.alike import SURE
from edge.gate.paint import clearly_other
from edge.gate.rules.facts import Finding, PassFacts
from edge.gate.rules.words import vehicle, what
from edge.types import Access, Decision, Match, Pass

_DENIED = "denied-plate"
_NOBODY = frozenset({Match.NONE, Match.AMBIGUOUS, Match.OUT_OF_DATE})


def denied_plate(_: Rule, facts: PassFacts) -> Iterator[Finding]:
    """Coming in or going out on the deny list."""
    access = facts.pass_.access
    if access is not None and access.decision is Decision.DENY:
        yield _found(facts, access)


def watched_plate(_: Rule, facts: PassFacts) -> Iterator[Finding]:
    """Coming in or going out on the watch list, allowed or not; denied only where no rule of its own tells of that."""
    access = facts.pass_.access
    if access is not None and access.watched and not (access.decision is Decision.DENY and _DENIED in facts.ruled):
        yield _found(facts, access)


def unknown_plate(_: Rule, facts: PassFacts) -> Iterator[Finding]:
    """Having plates, all of them read surely, that are nobody's or not for this day.

    A vehicle whose plate was not read, or not surely, may be a registered one: it is not unknown.
    """
    access = facts.pass_.access
    if access is not None and access.match in _NOBODY and _surely_read(facts):
        yield _found(facts, access)


def plate_mismatch(_: Rule, facts: PassFacts) -> Iterator[Finding]:
    """Having the very plate of a registered vehicle, read surely, and not being one of its class or colour."""
    access = facts.pass_.access
    if access is None or access.distance != 0 or not _surely_read(facts):
        return
    differ = _other_class(facts.pass_, access) or _other_colour(facts.pass_, access)
    if not differ:
        return
    found = facts.found(f"{what(facts.pass_, facts.hours)}, {vehicle(facts.pass_)}: {differ}.")
    # Both ways are one matter, and so is that its two sides differ: it is told once a visit.
    yield replace(found, subject=found.visit_id or found.subject)


def _other_class(pass_: Pass, access: Access) -> str:
    if access.class_name in {None, pass_.class_name}:
        return ""
    return f"{access.entry} is registered for a {access.class_name}, this was a {pass_.class_name}"


def _other_colour(pass_: Pass, access: Access) -> str:
    if not clearly_other(access.colour or "", pass_.colour):
        return ""
    return f"{access.entry} is registered as {access.colour}, this one was {pass_.colour}"


def _found(facts: PassFacts, access: Access) -> Finding:
    return facts.found(f"{what(facts.pass_, facts.hours)}, {vehicle(facts.pass_)}: {access.reason}")


def _surely_read(facts: PassFacts) -> bool:
    return all(plate.confidence >= SURE for plate in facts.pass_.plates)
