"""From a clean picture to a camera's: rain, glow, blur, grain, vignette, gray mode, compression."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
import numpy.typing as npt

from edge.scene.noise import grain

U8 = npt.NDArray[np.uint8]
F32 = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Sensor:
    """How the camera spoils the picture.

    `grain`: noise in gray levels; `jpeg`: quality, 0 for none; `soft_px`: blur of the lens; `gain` and `gamma`: white
    balance and tone curve; `rain` 0..1.
    """

    grain: int = 3
    jpeg: int = 0
    soft_px: float = 0.0
    vignette: float = 0.1
    gain: tuple[float, float, float] = (1.0, 1.0, 1.0)
    gamma: float = 1.0
    rain: float = 0.0
    shutter_s: float = 1 / 200
    gray: bool = False


def spoil(picture: U8, sensor: Sensor, rng: np.random.Generator) -> U8:
    """The picture as the sensor delivers it; the generator places rain and grain."""
    if sensor.rain > 0:
        picture = _rain(picture, sensor.rain, rng)
    if sensor.soft_px > 0.2:
        picture = cv2.GaussianBlur(picture, (0, 0), sensor.soft_px).astype(np.uint8, copy=False)
    curve = _curve(sensor.gain, sensor.gamma)
    if curve is not None:
        picture = cv2.LUT(picture, curve).astype(np.uint8, copy=False)
    if sensor.vignette > 0:
        shape = _vignette(picture.shape[1], picture.shape[0], sensor.vignette)
        picture = cv2.multiply(picture, shape, scale=1 / 255).astype(np.uint8, copy=False)
    if sensor.gray:
        picture = cv2.cvtColor(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB).astype(
            np.uint8, copy=False
        )
    if sensor.grain > 0:
        picture = _grain(picture, sensor, rng)
    if sensor.jpeg > 0:
        _, packed = cv2.imencode(".jpg", picture[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, sensor.jpeg])
        picture = np.ascontiguousarray(np.asarray(cv2.imdecode(packed, cv2.IMREAD_COLOR))[..., ::-1]).astype(
            np.uint8, copy=False
        )
    return picture


def _grain(picture: U8, sensor: Sensor, rng: np.random.Generator) -> U8:
    h, w = picture.shape[:2]
    plus, minus = grain(1, sensor.grain, (w, h))
    x, y = (int(v) for v in rng.integers(0, 64, 2))
    spot = np.s_[y : y + h, x : x + w]
    up, down = plus[spot], minus[spot]
    if sensor.gray:
        up, down = (cv2.merge([np.ascontiguousarray(v[..., 0])] * 3) for v in (up, down))  # type: ignore[assignment]  # cv2 returns Any-typed arrays
    return cv2.subtract(cv2.add(picture, up), down).astype(np.uint8, copy=False)


@lru_cache(maxsize=64)
def _curve(gain: tuple[float, float, float], gamma: float) -> U8 | None:
    if gain == (1.0, 1.0, 1.0) and gamma == 1.0:
        return None
    ramp = (np.arange(256) / 255) ** gamma
    table = np.clip(np.stack([ramp * g for g in gain], axis=1) * 255, 0, 255)
    return table.astype(np.uint8)[None]


@lru_cache(maxsize=32)
def _vignette(w: int, h: int, amount: float) -> U8:
    x = np.linspace(-1, 1, w, dtype=np.float32)[None]
    y = np.linspace(-1, 1, h, dtype=np.float32)[:, None]
    fall = 255 * (1 - amount * np.clip((x * x + y * y) / 2, 0, 1))
    return np.repeat(fall[..., None], 3, axis=2).astype(np.uint8)


@lru_cache(maxsize=16)
def _streaks(w: int, h: int, amount: int) -> U8:
    rng = np.random.default_rng([w, h, amount])
    sheet = np.zeros((h + 64, w + 64), np.uint8)
    scale = h / 720
    for _ in range(int(amount * 6 * (w * h) ** 0.5 / 30)):
        x, y = rng.uniform(0, w + 64), rng.uniform(-40, h + 64)
        length = rng.uniform(14, 60) * scale + 4
        shade = int(rng.integers(18, 70))
        end = (int(x + 0.12 * length), int(y + length))
        cv2.line(
            sheet, (int(x), int(y)), end, shade, 1 if rng.random() < 0.8 else max(1, round(2 * scale)), cv2.LINE_AA
        )
    sheet = cv2.GaussianBlur(sheet, (0, 0), 0.8).astype(np.uint8)
    return np.repeat(sheet[..., None], 3, axis=2)


def _rain(picture: U8, amount: float, rng: np.random.Generator) -> U8:
    h, w = picture.shape[:2]
    sheet = _streaks(w, h, max(1, round(10 * amount)))
    x, y = (int(v) for v in rng.integers(0, 64, 2))
    if rng.random() < 0.5:
        sheet = sheet[:, ::-1] if rng.random() < 0.5 else sheet[::-1, ::-1]
    veiled = cv2.convertScaleAbs(picture, alpha=1 - 0.12 * amount, beta=14 * amount)
    return cv2.add(veiled, np.ascontiguousarray(sheet[y : y + h, x : x + w])).astype(np.uint8, copy=False)


def smeared(rgba: U8, dx: float, dy: float) -> tuple[U8, int]:
    """The patch blurred along a movement in pixels, and the margin by which it has grown on every side."""
    reach = float(np.hypot(dx, dy))
    if reach < 1.2:
        return rgba, 0
    margin = int(reach / 2) + 2
    size = 2 * margin + 1
    kernel = np.zeros((size, size), np.float32)
    middle = np.array([margin, margin], np.float32)
    for share in np.linspace(-0.5, 0.5, max(3, int(reach * 2))):
        x, y = middle + share * np.array([dx, dy])
        x0, y0 = int(x), int(y)
        fx, fy = x - x0, y - y0
        for ox, oy, part in (
            (0, 0, (1 - fx) * (1 - fy)),
            (1, 0, fx * (1 - fy)),
            (0, 1, (1 - fx) * fy),
            (1, 1, fx * fy),
        ):
            if 0 <= y0 + oy < size and 0 <= x0 + ox < size:
                kernel[y0 + oy, x0 + ox] += part
    kernel /= kernel.sum()
    padded = cv2.copyMakeBorder(rgba, margin, margin, margin, margin, cv2.BORDER_CONSTANT, value=(0, 0, 0, 0))
    run = cv2.filter2D(padded, -1, kernel)
    alpha = np.ascontiguousarray(run[..., 3])
    straight = cv2.divide(run, cv2.merge([alpha, alpha, alpha, alpha]), scale=255)
    straight[..., 3] = alpha
    return straight.astype(np.uint8, copy=False), margin


def swayed(picture: U8, by_px: tuple[float, float]) -> U8:
    """The picture moved by a fraction of pixels, its edges repeated: the camera's pole in the wind."""
    h, w = picture.shape[:2]
    shift = np.array([[1, 0, by_px[0]], [0, 1, by_px[1]]], np.float32)
    return cv2.warpAffine(picture, shift, (w, h), borderMode=cv2.BORDER_REPLICATE).astype(np.uint8, copy=False)
