"""Where in a frame to look for plates: all of it, and tiles of it where plates would become too small; and what stays.

Tiling a large frame so that small things keep their size is as in Akyon et al. 2022, "Slicing aided hyper inference".
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from edge.types import F32, Box, PlateQuads
from edge.vision.boxes import part_of_smaller
from edge.vision.quads import bounds

SHRUNK = 0.9
"""A frame shrunk to less than this to fit the finder's input is looked at in tiles too."""
TILE_SCALE = 2.0
"""A tile is enlarged at most so much: plates 8 px wide become large enough to be found."""
TILE_SHARE = 0.4
"""Least width and height of a tile, as shares of the frame's: a dozen tiles at most, whatever the camera."""
SMALL_SHARE = 0.3
"""As above, of a frame so small that its tiles are enlarged: 25 at most. Larger frames read worse in so small tiles."""
OVERLAP = 0.25
"""Least share that neighbouring tiles have in common: wider than most plates, so that one tile shows each whole."""
SAME = 0.5
"""Share of the smaller outline in the larger one from which two finds are one plate."""
EDGE_SHARE = 0.03
"""A find that comes so near to the edge of its area, as a share of the area's side, is cut where the frame goes on.

A cell of the finder's answer or a little more: it outlines what it sees of a cut plate, and no better than that.
"""


def search_areas(frame_wh: tuple[int, int], input_wh: tuple[int, int]) -> tuple[Box, ...]:
    """Return where to look in a frame: all of it first, then tiles that overlap; whole pixels.

    Args:
        frame_wh: size of the frame.
        input_wh: size of the finder's input.
    """
    width, height = frame_wh
    whole = (0.0, 0.0, float(width), float(height))
    if min(input_wh[0] / width, input_wh[1] / height) >= SHRUNK:
        return (whole,)
    fitted = min(place / side for side, place in zip(frame_wh, input_wh, strict=True))
    zoom = min(TILE_SCALE, fitted / (SMALL_SHARE if fitted > TILE_SHARE else TILE_SHARE))
    across, down = (_spans(side, place / zoom) for side, place in zip(frame_wh, input_wh, strict=True))
    return (whole, *((x1, y1, x2, y2) for y1, y2 in down for x1, x2 in across))


def merged(found: Sequence[tuple[Box, PlateQuads]], frame_wh: tuple[int, int]) -> PlateQuads:
    """Return the plates of overlapping areas of one frame, each once.

    Of finds that are one plate the surest stays; one cut by the edge of its area stays only where no whole one is.

    Args:
        found: each area with its plates, the corners already in pixels of the frame.
        frame_wh: size of the frame.
    """
    quads = np.concatenate([np.empty((0, 4, 2), np.float32), *(plates.quads for _, plates in found)])
    sure = np.concatenate([np.empty(0, np.float32), *(plates.confidence for _, plates in found)])
    boxes: list[Box] = [bounds(quad) for quad in quads]
    cut = np.array(
        [_is_cut(quad, area, frame_wh) for area, plates in found for quad in plates.quads], bool
    )  # in the order of `quads`
    kept: list[int] = []
    for index in np.lexsort((-sure, cut)):
        if all(part_of_smaller(boxes[index], boxes[other]) < SAME for other in kept):
            kept.append(int(index))
    kept.sort(key=lambda index: -float(sure[index]))
    return PlateQuads(quads[kept], sure[kept])


def _spans(side: int, tile: float) -> list[tuple[float, float]]:
    """Cut a side into equal tiles that overlap enough."""
    if tile >= side:
        return [(0.0, float(side))]
    count = math.ceil((side - tile) / (tile * (1 - OVERLAP))) + 1
    starts = np.linspace(0, side - tile, count)
    return [(float(int(start)), float(min(side, math.ceil(start + tile)))) for start in starts]


def _is_cut(quad: F32, area: Box, frame_wh: tuple[int, int]) -> bool:
    x1, y1, x2, y2 = bounds(quad)
    beside, above = EDGE_SHARE * (area[2] - area[0]), EDGE_SHARE * (area[3] - area[1])
    at_low = (area[0] > 0 and x1 < area[0] + beside) or (area[1] > 0 and y1 < area[1] + above)
    at_high = (area[2] < frame_wh[0] and x2 > area[2] - beside) or (area[3] < frame_wh[1] and y2 > area[3] - above)
    return at_low or at_high
