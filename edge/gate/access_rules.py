"""What is wrong with a pass by the registry: predicates for the table of rules, each with its sentence or None."""

from __future__ import annotations

from typing import Protocol

from edge.gate.rules.words import VERB
from edge.types import Decision, Match, Pass

_NOBODY = frozenset({Match.NONE, Match.AMBIGUOUS, Match.OUT_OF_DATE})


class HasPass(Protocol):
    """The part of a rule's facts that these ask for; `pass_.access` is None where there is no registry."""

    @property
    def pass_(self) -> Pass:
        """The pass."""
        ...


def denied_plate(facts: HasPass) -> str | None:
    """A vehicle on the deny list, in or out."""
    access = facts.pass_.access
    return _sentence(facts.pass_) if access and access.decision is Decision.DENY else None


def watched_plate(facts: HasPass) -> str | None:
    """A vehicle on the watch list that is not denied as well."""
    access = facts.pass_.access
    valid = access is not None and access.match in {Match.EXACT, Match.NEAR}
    return _sentence(facts.pass_) if access and valid and access.listed == "watch" else None


def unknown_plate(facts: HasPass) -> str | None:
    """A plate that is nobody's, or not for this day, on a road for registered vehicles: the rule names the roads.

    A plate that could not be read is none that is unknown.
    """
    access = facts.pass_.access
    return _sentence(facts.pass_) if access and access.match in _NOBODY else None


def _sentence(pass_: Pass) -> str:
    reason = pass_.access.reason if pass_.access else ""
    return f"{VERB[pass_.direction]} by {pass_.road_id}: {reason}"
