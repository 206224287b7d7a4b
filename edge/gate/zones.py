"""Areas of the picture: which detections lie in one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from edge.config import Zone
from edge.types import F32, Detections


class IgnoredZones:
    """Leaves out what stands in a zone of kind `ignore`: a poster, a car park across the road."""

    def __init__(self, zones: Sequence[Zone]) -> None:
        self._polygons = [np.array(zone.polygon, np.float32) for zone in zones if zone.kind == "ignore"]

    def keep(self, found: Detections, size_wh: tuple[int, int]) -> Detections:
        """Return the detections whose anchor (bottom centre, of a picture of `size_wh` pixels) lies in no such zone."""
        if not self._polygons or not len(found):
            return found
        anchors = np.stack([(found.xyxy[:, 0] + found.xyxy[:, 2]) / 2, found.xyxy[:, 3]], axis=1)
        anchors /= np.array(size_wh, np.float32)
        ignored = np.zeros(len(found), bool)
        for polygon in self._polygons:
            ignored |= inside(anchors, polygon)
        return found[~ignored]


def inside(points: F32, polygon: F32) -> npt.NDArray[np.bool_]:
    """Return which of (N,2) points lie in a polygon (M,2), by the even-odd rule."""
    x, y = points[:, :1], points[:, 1:]
    (x1, y1), (x2, y2) = polygon.T, np.roll(polygon, -1, axis=0).T
    spans = (y1 > y) != (y2 > y)
    rise = np.where(y2 == y1, 1.0, y2 - y1)
    return np.asarray((spans & (x < x1 + (y - y1) * (x2 - x1) / rise)).sum(axis=1) % 2 == 1)
