"""Real plates cut out of their pictures with a narrow margin: close-ups as they are, and set into other pictures."""

from __future__ import annotations

import cv2
import numpy as np

from edge.types import F32, U8

MARGIN = (0.04, 0.08)
"""Part of the plate's width, and of its height, that a crop shows beyond it on each side."""
LEAST_WH = (3, 2)
"""A plate smaller than this, px, is not set into anything."""


def plate_in(crop_wh: tuple[int, int]) -> F32:
    """Return the plate's box (4,) float32 xyxy px in a crop of that size."""
    margin = np.array(crop_wh) * MARGIN / (1 + 2 * np.array(MARGIN))
    return np.concatenate([margin, crop_wh - margin]).astype(np.float32)


def set_crop(picture: U8, crop: U8, box: F32, light: tuple[float, float]) -> None:
    """Lay a crop (h,w) over a gray picture in place so that its plate fills `box`; its margin fades into the picture.

    `light`: factor and offset that bring the crop's brightness to the picture's.
    """
    plate_wh = box[2:] - box[:2]
    if (plate_wh < LEAST_WH).any():
        return
    margin = plate_wh * MARGIN
    low, high = np.floor(box[:2] - margin).astype(int), np.ceil(box[2:] + margin).astype(int)
    shown_low, shown_high = np.maximum(low, 0), np.minimum(high, (picture.shape[1], picture.shape[0]))
    if (shown_low >= shown_high).any():
        return
    wide, tall = (high - low).tolist()
    shrinks = wide < crop.shape[1]
    fitted = cv2.resize(crop, (wide, tall), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR)
    lit = np.clip(fitted.astype(np.float32) * light[0] + light[1], 0, 255)
    across, down = (_fading(side, edge) for side, edge in zip((wide, tall), margin.tolist(), strict=True))
    left, top = (shown_low - low).tolist()
    right, bottom = (shown_high - low).tolist()
    part = picture[shown_low[1] : shown_high[1], shown_low[0] : shown_high[0]]
    share = np.minimum(down[:, None], across)[top:bottom, left:right]
    part[:] = np.asarray(part + (lit[top:bottom, left:right] - part) * share, np.uint8)


def _fading(side: int, edge: float) -> F32:
    """How much of the crop shows at each of `side` pixels: none at the ends, all of it from `edge` px on."""
    ends = np.minimum(np.arange(side), np.arange(side)[::-1]) + 0.5
    return np.minimum(ends / max(edge, 0.5), 1.0).astype(np.float32)
