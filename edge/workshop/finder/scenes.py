"""Real pictures with plates that people boxed: the list of who trains and who validates, and the boxes.

A folder of scenes holds `images/` and `plates.csv` (file, x1, y1, x2, y2, text, source_picture). The boxes are upright;
corners are not known. A second committed list names plates that the publishers left out: without it a finder would
learn that plates in the background are none.
"""

from __future__ import annotations

import csv
import hashlib
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from edge.errors import ConfigError
from edge.types import F32
from edge.workshop.dataset import HASH_DIGITS, Entry, Side, validation_groups
from edge.workshop.plate_lists import NEVER_TRAINED, TABLE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

BOX = ("x1", "y1", "x2", "y2")


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """One picture with its plates: `boxes` (N,4) float32 xyxy px; `unboxed` (M,4): others, not measured."""

    path: Path
    boxes: F32
    unboxed: F32 = field(default_factory=lambda: np.empty((0, 4), np.float32))


def holds_scenes(data: Path) -> bool:
    """Say whether a folder's table has boxes: then its pictures are scenes, and not crops of single plates."""
    try:
        with (data / TABLE).open(encoding="utf-8", newline="") as file:
            return set(BOX) <= set(next(csv.reader(file), []))
    except OSError:
        return False


def build_list(data: Path, decided: Mapping[str, Side]) -> list[Entry]:
    """List every scene with its source picture as group.

    A group that another list has put on a side stays there; of the others a fifth, chosen by hash, validates. `digest`
    begins the SHA-256 of the picture file and its boxes.

    Raises:
        ConfigError: the table is wrong, a picture is missing, or the folder must never be trained on.
    """
    if data.resolve().name == NEVER_TRAINED:
        raise ConfigError(f"{data}: is kept for the proof and never trained on; give another folder")
    groups, boxes = _read_table(data)
    held_out = validation_groups(data.resolve().name, (group for group in groups.values() if group not in decided))
    entries = []
    for file, group in sorted(groups.items()):
        side: Side = decided.get(group, "validation" if group in held_out else "train")
        digest = _digest(data, file, boxes[file])
        if digest is None:
            raise ConfigError(f"{data / 'images' / file}: cannot be read; restore it or take it off {TABLE}")
        entries.append(Entry(file, group, side, digest))
    return entries


def read_scenes(data: Path, entries: Iterable[Entry], unboxed: Path | None = None) -> list[Scene]:
    """Return the listed scenes with their boxes, and those of `unboxed`, a list that may be absent.

    Raises:
        ConfigError: a scene is missing or not as listed; the message names the first and counts the rest.
    """
    _, boxes = _read_table(data)
    listed = list(entries)
    changed = [e.file for e in listed if e.file not in boxes or _digest(data, e.file, boxes[e.file]) != e.digest]
    if changed:
        raise ConfigError(
            f"{data / 'images' / changed[0]}: is missing or not as listed ({len(changed)} in all); "
            "restore the data or make the list again"
        )
    others = _read_unboxed(unboxed) if unboxed is not None and unboxed.is_file() else {}
    return [
        Scene(
            data / "images" / entry.file,
            np.array(boxes[entry.file], np.float32),
            np.array(others.get(entry.file, []), np.float32).reshape(-1, 4),
        )
        for entry in listed
    ]


def _read_unboxed(path: Path) -> dict[str, list[tuple[float, ...]]]:
    found: dict[str, list[tuple[float, ...]]] = defaultdict(list)
    rows = list(csv.reader(path.read_text(encoding="utf-8").splitlines()))
    for number, row in enumerate(rows[1:], start=2):
        try:
            x1, y1, x2, y2 = (float(value) for value in row[1:])
        except ValueError as error:
            raise ConfigError(f"{path}:{number}: is not `file,{','.join(BOX)}` ({error}); correct the line") from error
        found[row[0]].append((x1, y1, x2, y2))
    return found


def _read_table(data: Path) -> tuple[dict[str, str], dict[str, list[tuple[float, ...]]]]:
    """The source picture and the boxes of every file."""
    path = data / TABLE
    groups: dict[str, str] = {}
    boxes: dict[str, list[tuple[float, ...]]] = defaultdict(list)
    try:
        with path.open(encoding="utf-8", newline="") as file:
            for number, row in enumerate(csv.DictReader(file), start=2):
                groups[row["file"]] = row["source_picture"]
                box = tuple(float(row[name]) for name in BOX)
                if not (box[0] < box[2] and box[1] < box[3]):
                    raise ConfigError(f"{path}:{number}: the box is empty; correct the line")
                boxes[row["file"]].append(box)
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror or error}; give the folder that holds it") from error
    except (KeyError, TypeError, ValueError) as error:
        raise ConfigError(f"{path}: needs file, {', '.join(BOX)} and source_picture in every line ({error})") from error
    return groups, boxes


def _digest(data: Path, file: str, boxes: list[tuple[float, ...]]) -> str | None:
    try:
        content = (data / "images" / file).read_bytes()
    except OSError:
        return None
    return hashlib.sha256(content + repr(sorted(boxes)).encode()).hexdigest()[:HASH_DIGITS]
