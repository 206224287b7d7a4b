"""A rule with the terms of its kind filled in, and what it speaks of."""

from __future__ import annotations

from dataclasses import replace

from edge.config import Rule
from edge.config.conditions import CLOCKED, comparisons
from edge.config.kinds import KINDS
from edge.types import Pass, VisitSide


def in_full(rule: Rule) -> Rule:
    """Return the rule with the numbers of its kind where it gives none of its own."""
    terms = KINDS[rule.kind]
    own = {name: type(getattr(rule, name))(number) for name, number in terms.numbers.items() if not getattr(rule, name)}
    severity = terms.severity if rule.severity == "auto" else rule.severity
    return replace(rule, severity=severity, cooldown_s=rule.cooldown_s or terms.cooldown_s or 0.0, **own)


def applies(rule: Rule, side: Pass | VisitSide) -> bool:
    """Return whether a rule speaks of this pass, or of this side of a visit, at all."""
    if not (rule.roads or rule.classes or rule.cameras):
        return rule.enabled
    wanted = ((rule.roads, side.road_id), (rule.classes, side.class_name), (rule.cameras, side.camera_id))
    return rule.enabled and all(not names or name in names for names, name in wanted)


def needs_clock(rule: Rule) -> bool:
    """Return whether a rule is held back while the clock is not to be trusted."""
    asked = (one.field for condition in rule.when for _, one in comparisons(condition, ()))
    return KINDS[rule.kind].clock or not CLOCKED.isdisjoint(asked)
