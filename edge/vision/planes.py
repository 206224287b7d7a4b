"""A picture as the decoder left it: planes, colour rules and the shape of the pixels; and how planes become RGB.

Colour conversion follows ITU-R BT.601, BT.709 and BT.2020 (non-constant luminance), limited and full range.
"""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np

from edge.types import F32, U8

SHORTEST_HD_PX = 577
"""A picture at least this high that names no matrix is taken for BT.709, a lower one for BT.601, as players do."""

HALF = 0.5


class PixelFormat(enum.Enum):
    """How the planes are laid out; all 8 bits deep."""

    I420 = "I420"
    NV12 = "NV12"
    GRAY8 = "GRAY8"
    RGB = "RGB"


class Matrix(enum.Enum):
    """The red and blue weights of brightness that the colour planes were made with."""

    BT601 = (0.299, 0.114)
    BT709 = (0.2126, 0.0722)
    BT2020 = (0.2627, 0.0593)

    @staticmethod
    def usual_for(height_px: int) -> Matrix:
        """Return the matrix that a stream which names none was most likely made with."""
        return Matrix.BT709 if height_px >= SHORTEST_HD_PX else Matrix.BT601


@dataclass(frozen=True, slots=True, eq=False)
class Planes:
    """One decoded picture, H x W coded pixels, all uint8 and never written to.

    I420: brightness (H,W), blue and red difference (ceil H/2, ceil W/2) each. NV12: brightness (H,W), both differences
    (ceil H/2, ceil W/2, 2). GRAY8: (H,W). RGB: (H,W,3). `sar` is a coded pixel's width over its height, as a ratio.

    Raises:
        ValueError: when number or shape of the planes do not fit the format, or `sar` is not positive.
    """

    format: PixelFormat
    arrays: tuple[U8, ...]
    matrix: Matrix = Matrix.BT709
    full_range: bool = False
    sar: tuple[int, int] = (1, 1)

    def __post_init__(self) -> None:
        height, width = self.arrays[0].shape[:2]
        half = ((height + 1) // 2, (width + 1) // 2)
        wanted: dict[PixelFormat, tuple[tuple[int, ...], ...]] = {
            PixelFormat.I420: ((height, width), half, half),
            PixelFormat.NV12: ((height, width), (*half, 2)),
            PixelFormat.GRAY8: ((height, width),),
            PixelFormat.RGB: ((height, width, 3),),
        }
        shapes = tuple(plane.shape for plane in self.arrays)
        if shapes != wanted[self.format]:
            raise ValueError(f"Planes: {self.format.value} planes are {shapes}, must be {wanted[self.format]}")
        if min(self.sar) <= 0:
            raise ValueError(f"Planes: sample aspect ratio {self.sar[0]}:{self.sar[1]} must be positive")

    @property
    def coded_wh(self) -> tuple[int, int]:
        """Width and height in coded pixels."""
        height, width = self.arrays[0].shape[:2]
        return width, height

    @property
    def stretch(self) -> tuple[float, float]:
        """Display pixels per coded pixel, across and down: one of them is 1 and the other at least that."""
        return stretch_of(self.sar)

    @property
    def display_wh(self) -> tuple[int, int]:
        """Width and height in square display pixels."""
        return display_wh(self.coded_wh, self.sar)


def display_wh(coded_wh: tuple[int, int], sar: tuple[int, int]) -> tuple[int, int]:
    """Return the size in square pixels of a picture of so many coded ones of this shape."""
    (width, height), (across, down) = coded_wh, stretch_of(sar)
    return max(round(width * across), 1), max(round(height * down), 1)


def stretch_of(sar: tuple[int, int]) -> tuple[float, float]:
    """Return display pixels per coded pixel, across and down, of a sample aspect ratio."""
    across, down = sar
    return (across / down, 1.0) if across >= down else (1.0, down / across)


def resize_by(plane: U8, factor_x: float, factor_y: float, out_wh: tuple[int, int]) -> U8:
    """Scale a plane by exactly these factors; (H,W[,C]) uint8.

    What shrinks is averaged in pairs while it shrinks by half or more, then interpolated: no pixel is passed over.
    Output pixel centre x lies at (x + 0.5) / factor_x - 0.5 of the input, whatever `out_wh` rounds to: the edge is cut
    or repeated to fit, the scale is not bent.
    """
    while min(factor_x, factor_y) <= HALF and (halves := _halves(plane, factor_x, factor_y)) is not None:
        height, width = plane.shape[:2]
        across, down = halves
        # An odd last column or row has no pair and is left out: it would be a fraction of an output pixel.
        paired = plane[: height // down * down, : width // across * across]
        plane = np.asarray(
            cv2.resize(paired, (width // across, height // down), interpolation=cv2.INTER_AREA), np.uint8
        )
        factor_x, factor_y = factor_x * across, factor_y * down
    if factor_x != 1 or factor_y != 1:
        # With factors instead of a size OpenCV keeps the scale exact and rounds only the size.
        least_x, least_y = 0.5 / plane.shape[1] + 1e-9, 0.5 / plane.shape[0] + 1e-9
        fx, fy = max(factor_x, least_x), max(factor_y, least_y)
        plane = _interpolated(plane, fx, fy)
    return _fitted(plane, out_wh)


def _interpolated(plane: U8, fx: float, fy: float) -> U8:
    height, width = plane.shape[:2]
    if (round(width * fx), round(height * fy)) != (width, height):
        return np.asarray(cv2.resize(plane, None, fx=fx, fy=fy, interpolation=cv2.INTER_LINEAR), np.uint8)
    # OpenCV copies a picture whose size stays the same, whatever the factors say.
    to_input = np.array([[1 / fx, 0, 0.5 / fx - 0.5], [0, 1 / fy, 0.5 / fy - 0.5]])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return np.asarray(
        cv2.warpAffine(plane, to_input, (width, height), flags=flags, borderMode=cv2.BORDER_REPLICATE), np.uint8
    )


def _halves(plane: U8, factor_x: float, factor_y: float) -> tuple[int, int] | None:
    """Return by what to divide each axis, 1 or 2; None when there is nothing left to pair."""
    across = 2 if factor_x <= HALF and plane.shape[1] > 1 else 1
    down = 2 if factor_y <= HALF and plane.shape[0] > 1 else 1
    return (across, down) if max(across, down) > 1 else None


def _fitted(plane: U8, out_wh: tuple[int, int]) -> U8:
    width, height = out_wh
    cut = plane[:height, :width]
    right, below = width - cut.shape[1], height - cut.shape[0]
    if right or below:
        cut = np.asarray(cv2.copyMakeBorder(cut, 0, below, 0, right, cv2.BORDER_REPLICATE), np.uint8)
    return cut


def rgb_from_yuv(planes: Sequence[U8], matrix: Matrix, *, full_range: bool) -> U8:
    """Return (H,W,3) RGB from brightness and differences of one size: three (H,W), or (H,W) and (H,W,2)."""
    yuv = cv2.merge(list(planes))
    return np.asarray(cv2.transform(yuv, _to_rgb(matrix, full_range)), np.uint8)


def rgb_rows(weights: tuple[float, float], *, full_range: bool) -> F32:
    """Return (3,4): factors of Y, Cb and Cr and what is added, for R, G and B; weights as in `Matrix`."""
    red, blue = weights
    green = 1 - red - blue
    gain, offset, colour = (1.0, 0.0, 1.0) if full_range else (255 / 219, 16.0, 255 / 224)
    rows = np.array(
        [
            [gain, 0, 2 * (1 - red) * colour],
            [gain, -2 * blue * (1 - blue) / green * colour, -2 * red * (1 - red) / green * colour],
            [gain, 2 * (1 - blue) * colour, 0],
        ]
    )
    shift = -rows @ np.array([offset, 128.0, 128.0])
    return np.column_stack([rows, shift]).astype(np.float32)


def full_luma(luma: U8, *, full_range: bool) -> U8:
    """Return brightness over 0..255, whatever range it was coded in."""
    return luma if full_range else np.asarray(cv2.LUT(luma, _spread_luma()), np.uint8)


@lru_cache(maxsize=8)
def _to_rgb(matrix: Matrix, full_range: bool) -> F32:  # noqa: FBT001 - a cache key, private
    return rgb_rows(matrix.value, full_range=full_range)


@lru_cache(maxsize=1)
def _spread_luma() -> U8:
    return np.clip(np.rint((np.arange(256) - 16) * 255 / 219), 0, 255).astype(np.uint8)
