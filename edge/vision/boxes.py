"""Boxes `xyxy` (N,4) float32, half-open: overlap, suppression of doubles, clipping."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from edge.types import F32, Box


def areas(xyxy: F32) -> F32:
    """Return the areas (N,) float32; a box turned inside out has none."""
    found: F32 = np.maximum(xyxy[:, 2] - xyxy[:, 0], 0) * np.maximum(xyxy[:, 3] - xyxy[:, 1], 0)
    return found


def whole_pixels(box: Box | F32, picture_wh: tuple[int, int]) -> tuple[int, int, int, int]:
    """Return the pixels of a picture that a box (x1, y1, x2, y2) touches, half-open; one each way at least."""
    low = np.clip(np.floor(box[:2]).astype(int), 0, np.array(picture_wh) - 1)
    high = np.clip(np.ceil(box[2:]).astype(int), low + 1, picture_wh)
    return int(low[0]), int(low[1]), int(high[0]), int(high[1])


def shared_area(first: Box, second: Box) -> float:
    """Return the area that two boxes have in common."""
    wide = min(first[2], second[2]) - max(first[0], second[0])
    high = min(first[3], second[3]) - max(first[1], second[1])
    return wide * high if wide > 0 and high > 0 else 0.0


def part_of_smaller(first: Box, second: Box) -> float:
    """Return what two boxes have in common, over the smaller one's area; 0 where that has none."""
    smaller = min((box[2] - box[0]) * (box[3] - box[1]) for box in (first, second))
    return shared_area(first, second) / smaller if smaller > 0 else 0.0


def iou_matrix(first: F32, second: F32) -> F32:
    """Return the intersection over union of every pair, (N,4) x (M,4) to (N,M) float32; 0 for boxes without area."""
    low = np.maximum(first[:, None, :2], second[None, :, :2])
    high = np.minimum(first[:, None, 2:], second[None, :, 2:])
    shared = np.maximum(high - low, 0).prod(axis=2)
    union = areas(first)[:, None] + areas(second)[None, :] - shared
    overlap: F32 = np.divide(shared, union, out=np.zeros_like(shared), where=union > 0)
    return overlap


def nms(xyxy: F32, confidence: F32, iou: float, limit: int) -> npt.NDArray[np.intp]:
    """Greedy non-maximum suppression of boxes of one class.

    Args:
        xyxy: (N,4) float32.
        confidence: (N,) float32.
        iou: a box that overlaps a surer one by more than this is a double.
        limit: most boxes kept.

    Returns:
        Indices of the boxes kept, surest first; of equally sure ones the earlier.
    """
    order = np.argsort(-confidence, kind="stable")
    kept: list[int] = []
    while order.size and len(kept) < limit:
        best, rest = order[0], order[1:]
        kept.append(int(best))
        order = rest[iou_matrix(xyxy[best : best + 1], xyxy[rest])[0] <= iou]
    return np.array(kept, np.intp)


def nms_by_class(xyxy: F32, confidence: F32, label: npt.NDArray[Any], iou: float, limit: int) -> npt.NDArray[np.intp]:
    """Suppress doubles within each class alone; `label` (N,) holds whole numbers. Surest first, `limit` in all."""
    if not len(xyxy):
        return np.empty(0, np.intp)
    kept = np.sort(np.concatenate([rows[nms(xyxy[rows], confidence[rows], iou, limit)] for rows in _groups(label)]))
    return kept[np.argsort(-confidence[kept], kind="stable")][:limit]


def clip(xyxy: F32, width_px: float, height_px: float) -> F32:
    """Return the boxes cut to the picture, (N,4) float32."""
    inside: F32 = np.clip(xyxy, 0, np.array([width_px, height_px, width_px, height_px], np.float32), dtype=np.float32)
    return inside


def _groups(label: npt.NDArray[Any]) -> list[npt.NDArray[np.intp]]:
    return [np.flatnonzero(label == number) for number in np.unique(label)]
