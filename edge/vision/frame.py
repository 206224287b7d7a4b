"""The Frame port over native planes: every view converts only the pixels it shows."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np

from edge.ports import Letterboxed, Tensorised, TensorOrder
from edge.types import U8, Box
from edge.vision.letterbox import fit_inside
from edge.vision.planes import Matrix, PixelFormat, Planes, full_luma, resize_by, rgb_from_yuv
from edge.vision.tensor import to_tensor


@dataclass(frozen=True, slots=True, eq=False)
class PlanarFrame:
    """One frame of one camera. `planes` has the privacy masks applied already."""

    camera_id: str
    seq: int
    wall_ns: int
    mono_ns: int
    pts_ns: int
    planes: Planes

    @staticmethod
    def from_rgb(picture: U8, *, camera_id: str, seq: int, wall_ns: int, mono_ns: int, pts_ns: int) -> PlanarFrame:
        """Wrap (H,W,3) uint8 RGB with square pixels; the frame keeps the array, which must not change afterwards.

        Raises:
            ValueError: when the picture has another shape.
        """
        planes = Planes(PixelFormat.RGB, (picture,), Matrix.BT601, full_range=True)
        return PlanarFrame(camera_id, seq, wall_ns, mono_ns, pts_ns, planes)

    @property
    def size_wh(self) -> tuple[int, int]:
        return self.planes.display_wh

    def luma(self, width: int, height: int) -> U8:
        """Return the brightness as (height,width) uint8 over 0..255, scaled without keeping the aspect."""
        planes = self.planes
        coded_w, coded_h = planes.coded_wh
        small = resize_by(planes.arrays[0], width / coded_w, height / coded_h, (width, height))
        if planes.format is PixelFormat.RGB:
            return np.asarray(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY), np.uint8)
        return full_luma(small, full_range=planes.full_range)

    def tint(self, width: int, height: int) -> U8:
        first, *colour = self.planes.arrays
        if self.planes.format is PixelFormat.GRAY8:
            return np.full((height, width, 2), 128, np.uint8)
        coded_w, coded_h = (colour or [first])[0].shape[1::-1]
        views = [resize_by(plane, width / coded_w, height / coded_h, (width, height)) for plane in colour or [first]]
        if self.planes.format is PixelFormat.RGB:
            return np.ascontiguousarray(cv2.cvtColor(views[0], cv2.COLOR_RGB2YCrCb)[..., :0:-1])
        return np.dstack(views)

    def letterbox(self, width: int, height: int, *, centre: bool = True, pad: int = 114) -> Letterboxed:
        fit = fit_inside(self.size_wh, (width, height), centre=centre)
        across, down = self.planes.stretch
        inner = _scaled_rgb(self.planes, fit.scale * across, fit.scale * down, fit.inner_wh)
        right, below = width - fit.pad_x - fit.inner_wh[0], height - fit.pad_y - fit.inner_wh[1]
        bars = (fit.pad_y, below, fit.pad_x, right)
        picture = cv2.copyMakeBorder(inner, *bars, cv2.BORDER_CONSTANT, value=(pad, pad, pad))
        return Letterboxed(np.asarray(picture, np.uint8), fit.scale, fit.pad_x, fit.pad_y)

    def tensor(self, order: TensorOrder) -> Tensorised:
        view = self.letterbox(order.width, order.height, centre=order.centre, pad=order.pad)
        return Tensorised(to_tensor(view.picture, order), view.scale, view.pad_x, view.pad_y)

    def crop(self, box: Box) -> U8:
        x1, y1, x2, y2 = pixels_inside(box, self.size_wh)
        if self.planes.stretch == (1.0, 1.0):
            return _region_rgb(self.planes, x1, y1, x2, y2)
        return _unstretched(self.planes, x1, y1, x2, y2)


def pixels_inside(box: Box, size_wh: tuple[int, int]) -> tuple[int, int, int, int]:
    """Return the pixels that a box touches of a picture of this size: x1, y1, x2, y2, half open.

    Raises:
        ValueError: when nothing of the box lies inside.
    """
    whole_w, whole_h = size_wh
    x1, y1 = max(math.floor(box[0]), 0), max(math.floor(box[1]), 0)
    x2, y2 = min(math.ceil(box[2]), whole_w), min(math.ceil(box[3]), whole_h)
    if x1 >= x2 or y1 >= y2:
        raise ValueError(f"crop: nothing of the box {box} lies inside the frame of {whole_w}x{whole_h}")
    return x1, y1, x2, y2


def _scaled_rgb(planes: Planes, factor_x: float, factor_y: float, out_wh: tuple[int, int]) -> U8:
    # Shrinking each plane before the conversion leaves a conversion of the small picture only.
    first, *colour = planes.arrays
    scaled = resize_by(first, factor_x, factor_y, out_wh)
    if planes.format is PixelFormat.RGB:
        return scaled
    if planes.format is PixelFormat.GRAY8:
        return _grey_rgb(scaled, full_range=planes.full_range)
    tints = [resize_by(plane, factor_x * 2, factor_y * 2, out_wh) for plane in colour]
    return rgb_from_yuv([scaled, *tints], planes.matrix, full_range=planes.full_range)


def _region_rgb(planes: Planes, x1: int, y1: int, x2: int, y2: int) -> U8:
    """Convert coded pixels [x1,x2) x [y1,y2), with the very values that the whole picture would have there."""
    first, *colour = planes.arrays
    if planes.format is PixelFormat.RGB:
        return np.array(first[y1:y2, x1:x2], np.uint8)
    luma = first[y1:y2, x1:x2]
    if planes.format is PixelFormat.GRAY8:
        return _grey_rgb(luma, full_range=planes.full_range)
    # One colour sample more on each side, so that interpolation at the rim sees its true neighbours.
    left, top = max(x1 // 2 - 1, 0), max(y1 // 2 - 1, 0)
    right, bottom = (x2 + 1) // 2 + 1, (y2 + 1) // 2 + 1
    tints = []
    for plane in colour:
        part = plane[top:bottom, left:right]
        grown = cv2.resize(part, (part.shape[1] * 2, part.shape[0] * 2), interpolation=cv2.INTER_LINEAR)
        tints.append(np.asarray(grown, np.uint8)[y1 - 2 * top : y2 - 2 * top, x1 - 2 * left : x2 - 2 * left])
    return rgb_from_yuv([luma, *tints], planes.matrix, full_range=planes.full_range)


def _unstretched(planes: Planes, x1: int, y1: int, x2: int, y2: int) -> U8:
    """Convert the coded pixels under a display box and stretch them to square pixels, (y2-y1, x2-x1, 3)."""
    (across, down), (coded_w, coded_h) = planes.stretch, planes.coded_wh
    left, top = max(math.floor(x1 / across) - 1, 0), max(math.floor(y1 / down) - 1, 0)
    right, bottom = min(math.ceil(x2 / across) + 1, coded_w), min(math.ceil(y2 / down) + 1, coded_h)
    coded = _region_rgb(planes, left, top, right, bottom)
    # Pixel centres: display x + 0.5 lies at (x + 0.5) / across of the coded row.
    steps = np.array(
        [[1 / across, 0, (x1 + 0.5) / across - 0.5 - left], [0, 1 / down, (y1 + 0.5) / down - 0.5 - top]], np.float64
    )
    how = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    square = cv2.warpAffine(coded, steps, (x2 - x1, y2 - y1), flags=how, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(square, np.uint8)


def _grey_rgb(luma: U8, *, full_range: bool) -> U8:
    return np.asarray(cv2.cvtColor(full_luma(luma, full_range=full_range), cv2.COLOR_GRAY2RGB), np.uint8)
