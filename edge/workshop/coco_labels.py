"""Labels in COCO's JSON: boxes in pixels, categories by name, crowds that need not be found."""

from __future__ import annotations

import json
import math
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from edge.errors import ConfigError
from edge.types import F32
from edge.workshop.texts import read_text

if TYPE_CHECKING:
    from pathlib import Path

KEYS = ("images", "annotations", "categories")


@dataclass(frozen=True, slots=True, eq=False)
class CocoPicture:
    """The labels of one picture: `boxes` (N,5) float32 rows index into `names`, x1 y1 x2 y2 in 0..1; `crowd` (N,).

    `file` is its name as it stands there, with folders or without.
    """

    file: str
    boxes: F32
    crowd: tuple[bool, ...]


def is_coco(path: Path) -> bool:
    """Whether a file looks like COCO labels, and not like another JSON that lies beside them."""
    try:
        return bool(set(KEYS) <= json.loads(path.read_text(encoding="utf-8-sig")).keys())
    except (OSError, ValueError, AttributeError, RecursionError):
        return False


def read_coco(path: Path) -> tuple[tuple[str, ...], tuple[CocoPicture, ...]]:
    """Read a file of labels (Lin et al., Microsoft COCO, 2014): the names of its categories, and its pictures.

    Boxes are cut at the picture's edge.

    Raises:
        ConfigError: the file cannot be read, or an image, category or box of it is not as the format says.
    """
    text = read_text(path, "give a file of COCO labels")
    place = str(path)
    try:
        said = json.loads(text)
        names, numbers = _categories(said["categories"])
        sizes: dict[object, tuple[str, float, float]] = {}
        for count, image in enumerate(said["images"], start=1):
            place = f"{path}: image {count}"
            sizes[image["id"]] = (str(image["file_name"]), image["width"], image["height"])
        rows: defaultdict[object, list[tuple[float, ...]]] = defaultdict(list)
        crowds: defaultdict[object, list[bool]] = defaultdict(list)
        for count, box in enumerate(said["annotations"], start=1):
            place = f"{path}: annotation {count}"
            _, width, height = sizes[box["image_id"]]
            rows[box["image_id"]].append(_row(numbers[box["category_id"]], box["bbox"], width, height))
            crowds[box["image_id"]].append(bool(box.get("iscrowd", 0)))
    except KeyError as error:
        raise ConfigError(f"{place}: {error} is missing or named nowhere; it is not COCO's format") from error
    except (TypeError, ValueError, AttributeError, ZeroDivisionError, RecursionError) as error:
        raise ConfigError(f"{place}: is not COCO's format ({error}); correct it") from error
    twice = [name for name, count in Counter(name for name, _, _ in sizes.values()).items() if count > 1]
    if twice:
        raise ConfigError(f"{path}: names the image {twice[0]} twice ({len(twice)} such); put its boxes under one id")
    return names, tuple(
        CocoPicture(name, np.asarray(rows[number], np.float32).reshape(-1, 5), tuple(crowds[number]))
        for number, (name, _, _) in sizes.items()
    )


def _categories(said: list[dict[str, Any]]) -> tuple[tuple[str, ...], dict[int, int]]:
    names = tuple(str(category["name"]) for category in said)
    return names, {category["id"]: place for place, category in enumerate(said)}


def _row(number: int, bbox: list[float], width: float, height: float) -> tuple[float, ...]:
    x, y, w, h = (float(value) for value in bbox)
    if not all(map(math.isfinite, (x, y, w, h))) or w <= 0 or h <= 0:
        raise ValueError(f"box {bbox} is empty")
    x1, y1, x2, y2 = (min(max(edge, 0.0), 1.0) for edge in (x / width, y / height, (x + w) / width, (y + h) / height))
    if x1 >= x2 or y1 >= y2:
        raise ValueError(f"box {bbox} lies outside its picture of {width}x{height}")
    return float(number), x1, y1, x2, y2
