"""Difference hashes of vehicle crops: 64 bits that stay nearly the same while a vehicle drives through the picture.

Bit-exact with `imagehash.dhash(hash_size=8)` on Pillow, which would bring scipy onto the device: the same luma, the
same Lanczos window, the same fixed-point rounding after each of the two passes, the same bit order. Method:
N. Krawetz, "Kind of Like That", 2013; arithmetic: Pillow's 8-bit convolution resampler (22 fractional bits). Pillow 13
shrinks tall pictures vertically first, older ones never do: the newer order is the rule here, so that a stored hash
does not depend on what is installed.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache

import cv2
import numpy as np
import numpy.typing as npt

from edge.ports import Frame
from edge.types import F32, U8, U64

DHASH_VERSION = "imagehash-dhash-8"
"""Name of the algorithm, to be kept beside stored hashes: two algorithms are never compared."""

_COLUMNS, _ROWS = 9, 8
_FRACTION_BITS = 22
_LOBES = 3.0
# ITU-R BT.601 luma with 16 fractional bits, one half added. All sums stay below 2**24 units: float32 is exact.
_LUMA = np.array([(19595, 38470, 7471, 1 << 15)], np.float32) / (1 << 16)
# Products below this size stay on the calling thread. A linear-algebra library that spreads one small product over
# cores which other work occupies takes twenty times as long.
_PRODUCT_SIZE = 300_000


def dhash(picture: U8) -> int:
    """Return the 64-bit difference hash of one picture, (h,w,3) RGB or (h,w) gray uint8.

    Raises:
        ValueError: when the picture has another shape or dtype, or no pixels.
    """
    if picture.dtype != np.uint8 or picture.size == 0 or not (picture.ndim == 2 or picture.shape[2:] == (3,)):  # noqa: PLR2004 - a gray picture has two axes
        raise ValueError(f"dhash: picture is {picture.dtype}{picture.shape}, must be uint8 (h,w,3) or (h,w), not empty")
    gray = _luma(picture) if picture.ndim == 3 else picture  # noqa: PLR2004 - colour is the third axis
    height, width = gray.shape
    exact = gray.astype(np.float64)  # sums of 8-bit values times 22-bit weights need more than float32 holds
    if height > _ROWS and height - _ROWS > 2 * (width - _COLUMNS):
        small = _shrunk(_shrunk(exact.T, _ROWS).T, _COLUMNS)
    else:
        small = _shrunk(_shrunk(exact, _COLUMNS).T, _ROWS).T
    return int.from_bytes(np.packbits(small[:, 1:] > small[:, :-1]).tobytes(), "big")


def dhash_many(pictures: Sequence[U8]) -> U64:
    """Return the hashes of `pictures` as (N,) uint64, in their order."""
    return np.array([dhash(picture) for picture in pictures], np.uint64)


def dhash_boxes(frame: Frame, xyxy: F32) -> U64:
    """Return the hashes (N,) uint64 of what a frame shows in boxes `xyxy` (N,4), in its display pixels.

    Raises:
        ValueError: when nothing of a box lies inside the frame.
    """
    return dhash_many([frame.crop((x1, y1, x2, y2)) for x1, y1, x2, y2 in xyxy.tolist()])


def hamming(first: int, second: int) -> int:
    """Return in how many of 64 bits two hashes differ."""
    return (first ^ second).bit_count()


def hamming_matrix(first: U64, second: U64) -> U8:
    """Return the bit distances of every pair as (len(first), len(second)) uint8."""
    return np.bitwise_count(np.bitwise_xor.outer(first, second))


def _luma(picture: U8) -> npt.NDArray[np.float32]:
    weighted = cv2.transform(picture.astype(np.float32), _LUMA)
    return np.asarray(np.floor(weighted, out=weighted), np.float32)


def _shrunk(rows: npt.NDArray[np.float64], columns: int) -> npt.NDArray[np.float64]:
    """Resample every row to `columns` values, rounded to whole gray values as after each pass of the reference."""
    window = _window(rows.shape[1], columns)
    sums = np.empty((len(rows), columns))
    block = max(_PRODUCT_SIZE // window.size, 1)
    for start in range(0, len(rows), block):
        np.matmul(rows[start : start + block], window, out=sums[start : start + block])
    sums += 1 << (_FRACTION_BITS - 1)
    sums *= 2.0**-_FRACTION_BITS
    np.floor(sums, out=sums)
    return np.clip(sums, 0, 255, out=sums)


@lru_cache(maxsize=2048)
def _window(length: int, outputs: int) -> npt.NDArray[np.float64]:
    """Return the (length, outputs) Lanczos weights that shrink or stretch `length` pixels, as whole numbers."""
    step = length / outputs
    spread = max(step, 1.0)
    weights = np.zeros((length, outputs))
    for output in range(outputs):
        centre = (output + 0.5) * step
        start = max(int(centre - _LOBES * spread + 0.5), 0)
        end = min(int(centre + _LOBES * spread + 0.5), length)
        taps = [_lanczos((x - centre + 0.5) / spread) for x in range(start, end)]
        total = sum(taps)
        for x, tap in enumerate(taps, start):
            weights[x, output] = math.trunc(math.copysign(0.5, tap) + tap / total * (1 << _FRACTION_BITS))
    weights.flags.writeable = False
    return weights


def _lanczos(x: float) -> float:
    if not -_LOBES <= x < _LOBES:
        return 0.0
    return _sinc(x) * _sinc(x / _LOBES)


def _sinc(x: float) -> float:
    return 1.0 if x == 0 else math.sin(x * math.pi) / (x * math.pi)
