"""Which boxes of a frame stand for one vehicle each: none found twice, none around two, none around half of one."""

from __future__ import annotations

import numpy as np

from edge.tracking.geometry import F64, Mask, Rows, area, covered, intersection, overlap
from edge.tracking.settings import TrackerSettings
from edge.types import KIND, U64, Detections

_COUPLE = 2


def single(detections: Detections, hashes: U64, settings: TrackerSettings) -> Rows:
    """Return which detections count, in an order that does not depend on theirs; of doubles the surest."""
    order = np.lexsort((hashes, *detections.xyxy.T, detections.class_id, -detections.confidence))
    boxes = detections.xyxy[order].astype(np.float64)
    double = overlap(boxes, boxes) > settings.double_iou
    kind = KIND[detections.class_id[order]]
    double &= kind[:, None] == kind[None]
    if np.count_nonzero(double) == len(order):  # each with itself alone
        return np.asarray(order)
    kept = np.ones(len(order), np.bool_)
    for row in range(len(order)):  # surest first
        if kept[row]:
            kept[row + 1 :] &= ~double[row, row + 1 :]
    return np.asarray(order[kept])


def joint(known: F64, boxes: F64, settings: TrackerSettings) -> Mask:
    """Return which boxes (D,4) hold two of the vehicles that should be at `known` (T,4), (D,).

    A detector draws one box around both now and then, instead of theirs or besides. It is no joint box when it is the
    best one for a single vehicle.
    """
    if len(known) < _COUPLE:
        return np.zeros(len(boxes), np.bool_)
    common, size, room = intersection(known, boxes), area(known)[:, None], area(boxes)[None]
    within = (common >= settings.joint_inside * size) & (size <= settings.joint_part * room)
    several = within.sum(axis=0) >= _COUPLE
    if not several.any():
        return np.asarray(several)
    filled = np.where(within, size, 0.0).sum(axis=0) >= settings.joint_filled * room[0]
    shared = overlap(known, boxes, common)
    alone = ((shared >= settings.joint_alone) & (shared == shared.max(axis=1, keepdims=True))).any(axis=0)
    return np.asarray(several & filled & ~alone)


def fresh(sure: Rows, unmatched: Rows, seen: Detections, settings: TrackerSettings) -> Rows:
    """Return which of the unmatched detections `sure` are no known or surer one, found once more or by half."""
    if not sure.size:
        return sure
    boxes, kind = seen.xyxy.astype(np.float64), KIND[seen.class_id]
    inner = covered(boxes[sure], boxes)
    outer = covered(boxes, boxes[sure]).T
    nested = (np.maximum(inner, outer) >= settings.nested) & (kind[sure][:, None] == kind[None])
    nested &= np.minimum(inner, outer) >= settings.nested_area * np.maximum(inner, outer)
    known = np.ones(len(seen), np.bool_)
    known[unmatched] = False
    new = []
    for row, column in enumerate(sure.tolist()):
        if not (nested[row] & known).any():
            known[column] = True
            new.append(column)
    return np.array(new, np.intp)
