"""TOML tables into typed values. A wrong value is noted and replaced by an empty one, so the rest is still judged."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, TypeVar, get_args

from edge.config.conditions import read_condition
from edge.config.forms import fault_of
from edge.config.keys import About, Section, Slot, bounds_of, example_of, masked, slots_of
from edge.config.lines import Path
from edge.config.problems import Problems, nearest

S = TypeVar("S", bound=Section)
_WORDS = MappingProxyType({str: "a text", int: "a whole number", float: "a number", bool: "true or false"})


def build(section: type[S], table: Mapping[str, Any], path: Path, problems: Problems) -> S:
    """Return a `section` made of `table`; everything wrong with it goes to `problems`."""
    slots = {slot.toml: slot for slot in slots_of(section)}
    for name in table.keys() - slots.keys():
        problems.add((*path, name), "unknown key", nearest(name, slots))
    values: dict[str, Any] = {}
    for slot in slots.values():
        if slot.toml in table:
            values[slot.name] = _read(slot, table[slot.toml], (*path, slot.toml), problems)
        elif slot.required:
            problems.add((*path, slot.toml), "is missing", _how_to_add(slot))
            values[slot.name] = _blank(slot)
    return section(**values)


def _read(slot: Slot, value: Any, path: Path, problems: Problems) -> Any:
    if slot.is_list and not isinstance(value, list):
        names = ".".join(part for part in path if isinstance(part, str))
        problems.add(
            path, f"is {_named(value)}, must be a list", f"write [[{names}]]" if slot.table else "use [brackets]"
        )
        return ()
    if slot.is_list:
        result: Any = tuple(_read_item(slot, one, (*path, place), problems) for place, one in enumerate(value))
    elif slot.table:
        return _read_table(slot.table, value, path, problems)
    else:
        result = _read_scalar(slot.kind, slot.about, value, path, problems)
    return result if _passes(slot.about.form, result, path, problems) else _blank(slot)


def _read_item(slot: Slot, value: Any, path: Path, problems: Problems) -> Any:
    if slot.table:
        return _read_table(slot.table, value, path, problems)
    if slot.about.form == "conditions":
        return read_condition(value, path, problems)
    if get_args(slot.kind)[0] is float:
        return _read_scalar(float, slot.about, value, path, problems)
    if get_args(slot.kind)[0] is not str:
        return _read_point(value, path, problems)
    text = _read_scalar(str, slot.about, value, path, problems)
    return text if _passes(slot.about.each, text, path, problems) else ""


def _read_table(section: type[Section], value: Any, path: Path, problems: Problems) -> Section:
    if isinstance(value, dict):
        return build(section, value, path, problems)
    problems.add(path, f"is {_named(value)}, must be a table", "write it as a [table] with its keys below")
    return section(**{slot.name: _blank(slot) for slot in slots_of(section) if slot.required})


def _read_point(value: Any, path: Path, problems: Problems) -> tuple[float, float]:
    match value:
        case [x, y] if _is_number(x) and _is_number(y):
            return (float(x), float(y))
    problems.add(path, f"{value!r} is no point", "write [x, y] with numbers from 0 to 1")
    return (0.0, 0.0)


def _read_scalar(kind: type[Any], about: About, value: Any, path: Path, problems: Problems) -> Any:
    if kind is float and _is_number(value):
        value = float(value)
    if kind is str and type(value) is dt.date:
        value = value.isoformat()  # TOML has dates of its own, and a fitter may leave the quotes away
    if type(value) is not kind or (kind is float and not math.isfinite(value)):
        shown = "" if about.secret or isinstance(value, dict | list) else f" {masked(value, about)!r}"
        problems.add(path, f"is {_named(value)}{shown}, must be {_WORDS[kind]}", _how_to_write(kind, about))
    elif about.choices and value not in about.choices:
        problems.add(path, f"{value!r} is not one of {', '.join(about.choices)}", nearest(value, about.choices))
    elif kind in {int, float} and not _in_bounds(about, value):
        problems.add(path, f"{value:g} is out of bounds", f"must be {bounds_of(about)}")
    else:
        return value
    return kind()


def _passes(form: str, value: Any, path: Path, problems: Problems) -> bool:
    fault = None if problems.under(path) else fault_of(form, value)
    if fault:
        problems.add(path, *fault)
    return fault is None


def _in_bounds(about: About, value: float) -> bool:
    return (about.low is None or value >= about.low) and (about.high is None or value <= about.high)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _named(value: Any) -> str:
    if isinstance(value, dict | list):
        return "a table" if isinstance(value, dict) else "a list"
    return _WORDS.get(type(value), "a date or time")


def _how_to_write(kind: type[Any], about: About) -> str:
    if about.example:
        return f"write it like {example_of(about)}"
    return {bool: "write true or false", str: 'put it into "quotes"'}.get(kind, "write it without quotes")


def _how_to_add(slot: Slot) -> str:
    if slot.table:
        return f"add [[{slot.toml}]]" if slot.is_list else f"add [{slot.toml}]"
    if slot.kind in {int, float}:
        return f"add {slot.toml} = {slot.about.example or 'and the number'}"
    return f"add {slot.toml} = {example_of(slot.about)}"


def _blank(slot: Slot) -> Any:
    if slot.is_list:
        return ()
    if slot.table:
        return slot.table(**{inner.name: _blank(inner) for inner in slots_of(slot.table) if inner.required})
    return slot.kind()
