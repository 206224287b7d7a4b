"""Labels as people drew them: YOLO text files and the class names beside them, read into our classes."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from edge.errors import ConfigError
from edge.inference.class_names import class_of
from edge.types import F32
from edge.workshop.texts import read_text

if TYPE_CHECKING:
    from pathlib import Path

COLUMNS = 5

COCO_NAMES = (
    "person", "bicycle", "car", "motorcycle", "airplane", "bus", "train", "truck", "boat", "traffic light",
    "fire hydrant", "stop sign", "parking meter", "bench", "bird", "cat", "dog", "horse", "sheep", "cow",
    "elephant", "bear", "zebra", "giraffe", "backpack", "umbrella", "handbag", "tie", "suitcase", "frisbee", "skis",
    "snowboard", "sports ball", "kite", "baseball bat", "baseball glove", "skateboard", "surfboard", "tennis racket",
    "bottle", "wine glass", "cup", "fork", "knife", "spoon", "bowl", "banana", "apple", "sandwich", "orange",
    "broccoli", "carrot", "hot dog", "pizza", "donut", "cake", "chair", "couch", "potted plant", "bed",
    "dining table", "toilet", "tv", "laptop", "mouse", "remote", "keyboard", "cell phone", "microwave", "oven",
    "toaster", "sink", "refrigerator", "book", "clock", "vase", "scissors", "teddy bear", "hair drier", "toothbrush",
)  # fmt: skip
"""The 80 classes of COCO (Lin et al., 2014) in the order of YOLO labels: what a set without `classes.txt` means."""

MISNAMED: dict[tuple[str, tuple[str, ...]], tuple[str, ...]] = {
    ("vehicle_photos", ("car", "motorbike", "bus", "truck")): ("bus", "car", "motorbike", "truck"),
}
"""Sets whose published `classes.txt` is in the wrong order: what it says, and what the boxes mean.

vehicle_photos: the 241 boxes of pictures named `bus-…` have number 0, and a teacher's answers agree (17 of 17 buses,
7 of 7 cars). The publisher's tool sorts names by letter; somebody typed them in by hand.
"""


def read_class_names(path: Path) -> tuple[int, ...]:
    """Read a `classes.txt`: for every line the index into CLASSES.

    Raises:
        ConfigError: the file is missing or names a class that no synonym covers; unknown names are never guessed.
    """
    ours = []
    for number, name in enumerate(list_class_names(path), start=1):
        known = class_of(name)
        if known is None:
            raise ConfigError(f"{path}:{number}: unknown class {name!r}; add it to SYNONYMS or take its boxes out")
        ours.append(known)
    return tuple(ours)


def list_class_names(path: Path) -> tuple[str, ...]:
    """Read a `classes.txt` as names, those of a set that is known to be misnamed put right.

    Raises:
        ConfigError: the file is missing or no text, or a line before the last name is empty.
    """
    text = read_text(path, "a labelled set needs its class names there")
    names = tuple(line.strip() for line in text.rstrip().splitlines())
    if "" in names:  # tools disagree whether it counts: what each number behind it means is unknown
        raise ConfigError(f"{path}:{names.index('') + 1}: is empty; take the line out, or name the class")
    return MISNAMED.get((path.parent.name, names), names)


def read_yolo(path: Path, class_map: tuple[int, ...]) -> F32:
    """Read one YOLO label file as (N,5) float32 rows: index into CLASSES, then x1 y1 x2 y2 in 0..1 of the picture.

    An empty file is a picture with nothing on it. Boxes are cut at the picture's edge.

    Raises:
        ConfigError: the file is missing, or a line is not `class x y w h` with values in range.
    """
    lines = read_text(path, "every picture needs a label file, empty if need be").splitlines()
    rows = [_row(line, f"{path}:{number}", class_map) for number, line in enumerate(lines, start=1) if line.strip()]
    return np.asarray(rows, np.float32).reshape(-1, COLUMNS)


def _row(line: str, place: str, class_map: tuple[int, ...]) -> tuple[float, float, float, float, float]:
    words = line.split()
    if len(words) != COLUMNS:
        raise ConfigError(f"{place}: {len(words)} values, a box has {COLUMNS} (class x y w h); correct the line")
    try:
        number, x, y, w, h = int(words[0]), *(float(word) for word in words[1:])
    except ValueError as error:
        raise ConfigError(f"{place}: {error}; correct the line") from error
    if not 0 <= number < len(class_map):
        raise ConfigError(f"{place}: class {number} of {len(class_map)}; correct the line or classes.txt")
    # A little over the edge is rounding; more is a label in pixels or of another format.
    inside = all(math.isfinite(value) and -0.01 <= value <= 1.01 for value in (x, y, w, h))  # noqa: PLR2004 - 1 % of the side
    if not inside or w <= 0 or h <= 0:
        raise ConfigError(f"{place}: box {x} {y} {w} {h} is not inside 0..1 or is empty; correct the line")
    x1, y1, x2, y2 = (min(max(edge, 0.0), 1.0) for edge in (x - w / 2, y - h / 2, x + w / 2, y + h / 2))
    if x1 >= x2 or y1 >= y2:
        raise ConfigError(f"{place}: box {x} {y} {w} {h} lies outside the picture; correct the line")
    return float(class_map[number]), x1, y1, x2, y2
