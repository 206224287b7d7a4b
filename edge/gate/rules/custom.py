"""Rules that a site composes: fields of a pass or a visit, compared and joined.

What is not known is neither true nor false: no plate read is not another plate, and in doubt nothing is told.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeAlias

from edge.config import Rule
from edge.config.conditions import Comparison, Condition
from edge.gate.alike import plain
from edge.gate.rules.facts import Finding, PassFacts, VisitFacts
from edge.gate.rules.words import lasting, moment, plates_text
from edge.types import Pass, Plate, VisitSide

Value: TypeAlias = "str | float | bool | frozenset[str] | None"
"""What a field is: several texts where any one of them may be meant, None where it is not known."""
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def of_pass(rule: Rule, facts: PassFacts) -> Iterator[Finding]:
    """Judge a pass by a rule about passes."""
    if rule.about != "pass":
        return
    fields = _pass_fields(facts)
    if _all(holds(condition, fields) for condition in rule.when):
        words = {"when": moment(facts.pass_.wall_ns, facts.hours), "plate": plates_text(facts.pass_.plates)}
        yield facts.found(_sentence(rule, fields, words))


def of_visit(rule: Rule, facts: VisitFacts) -> Iterator[Finding]:
    """Judge a visit by a rule about visits."""
    if rule.about != "visit":
        return
    fields = _visit_fields(facts)
    if _all(holds(condition, fields) for condition in rule.when):
        plates = [plate for side in (facts.visit.entry, facts.visit.exit) if side for plate in side.plates]
        unique = tuple({plain(plate.text): plate for plate in reversed(plates)}.values())[::-1]
        words = {"number": str(facts.visit.number), "plate": plates_text(unique)}
        yield facts.found(_sentence(rule, fields, words))


def holds(condition: Condition, fields: Mapping[str, Value]) -> bool | None:
    """Return whether a condition is true of `fields`, None where that is not known."""
    if isinstance(condition, Comparison):
        return _compare(condition, fields.get(condition.field))
    parts = [holds(part, fields) for part in condition.parts]
    if condition.join == "all":
        return _all(iter(parts))
    if condition.join == "any":
        return True if True in parts else None if None in parts else False
    return None if parts[0] is None else not parts[0]


def _all(parts: Iterator[bool | None]) -> bool | None:
    known = list(parts)
    return False if False in known else None if None in known else True


def _compare(comparison: Comparison, value: Value) -> bool | None:
    wanted = comparison.value
    if value is None:
        return None
    if isinstance(value, frozenset):
        texts = wanted if isinstance(wanted, tuple) else (str(wanted),)
        return not value.isdisjoint(plain(text) for text in texts)
    if isinstance(wanted, tuple):
        return value in wanted
    if comparison.operator == "is":
        return value == wanted
    return float(value) > float(wanted) if comparison.operator == "above" else float(value) < float(wanted)


def _pass_fields(facts: PassFacts) -> dict[str, Value]:
    pass_, local = facts.pass_, facts.hours.local(facts.pass_.wall_ns)
    return {
        **_shared(pass_, pass_.plates, facts.visit.dwell_s if facts.visit else None),
        "direction": pass_.direction.value,
        "road": pass_.road_id,
        "line": pass_.line_id,
        "camera": pass_.camera_id,
        "hour": local.hour + local.minute / 60 + local.second / 3600,
        "weekday": _DAYS[local.weekday()],
        "open": facts.hours.is_open(pass_.wall_ns),
    }


def _visit_fields(facts: VisitFacts) -> dict[str, Value]:
    visit, side = facts.visit, facts.side
    if side is None:
        return {}
    waiting = visit.entry is not None and visit.exit is None
    dwell_s = (facts.wall_ns - visit.entry.wall_ns) / 1e9 if waiting and visit.entry else visit.dwell_s
    plates = [plate for end in (visit.entry, visit.exit) if end for plate in end.plates]
    return {
        **_shared(side, tuple(plates), dwell_s),
        "plates": float(len({plain(plate.text) for plate in plates} - {""})),
        "entry_road": visit.entry.road_id if visit.entry else None,
        "exit_road": visit.exit.road_id if visit.exit else None,
        "entry_route": " > ".join(visit.entry.route) or None if visit.entry else None,
        "exit_route": " > ".join(visit.exit.route) or None if visit.exit else None,
        "state": visit.state.value,
        "paired_by": visit.paired_by,
    }


def _shared(side: Pass | VisitSide, plates: tuple[Plate, ...], dwell_s: float | None) -> dict[str, Value]:
    texts = frozenset(plain(plate.text) for plate in plates) - {""}
    return {
        "class": side.class_name,
        "colour": side.colour or None,
        "plate": texts or None,
        "plates": float(len(texts)),
        "dwell_s": dwell_s,
    }


def _sentence(rule: Rule, fields: Mapping[str, Value], words: Mapping[str, str]) -> str:
    dwell_s = fields.get("dwell_s")
    dwell = lasting(float(dwell_s)) if isinstance(dwell_s, float) else "unknown"
    said = {name: _said(value) for name, value in fields.items()}
    told = {name: word or "unknown" for name, word in words.items()}
    return rule.explain.format_map({**said, **told, "dwell": dwell})


def _said(value: Value) -> str:
    if value is None:
        return "unknown"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{round(value, 1):g}" if isinstance(value, float) else str(value)
