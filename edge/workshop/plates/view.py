"""How a camera sees a plate: pose, cut, size, blur, light, dirt, noise and compression, each a number.

A proof sets the numbers; training draws them. Pictures are (H,W) uint8 gray as the sensor would give them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np

from edge.types import F32, U8
from edge.workshop.plates import list_training
from edge.workshop.plates.draw import PlatePicture
from edge.workshop.plates.writing import lay_words

LEAST_PX = 8


@dataclass(frozen=True, slots=True)
class View:
    """One look at a plate.

    `width_px`: of the plate in the picture. `turn_deg`, `shear`, `keystone`: rotation, slant of the uprights, how far
    two opposite sides differ, as a share. `stretch`: height against the true one. `cut`: how much further (or, below 0,
    less far) than the plate the crop reaches at left, top, right, bottom, as shares of the plate's height. `motion_px`,
    `motion_deg`: length and direction of the blur; `defocus_px`: its spread. `contrast`, `brightness`, `gamma`: of the
    light, 1, 0 and 1 as drawn; without colours, a cast or near infra-red is no more than that. `noise`: its spread in
    gray levels; `jpeg`: quality, 0 none. `glare`, `shadow`, `dirt`: 0..1.
    """

    width_px: float = 140.0
    turn_deg: float = 0.0
    shear: float = 0.0
    keystone: tuple[float, float] = (0.0, 0.0)
    stretch: float = 1.0
    cut: tuple[float, float, float, float] = (0.12, 0.12, 0.12, 0.12)
    motion_px: float = 0.0
    motion_deg: float = 0.0
    defocus_px: float = 0.0
    contrast: float = 1.0
    brightness: float = 0.0
    gamma: float = 1.0
    noise: float = 0.0
    jpeg: int = 0
    glare: float = 0.0
    shadow: float = 0.0
    dirt: float = 0.0


def random_view(rng: np.random.Generator) -> View:
    """Draw a look as gate cameras have it, from easy to hopeless."""
    chance = rng.random(12)
    # Some looks are clean; blur, night and smallness seldom come all together.
    width = math.exp(rng.uniform(math.log(24), math.log(320)) if chance[0] < 0.6 else rng.normal(math.log(110), 0.45))
    width = float(np.clip(width, 24, 330))
    blurred = chance[1] < 0.28
    slanted = chance[2] < 0.35
    dark = chance[3] < 0.2
    strong = 1.0 if slanted else 0.3
    loose = rng.uniform(-0.06, 0.16, 4) if chance[4] < 0.55 else rng.uniform(-0.08, 0.55, 4)
    return View(
        width_px=width,
        turn_deg=float(rng.normal(0, 7 * strong)),
        shear=float(rng.normal(0, 0.18 * strong)),
        keystone=(float(rng.normal(0, 0.12 * strong)), float(rng.normal(0, 0.06 * strong))),
        stretch=float(math.exp(rng.normal(0.05, 0.16))),
        cut=(float(loose[0]), float(loose[1]), float(loose[2]), float(loose[3])),
        motion_px=float(rng.uniform(0, 0.045) * width) if blurred else 0.0,
        motion_deg=float(rng.uniform(0, 180)),
        defocus_px=float(rng.uniform(0.3, 0.01 * width + 0.5)) if chance[5] < 0.35 else 0.0,
        contrast=float(rng.uniform(0.12, 0.5)) if dark else float(rng.uniform(0.5, 1.1)),
        brightness=float(rng.uniform(0, 60)) if dark else float(rng.normal(0, 25)),
        gamma=float(math.exp(rng.normal(0, 0.3))),
        noise=float(rng.uniform(2, 12)) if dark else float(rng.uniform(0, 6)) * (chance[6] < 0.6),
        jpeg=int(rng.integers(12, 90)) if chance[7] < 0.75 else 0,
        glare=float(rng.uniform(0.2, 1)) if chance[8] < 0.1 else 0.0,
        shadow=float(rng.uniform(0.2, 0.8)) if chance[9] < 0.15 else 0.0,
        dirt=float(rng.uniform(0.1, 0.8)) if chance[10] < 0.2 else 0.0,
    )


def look(plate: PlatePicture, view: View, rng: np.random.Generator) -> tuple[U8, F32]:
    """Take the picture (H,W) uint8 and where the characters stand in it: (N,2) float32, 0..1 of width and height."""
    pixels = _weathered(plate.pixels, view, rng)
    scale = view.width_px / pixels.shape[1]
    if scale < 0.7:
        small_wh = max(LEAST_PX, round(pixels.shape[1] * scale)), max(LEAST_PX, round(pixels.shape[0] * scale))
        pixels = np.asarray(cv2.resize(pixels, small_wh, interpolation=cv2.INTER_AREA), np.uint8)
    matrix, size_wh = _pose(pixels.shape, view)
    canvas = _surroundings(size_wh, rng)
    cv2.warpPerspective(pixels, matrix, size_wh, dst=canvas, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_TRANSPARENT)
    picture = _exposed(_blurred(canvas, view), view, rng)
    if not len(plate.centres):
        return picture, plate.centres
    ratio = np.array(pixels.shape[::-1], np.float32) / np.array(plate.pixels.shape[::-1], np.float32)
    moved = cv2.perspectiveTransform(np.asarray((plate.centres * ratio)[None], np.float32), matrix)[0]
    return picture, np.asarray(moved / np.array(size_wh), np.float32)


def _pose(
    shape: tuple[int, ...], view: View
) -> tuple[np.ndarray[tuple[int, ...], np.dtype[np.float64]], tuple[int, int]]:
    """The homography from plate to crop, and the crop's size."""
    height, width = shape[:2]
    half = np.array([view.width_px / 2, view.width_px * height / width * view.stretch / 2])
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]], np.float64)
    corners[:, 1] *= 1 + view.keystone[0] * corners[:, 0]
    corners[:, 0] *= 1 + view.keystone[1] * corners[:, 1]
    corners *= half
    corners[:, 0] += view.shear * corners[:, 1]
    angle = math.radians(view.turn_deg)
    corners = corners @ np.array([[math.cos(angle), math.sin(angle)], [-math.sin(angle), math.cos(angle)]])
    low, high = corners.min(axis=0), corners.max(axis=0)
    cut = np.array(view.cut) * 2 * half[1]
    low, high = low - cut[:2], high + cut[2:]
    size = np.maximum(np.rint(high - low), LEAST_PX).astype(int)
    source = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    matrix = cv2.getPerspectiveTransform(source, ((corners - low) * size / (high - low)).astype(np.float32))
    return np.asarray(matrix, np.float64), (int(size[0]), int(size[1]))


