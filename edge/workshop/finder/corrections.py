"""Boxes of the publishers that are wrong, and what is right: a committed list, made by looking at every box."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from edge.errors import ConfigError
from edge.types import F32, Box
from edge.workshop.texts import read_rows

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

COLUMNS = ("file", "x1", "y1", "x2", "y2", "plate", "why")
NONE = "none"
SAME_PX = 0.5
"""A published box is the one corrected when no side is further off than this."""


@dataclass(frozen=True, slots=True)
class Correction:
    """`box`: as published, xyxy px; `plate`: where the plate is, None where there is none; `where`: file and line."""

    box: Box
    plate: Box | None
    where: str


def read_corrections(path: Path) -> dict[str, list[Correction]]:
    """Read `file,x1,y1,x2,y2,plate,why` under that heading; no file is no correction.

    `plate` is `none`, or the four sides with spaces between them; `why` says it in words.

    Raises:
        ConfigError: a line is not so.
    """
    found: dict[str, list[Correction]] = defaultdict(list)
    if not path.is_file():
        return found
    for number, row in read_rows(path, "restore the list"):
        where = f"{path}:{number}"
        if len(row) != len(COLUMNS) or not row[-1].strip():
            raise ConfigError(f"{where}: is not `{','.join(COLUMNS)}`; correct the line")
        plate = None if row[5] == NONE else _box(row[5].split(), where)
        found[row[0]].append(Correction(_box(row[1:5], where), plate, where))
    return found


def corrected(boxes: F32, corrections: Sequence[Correction]) -> F32:
    """Return the boxes (N,4) float32 xyxy px of one picture as they should be.

    Raises:
        ConfigError: a box to be corrected is not among them.
    """
    right = boxes.copy()
    keep = np.ones(len(boxes), bool)
    for one in corrections:
        same = np.flatnonzero((np.abs(boxes - np.array(one.box)) <= SAME_PX).all(axis=1))
        if not len(same):
            raise ConfigError(f"{one.where}: the picture has no such box; give it as the publisher's table does")
        if one.plate is None:
            keep[same] = False
        else:
            right[same] = one.plate
    return np.asarray(right[keep], np.float32)


def _box(words: Sequence[str], where: str) -> Box:
    try:
        x1, y1, x2, y2 = (float(word) for word in words)
    except ValueError as error:
        raise ConfigError(f"{where}: a box has four numbers in pixels ({error}); correct the line") from error
    if x2 <= x1 or y2 <= y1:
        raise ConfigError(f"{where}: box {x1:g},{y1:g},{x2:g},{y2:g} is empty; correct the line")
    return (x1, y1, x2, y2)
