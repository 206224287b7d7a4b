"""The two lists of the MOT challenge (Milan et al., MOT16, 2016): boxes that are true, and boxes that were found.

A line of either is `frame,id,left,top,width,height` and more; frames count from 1, boxes are pixels.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from edge.errors import ConfigError
from edge.types import CLASSES, F32, I16, Detections
from edge.workshop.texts import read_text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TRUTH_FILE = "gt/gt.txt"
FOUND_FILE = "det/det.txt"
NO_CLASS = -1
_BOX = 6
_LOW, _HIGH = (5, 0.3), (95, 0.9)
"""Percentiles of foreign confidences, and what they become."""


@dataclass(frozen=True, slots=True, eq=False)
class Truth:
    """The true boxes of one frame: a struct of parallel arrays.

    `ids` (N,) int64; `xyxy` (N,4) float32 pixels; `counts` (N,) bool, False for boxes that need not be found;
    `class_id` (N,) int16, an index into CLASSES or NO_CLASS.
    """

    ids: npt.NDArray[np.int64]
    xyxy: F32
    counts: npt.NDArray[np.bool_]
    class_id: I16

    def __getitem__(self, rows: npt.NDArray[np.bool_]) -> Truth:
        """Return the rows that a mask (N,) picks."""
        return Truth(self.ids[rows], self.xyxy[rows], self.counts[rows], self.class_id[rows])

    @staticmethod
    def empty() -> Truth:
        """Return no boxes."""
        none = np.empty(0, np.int64)
        return Truth(none, np.empty((0, 4), np.float32), none.astype(np.bool_), none.astype(np.int16))


def read_truth(path: Path) -> dict[int, Truth]:
    """Read a `gt.txt`: for each frame from 1 its boxes; behind the box may stand `flag,class,…`.

    The flag 0 marks boxes that need not be found. The class counts from 1 in the order of CLASSES; -1, or none at all,
    names none.

    Raises:
        ConfigError: the file cannot be read, a line of it is wrong, or a frame has a track twice.
    """
    rows: dict[int, list[tuple[int, tuple[float, ...], bool, int]]] = {}
    for place, frame, values in _lines(path, "frame,id,left,top,width,height,…"):
        counts = len(values) <= _BOX or values[_BOX] != 0
        track = int(values[1])
        known = rows.setdefault(frame, [])
        if any(track == one[0] for one in known):
            raise ConfigError(f"{place}: track {track} stands twice in frame {frame}; take one of the boxes out")
        known.append((track, _corners(values), counts, _class(values, place) if counts else NO_CLASS))
    return {frame: _truth(found) for frame, found in rows.items()}


def read_found(path: Path) -> dict[int, Detections]:
    """Read a `det.txt`: for each frame from 1 what a detector found; behind the box stand `confidence,class,…`.

    Confidences of 0 to 1 are taken as they are. If any is not, all are mapped linearly, their 5th percentile to 0.3 and
    their 95th to 0.9, and clipped to 0..1. The class is that of `read_truth`: without one `class_id` is NO_CLASS.

    Raises:
        ConfigError: the file cannot be read, or a line of it is wrong.
    """
    rows: dict[int, list[tuple[float, ...]]] = {}
    for place, frame, values in _lines(path, "frame,-1,left,top,width,height,confidence"):
        if len(values) <= _BOX:
            raise ConfigError(f"{place}: names no confidence; a line is frame,-1,left,top,width,height,confidence")
        rows.setdefault(frame, []).append((*_corners(values), values[_BOX], _class(values, place)))
    spread = np.array([row[4] for found in rows.values() for row in found])
    return {frame: _detections(np.array(found), spread) for frame, found in rows.items()}


def sure_of(confidence: npt.NDArray[np.float64], spread: npt.NDArray[np.float64]) -> F32:
    """Return confidences (N,) in 0..1, where `spread` (M,) are all that one list holds; see `read_found`."""
    if ((spread >= 0) & (spread <= 1)).all():
        return confidence.astype(np.float32)
    low, high = np.percentile(spread, [_LOW[0], _HIGH[0]])
    if high <= low:
        return np.full(len(confidence), _HIGH[1], np.float32)
    mapped = _LOW[1] + (confidence - low) / (high - low) * (_HIGH[1] - _LOW[1])
    return np.asarray(np.clip(mapped, 0, 1), np.float32)


def _lines(path: Path, shape: str) -> Iterator[tuple[str, int, tuple[float, ...]]]:
    """Yield for each line its place, its frame and its numbers."""
    for number, line in enumerate(
        read_text(path, f"give the folder with {path.parent.name}/{path.name}").splitlines(), 1
    ):
        if not line.strip():
            continue
        place = f"{path}:{number}"
        try:
            values = tuple(float(word) for word in line.rstrip(", \t").split(","))
            _check(values)
        except ValueError as error:
            raise ConfigError(f"{place}: {error}; a line is {shape}") from error
        yield place, int(values[0]), values


def _check(values: tuple[float, ...]) -> None:
    if len(values) < _BOX:
        raise ValueError(f"has {len(values)} numbers, not {_BOX} or more")
    if not all(map(math.isfinite, values)):
        raise ValueError("a value is not finite")
    if values[0] < 1 or values[0] % 1 or values[1] % 1:
        raise ValueError("frame or id is no whole number, frames from 1 on")
    if min(values[4:_BOX]) <= 0:
        raise ValueError("the box has no width or no height")


def _corners(values: tuple[float, ...]) -> tuple[float, float, float, float]:
    left, top, width, height = values[2:_BOX]
    return left, top, left + width, top + height


def _class(values: tuple[float, ...], place: str) -> int:
    named = values[_BOX + 1] if len(values) > _BOX + 1 else NO_CLASS
    if named == NO_CLASS:
        return NO_CLASS
    if named % 1 or not 1 <= named <= len(CLASSES):
        known = ", ".join(f"{number} {name}" for number, name in enumerate(CLASSES, 1))
        raise ConfigError(f"{place}: class {named:g} is none of ours; write {known}, or -1 for none")
    return int(named) - 1


def _truth(rows: list[tuple[int, tuple[float, ...], bool, int]]) -> Truth:
    ids, boxes, counts, classes = zip(*rows, strict=True)
    return Truth(
        np.array(ids, np.int64), np.array(boxes, np.float32), np.array(counts, np.bool_), np.array(classes, np.int16)
    )


def _detections(rows: npt.NDArray[np.float64], spread: npt.NDArray[np.float64]) -> Detections:
    return Detections(rows[:, :4].astype(np.float32), sure_of(rows[:, 4], spread), rows[:, 5].astype(np.int16))
