"""A configuration back into TOML, with every default written out and every secret masked."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from edge.config.conditions import Comparison, Group
from edge.config.keys import Section, masked, slots_of
from edge.config.model import Config


def to_toml(config: Config) -> str:
    """Return `config` as TOML text to read; what was masked does not come back."""
    return "\n".join(_table(config, ())).strip() + "\n"


def _table(section: Section, above: tuple[str, ...]) -> Iterator[str]:
    slots = slots_of(type(section))
    for slot in slots:
        if not slot.table:
            yield f"{slot.toml} = {_value(masked(getattr(section, slot.name), slot.about))}"
    for slot in slots:
        if not slot.table:
            continue
        path = (*above, slot.toml)
        inner = getattr(section, slot.name)
        header = f"[[{'.'.join(path)}]]" if slot.is_list else f"[{'.'.join(path)}]"
        for one in inner if slot.is_list else (inner,):
            yield f"\n{header}"
            yield from _table(one, path)


def _value(value: Any) -> str:
    if isinstance(value, tuple):
        return f"[{', '.join(_value(one) for one in value)}]"
    if isinstance(value, Comparison | Group):
        return f"{{{', '.join(f'{name} = {_value(one)}' for name, one in value.as_table().items())}}}"
    if isinstance(value, bool | int | float):
        return json.dumps(value)
    # TOML's basic strings escape as JSON's do, but for DEL, which TOML wants escaped as well.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
