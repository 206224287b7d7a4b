"""Privacy masks: areas blackened in the decoder's own planes, before any view of the frame can be made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from edge.types import U8, Point
from edge.vision.planes import Planes

NO_COLOUR = 128
"""The value of a colour difference where there is no colour."""


@dataclass(frozen=True, slots=True, eq=False)
class _Raster:
    """Masked value = (value & keep) | fill: two vector operations, whatever the shape of the areas."""

    keep: U8
    fill: U8 | None

    def over(self, plane: U8) -> U8:
        kept = cv2.bitwise_and(plane, self.keep)
        return np.asarray(kept if self.fill is None else cv2.bitwise_or(kept, self.fill), np.uint8)


class PrivacyMasks:
    """Polygons (corners normalised 0..1 of the picture) and their rasters for the picture size last seen.

    For one thread at a time.
    """

    def __init__(self, polygons: Sequence[Sequence[Point]]) -> None:
        self._polygons = tuple(tuple(corners) for corners in polygons)
        self._shapes: tuple[tuple[int, ...], ...] = ()
        self._rasters: tuple[_Raster, ...] = ()

    def blacken(self, planes: Planes) -> Planes:
        """Return the picture with the masked areas black and colourless; the very same one when there is no mask.

        The given planes are not touched: a decoder may still predict its next pictures from them.
        """
        if not self._polygons:
            return planes
        shapes = tuple(plane.shape for plane in planes.arrays)
        if shapes != self._shapes:
            self._rasters = _rasters(hidden_areas(self._polygons, planes.coded_wh), shapes)
            self._shapes = shapes
        masked = tuple(raster.over(plane) for raster, plane in zip(self._rasters, planes.arrays, strict=True))
        return replace(planes, arrays=masked)


def hidden_areas(polygons: Sequence[Sequence[Point]], coded_wh: tuple[int, int]) -> U8:
    """Return (H,W) uint8, 255 where a picture of this size must not be seen; corners are normalised to 0..1."""
    width, height = coded_wh
    hidden = np.zeros((height, width), np.uint8)
    for corners in polygons:
        cv2.fillPoly(hidden, [np.rint(np.asarray(corners) * coded_wh).astype(np.int32)], 255)
    # One pixel more all round: a pixel that a polygon only touches is hidden too.
    return np.asarray(cv2.dilate(hidden, np.ones((3, 3), np.uint8)), np.uint8)


def hidden_quads(hidden: U8) -> U8:
    """Return (ceil H/2, ceil W/2): a colour sample belongs to four pixels and goes as soon as one of them is hidden."""
    height, width = hidden.shape
    even = np.pad(hidden, ((0, height % 2), (0, width % 2)))
    quads = even.reshape(even.shape[0] // 2, 2, even.shape[1] // 2, 2).max(axis=(1, 3))
    return np.asarray(quads, np.uint8)


def _rasters(hidden: U8, shapes: Sequence[tuple[int, ...]]) -> tuple[_Raster, ...]:
    quads = hidden_quads(hidden)
    rasters = []
    for index, shape in enumerate(shapes):
        area = hidden if index == 0 else quads
        wide = np.ascontiguousarray(np.broadcast_to(area.reshape(*area.shape, *[1] * (len(shape) - 2)), shape))
        rasters.append(_Raster(np.bitwise_not(wide), None if index == 0 else wide & np.uint8(NO_COLOUR)))
    return tuple(rasters)
