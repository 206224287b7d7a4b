"""Classical preparation of a plate's picture before it is read, to be measured beside none."""

from __future__ import annotations

from collections.abc import Callable
from types import MappingProxyType

import cv2
import numpy as np

from edge.types import U8

HIGH_PX = 96
"""Height to which a picture is enlarged; both readers work at 48 to 64 px."""
BLOCK_SHARE = 0.4
"""Neighbourhood of the adaptive threshold, over the picture's height: more than a stroke, less than a character."""
OFFSET = 8.0
CLIP, TILES = 2.0, (4, 2)


def none(picture: U8) -> U8:
    """Leave it as it is."""
    return picture


def bicubic(picture: U8) -> U8:
    """Enlarge a low picture to HIGH_PX by bicubic interpolation."""
    scale = HIGH_PX / picture.shape[0]
    if scale <= 1:
        return picture
    return np.asarray(cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC), np.uint8)


def equalise(picture: U8) -> U8:
    """Equalise the histogram of the brightness."""
    return _with_brightness(picture, cv2.equalizeHist)


def clahe(picture: U8) -> U8:
    """Equalise it locally, its contrast limited (Zuiderveld, 1994)."""
    return _with_brightness(picture, cv2.createCLAHE(CLIP, TILES).apply)


def threshold(picture: U8) -> U8:
    """Make it black and white by an adaptive threshold over a Gaussian neighbourhood, enlarged first."""
    large = bicubic(picture)
    gray = cv2.cvtColor(large, cv2.COLOR_RGB2GRAY)
    block = max(3, int(BLOCK_SHARE * large.shape[0]) | 1)
    ink = cv2.adaptiveThreshold(gray, 255, cv2.ADAPTIVE_THRESH_GAUSSIAN_C, cv2.THRESH_BINARY, block, OFFSET)
    return np.asarray(cv2.cvtColor(ink, cv2.COLOR_GRAY2RGB), np.uint8)


PREPARATIONS = MappingProxyType[str, Callable[[U8], U8]](
    {"none": none, "bicubic": bicubic, "equalise": equalise, "clahe": clahe, "threshold": threshold}
)
"""By name; each takes and gives (H,W,3) uint8 RGB."""


def _with_brightness(picture: U8, change: Callable[[cv2.typing.MatLike], cv2.typing.MatLike]) -> U8:
    lab = cv2.cvtColor(picture, cv2.COLOR_RGB2LAB)
    lab[..., 0] = change(np.ascontiguousarray(lab[..., 0]))
    return np.asarray(cv2.cvtColor(lab, cv2.COLOR_LAB2RGB), np.uint8)
