"""Four-cornered areas of a picture: (4,2) float32 corners, clockwise from the top left."""

from __future__ import annotations

import math

import cv2
import numpy as np

from edge.types import F32, U8, Box


def upright(corners: F32) -> F32:
    """Return the corners of something nearly level in order: top left, top right, bottom right, bottom left."""
    by_x = corners[np.argsort(corners[:, 0], kind="stable")]
    left = by_x[:2][np.argsort(by_x[:2, 1], kind="stable")]
    right = by_x[2:][np.argsort(by_x[2:, 1], kind="stable")]
    return np.array([left[0], right[0], right[1], left[1]], np.float32)


def size(quad: F32) -> tuple[float, float]:
    """Return mean width and height in pixels, measured along the sides."""
    top, right, bottom, left = (math.dist(quad[place], quad[(place + 1) % 4]) for place in range(4))
    return (top + bottom) / 2, (left + right) / 2


def bounds(quad: F32) -> Box:
    """Return the upright box around a quad."""
    (x1, y1), (x2, y2) = quad.min(axis=0), quad.max(axis=0)
    return (float(x1), float(y1), float(x2), float(y2))


def outlines(quads: F32) -> F32:
    """Return the upright boxes (N,4) float32 xyxy around quads (N,4,2)."""
    return np.concatenate([quads.min(axis=1), quads.max(axis=1)], axis=1)


def rectify(picture: U8, quad: F32, width: int, height: int) -> U8:
    """Return the quad's content as (height,width[,3]) uint8, seen from straight ahead."""
    square = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    # Corners are pixel borders here; OpenCV counts from pixel centres.
    way = cv2.getPerspectiveTransform(quad - 0.5, square - 0.5)
    shown = cv2.warpPerspective(picture, way, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(shown, np.uint8)
