"""What a gate camera does to a picture, done to training pictures: night, blur, rain, compression, colour, pose.

Pictures are (H,W,3) uint8 RGB; boxes (N,5) float32 rows `class x1 y1 x2 y2` in pixels of that picture.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from edge.types import F32, U8

PAD = 114
KEEP_VISIBLE = 0.25  # a box cut to less than this part of its area is dropped
STILL_LARGE = 0.08  # unless so much of the picture shows it: no vehicle that fills a picture's part is background
KEEP_SIDE_PX = 3.0


def mirrored(picture: U8, boxes: F32) -> tuple[U8, F32]:
    """Return the picture and its boxes as a mirror shows them."""
    turned = boxes.copy()
    turned[:, [1, 3]] = picture.shape[1] - boxes[:, [3, 1]]
    return np.asarray(cv2.flip(picture, 1), np.uint8), turned


def warp(
    picture: U8,
    boxes: F32,
    canvas: U8,
    rng: np.random.Generator,
    scale: float,
    at: tuple[float, float],
    about: tuple[float, float] | None = None,
) -> F32:
    """Draw the picture into the canvas, scaled and slightly turned, its middle, or `about`, at `at`.

    The canvas is changed in place. Returns the boxes in it: the outlines of the turned boxes, cut at the canvas edge.
    """
    height, width = picture.shape[:2]
    fixed = np.array(about or (width / 2, height / 2))
    angle = math.radians(rng.uniform(-3, 3))
    shear = rng.uniform(-0.03, 0.03)
    cos, sin = scale * math.cos(angle), scale * math.sin(angle)
    linear = np.array([[cos, shear * scale - sin], [sin, cos]], np.float64)
    shift = np.array(at) - linear @ fixed
    matrix = np.column_stack([linear, shift])
    size_wh = (canvas.shape[1], canvas.shape[0])
    shrink = cv2.INTER_AREA if scale < 0.6 else cv2.INTER_LINEAR  # noqa: PLR2004 - below, plain sampling aliases
    if shrink == cv2.INTER_AREA:  # warpAffine has no area mode: shrink first
        small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        matrix_small = matrix.copy()
        matrix_small[:, 0] *= width / small.shape[1]
        matrix_small[:, 1] *= height / small.shape[0]
        cv2.warpAffine(small, matrix_small, size_wh, dst=canvas, borderMode=cv2.BORDER_TRANSPARENT)
    else:
        cv2.warpAffine(picture, matrix, size_wh, dst=canvas, borderMode=cv2.BORDER_TRANSPARENT)
    return _move_boxes(boxes, matrix, size_wh)


def _move_boxes(boxes: F32, matrix: np.ndarray[tuple[int, ...], np.dtype[np.float64]], size_wh: tuple[int, int]) -> F32:
    if not len(boxes):
        return boxes
    corners = boxes[:, [1, 2, 3, 2, 1, 4, 3, 4]].reshape(-1, 4, 2) @ matrix[:, :2].T + matrix[:, 2]
    # The outline of a turned box is too large; halfway back to the unturned size fits the object better.
    centre = corners.mean(axis=1)
    half = (corners.max(axis=1) - corners.min(axis=1)) / 2
    sides = np.abs(boxes[:, 3:5] - boxes[:, 1:3]) * math.sqrt(abs(np.linalg.det(matrix[:, :2]))) / 2
    half = (half + sides) / 2
    whole = np.concatenate([centre - half, centre + half], axis=1)
    cut = np.clip(whole, 0, (*size_wh, *size_wh))
    area = np.prod(cut[:, 2:] - cut[:, :2], axis=1)
    keep = area >= KEEP_VISIBLE * np.prod(whole[:, 2:] - whole[:, :2], axis=1)
    keep |= area >= STILL_LARGE * size_wh[0] * size_wh[1]
    keep &= (cut[:, 2:] - cut[:, :2]).min(axis=1) >= KEEP_SIDE_PX
    return np.concatenate([boxes[:, :1], cut], axis=1)[keep].astype(np.float32)


def weather(picture: U8, rng: np.random.Generator) -> U8:
    """Apply a random few of: colour, night, near-infra-red, rain, blur, sensor noise, low resolution, compression."""
    picture = colour(picture, rng)
    for chance, effect in ((0.15, night), (0.05, infrared), (0.08, rain), (0.2, blur), (0.15, noise), (0.1, lowres)):
        if rng.random() < chance:
            picture = effect(picture, rng)
    return compress(picture, rng) if rng.random() < 0.3 else picture  # noqa: PLR2004 - as the chances above


def colour(picture: U8, rng: np.random.Generator) -> U8:
    """Shift hue a little, saturation and brightness more."""
    hue, saturation, value = rng.uniform(-1, 1, 3) * (0.02, 0.6, 0.4) + (0, 1, 1)
    ramp = np.arange(256, dtype=np.float64)
    hsv = cv2.cvtColor(picture, cv2.COLOR_RGB2HSV)
    channels = (
        cv2.LUT(hsv[..., 0], ((ramp + hue * 180) % 180).astype(np.uint8)),
        cv2.LUT(hsv[..., 1], np.clip(ramp * saturation, 0, 255).astype(np.uint8)),
        cv2.LUT(hsv[..., 2], np.clip(ramp * value, 0, 255).astype(np.uint8)),
    )
    return _u8(cv2.cvtColor(cv2.merge(channels), cv2.COLOR_HSV2RGB))


def night(picture: U8, rng: np.random.Generator) -> U8:
    """Darken with a gamma, keep the lamps, add the noise of a high gain."""
    gamma, gain = rng.uniform(1.3, 2.6), rng.uniform(0.35, 0.9)
    table = np.clip(((np.arange(256) / 255) ** gamma) * gain * 255, 0, 255).astype(np.uint8)
    return noise(_u8(cv2.LUT(picture, table)), rng)


def infrared(picture: U8, rng: np.random.Generator) -> U8:
    """Show it as a night camera without colours does."""
    gray = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    return _u8(cv2.cvtColor(cv2.convertScaleAbs(gray, alpha=rng.uniform(0.7, 1.3)), cv2.COLOR_GRAY2RGB))


def rain(picture: U8, rng: np.random.Generator) -> U8:
    """Draw bright slanted streaks and lower the contrast."""
    height, width = picture.shape[:2]
    streaks = np.zeros((height, width), np.uint8)
    slant = rng.uniform(-0.35, 0.35)
    for x, y, length in zip(
        rng.integers(0, width, 120),
        rng.integers(0, height, 120),
        rng.integers(4, max(5, height // 12), 120),
        strict=True,
    ):
        cv2.line(streaks, (int(x), int(y)), (int(x + slant * length), int(y + length)), int(rng.integers(90, 200)), 1)
    haze = cv2.addWeighted(picture, rng.uniform(0.7, 0.95), np.full_like(picture, 128), rng.uniform(0.03, 0.2), 0)
    return _u8(cv2.add(haze, cv2.cvtColor(cv2.GaussianBlur(streaks, (3, 3), 0), cv2.COLOR_GRAY2RGB) // 2))


def blur(picture: U8, rng: np.random.Generator) -> U8:
    """Defocus, or move along a line of 3 to 9 px."""
    if rng.random() < 0.5:  # noqa: PLR2004 - a fair coin
        return _u8(cv2.GaussianBlur(picture, (0, 0), rng.uniform(0.5, 1.6)))
    length = int(rng.integers(3, 10))
    kernel = np.zeros((length, length))
    turn = cv2.getRotationMatrix2D(((length - 1) / 2, (length - 1) / 2), rng.uniform(0, 180), 1)
    kernel[length // 2] = 1
    turned = np.asarray(cv2.warpAffine(kernel, turn, (length, length)), np.float32)
    return _u8(cv2.filter2D(picture, -1, turned / max(float(turned.sum()), 1e-6)))


def noise(picture: U8, rng: np.random.Generator) -> U8:
    """Add sensor noise, partly shared by the colours."""
    sigma = rng.uniform(2, 14)
    height, width = picture.shape[:2]
    shared = rng.standard_normal((height, width, 1), dtype=np.float32)
    own = rng.standard_normal((height, width, 3), dtype=np.float32)
    return np.clip(picture + sigma * (0.8 * shared + 0.6 * own), 0, 255).astype(np.uint8)


def lowres(picture: U8, rng: np.random.Generator) -> U8:
    """Lose detail as a far or cheap camera does."""
    height, width = picture.shape[:2]
    factor = rng.uniform(0.4, 0.8)
    small = cv2.resize(
        picture, (max(8, int(width * factor)), max(8, int(height * factor))), interpolation=cv2.INTER_AREA
    )
    return _u8(cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR))


def compress(picture: U8, rng: np.random.Generator) -> U8:
    """Send it through JPEG at quality 15 to 70."""
    _, coded = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(15, 71))])
    return _u8(cv2.imdecode(coded, cv2.IMREAD_COLOR))


def _u8(picture: object) -> U8:
    return np.asarray(picture, np.uint8)
