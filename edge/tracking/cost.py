"""What it costs to call a detection and a track the same vehicle: overlap, motion and hash in one number."""

from __future__ import annotations

from dataclasses import dataclass

import lap
import numpy as np
import numpy.typing as npt

from edge.tracking.motion import F64, Mask, Rows
from edge.tracking.settings import TrackerSettings
from edge.types import I16, U8

KIND = np.array([0, 0, 0, 1, 1, 2], np.int16)
"""Kind of each class: four wheels or more, two wheels, on foot. A track never changes its kind."""

NEVER = 1e6
_OVERLAPS = 0.1
_OVERLAPS_WELL = 0.4


@dataclass(frozen=True, slots=True, eq=False)
class Expected:
    """What is known of T tracks: boxes (T,4), deviations of the centre (T,2) px, kinds (T,), lost (T,)."""

    boxes: F64
    sigma: F64
    kind: I16
    lost: Mask


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """What was detected: boxes (D,4) and kinds (D,)."""

    boxes: F64
    kind: I16


def pair_costs(expected: Expected, seen: Seen, bits: U8, settings: TrackerSettings) -> tuple[F64, F64]:
    """Return costs and IoU, both (T,D); `bits` (T,D) are the hash distances. Impossible pairs cost NEVER."""
    iou = overlap(expected.boxes, seen.boxes)
    offset = _centre(seen.boxes)[None] - _centre(expected.boxes)[:, None]
    distance = np.hypot(*np.moveaxis(offset / expected.sigma[:, None], 2, 0)) / settings.gate_sigma
    areas = _area(seen.boxes)[None] / _area(expected.boxes)[:, None]
    span = settings.unlike_bits - settings.alike_bits
    unlike = np.clip((bits.astype(np.float64) - settings.alike_bits) / span, 0, 1)
    cost = settings.weight_iou * (1 - iou) + settings.weight_motion * distance + settings.weight_hash * unlike
    possible = (expected.kind[:, None] == seen.kind[None]) & (distance <= 1)
    possible &= np.maximum(areas, 1 / areas) <= settings.area_ratio
    possible &= (iou >= _OVERLAPS) | (bits <= settings.far_bits)
    possible &= ~expected.lost[:, None] | (iou >= _OVERLAPS_WELL) | (bits <= settings.lost_bits)
    return np.where(possible, cost, NEVER), iou


def assign(costs: F64, limit: float) -> tuple[Rows, Rows]:
    """Return rows and columns of the cheapest one-to-one pairing, pairs dearer than `limit` left apart.

    Exact: R. Jonker and A. Volgenant, 1987, where leaving both ends of a pair alone costs `limit`.
    """
    rows = np.flatnonzero((costs <= limit).any(axis=1))
    columns = np.flatnonzero((costs <= limit).any(axis=0))
    if rows.size == 0:
        return rows, columns
    dense = np.ascontiguousarray(costs[np.ix_(rows, columns)])
    _, taken, _ = lap.lapjv(dense, extend_cost=True, cost_limit=limit)
    paired = taken >= 0
    return rows[paired], columns[taken[paired]]


def overlap(first: F64, second: F64) -> F64:
    """Return the intersection over union of every pair, (len(first), len(second))."""
    low = np.maximum(first[:, None, :2], second[None, :, :2])
    high = np.minimum(first[:, None, 2:], second[None, :, 2:])
    common = np.prod(np.clip(high - low, 0, None), axis=2)
    return np.asarray(common / np.maximum(_area(first)[:, None] + _area(second)[None] - common, 1e-9))


def covered(inner: F64, outer: F64) -> F64:
    """Return which share of each `inner` box each `outer` box hides, (len(inner), len(outer))."""
    low = np.maximum(inner[:, None, :2], outer[None, :, :2])
    high = np.minimum(inner[:, None, 2:], outer[None, :, 2:])
    return np.asarray(np.prod(np.clip(high - low, 0, None), axis=2) / _area(inner)[:, None])


def _centre(boxes: F64) -> F64:
    return (boxes[:, :2] + boxes[:, 2:]) / 2


def _area(boxes: F64) -> npt.NDArray[np.float64]:
    return np.asarray(np.maximum(np.prod(boxes[:, 2:] - boxes[:, :2], axis=1), 1.0))
