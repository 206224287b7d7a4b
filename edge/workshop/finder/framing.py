"""From a picture with marked plates to what the network gets: framed as the finder does, seen by a worse camera."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from edge.inference.finder import HALF, LARGEST_SCALE
from edge.types import F32, U8, Box
from edge.vision import quads as four
from edge.workshop.finder.targets import CORNERS, Canvas
from edge.workshop.plates.view import motion_kernel

PAD = 114
SWAPPED = [1, 0, 3, 2]
"""Where the corners of a mirrored plate come from."""
SQUEEZED = 0.2
"""Share of the pictures that are made narrower or wider than they are: plates look as if seen from the side."""
SQUEEZE = (0.4, 1.3)
LEANING = 0.25
"""Share of the pictures in which level lines fall or rise from left to right, as on a vehicle seen from beside."""
LEAN = 0.5
"""By so much at most, down over across."""
LEVEL = 2.6
"""A box so much wider than high holds a plate that is level: how others lie in theirs is not known."""
PLATE_PX = (9.0, 330.0)
"""Widths of the plates in close framings, in the network's input."""
CLOSE_UP = 0.2
"""Share of the pictures with a plate that show hardly more than the plate."""
CUT = 0.08
"""Share of the close framings that cut the plate off, by up to CUT_PART of it."""
CUT_PART = 0.4
FILLED = (0.45, 0.99)
"""Share of a close-up's width, or height, that the plate takes up."""


@dataclass(frozen=True, slots=True)
class Frame:
    """A part of a picture, `centre` and `size_wh` in its pixels; `shows_beyond`: what lies around it is seen too.

    `share`: how much of the input it fills, each way.
    """

    centre: tuple[float, float]
    size_wh: tuple[float, float]
    shows_beyond: bool
    share: float = 1.0


def random_frame(
    picture_wh: tuple[int, int], outline: F32 | None, size_wh: tuple[int, int], rng: np.random.Generator
) -> Frame:
    """Choose what is seen: all of it, a tile anywhere, or the surroundings of a plate (`outline` xyxy).

    `size_wh` is the canvas.
    """
    wide, high = picture_wh
    if outline is not None and rng.random() < CLOSE_UP:
        return _close_up(picture_wh, outline, size_wh, rng)
    chance = rng.random()
    if chance < 0.2 or (outline is None and chance < 0.5):
        part = float(rng.choice((1.0, rng.uniform(0.4, 1.0)), p=(0.6, 0.4)))
        return _anywhere((wide, high), (wide * part, high * part), rng)
    if outline is None or chance < 0.4:
        zoom = math.exp(rng.uniform(math.log(0.5), math.log(2.1)))
        return _anywhere((wide, high), (min(size_wh[0] / zoom, wide), min(size_wh[1] / zoom, high)), rng)
    return _around(picture_wh, outline, size_wh, rng)


def _around(picture_wh: tuple[int, int], outline: F32, size_wh: tuple[int, int], rng: np.random.Generator) -> Frame:
    """Choose the surroundings of a plate, in which it gets a width drawn evenly over the orders of magnitude."""
    plate_wide = float(outline[2] - outline[0])
    wanted = math.exp(rng.uniform(math.log(PLATE_PX[0]), math.log(PLATE_PX[1])))
    scale = min(wanted / plate_wide, 4.0)
    crop_wide = max(size_wh[0] / scale, 1.15 * plate_wide)
    crop_high = crop_wide * size_wh[1] / size_wh[0]
    if rng.random() < 0.5:  # a vehicle's crop has a shape of its own, and bars beside it
        crop_high *= math.exp(rng.uniform(-0.5, 0.5))
    # No further than the picture goes: bars teach nothing.
    picture = np.array(picture_wh)
    size = np.minimum((crop_wide, crop_high), 1.1 * picture)
    plate = outline[2:] - outline[:2]
    away = (size - plate) * rng.uniform(-0.52, 0.52, 2)
    is_cut = rng.random() < CUT
    if is_cut:
        axis, side = int(rng.random() < 1 / 3), rng.choice((-1, 1))
        away[axis] = side * ((size[axis] - plate[axis]) / 2 + plate[axis] * rng.uniform(0, CUT_PART))
    middle = (outline[:2] + outline[2:]) / 2 + away
    half = np.minimum(size, picture) / 2
    x, y = np.clip(middle, half, picture - half).tolist()
    return Frame((x, y), (float(size[0]), float(size[1])), shows_beyond=not is_cut and bool(rng.random() < 0.5))


