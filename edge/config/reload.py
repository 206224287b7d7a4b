"""A changed configuration while the service runs: notice it, judge it, keep the last good one, say what changed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from edge.config.keys import About, Section, Slot, masked, slots_of
from edge.config.load import parse_config, read_text
from edge.config.model import Config
from edge.errors import ConfigError

Stamp = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Change:
    """One key that differs. `old` and `new` may be shown: secrets are masked, even where only the secret changed."""

    key: str
    old: str
    new: str
    needs_restart: bool

    def __str__(self) -> str:
        when = " (takes effect after a restart)" if self.needs_restart else ""
        return f"{self.key}: {self.old} -> {self.new}{when}"


@dataclass(frozen=True, slots=True)
class Reload:
    """What a changed file came to: the configuration that holds now, and the changes or the error that kept it."""

    config: Config
    changes: tuple[Change, ...] = ()
    error: ConfigError | None = None


class ConfigWatch:
    """One configuration file and the last good `Config` it held.

    Raises:
        ConfigError: the file is wrong at the very start, when there is no good one to keep.
    """

    def __init__(self, path: Path | str) -> None:
        self._path = Path(path)
        self._judged = self._waiting = stamp_of(self._path)
        text = read_text(self._path)
        self._digest = _digest(text)
        self.current = parse_config(text, str(self._path))

    @property
    def revision(self) -> str:
        """SHA-256 of the text that was last judged, good or bad; empty when it could not be read."""
        return self._digest.hex()

    def poll(self) -> Reload | None:
        """Return what happened to the file since the last call, None for nothing; never raises for a bad file.

        A file is judged once two calls in a row find it the same: half a file can be valid TOML with half the cameras.
        """
        stamp = stamp_of(self._path)
        settled, self._waiting = stamp == self._waiting, stamp
        if stamp == self._judged or not settled:
            return None
        self._judged = stamp
        before, self._digest = self._digest, b""
        try:
            text = read_text(self._path)
            self._digest = _digest(text)
            if self._digest == before:
                return None
            new = parse_config(text, str(self._path))
        except ConfigError as error:
            return Reload(self.current, error=error)
        old, self.current = self.current, new
        return Reload(new, changes(old, new))


def changes(old: Config, new: Config) -> tuple[Change, ...]:
    """Return every key that differs, in the order of the model; cameras, roads and lines are matched by their id."""
    return tuple(_differ(old, new, ""))


def _differ(old: Section, new: Section, above: str) -> Iterator[Change]:
    for slot in slots_of(type(new)):
        before, after = getattr(old, slot.name), getattr(new, slot.name)
        key = above + slot.toml
        if slot.table and slot.is_list:
            yield from _differ_items(_labelled(before), _labelled(after), key, slot)
        elif slot.table:
            yield from _differ(before, after, f"{key}.")
        elif before != after:
            yield Change(key, _shown(before, slot.about), _shown(after, slot.about), not slot.about.reload)


def _differ_items(old: dict[str, Section], new: dict[str, Section], key: str, slot: Slot) -> Iterator[Change]:
    for label in (gone for gone in old if gone not in new):
        yield Change(f"{key}[{label}]", "present", "removed", not slot.about.reload)
    for label, section in new.items():
        if label in old:
            yield from _differ(old[label], section, f"{key}[{label}].")
        else:
            yield Change(f"{key}[{label}]", "absent", "added", not slot.about.reload)


def _labelled(sections: tuple[Section, ...]) -> dict[str, Section]:
    """Name each by its id or kind; spans of hours and a second rule of one kind by their place as well."""
    named: dict[str, Section] = {}
    for place, section in enumerate(sections):
        label = str(getattr(section, "id", "") or getattr(section, "kind", "") or place)
        named[f"{label}#{place}" if label in named else label] = section
    return named


def _shown(value: Any, about: About) -> str:
    return repr(masked(value, about))


def stamp_of(path: Path) -> Stamp:
    """Return what changes when a file is written anew."""
    try:
        found = path.stat()
    except OSError:
        return (0, 0, 0)  # gone or out of reach: reading it will say why
    return (found.st_mtime_ns, found.st_size, found.st_ino)


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()
