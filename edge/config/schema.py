"""What the model says of itself: every key, in words for a person and as JSON Schema for an editor."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from edge.config.conditions import FIELDS, OPERATORS
from edge.config.keys import Section, Slot, bounds_of, example_of, slots_of
from edge.config.model import Config
from edge.config.problems import nearest
from edge.errors import UsageError

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_TYPES = MappingProxyType({str: "string", int: "integer", float: "number", bool: "boolean"})
_WORDS = MappingProxyType({str: "text", int: "whole number", float: "number", bool: "true or false"})
_PATTERNS = MappingProxyType(
    {
        "name": r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$",
        "opens": r"^([01][0-9]|2[0-3]):[0-5][0-9]$",
        "closes": r"^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$",
        "date": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
        "broker": r"^(mqtts?://[^/?#@]+)?$",
    }
)
_CORNERS = MappingProxyType({"line": (2, 2), "polygon": (3, 1000)})


def all_keys(section: type[Section] = Config, above: str = "") -> Iterator[tuple[str, Slot]]:
    """Yield every key as it is dotted in messages, tables before what stands below them, in the order of the model."""
    for slot in slots_of(section):
        name = above + slot.toml
        yield name, slot
        if slot.table:
            yield from all_keys(slot.table, name + ".")


def explain(key: str) -> str:
    """Return what a person should know of `key`, several lines.

    Raises:
        UsageError: there is no such key; the message names the nearest one.
    """
    known = dict(all_keys())
    plain = key.replace("[", "").replace("]", "").strip()
    if plain not in known:
        raise UsageError(f"{key}: unknown key; {_guess(plain, list(known))}")
    slot = known[plain]
    facts = _table_facts(plain, slot) if slot.table else _value_facts(slot)
    told = [f"  {name:<8} {text}" for name, text in facts.items() if text]
    return "\n".join([plain, f"  {slot.about.doc}", *told])


def json_schema() -> Mapping[str, Any]:
    """Return the JSON Schema of the file, read as TOML; cross-checks and addresses stay with `edge config check`."""
    whole = _section_schema(Config)
    return {"$schema": DIALECT, "title": "edge configuration", **whole, "$defs": {"condition": _condition_schema()}}


def _condition_schema() -> dict[str, Any]:
    """Describe a condition of a composed rule; which field takes which operator stays with `edge config check`."""
    inner = {"$ref": "#/$defs/condition"}
    fields = sorted({name for of in FIELDS.values() for name in of})
    texts = {"type": "array", "items": {"type": "string"}, "minItems": 1}
    values = {"is": {"type": ["string", "number", "boolean"]}, "in": texts}
    values |= {"above": {"type": "number"}, "below": {"type": "number"}}
    compare = [_closed({"field": {"type": "string", "enum": fields}, name: values[name]}) for name in OPERATORS]
    some = {"type": "array", "items": inner, "minItems": 1}
    return {"oneOf": [*compare, _closed({"all": some}), _closed({"any": some}), _closed({"not": inner})]}


def _closed(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": False, "properties": properties, "required": list(properties)}


def _section_schema(section: type[Section]) -> dict[str, Any]:
    slots = slots_of(section)
    schema: dict[str, Any] = {
        "type": "object",
        "additionalProperties": False,
        "properties": {slot.toml: _slot_schema(slot) for slot in slots},
    }
    required = [slot.toml for slot in slots if slot.required]
    return {**schema, "required": required} if required else schema


def _slot_schema(slot: Slot) -> dict[str, Any]:
    about = slot.about
    unit = f" Unit: {about.unit}." if about.unit else ""
    if slot.table and not slot.is_list:
        return {"description": about.doc, **_section_schema(slot.table)}
    schema: dict[str, Any] = {"description": about.doc + unit}
    if slot.is_list:
        schema |= {"type": "array", "items": _item_schema(slot)}
        if about.form in _CORNERS:
            schema["minItems"], schema["maxItems"] = _CORNERS[about.form]
        elif about.form == "some":
            schema["minItems"] = 1
    else:
        schema |= _scalar_schema(slot)
    if not slot.required and not slot.table:
        schema["default"] = list(slot.default) if slot.is_list else slot.default
    return schema


def _item_schema(slot: Slot) -> dict[str, Any]:
    if slot.table:
        return _section_schema(slot.table)
    if slot.about.form in _CORNERS:
        part = {"type": "number", "minimum": 0, "maximum": 1}
        return {"type": "array", "items": part, "minItems": 2, "maxItems": 2}
    if slot.about.form == "conditions":
        return {"$ref": "#/$defs/condition"}
    return {"type": "string", **_limits(slot, slot.about.each)}


def _scalar_schema(slot: Slot) -> dict[str, Any]:
    extra: dict[str, Any] = {"writeOnly": True} if slot.about.secret else {}
    if slot.about.example:
        extra["examples"] = [slot.about.example]
    return {"type": _TYPES[slot.kind], **_limits(slot, slot.about.form), **extra}


def _limits(slot: Slot, form: str) -> dict[str, Any]:
    about = slot.about
    limits: dict[str, Any] = {"enum": list(about.choices)} if about.choices else {}
    if form in _PATTERNS:
        limits["pattern"] = _PATTERNS[form]
    elif form in {"some", "source", "timezone"} and not slot.is_list:
        limits["minLength"] = 1
    bounds = {"minimum": about.low, "maximum": about.high}
    return limits | {name: bound for name, bound in bounds.items() if bound is not None}


def _value_facts(slot: Slot) -> dict[str, str]:
    about = slot.about
    return {
        "type": _kind_in_words(slot),
        "bounds": bounds_of(about),
        "choices": ", ".join(about.choices),
        "default": "none, it must be given" if slot.required else _shown(slot.default),
        "example": f"{slot.toml} = {example_of(about)}" if about.example else "",
        "changes": "take effect at once" if about.reload else "take effect after a restart",
        "secret": "yes: masked wherever it is shown" if about.secret else "",
    }


def _table_facts(key: str, slot: Slot) -> dict[str, str]:
    inner = slots_of(slot.table) if slot.table else ()
    return {"written": f"[[{key}]]" if slot.is_list else f"[{key}]", "keys": ", ".join(one.toml for one in inner)}


def _kind_in_words(slot: Slot) -> str:
    if not slot.is_list:
        return _WORDS.get(slot.kind, "table")
    if slot.about.form == "conditions":
        return "list of conditions"
    return "list of [x, y] points" if slot.about.form in _CORNERS else "list of texts"


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return "[]"
    return f'"{value}"' if isinstance(value, str) else f"{value:g}"


def _guess(key: str, known: list[str]) -> str:
    if "." not in key:  # a key typed without its table is the commoner slip
        ends = [name for name in known if name.rpartition(".")[2] == key]
        if ends:
            return f"did you mean {' or '.join(ends)}?"
    guess = nearest(key, known)
    return guess if guess.startswith("did") else "`edge config explain` lists them all"
