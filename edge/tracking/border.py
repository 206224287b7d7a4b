"""The border of the picture: who drives out over it does not come in again a moment later; that is somebody else."""

from __future__ import annotations

import numpy as np

from edge.tracking.geometry import F64, Mask, area, inner_edges
from edge.tracking.settings import TrackerSettings

_OPPOSITE = [2, 3, 0, 1]
_INWARD = np.array([1.0, 1.0, -1.0, -1.0])
STAYS = (np.inf,) * 4
"""No limit at any border: see `limits`."""


def limits(
    before: F64, boxes: F64, largest: F64, speeds: F64, size_wh: tuple[int, int], settings: TrackerSettings
) -> F64:
    """Return how far into the picture vehicles reach that drive out over its left, top, right or bottom border, (K,4).

    A reach is where the edge opposite the border is, px, counted inwards, and only ever becomes less than `before`
    (K,4); infinite for borders it does not drive out over. `boxes` (K,4) are the last ones, `largest` (K,) the areas
    of the largest there were, `speeds` (K,4) of the edges in px/s.
    """
    size = area(boxes)
    nearing = speeds[:, _OPPOSITE] * _INWARD <= -settings.out_speed * np.sqrt(size)[:, None]
    out = nearing & ~inner_edges(boxes, size_wh) & (size < settings.out_area * largest)[:, None]
    reach = boxes[:, _OPPOSITE] * _INWARD
    return np.where(out | np.isfinite(before), np.minimum(before, reach), np.inf)


def turned_back(reach: F64, boxes: F64) -> Mask:
    """Return which of `boxes` (D,4) lie farther inwards than vehicles can be, (T,D); `reach` (T,4) as of `limits`."""
    edges = boxes[:, _OPPOSITE] * _INWARD
    return np.asarray((edges[None] > reach[:, None]).any(axis=2))
