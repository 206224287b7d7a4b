"""How boxes lie to each other: every pair of two lists at once, in float64 pixels."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from edge.types import Box

F64 = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
Rows = npt.NDArray[np.intp]
_BORDER = 0.02


def area(boxes: F64) -> F64:
    """Return the areas (N,) of boxes `xyxy` (N,4), one pixel at least."""
    return np.asarray(np.maximum((boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1]), 1.0))


def box_area(box: Box) -> float:
    """Return the area of one box, one pixel at least."""
    return max((box[2] - box[0]) * (box[3] - box[1]), 1.0)


def centre(boxes: F64) -> F64:
    """Return the centres (N,2)."""
    return np.asarray((boxes[:, :2] + boxes[:, 2:]) / 2)


def intersection(first: F64, second: F64) -> F64:
    """Return the common area of every pair, (len(first), len(second)) px."""
    wide = np.minimum.outer(first[:, 2], second[:, 2]) - np.maximum.outer(first[:, 0], second[:, 0])
    high = np.minimum.outer(first[:, 3], second[:, 3]) - np.maximum.outer(first[:, 1], second[:, 1])
    return np.asarray(np.maximum(wide, 0.0) * np.maximum(high, 0.0))


def overlap(first: F64, second: F64, common: F64 | None = None) -> F64:
    """Return the intersection over union of every pair, (len(first), len(second)); `common` where it is known."""
    shared = intersection(first, second) if common is None else common
    return np.asarray(shared / (np.add.outer(area(first), area(second)) - shared))


def covered(inner: F64, outer: F64) -> F64:
    """Return which share of each `inner` box each `outer` box hides, (len(inner), len(outer))."""
    return np.asarray(intersection(inner, outer) / area(inner)[:, None])


def inner_edges(boxes: F64, size_wh: tuple[int, int]) -> Mask:
    """Return which edges (left, top, right, bottom) of boxes (N,4) the border of the picture does not make, (N,4)."""
    room = _BORDER * np.array(size_wh)
    return np.concatenate((boxes[:, :2] > room, boxes[:, 2:] < np.array(size_wh) - room), axis=1)
