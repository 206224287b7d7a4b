"""Read one TOML file key by key: every fault is collected with its line, none stops the reading."""

from __future__ import annotations

import difflib
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

_SECTION = re.compile(r"\s*\[\s*([^\[\]]+?)\s*\]")
_MISSING = object()


@dataclass(slots=True)
class Faults:
    """What is wrong with one file, in the order found."""

    path: Path
    text: str
    lines: list[str] = field(default_factory=list)

    def add(self, section: str, key: str, what: str) -> None:
        """Note a fault at the line of `key` in `section`; at the section or the file where the key is not written."""
        line = _line_of(self.text, section, key)
        self.lines.append(f"{self.path}:{line}: {what}" if line else f"{self.path}: {what}")

    def __str__(self) -> str:
        return "; ".join(self.lines)


class Table:
    """One table of the file. Each reader returns the value, or its default after noting what is wrong with it."""

    def __init__(self, values: Mapping[str, Any], section: str, faults: Faults) -> None:
        self._values = values
        self._section = section
        self._faults = faults
        self._known: list[str] = []

    def text(self, key: str, default: str | None = None, choices: Sequence[str] = ()) -> str:
        """Read a text, one of `choices` where given."""
        value = self._take(key, default)
        if value is _MISSING:
            return ""
        if not isinstance(value, str) or not (value or default == ""):
            return str(self._wrong(key, value, "a text that is not empty", default or ""))
        if choices and value not in choices:
            near = difflib.get_close_matches(value, choices, n=1)
            hint = f" (did you mean {near[0]}?)" if near else ""
            return str(self._wrong(key, value, f"one of {', '.join(choices)}{hint}", choices[0]))
        return value

    def number(self, key: str, low: float, high: float, default: float | None = None) -> float:
        """Read a number in low..high."""
        value = self._take(key, default)
        if value is _MISSING:
            return low
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not low <= value <= high:
            self._wrong(key, value, f"a number from {low:g} to {high:g}", low)
            return low
        return float(value)

    def whole(self, key: str, low: int, high: int, default: int | None = None) -> int:
        """Read a whole number in low..high."""
        value = self._take(key, default)
        if value is _MISSING:
            return low
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            self._wrong(key, value, f"a whole number from {low} to {high}", low)
            return low
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """Read a list of different texts with at least one in it."""
        value = self._take(key, None)
        if value is _MISSING:
            return ()
        if not isinstance(value, list) or not value or not all(isinstance(item, str) and item for item in value):
            self._wrong(key, value, "a list of texts with at least one in it", None)
            return ()
        twice = sorted({item for item in value if value.count(item) > 1})
        if twice:
            self._faults.add(self._section, key, f"{key} names {', '.join(twice)} twice")
        return tuple(value)

    def triple(self, key: str, default: tuple[float, float, float], *, zero: bool) -> tuple[float, float, float]:
        """Read three finite numbers, one for each colour in the network's order; none is 0 unless `zero`."""
        value = self._take(key, list(default))
        right = (
            isinstance(value, list)
            and len(value) == len(default)
            and all(isinstance(item, (int, float)) and not isinstance(item, bool) for item in value)
            and all(abs(item) < float("inf") and (zero or item) for item in value)
        )
        if not right:
            self._wrong(key, value, "three numbers" + ("" if zero else ", none of them 0"), None)
            return default
        return (float(value[0]), float(value[1]), float(value[2]))

    def table(self, key: str) -> Table:
        """Read a table inside this one."""
        value = self._take(key, None)
        if value is not _MISSING and not isinstance(value, dict):
            self._wrong(key, value, f"a table, [{key}]", None)
        return Table(value if isinstance(value, dict) else {}, key, self._faults)

    def close(self) -> None:
        """Refuse the keys nobody asked for."""
        for key in self._values:
            if key not in self._known:
                near = difflib.get_close_matches(key, self._known, n=1, cutoff=0.5)
                cure = f"did you mean {near[0]}?" if near else f"known are {', '.join(sorted(self._known))}"
                self._faults.add(self._section, key, f"unknown key {key}: {cure}")

    def _take(self, key: str, default: object) -> Any:
        self._known.append(key)
        if key in self._values:
            return self._values[key]
        if default is None:
            self._faults.add(self._section, "", f"{key} is missing" + (f" in [{self._section}]" * bool(self._section)))
            return _MISSING
        return default

    def _wrong(self, key: str, value: object, must: str, instead: object) -> object:
        self._faults.add(self._section, key, f"{key} is {value!r}, must be {must}")
        return instead


def read(path: Path) -> tuple[Table, Faults]:
    """Open a TOML file for reading key by key.

    Raises:
        OSError: the file cannot be read.
        ValueError: it is not UTF-8 or not TOML; the message names the line.
    """
    text = path.read_text(encoding="utf-8")
    faults = Faults(path, text)
    return Table(tomllib.loads(text), "", faults), faults


def _line_of(text: str, section: str, key: str) -> int:
    """Line (from 1) where `key` of `section` is written; of the section header where it is not; 0 where neither is."""
    here, header = "", 0
    wanted = re.compile(rf"\s*[\"']?{re.escape(key)}[\"']?\s*[=.]") if key else None
    for number, line in enumerate(text.splitlines(), start=1):
        start = _SECTION.match(line)
        if start:
            here = start.group(1)
            if here == section or (not section and here == key):
                header = number
        elif here == section and wanted and wanted.match(line):
            return number
    return header
