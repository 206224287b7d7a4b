"""Labels in COCO's JSON: boxes in pixels, categories by name, crowds that need not be found."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from edge.errors import ConfigError
from edge.types import F32

KEYS = ("images", "annotations", "categories")


@dataclass(frozen=True, slots=True, eq=False)
class CocoPicture:
    """The labels of one picture: `boxes` (N,5) float32 rows index into `names`, x1 y1 x2 y2 in 0..1; `crowd` (N,)."""

    file: str
    boxes: F32
    crowd: tuple[bool, ...]


def is_coco(path: Path) -> bool:
    """Whether a file looks like COCO labels, and not like another JSON that lies beside them."""
    try:
        return bool(set(KEYS) <= json.loads(path.read_text(encoding="utf-8")).keys())
    except (OSError, ValueError, AttributeError):
        return False


def read_coco(path: Path) -> tuple[tuple[str, ...], tuple[CocoPicture, ...]]:
    """Read a file of labels (Lin et al., Microsoft COCO, 2014): the names of its categories, and its pictures.

    Raises:
        ConfigError: the file cannot be read, or an image, category or box of it is not as the format says.
    """
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        names, numbers = _categories(said["categories"])
        sizes = {image["id"]: (image["file_name"], image["width"], image["height"]) for image in said["images"]}
        rows: defaultdict[object, list[tuple[float, ...]]] = defaultdict(list)
        crowds: defaultdict[object, list[bool]] = defaultdict(list)
        for box in said["annotations"]:
            _, width, height = sizes[box["image_id"]]
            rows[box["image_id"]].append(_row(numbers[box["category_id"]], box["bbox"], width, height))
            crowds[box["image_id"]].append(bool(box.get("iscrowd", 0)))
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror or error}; give a file of COCO labels") from error
    except KeyError as error:
        raise ConfigError(f"{path}: {error} is missing or named nowhere; it is not COCO's format") from error
    except (TypeError, ValueError, AttributeError, ZeroDivisionError) as error:
        raise ConfigError(f"{path}: is not COCO's format ({error}); correct it") from error
    return names, tuple(
        CocoPicture(Path(file).name, np.asarray(rows[number], np.float32).reshape(-1, 5), tuple(crowds[number]))
        for number, (file, _, _) in sizes.items()
    )


def _categories(said: list[dict[str, Any]]) -> tuple[tuple[str, ...], dict[int, int]]:
    names = tuple(str(category["name"]) for category in said)
    return names, {category["id"]: place for place, category in enumerate(said)}


def _row(number: int, bbox: list[float], width: float, height: float) -> tuple[float, ...]:
    x, y, w, h = (float(value) for value in bbox)
    if w <= 0 or h <= 0:
        raise ValueError(f"box {bbox} is empty")
    x1, y1, x2, y2 = (min(max(edge, 0.0), 1.0) for edge in (x / width, y / height, (x + w) / width, (y + h) / height))
    return float(number), x1, y1, x2, y2