def _close_up(picture_wh: tuple[int, int], outline: F32, size_wh: tuple[int, int], rng: np.random.Generator) -> Frame:
    """Choose a small picture that a plate fills, fitted into the input as the finder's two looks at a whole one do."""
    plate = outline[2:] - outline[:2]
    size = plate / np.array([rng.uniform(*FILLED), rng.uniform(*FILLED) ** 2])
    if rng.random() < 0.5:  # photographs have few shapes, crops any
        size = size[0] * np.array([1, rng.choice((0.5, 0.667, 0.75, 1.0))])
        size *= max(1.0, float(plate[1] / size[1]))
    size = np.minimum(size, picture_wh)
    middle = (outline[:2] + outline[2:]) / 2 + (size - plate) * rng.uniform(-0.5, 0.5, 2)
    x, y = np.clip(middle, size / 2, np.array(picture_wh) - size / 2).tolist()
    wide, high = size.tolist()
    share = 1.0 if rng.random() < 0.5 else HALF
    enlarged = share * min(size_wh[0] / wide, size_wh[1] / high)
    share *= min(1.0, LARGEST_SCALE * math.exp(rng.uniform(-0.2, 0.2)) / enlarged)
    return Frame((x, y), (wide, high), shows_beyond=False, share=share)


def _anywhere(picture_wh: tuple[int, int], size_wh: tuple[float, float], rng: np.random.Generator) -> Frame:
    room = np.array(picture_wh) - np.array(size_wh)
    x, y = (np.array(picture_wh) / 2 + room * rng.uniform(-0.5, 0.5, 2)).tolist()
    share = HALF if rng.random() < 0.15 else 1.0
    return Frame((x, y), size_wh, shows_beyond=bool(rng.random() < 0.5), share=share)


def framed(canvas: Canvas, frame: Frame, size_wh: tuple[int, int], rng: np.random.Generator) -> Canvas:
    """Show a part of a picture in the network's input: fitted, centred, perhaps mirrored, squeezed, leaning, turned."""
    picture = canvas.picture
    across = rng.uniform(*SQUEEZE) if rng.random() < SQUEEZED else 1.0
    scale = min(size_wh[0] / frame.size_wh[0], size_wh[1] / frame.size_wh[1]) * frame.share * rng.uniform(0.92, 1.0)
    # A turned upright box is no upright box any more.
    angle = math.radians(rng.normal(0, 3)) if (canvas.known == CORNERS).all() and rng.random() < 0.5 else 0.0
    mirror = -1.0 if rng.random() < 0.4 else 1.0
    linear = scale * np.array(
        [[mirror * math.cos(angle), -math.sin(angle)], [mirror * math.sin(angle), math.cos(angle)]]
    )
    linear[:, 0] *= across
    if rng.random() < LEANING and _is_level(canvas):
        linear[1] += rng.uniform(-LEAN, LEAN) * linear[0]
    shift = np.array(size_wh) / 2 - linear @ np.array(frame.centre)
    if scale < 0.7:  # warping has no area mode: shrink first
        small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        step = np.array([picture.shape[1] / small.shape[1], picture.shape[0] / small.shape[0]])
    else:
        small, step = picture, np.ones(2)
    # Pixel borders here, pixel centres in OpenCV.
    matrix = np.column_stack([linear * step, shift + linear @ step * 0.5 - 0.5])
    shown = cv2.warpAffine(small, matrix, size_wh, flags=cv2.INTER_LINEAR, borderValue=(PAD,))
    quads = np.asarray(canvas.quads @ linear.T + shift, np.float32)
    if mirror < 0:
        quads = np.ascontiguousarray(quads[:, SWAPPED])
    corners = np.array([[0, 0, picture.shape[1], picture.shape[0]]], np.float32)
    seen = _within(_moved(corners, linear, shift)[0], (0, 0, *size_wh))
    if not frame.shows_beyond:
        half = np.array(frame.size_wh) * (across, 1.0) * scale / 2
        middle = np.array(size_wh) / 2
        seen = _within(seen, (*np.rint(middle - half).tolist(), *np.rint(middle + half).tolist()))
        shown = _barred(np.asarray(shown, np.uint8), seen)
    return Canvas(np.asarray(shown, np.uint8), quads, canvas.known, _moved(canvas.unasked, linear, shift), seen)


