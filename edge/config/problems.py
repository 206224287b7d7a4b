"""What is wrong with a configuration: collected first, told all at once."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from edge.config.lines import Path
from edge.errors import ConfigError


@dataclass(slots=True)
class Problems:
    """The problems of one file. `lines` tells where each key stands."""

    name: str
    lines: Mapping[Path, int]
    _found: dict[tuple[int, str, str], Path] = field(default_factory=dict)

    def add(self, path: Path, cause: str, cure: str) -> None:
        """Note a problem at `path`; one that is not in the file is placed at the nearest table that is."""
        self._found[self.line(path), dotted(path), f"{cause}; {cure}"] = path

    def line(self, path: Path) -> int:
        """Return the line of `path`, or of the nearest table around it that is in the file."""
        while path not in self.lines:
            path = path[:-1]
        return self.lines[path]

    def under(self, path: Path) -> bool:
        """Say whether `path` or anything inside it already has a problem."""
        return any(found[: len(path)] == path for found in self._found.values())

    def raise_if_any(self) -> None:
        """End here with every problem, one `FILE:LINE: key: cause; cure` a line, in the order of the file.

        Raises:
            ConfigError: there is at least one.
        """
        if self._found:
            told = (f"{self.name}:{line}: {key}: {text}" for line, key, text in sorted(self._found))
            raise ConfigError("\n".join(told))


def dotted(path: Path) -> str:
    """Return the key as `edge config explain` takes it: array positions left out, the line tells them apart."""
    return ".".join(part for part in path if isinstance(part, str)) or "file"


def nearest(word: str, known: Iterable[str]) -> str:
    """Return the cure for a misspelt `word`: the nearest known one, else the whole list."""
    words = list(known)
    close = difflib.get_close_matches(word, words, n=1, cutoff=0.55)
    return f"did you mean {close[0]}?" if close else f"known are {', '.join(words)}"
