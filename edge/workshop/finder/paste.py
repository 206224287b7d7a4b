"""Set drawn plates into real pictures, take real ones out of them: gray (H,W) uint8, corners in its pixels."""

from __future__ import annotations

import math

import cv2
import numpy as np

from edge.types import F32, U8, Box
from edge.vision.quads import bounds

STRAIGHT = 0.8
"""Share of the plates turned as gate cameras mostly see them, nearly straight; the others anyhow."""
FRAMED = 0.4
FRAME = ((0.0, 0.04), (0.0, 0.1), (0.0, 0.2))
"""How far a frame reaches: beside the plate over its width, above and below it over its height."""
_FLAT = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]], np.float32)


def seen_corners(aspect: float, rng: np.random.Generator) -> F32:
    """Return the corners (4,2) of a plate 1 wide and 1/aspect high as a camera sees it, its middle at 0, 0.

    Turned to the side by up to 70 degrees, leaning, rolled a little and now and then much, seen from near or far.
    """
    straight = rng.random() < STRAIGHT
    yaw = math.radians(float(np.clip(rng.normal(0, 24), -60, 60) if straight else rng.uniform(-70, 70)))
    pitch = math.radians(float(np.clip(rng.normal(6, 10), -30, 40)))
    roll = math.radians(float(np.clip(rng.normal(0, 14 if rng.random() < 0.15 else 3.5), -35, 35)))
    flat = _FLAT / 2 * np.array([1, math.exp(rng.normal(0, 0.1)) / aspect])
    x, away = flat[:, 0] * math.cos(yaw), flat[:, 0] * math.sin(yaw)
    y, away = (
        flat[:, 1] * math.cos(pitch) - away * math.sin(pitch),
        flat[:, 1] * math.sin(pitch) + away * math.cos(pitch),
    )
    near = float(rng.uniform(2.5, 12))
    shown = np.stack([x, y], axis=1) * (near / (near + away))[:, None]
    turn = np.array([[math.cos(roll), math.sin(roll)], [-math.sin(roll), math.cos(roll)]])
    corners = shown @ turn
    return np.asarray(corners - corners.mean(axis=0), np.float32)


def set_plate(picture: U8, plate: U8, quad: F32, light: tuple[float, float], rng: np.random.Generator) -> None:
    """Draw a flat plate (h,w) into the picture in place, its corners at `quad`.

    `light`: factor and offset that bring the plate's brightness to the picture's.
    """
    lit = np.clip(plate.astype(np.float32) * light[0] + light[1] + _shade(plate.shape, rng), 0, 255).astype(np.uint8)
    shrink = float(np.linalg.norm(quad[1] - quad[0])) / plate.shape[1]
    if shrink < 0.7:
        small_wh = max(4, round(plate.shape[1] * shrink)), max(3, round(plate.shape[0] * shrink))
        lit = np.asarray(cv2.resize(lit, small_wh, interpolation=cv2.INTER_AREA), np.uint8)
    if rng.random() < FRAMED:
        _set_frame(picture, quad, rng)
    x1, y1, x2, y2 = bounds(quad)
    left, top = max(0, int(x1) - 2), max(0, int(y1) - 2)
    part = picture[top : max(0, int(y2) + 3), left : max(0, int(x2) + 3)]
    if not part.size:
        return
    high, wide = lit.shape
    flat = np.array([[0, 0], [wide, 0], [wide, high], [0, high]], np.float32) - 0.5
    way = cv2.getPerspectiveTransform(flat, np.asarray(quad - (left, top) - 0.5, np.float32))
    size_wh = (part.shape[1], part.shape[0])
    drawn = cv2.warpPerspective(lit, way, size_wh, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    cover = cv2.warpPerspective(np.full(lit.shape, 255, np.uint8), way, size_wh, flags=cv2.INTER_LINEAR)
    share = cover.astype(np.float32) / 255
    part[:] = np.asarray(part + (drawn.astype(np.float32) - part) * share, np.uint8)


def matching_light(plate: U8, around: U8, rng: np.random.Generator) -> tuple[float, float]:
    """Return factor and offset that give a plate about the contrast and brightness of what it replaces.

    Some plates throw a lamp's light back and outshine everything, some lie in the shade.
    """
    mean, spread = float(plate.mean()), max(float(plate.std()), 8.0)
    wanted_mean = float(around.mean()) * math.exp(rng.normal(0.08, 0.2))
    wanted_spread = max(float(around.std()), 10.0) * math.exp(rng.normal(0.1, 0.3))
    if rng.random() < 0.12:
        wanted_mean, wanted_spread = float(rng.uniform(170, 240)), float(rng.uniform(15, 60))
    factor = float(np.clip(wanted_spread / spread, 0.12, 1.3))
    return factor, wanted_mean - mean * factor


def take_out(picture: U8, box: Box, rng: np.random.Generator) -> None:
    """Cover what is in the box, in place, with what is above and below it."""
    x1, y1, x2, y2 = box
    aside, over = 0.06 * (x2 - x1) + 1, 0.12 * (y2 - y1) + 1
    left, right = max(0, int(x1 - aside)), min(picture.shape[1], math.ceil(x2 + aside))
    top, bottom = max(0, int(y1 - over)), min(picture.shape[0], math.ceil(y2 + over))
    part = picture[top:bottom, left:right]
    if part.shape[0] < 3 or part.shape[1] < 3:
        return
    above = picture[max(0, top - 3) : max(top, 1), left:right].mean(axis=0)
    below = picture[min(bottom, picture.shape[0] - 1) : bottom + 3, left:right].mean(axis=0)
    down = np.linspace(0, 1, part.shape[0], dtype=np.float32)[:, None]
    filled = above * (1 - down) + below * down + rng.standard_normal(part.shape, np.float32) * rng.uniform(1, 5)
    part[:] = np.clip(filled, 0, 255).astype(np.uint8)


def _shade(shape: tuple[int, ...], rng: np.random.Generator) -> F32:
    """Dirt and uneven light, coarse, in gray levels."""
    small = rng.normal(0, float(rng.choice((2, 6, 18), p=(0.5, 0.35, 0.15))), (3, 6)).astype(np.float32)
    return np.asarray(cv2.resize(small, (shape[1], shape[0]), interpolation=cv2.INTER_LINEAR), np.float32)


def _set_frame(picture: U8, quad: F32, rng: np.random.Generator) -> None:
    """Draw a frame that ends somewhere around the plate, or the dark gap there; some have a brighter or darker rim."""
    across, down = ((quad[1] + quad[2] - quad[0] - quad[3]) / 2, (quad[2] + quad[3] - quad[0] - quad[1]) / 2)
    aside, above, below = (float(rng.uniform(*reach)) for reach in FRAME)
    ways = np.stack(
        [
            -aside * across - above * down,
            aside * across - above * down,
            aside * across + below * down,
            -aside * across + below * down,
        ]
    )
    tone = int(rng.integers(5, 230))
    _fill(picture, np.asarray(quad + ways, np.float32), tone)
    if rng.random() < 0.5:
        inner = np.asarray(quad + ways * rng.uniform(0.3, 0.85), np.float32)
        _fill(picture, inner, int(np.clip(tone + rng.normal(0, 50), 0, 255)))


def _fill(picture: U8, quad: F32, tone: int) -> None:
    cv2.fillPoly(picture, [np.round(quad * 16).astype(np.int32)], (tone,), cv2.LINE_AA, 4)
