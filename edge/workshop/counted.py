"""Clips that somebody counted by eye: which lines lie where, and how many went over them by class and direction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from edge.config.toml import tomllib
from edge.errors import ConfigError
from edge.types import CLASSES, VEHICLES, Direction
from edge.workshop.texts import read_text

VEHICLE = "vehicle"
"""Any vehicle, in counts that do not tell a pick-up from a lorry."""
_WAYS = (Direction.IN, Direction.OUT)
_COORDINATES = 4
Counts: TypeAlias = Mapping[tuple[str, Direction], int]


@dataclass(frozen=True, slots=True)
class CountedClip:
    """One clip. `lines` are x1, y1, x2, y2 in 0..1; `true` is None where nobody counted."""

    path: Path
    lines: tuple[tuple[float, float, float, float], ...]
    true: Counts | None

    @property
    def classes(self) -> tuple[str, ...]:
        """The classes that were counted, in the product's order, vehicles together last."""
        named = {name for name, _ in self.true or {}}
        return tuple(name for name in (*CLASSES, VEHICLE) if name in named)


@dataclass(frozen=True, slots=True)
class Agreement:
    """How counts compare with the truth, over classes and directions: `vehicle` where it was counted, else classes."""

    true: int = 0
    missed: int = 0
    extra: int = 0
    unknown: int = 0

    def __add__(self, other: Agreement) -> Agreement:
        """Return the sum over both clips."""
        return Agreement(
            self.true + other.true,
            self.missed + other.missed,
            self.extra + other.extra,
            self.unknown + other.unknown,
        )


def told(told: Counts, name: str, direction: Direction) -> int:
    """Return how many of a class were told, or of all vehicles."""
    names = VEHICLES if name == VEHICLE else {name}
    return sum(count for (one, way), count in told.items() if one in names and way is direction)


def compare(clip: CountedClip, found: Counts) -> Agreement:
    """Return how what was found over the lines of a counted clip compares with the truth.

    Raises:
        ValueError: nobody counted the clip.
    """
    if clip.true is None:
        raise ValueError(f"compare: nobody counted {clip.path.name}")
    names = (VEHICLE,) if VEHICLE in clip.classes else clip.classes
    pairs = [(clip.true.get((name, way), 0), told(found, name, way)) for name in names for way in _WAYS]
    return Agreement(
        true=sum(true for true, _ in pairs),
        missed=sum(max(true - count, 0) for true, count in pairs),
        extra=sum(max(count - true, 0) for true, count in pairs),
        unknown=sum(told(found, name, Direction.UNKNOWN) for name in names),
    )


def read_counted(truth: Path, folder: Path) -> tuple[CountedClip, ...]:
    """Read a list of clips in `folder`.

    Raises:
        ConfigError: the list cannot be read, a clip is not there, or what is said of one is wrong.
    """
    try:
        whole = tomllib.loads(read_text(truth, "name the list of clips with --truth"))
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{truth}: {error}; mend the TOML") from error
    clips = whole.get("clip")
    if not isinstance(clips, list) or not clips or set(whole) != {"clip"}:
        raise ConfigError(f"{truth}: holds no list of clips; write [[clip]] tables with file, lines and counts")
    return tuple(_clip(row, f"{truth}: clip {number}", folder) for number, row in enumerate(clips, start=1))


def _clip(row: Mapping[str, object], place: str, folder: Path) -> CountedClip:
    strange = set(row) - {"file", "lines", "counts"}
    if strange:
        raise ConfigError(f"{place}: {min(strange)} means nothing here; a clip has file, lines and counts")
    name, lines = row.get("file"), row.get("lines")
    if not isinstance(name, str) or not name:
        raise ConfigError(f'{place}: names no file; write file = "NAME.mp4"')
    path = folder / name
    if not path.is_file():
        raise ConfigError(f"{place}: {path} is not there; put it there, or take the clip out of the list")
    if not isinstance(lines, list) or not lines or not all(_is_line(line) for line in lines):
        raise ConfigError(f"{place}, {name}: lines must be [[x1, y1, x2, y2], …] in 0..1, with two different points")
    corners = tuple((float(x1), float(y1), float(x2), float(y2)) for x1, y1, x2, y2 in lines)
    return CountedClip(path, corners, _counts(row["counts"], f"{place}, {name}") if "counts" in row else None)


def _is_line(line: object) -> bool:
    if not isinstance(line, list) or len(line) != _COORDINATES:
        return False
    numbers = all(type(value) in {int, float} and 0 <= value <= 1 for value in line)
    return numbers and line[:2] != line[2:]


def _counts(counts: object, place: str) -> Counts:
    shape = "counts.CLASS = { in = N, out = N }"
    if not isinstance(counts, dict) or not counts:
        raise ConfigError(f"{place}: counts nothing; write {shape}")
    found: Counter[tuple[str, Direction]] = Counter()
    for name, ways in counts.items():
        if name not in {*CLASSES, VEHICLE}:
            raise ConfigError(f"{place}: {name} is no class; those are {', '.join(CLASSES)} and {VEHICLE}")
        if not isinstance(ways, dict) or set(ways) != {way.value for way in _WAYS}:
            raise ConfigError(f"{place}: {name} needs both directions; write {shape}")
        for way in _WAYS:
            count = ways[way.value]
            if type(count) is not int or count < 0:
                raise ConfigError(f"{place}: {name}.{way.value} is {count}; write a whole number from 0 on")
            found[name, way] = count
    return found
