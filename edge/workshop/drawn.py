"""Whose boxes a listed set has: drawn by people, or completed by detectors, which favours whoever resembles them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from edge.errors import ConfigError
from edge.types import CLASSES, VEHICLES
from edge.workshop.labelled import Labelled
from edge.workshop.labels import read_class_names, read_yolo

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from edge.workshop.dataset import Entry

DrawnBy = Literal["people", "detectors", "all"]
DRAWN_BY: tuple[DrawnBy, ...] = ("people", "detectors", "all")
HUMAN_FOLDER = "labels_human"
_VEHICLES = frozenset(CLASSES.index(name) for name in VEHICLES)


def drawn(data: Path, entries: Sequence[Entry], by: DrawnBy) -> tuple[Labelled, ...]:
    """Return the listed pictures whose boxes were drawn so.

    A set with a folder `labels_human` has there, for some of its pictures, what people drew: vehicles only. Its other
    pictures, and the rest of what `labels` says of these, are detectors' work. A set without that folder is people's.

    Raises:
        ConfigError: a label or class file is missing or wrong, or no picture is left.
    """
    maps = {
        name: read_class_names(data / name / "classes.txt")
        for name in sorted({entry.file.partition("/")[0] for entry in entries})
    }
    found = []
    for entry in entries:
        name = entry.file.partition("/")[0]
        human = data / name / HUMAN_FOLDER / entry.label().rpartition("/")[2]
        completed = human.parent.is_dir()
        if by == "detectors" and (not completed or human.is_file()):
            continue
        if by == "people" and completed and not human.is_file():
            continue
        vehicles_only = by == "people" and completed
        boxes = read_yolo(human if vehicles_only else data / entry.label(), maps[name])
        kinds = _VEHICLES if vehicles_only else None
        if kinds:
            boxes = boxes[np.isin(boxes[:, 0], list(kinds))]
        found.append(Labelled(data / entry.file, boxes, np.zeros(len(boxes), bool), kinds))
    if not found:
        raise ConfigError(f"{data}: holds no listed picture with boxes drawn by {by}; leave --drawn-by out")
    return tuple(found)
