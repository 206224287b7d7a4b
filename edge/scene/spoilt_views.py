"""What may happen to a small view: done by a hand, by the weather, by what stands before the camera.

Every effect takes the picture (H,W,3) uint8 RGB, the seconds since it began and a generator, and returns the picture.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import cv2
import numpy as np
import numpy.typing as npt

U8 = npt.NDArray[np.uint8]
F32 = npt.NDArray[np.float32]
Rng = np.random.Generator
Effect = Callable[[U8, float, Rng], U8]


def untouched(picture: U8, _t_s: float, _rng: Rng) -> U8:
    """Leave the picture as it is."""
    return picture


def covered(shade: float, slope: float, share: float, *, ripple: float = 0.0) -> Effect:
    """Something close before the lens: its brightness 0..255, how much that changes over it, the share it hides."""

    def effect(picture: U8, _t_s: float, rng: Rng) -> U8:
        h, w = picture.shape[:2]
        y, x = np.mgrid[0:h, 0:w].astype(np.float32)
        sheet = shade + slope * (x / w - 0.5) + ripple * np.sin(x / w * 9 + y / h * 4)
        hidden = np.clip((share * w - x) / 6 + 0.5, 0, 1)[..., None] if share < 1 else np.ones((h, w, 1), np.float32)
        mixed = picture * (1 - hidden) + hidden * np.repeat(sheet[..., None], 3, axis=2)
        return _noisy(mixed, 2.0, rng)

    return effect


def sprayed(shade: float, left: float) -> Effect:
    """Paint on the glass that lets `left` (0..1) of the picture through, unevenly."""

    def effect(picture: U8, _t_s: float, rng: Rng) -> U8:
        h, w = picture.shape[:2]
        y, x = np.mgrid[0:h, 0:w].astype(np.float32)
        blot = 0.5 + 0.5 * np.sin(x / w * 7) * np.sin(y / h * 5 + 1)
        through = (left * (0.5 + blot))[..., None]
        soft = cv2.GaussianBlur(picture, (0, 0), 3.0).astype(np.float32)
        return _noisy(soft * through + shade * (0.85 + 0.3 * blot[..., None]) * (1 - through), 2.0, rng)

    return effect


def blurred(size_px: float) -> Effect:
    """Out of focus, as far as a Gaussian of this size in small view pixels."""

    def effect(picture: U8, _t_s: float, rng: Rng) -> U8:
        return _noisy(cv2.GaussianBlur(picture, (0, 0), size_px).astype(np.float32), 1.5, rng)

    return effect


def dimmed(share: float, noise: float, lift: float) -> Effect:
    """Only this share of the light is left, and the camera's gain makes noise of it."""

    def effect(picture: U8, _t_s: float, rng: Rng) -> U8:
        return _noisy(picture * share + lift, noise, rng)

    return effect


def dimming(end: Effect, seconds: float) -> Effect:
    """The way to another effect, taken in so many seconds."""

    def effect(picture: U8, t_s: float, rng: Rng) -> U8:
        share = min(t_s / seconds, 1.0)
        return _clipped(picture * (1 - share) + end(picture, t_s, rng) * share)

    return effect


def lorry(seconds: float, shade: float, share: float) -> Effect:
    """A lorry's side before the camera for so long: it drives in, stands, drives out."""

    def effect(picture: U8, t_s: float, rng: Rng) -> U8:
        h, w = picture.shape[:2]
        letters = np.zeros((h, w, 3), np.uint8)
        cv2.putText(letters, "CAPE", (w // 5, h // 2), cv2.FONT_HERSHEY_DUPLEX, h / 50, (90, 30, 25), 3)
        side = np.full((h, w, 3), shade, np.float32) + letters
        side *= 0.45 + 0.55 * float(picture.mean()) / 100
        side *= np.linspace(1.1, 0.8, h, dtype=np.float32)[:, None, None]
        side[:, ::11] *= 0.8
        side[int(0.85 * h) :] *= 0.3
        ahead = min(t_s / 4, 1.0) - max((t_s - seconds) / 4, 0.0)
        width = int(np.clip(ahead, 0, 1) * share * w)
        out = picture.astype(np.float32)
        out[:, :width] = side[:, w - width :] if t_s < seconds else side[:, :width]
        return _noisy(out, 2.0, rng)

    return effect


def glare(seconds: float) -> Effect:
    """A car that stands for so long with its headlights on the camera."""

    def effect(picture: U8, t_s: float, _rng: Rng) -> U8:
        if t_s > seconds:
            return picture
        h, w = picture.shape[:2]
        y, x = np.mgrid[0:h, 0:w].astype(np.float32)
        light = np.zeros((h, w), np.float32)
        for centre in (0.40, 0.58):
            away = np.hypot(x - centre * w, y - 0.55 * h)
            light += 260 * np.exp(-((away / (0.05 * w)) ** 2)) + 90 * np.exp(-away / (0.22 * w))
        return _clipped(picture * 0.8 + light[..., None])

    return effect


def gusts(reach_px: float) -> Effect:
    """Wind: the upper, leafy part of the picture waves in patches."""

    def effect(picture: U8, t_s: float, rng: Rng) -> U8:
        h, w = picture.shape[:2]
        y, x = np.mgrid[0:h, 0:w].astype(np.float32)
        leafy = np.clip(np.sin(x / w * 11 + 1) + 0.4, 0, 1) * np.clip(1.3 - y / (0.55 * h), 0, 1)
        beat = math.sin(t_s * 2.3) + 0.6 * float(rng.normal())
        bend = reach_px * leafy * (beat + np.sin(y / 5 + t_s)).astype(np.float32)
        return np.asarray(cv2.remap(picture, x + bend, y + 0.3 * bend, cv2.INTER_LINEAR), np.uint8)

    return effect


def passing_clouds(depth: float, period_s: float) -> Effect:
    """The sun comes and goes, and shadows of clouds run over the ground."""

    def effect(picture: U8, t_s: float, _rng: Rng) -> U8:
        h, w = picture.shape[:2]
        y, x = np.mgrid[0:h, 0:w].astype(np.float32)
        wave = np.sin(2 * math.pi * (t_s / period_s + x / (1.5 * w) + y / (3 * h)))
        shade = 1 - depth * np.clip(1.5 * wave + 0.5, 0, 1) * min(t_s / 5, 1)
        return _clipped(picture * shade[..., None])

    return effect


def exposed(gain: float, lift: float) -> Effect:
    """The camera changes its exposure."""

    def effect(picture: U8, t_s: float, _rng: Rng) -> U8:
        share = min(t_s / 3, 1.0)
        return _clipped(picture * (1 + share * (gain - 1)) + share * lift)

    return effect


def misted(most: float) -> Effect:
    """Mist: the farther (the higher in the picture), the more of it is gray."""

    def effect(picture: U8, t_s: float, _rng: Rng) -> U8:
        h = picture.shape[0]
        thick = most * min(t_s / 30, 1) * np.linspace(1, 0.35, h, dtype=np.float32)[:, None, None]
        return _clipped(picture * (1 - thick) + 165 * thick)

    return effect


def _noisy(picture: npt.NDArray[np.floating], amount: float, rng: Rng) -> U8:
    grain = rng.normal(0, amount, picture.shape[:2])[..., None]
    return _clipped(picture + grain)


def _clipped(picture: npt.NDArray[np.floating]) -> U8:
    return np.asarray(np.clip(picture, 0, 255), np.uint8)
