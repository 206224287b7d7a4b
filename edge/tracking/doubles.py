"""Which boxes of a frame stand for one vehicle each: none found twice, none around half of one."""

from __future__ import annotations

import numpy as np

from edge.tracking.geometry import Rows, covered, overlap
from edge.tracking.settings import TrackerSettings
from edge.types import KIND, U64, Detections


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
