"""What the network shall answer for one picture: which cells hold a plate's middle, and where its corners are."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import cv2
import numpy as np
import numpy.typing as npt

from edge.inference.finder_card import STRIDE_PX
from edge.types import F32, U8, Box
from edge.vision import quads as four

PLATE, NONE, UNASKED = 1, 0, -1
"""What a cell shall say: a plate's middle, none, or whatever it likes."""
CORNERS, OUTLINE, NEAR = 2, 1, 0
"""What is known of a plate: its corners; its outline, upright; or a box that ends near where the plate does."""
CORE = 0.5
"""Cells within so much of a plate, about its middle, shall say it."""
BAND = 1.2
"""Cells outside so much of a plate shall not say it; those between are not asked."""
LEAST_WH = (9.0, 4.0)
"""Smaller plates, in pixels of the input, are not asked for."""
LEAST_INSIDE = 0.6
"""Plates of which less is within the picture are not asked for; of the others what is within it."""
MOST_DENIED = 0.4
"""Plates of which less is within it are no plates: else parts of large ones, a sticker, a line, would be found."""

PLATE_POWER = 0.2
"""A plate of n cells counts n to this power: one of many cells must not drown those of one."""


@dataclass(slots=True, eq=False)
class Canvas:
    """One picture to learn from, and what it shows, in its pixels.

    `picture` (H,W) uint8; `quads` (K,4,2) float32; `known` (K,) int8: CORNERS, OUTLINE or NEAR;
    `unasked` (M,4) float32 xyxy: where there may be plates that nobody marked; `seen`: the part that is no bar, None
    for all of it.
    """

    picture: U8
    quads: F32 = field(default_factory=lambda: np.empty((0, 4, 2), np.float32))
    known: npt.NDArray[np.int8] = field(default_factory=lambda: np.empty(0, np.int8))
    unasked: F32 = field(default_factory=lambda: np.empty((0, 4), np.float32))
    seen: Box | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Targets:
    """`score` (rows,columns) int8: PLATE, NONE or UNASKED; the rest one line for each cell that shall say a plate.

    `cells` (N,2) int64 row and column; `quads` (N,4,2) float32; `known` (N,) int8; `weight` (N,) float32, see
    PLATE_POWER.
    """

    score: npt.NDArray[np.int8]
    cells: npt.NDArray[np.int64]
    quads: F32
    known: npt.NDArray[np.int8]
    weight: F32


def targets(canvas: Canvas) -> Targets:
    """Lay the plates of a picture over its cells; where two share one, the smaller plate has it."""
    high, wide = canvas.picture.shape
    score = np.zeros((high // STRIDE_PX, wide // STRIDE_PX), np.int8)
    owner = np.full(score.shape, -1, np.int64)
    for box in canvas.unasked:
        score[_within(box, score.shape)] = UNASKED
    seen = canvas.seen or (0.0, 0.0, float(wide), float(high))
    inside = [_inside(quad, seen) for quad in canvas.quads]
    quads = np.array([_cut(quad, seen) for quad in canvas.quads], np.float32).reshape(-1, 4, 2)
    asked = [share >= LEAST_INSIDE and _large(quad) for share, quad in zip(inside, quads, strict=True)]
    large_first = sorted(range(len(quads)), key=lambda index: -cv2.contourArea(quads[index]))
    for index in large_first:
        if inside[index] < MOST_DENIED:
            continue
        score[_within(_grown(four.outlines(quads[index : index + 1])[0], BAND), score.shape)] = UNASKED
    for index in large_first:
        if asked[index]:
            owner[_core(quads[index], score.shape)] = index
    score[owner >= 0] = PLATE
    cells = np.argwhere(owner >= 0)
    whose = owner[owner >= 0]
    weight = np.bincount(whose, minlength=len(quads))[whose].astype(np.float32) ** (PLATE_POWER - 1)
    return Targets(score, cells, quads[whose], canvas.known[whose], weight.astype(np.float32))


def _inside(quad: F32, seen: Box) -> float:
    """The share of a plate's outline that is seen."""
    x1, y1, x2, y2 = four.bounds(quad)
    wide, high = min(x2, seen[2]) - max(x1, seen[0]), min(y2, seen[3]) - max(y1, seen[1])
    return max(0.0, wide) * max(0.0, high) / max((x2 - x1) * (y2 - y1), 1e-6)


def _cut(quad: F32, seen: Box) -> F32:
    """Return what is seen of a plate: corners out of sight come back along its edges to where they leave the picture.

    A corner whose edges are both out of sight all along stays where it is.
    """
    cut = quad.copy()
    for axis, along in ((0, ((0, 1), (3, 2))), (1, ((0, 3), (1, 2)))):
        for one, other in (*along, *(ends[::-1] for ends in along)):
            low, high = seen[axis], seen[axis + 2]
            at, to = float(cut[one, axis]), float(cut[other, axis])
            goal = min(max(at, low), high)
            if goal != at and (at - goal) * (to - goal) < 0:
                cut[one] += (cut[other] - cut[one]) * ((goal - at) / (to - at))
    return np.asarray(cut, np.float32)


def _large(quad: F32) -> bool:
    width, height = four.size(quad)
    return width >= LEAST_WH[0] and height >= LEAST_WH[1]


def _grown(box: F32, factor: float) -> F32:
    middle, half = (box[:2] + box[2:]) / 2, (box[2:] - box[:2]) / 2 * factor
    return np.concatenate([middle - half, middle + half])


def _within(box: F32, shape: tuple[int, ...]) -> tuple[slice, slice]:
    """The cells whose middle lies in the box."""
    x1, y1, x2, y2 = (max(0, math.ceil(float(side) / STRIDE_PX - 0.5)) for side in box)
    return slice(y1, min(y2, shape[0])), slice(x1, min(x2, shape[1]))


def _core(quad: F32, shape: tuple[int, ...]) -> npt.NDArray[np.bool_]:
    """The cells in the middle of a plate, one at least, as a mask."""
    middle = quad.mean(axis=0)
    core = (middle + (quad - middle) * CORE) / STRIDE_PX - 0.5
    mask = np.zeros(shape, bool)
    low, high = np.floor(core.min(axis=0)).astype(int), np.ceil(core.max(axis=0)).astype(int)
    edges = np.roll(core, -1, axis=0) - core
    for row in range(max(0, low[1]), min(shape[0], high[1] + 1)):
        for column in range(max(0, low[0]), min(shape[1], high[0] + 1)):
            away = np.array([column, row]) - core
            mask[row, column] = bool((edges[:, 0] * away[:, 1] - edges[:, 1] * away[:, 0] >= 0).all())
    column, row = np.clip(np.floor(middle / STRIDE_PX), 0, (shape[1] - 1, shape[0] - 1)).astype(int)
    mask[row, column] = True
    return mask
