"""What it costs to call a detection and a track the same vehicle: overlap, motion and hash in one number."""

from __future__ import annotations

from dataclasses import dataclass

import lap
import numpy as np

from edge.tracking.border import turned_back
from edge.tracking.geometry import F64, Mask, Rows, area, centre, intersection, overlap
from edge.tracking.settings import TrackerSettings
from edge.types import I16, KIND, U8

NEVER = 1e6
_OVERLAPS = 0.1
_OVERLAPS_WELL = 0.4
_PART_DISTANCE = 0.5  # the centre of a part lies anywhere in the whole


@dataclass(frozen=True, slots=True, eq=False)
class Expected:
    """What is known of T tracks: boxes (T,4), deviations of the centre (T,2) px, classes (T,), and which stand still.

    `missing_s` (T,) is 0 for tracks in sight; `reach` (T,4) is how far those that drive out may be in, see
    `border.limits`.
    """

    boxes: F64
    sigma: F64
    class_id: I16
    still: Mask
    missing_s: F64
    reach: F64


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """What was detected: boxes (D,4) and classes (D,)."""

    boxes: F64
    class_id: I16


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Every track with every detection, all (T,D).

    `cost` is NEVER where impossible; `overlap` says how well the boxes agree; `part` whether the detection shows a part
    of what is expected, because something stands before the rest; `bits` is how far apart the looks are.
    """

    cost: F64
    overlap: F64
    part: Mask
    bits: U8


def compare(expected: Expected, seen: Seen, bits: U8, settings: TrackerSettings) -> Pairs:
    """Judge all pairs; `bits` (T,D) are the hash distances."""
    common = intersection(expected.boxes, seen.boxes)
    iou = overlap(expected.boxes, seen.boxes, common)
    whole, look = area(expected.boxes)[:, None], area(seen.boxes)[None]
    inside = common / look
    share = np.where(expected.still, settings.part_area_still, settings.part_area)[:, None]
    part = (inside >= settings.part_inside) & (look < share * whole)
    if part.any():
        part &= _hidden(common, whole, seen.boxes, settings)
    match = np.maximum(iou, np.where(part, settings.part_worth * inside, 0.0))
    (here_x, here_y), (there_x, there_y) = centre(seen.boxes).T, centre(expected.boxes).T
    off_x, off_y = np.subtract.outer(there_x, here_x), np.subtract.outer(there_y, here_y)
    sigma_x, sigma_y = expected.sigma.T
    distance = np.hypot(off_x / sigma_x[:, None], off_y / sigma_y[:, None]) / settings.gate_sigma
    distance = np.where(part, np.minimum(distance, _PART_DISTANCE), distance)
    span = settings.unlike_bits - settings.alike_bits
    unlike = np.clip((bits.astype(np.float64) - settings.alike_bits) / span, 0, 1)
    cost = settings.weight_iou * (1 - match) + settings.weight_motion * distance + settings.weight_hash * unlike
    cost += settings.weight_class * (expected.class_id[:, None] != seen.class_id[None])
    possible = (KIND[expected.class_id][:, None] == KIND[seen.class_id][None]) & (distance <= 1)
    change = np.maximum(whole / look, look / whole)
    ratio = np.where(expected.still, settings.still_area_ratio, settings.area_ratio)[:, None]
    possible &= change <= np.where(part, settings.part_ratio, ratio)
    possible &= _within_reach(expected, np.hypot(off_x, off_y), match, whole * look, settings)
    possible &= ~turned_back(expected.reach, seen.boxes)
    possible &= _looks_allow(expected, match, part, bits, change, settings)
    return Pairs(np.where(possible, cost, NEVER), match, part, bits)


def _looks_allow(expected: Expected, match: F64, part: Mask, bits: U8, change: F64, settings: TrackerSettings) -> Mask:
    """Return which pairs the looks allow: the longer a track is gone, the more they must speak for it.

    A part of what stands still needs no looks: it is where it was, and what hides it is seen.
    """
    missing_s = expected.missing_s[:, None]
    near = (match >= _OVERLAPS) | (bits <= settings.far_bits)
    lost = (match >= _OVERLAPS_WELL) | (bits <= settings.lost_bits)
    long_lost = (bits <= settings.far_bits) & (change <= settings.still_area_ratio)
    long_lost |= part & expected.still[:, None]
    return np.asarray(near & ((missing_s <= 0) | lost) & ((missing_s <= settings.long_lost_s) | long_lost))


def _within_reach(expected: Expected, apart: F64, match: F64, areas: F64, settings: TrackerSettings) -> Mask:
    """Return which pairs a vehicle could be; `apart` px between the centres, `areas` the product of both areas."""
    missing_s = expected.missing_s[:, None]
    reach = (settings.lost_reach + settings.lost_reach_s * missing_s) * areas**0.25
    return np.asarray((missing_s <= 0) | (match >= _OVERLAPS) | (apart <= reach))


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


def _hidden(common: F64, area: F64, boxes: F64, settings: TrackerSettings) -> Mask:
    """Return where what a detection lacks of the expected box is covered by detections that stand before it.

    What stands nearer to the camera touches the ground lower in the picture.
    """
    before = boxes[:, None, 3] >= boxes[None, :, 3]
    np.fill_diagonal(before, val=False)
    return np.asarray(common @ before >= settings.part_hidden * (area - common))
