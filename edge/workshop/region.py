"""Where a picture has truth: outside it, found boxes are neither right nor false."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from edge.errors import ConfigError
from edge.types import F32

if TYPE_CHECKING:
    from pathlib import Path

    import numpy.typing as npt

REGION_FILE = "region.json"
_CORNERS = 3


@dataclass(frozen=True, slots=True, eq=False)
class Region:
    """Polygons (M,2) float32 in pixels of the pictures: boxes count inside `score`, and nowhere inside `ignore`."""

    score: tuple[F32, ...] = ()
    ignore: tuple[F32, ...] = ()

    def counts(self, xyxy: F32) -> npt.NDArray[np.bool_]:
        """Return which of the boxes (N,4) have their centre where it counts, (N,) bool."""
        centres: F32 = ((xyxy[:, :2] + xyxy[:, 2:]) / 2).astype(np.float32)
        inside = _inside_any(centres, self.score) if self.score else np.ones(len(xyxy), bool)
        return inside & ~_inside_any(centres, self.ignore)


def read_region(path: Path) -> Region:
    """Read a `region.json`: `{"score": POLYGON}`, `{"ignore": POLYGON}` or both; a list of polygons will do too.

    Raises:
        ConfigError: the file cannot be read or holds no polygon.
    """
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise ConfigError(f"{path}: cannot be read as JSON ({error}); correct it or take it away") from error
    if not isinstance(said, dict) or not {"score", "ignore"} & said.keys():
        raise ConfigError(f'{path}: names no area; write {{"score": [[x, y], …]}} or {{"ignore": [[x, y], …]}}')
    return Region(_polygons(said.get("score", []), path), _polygons(said.get("ignore", []), path))


def _polygons(said: list[Any], path: Path) -> tuple[F32, ...]:
    try:
        several = said if said and np.ndim(said[0]) > 1 else [said][: len(said)]
        found = tuple(np.asarray(corners, np.float32) for corners in several)
    except (TypeError, ValueError, KeyError) as error:
        raise ConfigError(f"{path}: {error}; write a polygon as [[x, y], …] in pixels") from error
    if any(corners.ndim != 2 or corners.shape[1] != 2 or len(corners) < _CORNERS for corners in found):  # noqa: PLR2004
        raise ConfigError(f"{path}: a polygon needs three corners [x, y] or more, in pixels; correct it")
    return found


def _inside_any(points: F32, polygons: tuple[F32, ...]) -> npt.NDArray[np.bool_]:
    inside = [
        any(cv2.pointPolygonTest(polygon, (float(x), float(y)), measureDist=False) >= 0 for polygon in polygons)
        for x, y in points
    ]
    return np.array(inside, bool)
