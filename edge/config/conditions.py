"""What a composed rule asks for: comparisons of a fixed set of fields, joined by all, any and not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, TypeAlias

from edge.config.lines import Path
from edge.config.problems import Problems, nearest
from edge.types import CLASSES, COLOURS

Choices = tuple[str, ...]
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_SHARED: Mapping[str, type | Choices] = {
    "class": CLASSES,
    "colour": COLOURS,
    "plate": str,
    "plates": float,
    "dwell_s": float,
}
FIELDS: Mapping[str, Mapping[str, type | Choices]] = MappingProxyType(
    {
        "pass": MappingProxyType(
            {
                "direction": ("in", "out", "unknown"),
                "road": str,
                "line": str,
                "camera": str,
                "hour": float,
                "weekday": _DAYS,
                "open": bool,
                **_SHARED,
            }
        ),
        "visit": MappingProxyType(
            {
                "entry_road": str,
                "exit_road": str,
                "entry_route": str,
                "exit_route": str,
                "state": ("open", "closed"),
                "paired_by": str,
                **_SHARED,
            }
        ),
    }
)
"""What may be asked of a pass and of a visit, and of which type it is; a tuple lists every text it can be."""
CLOCKED = frozenset({"hour", "weekday", "open", "dwell_s"})
"""Fields that mean nothing while the clock is not to be trusted."""
WORDS: Mapping[str, frozenset[str]] = MappingProxyType(
    {"pass": frozenset({*FIELDS["pass"], "when", "dwell"}), "visit": frozenset({*FIELDS["visit"], "number", "dwell"})}
)
"""What may stand in braces in the sentence of a composed rule."""
JOINS = ("all", "any", "not")
OPERATORS = ("is", "in", "above", "below")
_FITTING: Mapping[type | Choices, tuple[str, ...]] = MappingProxyType(
    {float: ("is", "above", "below"), bool: ("is",)}
)  # all others: is, in
_SHAPE = 'write {field = "…", is = "…"}, or {any = […]}, {all = […]}, {not = {…}}'


@dataclass(frozen=True, slots=True)
class Comparison:
    """One field against one value; `operator` is one of OPERATORS, the value of `in` a tuple."""

    field: str
    operator: str
    value: str | bool | float | tuple[str, ...]

    def as_table(self) -> dict[str, Any]:
        """Return it as it is written in the file."""
        return {"field": self.field, self.operator: self.value}


@dataclass(frozen=True, slots=True)
class Group:
    """Conditions joined by one of JOINS; `not` has one."""

    join: str
    parts: tuple[Condition, ...]

    def as_table(self) -> dict[str, Any]:
        """Return it as it is written in the file."""
        return {self.join: self.parts[0] if self.join == "not" and self.parts else self.parts}


Condition: TypeAlias = Comparison | Group


def read_condition(value: Any, path: Path, problems: Problems) -> Condition:
    """Return the condition that a TOML value says; what is wrong goes to `problems`, and an empty one comes back."""
    join = next((name for name in JOINS if name in value), None) if isinstance(value, dict) else None
    if join is not None and len(value) == 1:
        return _read_group(join, value[join], (*path, join), problems)
    if not isinstance(value, dict) or join is not None or "field" not in value:
        problems.add(path, "is no condition", _SHAPE)
        return Group("all", ())
    return _read_comparison(value, path, problems)


def comparisons(condition: Condition, path: Path) -> Iterator[tuple[Path, Comparison]]:
    """Yield every comparison inside a condition that stands at `path`, with its own place."""
    if isinstance(condition, Comparison):
        yield path, condition
        return
    for place, part in enumerate(condition.parts):
        inner = (*path, condition.join) if condition.join == "not" else (*path, condition.join, place)
        yield from comparisons(part, inner)


def _read_group(join: str, value: Any, path: Path, problems: Problems) -> Group:
    if join == "not":
        return Group(join, (read_condition(value, path, problems),))
    if not isinstance(value, list) or not value:
        problems.add(path, "is no list of conditions", f"write {join} = [{{…}}, {{…}}]")
        return Group(join, ())
    return Group(join, tuple(read_condition(one, (*path, place), problems) for place, one in enumerate(value)))


def _read_comparison(table: dict[str, Any], path: Path, problems: Problems) -> Condition:
    nothing = Group("all", ())
    known = {name: kind for fields in FIELDS.values() for name, kind in fields.items()}
    field, rest = table["field"], {name: value for name, value in table.items() if name != "field"}
    if field not in known:
        problems.add((*path, "field"), f"field {field!r} does not exist", nearest(str(field), known))
        return nothing
    for name in rest.keys() - set(OPERATORS):
        problems.add((*path, name), "unknown operator", nearest(name, OPERATORS))
        return nothing
    if len(rest) != 1:
        problems.add(path, f"has {len(rest)} operators, must have one", f"use one of {', '.join(OPERATORS)}")
        return nothing
    ((operator, value),) = rest.items()
    fault = _fault(known[field], operator, value)
    if fault is not None:
        problems.add((*path, operator), *fault)
        return nothing
    return Comparison(field, operator, tuple(value) if isinstance(value, list) else value)


def _fault(kind: type | Choices, operator: str, value: Any) -> tuple[str, str] | None:
    """Return cause and cure where a field of `kind` cannot be compared so."""
    fits = _FITTING.get(kind, ("is", "in"))
    if operator not in fits:
        return f"{operator} does not fit the field", f"use {' or '.join(fits)}"
    if kind is float:
        return None if _is_number(value) else (f"{value!r} is no number", "write it without quotes")
    if kind is bool:
        return None if isinstance(value, bool) else (f"{value!r} is neither true nor false", "write is = true")
    if operator == "in" and (not isinstance(value, list) or not value):
        return f"{value!r} is no list", 'write in = ["…", "…"]'
    texts = value if operator == "in" else [value]
    return next((fault for one in texts if (fault := _text_fault(kind, one))), None)


def _text_fault(kind: type | Choices, value: Any) -> tuple[str, str] | None:
    if not isinstance(value, str):
        return f"{value!r} is no text", 'put it into "quotes"'
    if isinstance(kind, tuple) and value not in kind:
        return f"{value!r} is not one of {', '.join(kind)}", nearest(value, kind)
    return None


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