def _is_level(canvas: Canvas) -> bool:
    """Say whether all corners are known, if only because a plate fills its box."""
    sides = [four.size(quad) for quad in canvas.quads[canvas.known != CORNERS]]
    return all(wide >= LEVEL * high for wide, high in sides)


def _moved(boxes: F32, linear: npt.NDArray[np.float64], shift: npt.NDArray[np.float64]) -> F32:
    corners = boxes[:, [0, 1, 2, 1, 2, 3, 0, 3]].reshape(-1, 4, 2) @ linear.T + shift
    return np.concatenate([corners.min(axis=1), corners.max(axis=1)], axis=1).astype(np.float32)


def _within(box: F32 | Box, limits: tuple[float, ...]) -> Box:
    x1, y1, x2, y2 = (float(side) for side in box)
    return (max(x1, limits[0]), max(y1, limits[1]), min(x2, limits[2]), min(y2, limits[3]))


def _barred(shown: U8, seen: Box) -> U8:
    """Cover what lies beyond."""
    left, top, right, bottom = (max(0, int(side)) for side in seen)
    barred = np.full_like(shown, PAD)
    barred[top:bottom, left:right] = shown[top:bottom, left:right]
    return barred


def spoiled(picture: U8, plates: F32, rng: np.random.Generator) -> U8:
    """Return what a worse camera makes of a gray picture: light, night with lamps, blur, grain, few pixels, JPEG.

    `plates` (K,4,2): where lamps stand beside by night.
    """
    chance = rng.random(7)
    gamma, gain, offset = math.exp(rng.normal(0, 0.3)), rng.uniform(0.6, 1.3), rng.normal(0, 14)
    dark = chance[0] < 0.2
    if dark:
        gamma, gain, offset = rng.uniform(1.2, 2.4), rng.uniform(0.3, 1.0), rng.uniform(-5, 25)
    ramp = (np.arange(256) / 255) ** gamma * 255 * gain + offset
    picture = np.asarray(cv2.LUT(picture, np.clip(ramp, 0, 255).astype(np.uint8)), np.uint8)
    if len(plates) and chance[1] < (0.5 if dark else 0.08):
        picture = lamps(picture, plates[int(rng.integers(len(plates)))], rng)
    if chance[2] < 0.25:
        picture = np.asarray(cv2.GaussianBlur(picture, (0, 0), rng.uniform(0.4, 1.6)), np.uint8)
    if chance[3] < 0.15:
        kernel = motion_kernel(float(rng.uniform(2, 8)), float(rng.uniform(0, 180)))
        picture = np.asarray(cv2.filter2D(picture, -1, kernel), np.uint8)
    if chance[4] < 0.12:
        small = cv2.resize(picture, None, fx=(factor := rng.uniform(0.4, 0.8)), fy=factor, interpolation=cv2.INTER_AREA)
        picture = np.asarray(cv2.resize(small, (picture.shape[1], picture.shape[0])), np.uint8)
    if chance[5] < (0.8 if dark else 0.25):
        grain = rng.standard_normal(picture.shape, np.float32) * rng.uniform(1, 14)
        picture = np.clip(picture + grain, 0, 255).astype(np.uint8)
    if chance[6] < 0.35:
        _, coded = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(15, 80))])
        picture = np.asarray(cv2.imdecode(coded, cv2.IMREAD_GRAYSCALE), np.uint8)
    return picture


def lamps(picture: U8, quad: F32, rng: np.random.Generator) -> U8:
    """Light two lamps beside a plate, with the veil they lay over what is near."""
    middle, across = quad.mean(axis=0), (quad[1] + quad[2] - quad[0] - quad[3]) / 2
    away, lift = rng.uniform(0.9, 2.2), rng.uniform(-0.9, 0.1)
    high, wide = picture.shape
    x, y = np.arange(wide, dtype=np.float32), np.arange(high, dtype=np.float32)[:, None]
    lit = picture.astype(np.float32)
    size = float(np.linalg.norm(across))
    for side in (-1, 1):
        at = middle + side * away * across + np.array([0, lift * size])
        apart = (x - at[0]) ** 2 + (y - at[1]) ** 2
        core, veil = size * rng.uniform(0.1, 0.3), size * rng.uniform(0.5, 1.6)
        lit += 400 * np.exp(-apart / (2 * core**2)) + rng.uniform(20, 110) * np.exp(-apart / (2 * veil**2))
    return np.clip(lit, 0, 255).astype(np.uint8)
