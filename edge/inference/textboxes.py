"""From a text detector's probability map to text lines (Liao et al., Differentiable Binarization, 2020)."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np

from edge.types import F32, U8
from edge.vision import quads

PROBABILITY = 0.3
"""Pixels above this are text."""
SCORE = 0.5
"""A text line's mean probability must reach this."""
UNCLIP = 1.45
"""The network marks a shrunken core of each line; it grows back by area * UNCLIP / perimeter."""
SMALLEST_PX = 3
MOST_LINES = 50
STEP_PX = 32
"""The network halves its input five times."""


@dataclass(frozen=True, slots=True, eq=False)
class TextArea:
    """One line of text: `quad` (4,2) float32 corners in pixels of the picture, `score` 0..1."""

    quad: F32
    score: float


def network_size(width_px: int, height_px: int, pixels: int) -> tuple[int, int]:
    """Return the input size for a picture: about `pixels` in all, at most twice its own size, in whole steps."""
    scale = min(2.0, math.sqrt(pixels / (width_px * height_px)))
    wide, high = (max(STEP_PX, round(side * scale / STEP_PX) * STEP_PX) for side in (width_px, height_px))
    return wide, high


def text_areas(probability: F32, picture_wh: tuple[int, int]) -> tuple[TextArea, ...]:
    """Find text lines.

    Args:
        probability: (H,W) float32 0..1, the network's answer.
        picture_wh: size of the picture that was scaled into the network's input.

    Returns:
        The lines, largest first, in pixels of the picture.
    """
    marked = (probability > PROBABILITY).astype(np.uint8)
    # Closing one-pixel gaps keeps a line of thin characters in one piece.
    contours, _ = cv2.findContours(
        cv2.dilate(marked, np.ones((2, 2), np.uint8)), cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE
    )
    high, wide = probability.shape
    to_picture = np.array([picture_wh[0] / wide, picture_wh[1] / high], np.float32)
    found = []
    for contour in sorted(contours, key=cv2.contourArea, reverse=True)[:MOST_LINES]:
        centre, (across, down), angle = cv2.minAreaRect(contour)
        if min(across, down) < SMALLEST_PX:
            continue
        core = cv2.boxPoints((centre, (across, down), angle))
        score = _mean_inside(probability, core)
        if score >= SCORE:
            # A rectangle grows by d on every side: exactly what offsetting its outline and boxing it again gives.
            grow = 2 * across * down * UNCLIP / (2 * (across + down))
            corners = cv2.boxPoints((centre, (across + grow, down + grow), angle))
            found.append(TextArea(quads.upright((np.asarray(corners, np.float32) + 0.5) * to_picture), score))
    return tuple(found)


def slant_deg(quad: F32) -> float:
    """Return how far the top side of a quad is from level, in degrees 0..90."""
    across, down = quad[1] - quad[0]
    return abs(math.degrees(math.atan2(float(down), float(across))))


def _mean_inside(probability: F32, core: F32 | cv2.typing.MatLike) -> float:
    corners = np.asarray(core, np.float32)
    left, top = np.maximum(np.floor(corners.min(axis=0)), 0).astype(int)
    right, bottom = np.ceil(corners.max(axis=0)).astype(int) + 1
    part = probability[top:bottom, left:right]
    mask: U8 = np.zeros(part.shape, np.uint8)
    cv2.fillPoly(mask, [np.round(corners - (left, top)).astype(np.int32)], (1,))
    return float(cv2.mean(part, mask)[0])