def _surroundings(size_wh: tuple[int, int], rng: np.random.Generator) -> U8:
    """What is around a plate: paint, bumper edges, the words on a dealer's frame or the car's own name."""
    width, height = size_wh
    tone = rng.uniform(10, 230)
    small = rng.normal(tone, rng.uniform(3, 30), (4, 6)).astype(np.float32)
    canvas = np.clip(cv2.resize(small, size_wh, interpolation=cv2.INTER_LINEAR), 0, 255).astype(np.uint8)
    for _ in range(int(rng.integers(0, 4))):
        y = int(rng.integers(-2, height + 2))
        end = (width, y + int(rng.integers(-4, 5)))
        cv2.line(canvas, (0, y), end, int(rng.integers(0, 255)), int(rng.integers(1, max(2, height // 5) + 1)))
    if rng.random() < 0.2:
        high = max(4, round(height * rng.uniform(0.1, 0.3)))
        y = 0 if rng.random() < 0.5 else height - high
        inset = round(width * rng.uniform(0, 0.3))
        words = list_training.FRAME_WORDS[int(rng.integers(len(list_training.FRAME_WORDS)))]
        lay_words(canvas, words, (inset, y, width - inset, y + high), int(tone + 128) % 256, int(rng.integers(3)))
    return canvas


def _weathered(pixels: U8, view: View, rng: np.random.Generator) -> U8:
    """Dirt, shadow bands and glare on the plate itself."""
    if not (view.dirt or view.shadow or view.glare):
        return pixels
    height, width = pixels.shape
    lit = pixels.astype(np.float32)
    if view.dirt:
        cloud = cv2.resize(rng.random((4, 12), np.float32), (width, height), interpolation=cv2.INTER_CUBIC)
        veil = np.clip(cloud * view.dirt * 1.1 - 0.1, 0, 0.85)
        lit += (float(rng.uniform(60, 130)) - lit) * veil
    across, down = np.arange(width, dtype=np.float32) / width, np.arange(height, dtype=np.float32)[:, None] / width
    if view.shadow:
        slope, at, wide = rng.uniform(-2, 2), rng.uniform(0, 1), rng.uniform(0.1, 0.6)
        band = np.abs(across + slope * down - at) < wide / 2
        lit *= np.where(band, 1 - view.shadow, 1).astype(np.float32)
    if view.glare:
        x, y, wide = rng.uniform(0, 1), rng.uniform(0, height / width), rng.uniform(0.08, 0.35)
        spot = np.exp(-((across - x) ** 2 + (down - y) ** 2) / (2 * wide**2))
        lit += spot.astype(np.float32) * (220 * view.glare)
    return np.clip(lit, 0, 255).astype(np.uint8)


def _blurred(canvas: U8, view: View) -> U8:
    if view.defocus_px:
        canvas = np.asarray(cv2.GaussianBlur(canvas, (0, 0), view.defocus_px), np.uint8)
    if view.motion_px > 1:
        canvas = np.asarray(cv2.filter2D(canvas, -1, motion_kernel(view.motion_px, view.motion_deg)), np.uint8)
    return canvas


def motion_kernel(length_px: float, direction_deg: float) -> F32:
    """Return the point spread of a straight movement: (k,k) float32 that sums to 1."""
    side = 2 * math.ceil(length_px / 2) + 1
    kernel = np.zeros((side, side), np.uint8)
    middle = (side - 1) / 2
    step = np.array([math.cos(math.radians(direction_deg)), math.sin(math.radians(direction_deg))]) * length_px / 2
    begin, end = (np.rint((middle + sign * step) * 16).astype(int) for sign in (-1, 1))
    cv2.line(kernel, (int(begin[0]), int(begin[1])), (int(end[0]), int(end[1])), 255, 1, cv2.LINE_AA, 4)
    spread = kernel.astype(np.float32)
    return spread / max(float(spread.sum()), 1.0)


def _exposed(canvas: U8, view: View, rng: np.random.Generator) -> U8:
    """Light, noise and compression."""
    ramp = (np.arange(256) / 255) ** view.gamma * 255 * view.contrast + view.brightness
    picture = cv2.LUT(canvas, np.clip(ramp, 0, 255).astype(np.uint8))
    if view.noise:
        grain = rng.standard_normal(picture.shape, np.float32) * view.noise
        picture = np.clip(picture + grain, 0, 255).astype(np.uint8)
    if view.jpeg:
        _, coded = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, view.jpeg])
        return np.asarray(cv2.imdecode(coded, cv2.IMREAD_GRAYSCALE), np.uint8)
    return np.asarray(picture, np.uint8)
