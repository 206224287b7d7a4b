"""What a fixed camera usually sees, and how a moment differs from it: its edges, their places, their fineness.

After Gil-Jimenez et al., Automatic control of video surveillance camera sabotage (IWINAC 2007): edges of a background
that have gone tell a covered or defocused camera, their displacement a turned one, entropy a picture without content;
and Saglam and Temizel, Real-time adaptive camera tamper detection for video surveillance (AVSS 2009): slow against
fast background, fine detail against the rest. Brightness is taken as its logarithm and every place is compared by
correlation, so that light, clouds and exposure change nothing; a whole shift is found by phase correlation.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from edge.types import F32, U8

VIEW_WH = (160, 90)
Mask: TypeAlias = npt.NDArray[np.bool_]
_ACROSS, _DOWN = 10, 6
_FAINT = 0.03  # contrast below which a place has no edges to speak of
_LIT = 8.0  # added before the logarithm: differences in the dark are noise
_ALIKE = 0.5  # correlation from which a place still shows what it did
_BINS = 64
_SIZES_PX = (1.0, 4.0, 10.0)  # fine detail is below the first, edges below the second, layout below the third
_FARTHEST = 0.4  # shifts beyond this share of the picture are no shifts but another view


@dataclass(frozen=True, slots=True)
class Looks:
    """How a moment compares with the usual view.

    `places`: how many have edges. `kept`: share of them that show what they did; `aligned`: the same after moving the
    picture back by `shift_px` (small view pixels, x and y). `strength`: contrast over the usual one, `fineness`: fine
    contrast over the usual one, other contrast being equal; `layout`: share of places whose coarse layout is as it was.
    """

    places: int
    kept: float
    aligned: float
    shift_px: tuple[float, float]
    strength: float
    fineness: float
    layout: float

    @property
    def shift(self) -> float:
        """Length of the shift in small view pixels."""
        return float(np.hypot(*self.shift_px))


@dataclass(frozen=True, slots=True, eq=False)
class Layers:
    """A view taken apart by size of detail, each (90,160) float32: coarse, edges, fine."""

    coarse: F32
    edges: F32
    fine: F32


def small(luma: U8) -> U8:
    """Return any brightness view (h,w) at the size that is compared."""
    if luma.shape[::-1] == VIEW_WH:
        return luma
    return np.asarray(cv2.resize(luma, VIEW_WH, interpolation=cv2.INTER_AREA), np.uint8)


def layers(view: U8 | F32) -> Layers:
    """Take a small view of brightness 0..255 apart."""
    light = np.log(view.astype(np.float32) + np.float32(_LIT))
    soft, vague, blank = (np.asarray(cv2.GaussianBlur(light, (0, 0), size), np.float32) for size in _SIZES_PX)
    return Layers(vague - blank, soft - vague, light - soft)


def entropy(view: U8) -> float:
    """Return the bits per pixel of what a view shows once its noise is smoothed: 0 for a flat one, at most 6."""
    smooth = cv2.GaussianBlur(view, (0, 0), 2.0)
    share = np.bincount(np.asarray(smooth, np.uint8).ravel() // (256 // _BINS), minlength=_BINS) / view.size
    share = share[share > 0]
    return float(-(share * np.log2(share)).sum())


def compare(usual: Layers, now: Layers) -> Looks:
    """Return how `now` differs from `usual`."""
    outlined = _sums(usual.edges * usual.edges) > _FAINT**2 * _pixels()
    kept, strength = _likeness(usual.edges, now.edges, outlined)
    layout, _ = _likeness(usual.coarse, now.coarse, outlined)
    shift = _shift(usual.edges, now.edges)
    back = Layers(*(_moved(values, shift) for values in (now.coarse, now.edges, now.fine)))
    aligned, _ = _likeness(usual.edges, back.edges, outlined)
    telling = outlined.copy()
    telling[outlined] = layout >= _ALIKE
    return Looks(
        places=int(outlined.sum()),
        kept=_share(kept),
        aligned=_share(aligned),
        shift_px=shift,
        strength=float(np.median(strength)) if len(strength) else 1.0,
        fineness=_fineness(usual, back if _share(aligned) > _share(kept) else now, telling),
        layout=_share(layout),
    )


def _fineness(usual: Layers, now: Layers, telling: Mask) -> float:
    """Return the median place's fine detail over the usual one, relative to its edges.

    Regression on what is usual instead of energy: noise and rain are no detail.
    """
    fine = _sums(usual.fine * now.fine) / np.maximum(_sums(usual.fine * usual.fine), 1e-9)
    edges = _sums(usual.edges * now.edges) / np.maximum(_sums(usual.edges * usual.edges), 1e-9)
    return float(np.median(fine[telling] / np.maximum(edges[telling], 0.1))) if telling.any() else 1.0


def _likeness(usual: F32, now: F32, outlined: Mask) -> tuple[F32, F32]:
    """Return correlation and relative strength of the outlined places, (N,) each."""
    both, was, is_ = _sums(usual * now)[outlined], _sums(usual * usual)[outlined], _sums(now * now)[outlined]
    return both / np.sqrt(np.maximum(was * is_, 1e-12)), np.sqrt(is_ / was)


def _share(likeness: F32) -> float:
    return float((likeness >= _ALIKE).mean()) if len(likeness) else 1.0


def _sums(values: F32) -> F32:
    """Return the sum over each place, (6,10)."""
    height, width = values.shape
    return np.asarray(values.reshape(_DOWN, height // _DOWN, _ACROSS, width // _ACROSS).sum(axis=(1, 3)), np.float32)


def _pixels() -> int:
    return VIEW_WH[0] * VIEW_WH[1] // (_ACROSS * _DOWN)


def _shift(usual: F32, now: F32) -> tuple[float, float]:
    """Return by how many pixels (x, y) the picture has moved; (0, 0) where that cannot be so."""
    # Windowed here: OpenCV windows its arguments themselves where their size suits its transform.
    (dx, dy), _ = cv2.phaseCorrelate(usual * _window(), now * _window())
    width, height = VIEW_WH
    if not (abs(dx) <= _FARTHEST * width and abs(dy) <= _FARTHEST * height):
        return (0.0, 0.0)
    return (float(dx), float(dy))


@lru_cache(maxsize=1)
def _window() -> F32:
    return np.asarray(cv2.createHanningWindow(VIEW_WH, cv2.CV_32F), np.float32)


def _moved(values: F32, shift: tuple[float, float]) -> F32:
    """Return the picture moved back by a shift, its rim repeated."""
    back = np.array([[1, 0, -shift[0]], [0, 1, -shift[1]]], np.float32)
    return np.asarray(cv2.warpAffine(values, back, VIEW_WH, borderMode=cv2.BORDER_REPLICATE), np.float32)
