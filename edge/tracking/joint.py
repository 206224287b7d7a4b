"""One box around two vehicles, which detectors draw where vehicles pass or hide each other."""

from __future__ import annotations

import numpy as np

from edge.tracking.geometry import F64, Mask, area, inner_edges, intersection, overlap
from edge.tracking.settings import TrackerSettings

_COUPLE = 2
_EDGE_DOUBT, _UNKNOWN = 2.0, 1000.0


def joint(known: F64, boxes: F64, settings: TrackerSettings) -> Mask:
    """Return which of the vehicles that should be at `known` (T,4) each of `boxes` (D,4) holds, if two or more, (T,D).

    It is no joint box when it fits a single vehicle as well as it fits them together.
    """
    if len(known) < _COUPLE or not len(boxes):
        return np.zeros((len(known), len(boxes)), np.bool_)
    common, size, room = intersection(known, boxes), area(known)[:, None], area(boxes)[None]
    within = (common >= settings.joint_inside * size) & (size <= settings.joint_part * room)
    several = within.sum(axis=0) >= _COUPLE
    if several.any():
        filled = np.where(within, size, 0.0).sum(axis=0) >= settings.joint_filled * room[0]
        both = _hull_overlap(known, within, boxes)
        each = overlap(known, boxes, common)
        fits = each >= np.maximum(settings.joint_alone, both - settings.joint_better)
        alone = (fits & (each == each.max(axis=1, keepdims=True))).any(axis=0)
        several &= filled & (both >= settings.joint_hull) & ~alone
    return np.asarray(within & several)


def places(expected: F64, box: F64, size_wh: tuple[int, int]) -> tuple[F64, F64]:
    """Return where the vehicles `expected` (K,4) are in one box around them, (K,4), and with what doubt.

    An edge of the box is the edge of the one that should reach farthest that way, unless the border of the picture of
    `size_wh` px cuts it; whoever sets none is where it was expected. The doubt (K,4) is that of centre x, centre y,
    width and height, as `Motion.correct` takes it.
    """
    measured, doubt = expected.copy(), np.full((len(expected), 4), _UNKNOWN)
    told = inner_edges(box[None], size_wh)[0]
    for low, high in ((0, 2), (1, 3)):
        first, last = int(np.argmin(expected[:, low])), int(np.argmax(expected[:, high]))
        if told[low]:
            measured[first, high] += box[low] - measured[first, low]
            measured[first, low] = box[low]
            doubt[first, low] = _EDGE_DOUBT
        if told[high] and first == last:
            measured[first, high] = box[high]
            doubt[first, high] = _EDGE_DOUBT
        elif told[high]:
            measured[last, low] += box[high] - measured[last, high]
            measured[last, high] = box[high]
            doubt[last, low] = _EDGE_DOUBT
    return measured, doubt


def _hull_overlap(known: F64, within: Mask, boxes: F64) -> F64:
    """Return how well the outline of those `within` (T,D) of `known` (T,4) agrees with each of `boxes` (D,4), (D,)."""
    low = np.where(within[:, :, None], known[:, None, :2], np.inf).min(axis=0)
    high = np.where(within[:, :, None], known[:, None, 2:], -np.inf).max(axis=0)
    hull = np.where(within.any(axis=0)[:, None], np.concatenate((low, high), axis=1), 0.0)
    return np.asarray(np.diagonal(overlap(hull, boxes)))
