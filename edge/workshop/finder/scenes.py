"""Real pictures with plates that people boxed: the list of who trains and who validates, and the boxes.

A folder of scenes holds `images/` and `plates.csv` (file, x1, y1, x2, y2, text, source_picture). The boxes are upright;
corners are not known. A second committed list names plates that the publishers left out: without it a finder would
learn that plates in the background are none. A third boxes plates in the detector's pictures of vehicles; a fourth,
see `corrections.py`, says where the publishers' boxes are wrong.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from edge.errors import ConfigError
from edge.types import F32
from edge.workshop.finder.corrections import corrected, read_corrections
from edge.workshop.pictures import read_rgb
from edge.workshop.plate_lists import TABLE, check_may_train, check_pictures, list_pictures
from edge.workshop.texts import read_rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from edge.workshop.batches import Picture
    from edge.workshop.dataset import Entry, Side

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
    check_may_train(data)
    groups, boxes = _read_table(data)
    return list_pictures(data, groups, _said(boxes), decided)


def read_scenes(
    data: Path, entries: Iterable[Entry], unboxed: Path | None = None, corrections: Path | None = None
) -> list[Scene]:
    """Return the listed scenes with their boxes.

    Args:
        data: the folder.
        entries: which scenes.
        unboxed: list of plates that the publishers left out; may be absent.
        corrections: list of boxes that are wrong; may be absent.

    Raises:
        ConfigError: a scene is missing or not as listed; the message names the first and counts the rest. Or a line of
            the other lists is wrong.
    """
    _, boxes = _read_table(data)
    listed = list(entries)
    check_pictures(data, listed, _said(boxes))
    others = read_boxes(unboxed) if unboxed is not None and unboxed.is_file() else {}
    wrong = read_corrections(corrections) if corrections is not None else {}
    return [
        Scene(
            data / "images" / entry.file,
            corrected(np.array(boxes[entry.file], np.float32), wrong.get(entry.file, ())),
            np.array(others.get(entry.file, []), np.float32).reshape(-1, 4),
        )
        for entry in listed
    ]


def read_boxes(path: Path) -> dict[str, list[tuple[float, ...]]]:
    """Read a list of plates, `file,x1,y1,x2,y2` in px under a heading, and return the boxes of each file.

    Raises:
        ConfigError: a line is not so, or the list is not there.
    """
    found: dict[str, list[tuple[float, ...]]] = defaultdict(list)
    for number, row in read_rows(path, "restore the list"):
        try:
            x1, y1, x2, y2 = (float(value) for value in row[1:])
        except ValueError as error:
            raise ConfigError(f"{path}:{number}: is not `file,{','.join(BOX)}` ({error}); correct the line") from error
        found[row[0]].append((x1, y1, x2, y2))
    return found


def boxed_vehicles(pictures: Mapping[str, Picture], boxes: Mapping[str, Sequence[tuple[float, ...]]]) -> list[Scene]:
    """Return the pictures of vehicles in which plates are boxed, as scenes.

    A vehicle with a boxed plate shows no other one; whether the others show plates is not known.

    Args:
        pictures: by file; those without a boxed plate are left out.
        boxes: plates by file, xyxy px.

    Raises:
        ConfigError: a picture cannot be decoded.
    """
    scenes = []
    for file in sorted(boxes.keys() & pictures.keys()):
        picture, plates = pictures[file], np.array(boxes[file], np.float32)
        high, wide = read_rgb(picture.path).shape[:2]
        vehicles = picture.boxes[:, 1:] * np.array([wide, high, wide, high], np.float32)
        scenes.append(Scene(picture.path, plates, vehicles[~_whose(plates, vehicles)]))
    return scenes


def _whose(plates: F32, vehicles: F32) -> npt.NDArray[np.bool_]:
    """Which vehicles have one of the plates: of those around its middle the smallest."""
    have = np.zeros(len(vehicles), bool)
    area = (vehicles[:, 2:] - vehicles[:, :2]).prod(axis=1)
    for middle in (plates[:, :2] + plates[:, 2:]) / 2:
        around = ((vehicles[:, :2] <= middle) & (middle <= vehicles[:, 2:])).all(axis=1)
        if around.any():
            have[int(np.argmin(np.where(around, area, np.inf)))] = True
    return have


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


def _said(boxes: Mapping[str, Sequence[tuple[float, ...]]]) -> dict[str, str]:
    """What the table says of every file, for its hash."""
    return {file: repr(sorted(found)) for file, found in boxes.items()}
