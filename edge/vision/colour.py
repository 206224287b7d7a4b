"""The colour of a vehicle's body in one picture, by the names that a witness would use; unknown rather than wrong.

Windows, wheels and grille are black or grey on every vehicle, so a little paint with a hue says more than much without
one. Hue and saturation are those of CIE Lab after the scene's own cast is taken out. Black, grey and white are told by
brightness against the middle of the scene, with room between them where nothing is told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from edge.types import COLOURS, F32, U8, Box

SIDE = 24
"""A body is looked at as so many parts across and down: each averages reflections and noise of many pixels."""
NOTHING: F32 = np.zeros(len(COLOURS), np.float32)
NOTHING.flags.writeable = False
"""The look that shows no colour."""
_BLACK, _WHITE, _GREY, _RED, _BLUE, _GREEN, _YELLOW, _ORANGE, _BROWN, _BEIGE = range(len(COLOURS))
_DOUBTFUL, _PLAIN = len(COLOURS), len(COLOURS) + 1


@dataclass(frozen=True, slots=True)
class ColourSettings:
    """Where one colour ends and the next begins. Chroma and lightness of CIE Lab (0..100), hues in degrees of it."""

    body: Box = (0.18, 0.30, 0.82, 0.80)
    """The part of a vehicle's box that is looked at: left, top, right, bottom, in shares of it."""
    neutral: float = 18.0
    """What is nearer to grey than this (in steps of the blue and red difference) shows the scene's cast."""
    cast_share: float = 0.15
    """The least share of such places that a cast is taken from."""
    chroma: float = 7.0
    saturation: float = 0.15
    """A hue is believed from here on; saturation is chroma over lightness."""
    sky_chroma: float = 12.0
    sky_saturation: float = 0.8
    """The same for blue, which the sky paints on every smooth body..."""
    sky_doubt: float = 0.5
    """... and from here on it may be paint all the same."""
    glare: float = 98.0
    """What is lighter than this has no colour left."""
    rust_from: float = 26.0
    red_to: float = 37.0
    orange_to: float = 72.0
    yellow_to: float = 112.0
    beige_to: float = 125.0
    blue_from: float = -140.0
    blue_to: float = -50.0
    red_from: float = -25.0
    green: float = 0.35
    """Green of less saturation is what trees and windows paint."""
    red: float = 0.5
    """Red of less saturation may be the sun's..."""
    rust: float = 1.0
    """... and so may rust be, which lies between red and brown..."""
    brown: float = 0.8
    """... orange of less is brown..."""
    beige: float = 0.36
    """... and of less than this beige, as is such yellow..."""
    beige_lightness: float = 38.0
    """... unless it is darker."""
    hue_share: float = 0.22
    """So much of the body in one colour is its colour..."""
    doubt_share: float = 0.06
    """... and with more than this it is not surely black, grey or white."""
    black: tuple[float, float] = (0.5, 0.75)
    """Black below the first, none above the second: brightness of the paint over that of the scene's middle."""
    white: tuple[float, float] = (1.35, 2.15)
    """White above the second, none below the first."""
    grey: tuple[float, float] = (0.6, 0.9)
    """The same for grey and the body's own middle: a black one mirrors what is bright, but not everywhere."""
    bright: float = 77.0
    """The percentile of the body's brightness that is paint: windows and grille are below it."""
    dark: float = 12.0
    """In a scene whose middle is darker than this (of 255) nothing is told."""
    doubtful_share: float = 0.25
    """... nor with more than this of what may be a colour."""
    sure: float = 0.78
    """Looks that agree by less than this on average tell nothing."""
    fewest: int = 2


SETTINGS = ColourSettings()


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the scene does to colours: the gains that make its greys grey, and its middle brightness, 0..255."""

    gains: tuple[float, float, float]
    middle: float


def surroundings(luma: U8, tint: U8) -> Surroundings:
    """Return the cast and the brightness of a scene.

    Args:
        luma: brightness, uint8, of any size.
        tint: the blue and the red difference around 128, (h,w,2) uint8.
    """
    s = SETTINGS
    height, width = tint.shape[:2]
    small = np.asarray(cv2.resize(luma, (width, height), interpolation=cv2.INTER_AREA), np.uint8)
    rgb = cv2.cvtColor(np.dstack([small, tint[..., 1], tint[..., 0]]), cv2.COLOR_YCrCb2RGB).reshape(-1, 3)
    away = np.hypot(*(tint.reshape(-1, 2).astype(np.float32) - 128).T)
    brightest = rgb.max(axis=1)
    plain = rgb[(away < s.neutral) & (brightest > 20) & (brightest < 250)]  # noqa: PLR2004 - neither noise nor glare
    middle = float(np.median(luma))
    if len(plain) < s.cast_share * len(rgb):
        return Surroundings((1.0, 1.0, 1.0), middle)
    usual = np.median(plain, axis=0) + 1
    # Not the whole of it: most scenes have a little colour of their own.
    red, green, blue = np.clip((usual.mean() / usual) ** 0.7, 0.8, 1.25).tolist()
    return Surroundings((red, green, blue), middle)


def body_of(box: Box) -> Box:
    """Return the part of a vehicle's box that shows mostly paint, without the road and most of the windows."""
    left, top, right, bottom = SETTINGS.body
    width, height = box[2] - box[0], box[3] - box[1]
    return (box[0] + left * width, box[1] + top * height, box[0] + right * width, box[1] + bottom * height)


def colours_of(body: U8, scene: Surroundings, free: npt.NDArray[np.bool_] | None = None) -> F32:
    """Return how much each of COLOURS a body (H,W,3) uint8 RGB may be, (10,) float32 with a sum of 0..1.

    `free` (SIDE,SIDE) bool leaves out what lies behind something else.
    """
    s = SETTINGS
    if scene.middle < s.dark:
        return NOTHING
    small = np.asarray(cv2.resize(body, (SIDE, SIDE), interpolation=cv2.INTER_AREA), np.float32)
    balanced = np.clip(small * np.array(scene.gains, np.float32) / 255, 0, 1)
    lab = np.asarray(cv2.cvtColor(balanced, cv2.COLOR_RGB2LAB), np.float32)
    lab = lab.reshape(-1, 3) if free is None else lab[free]
    if not len(lab):
        return NOTHING
    shares: F32 = np.bincount(_hues(lab), minlength=_PLAIN + 1).astype(np.float32) / np.float32(len(lab))
    hues: F32 = shares[: len(COLOURS)]
    if float(np.max(hues)) > s.hue_share:
        told: F32 = hues / hues.sum()
        return told
    if hues.sum() > s.doubt_share or shares[_DOUBTFUL] > s.doubtful_share:
        return NOTHING
    return _neutral(lab[:, 0], scene)


def agree(looks: Sequence[F32]) -> tuple[str, float]:
    """Return the colour that several looks of one vehicle agree on and how much, 0..1; empty where they do not."""
    if len(looks) < SETTINGS.fewest:
        return "", 0.0
    shares: F32 = np.asarray(np.mean(looks, axis=0), np.float32)
    best = int(np.argmax(shares))
    return (COLOURS[best], min(float(shares[best]), 1.0)) if shares[best] >= SETTINGS.sure else ("", 0.0)


def _hues(lab: F32) -> npt.NDArray[Any]:
    """Return which colour each place (N,3) has by its hue, (N,); _PLAIN where it has none, _DOUBTFUL in between."""
    s = SETTINGS
    light, chroma = lab[:, 0], np.hypot(lab[:, 1], lab[:, 2])
    hue, pure = np.degrees(np.arctan2(lab[:, 2], lab[:, 1])), chroma / (light + 5)
    blue = (hue > s.blue_from) & (hue < s.blue_to)
    pale = (pure < s.beige) & (hue <= s.beige_to)
    rows = (
        ((chroma < s.chroma) | (pure < s.saturation) | (light > s.glare), _PLAIN),
        (blue & (chroma > s.sky_chroma) & (pure > s.sky_saturation), _BLUE),
        (blue, np.where(pure > s.sky_doubt, _DOUBTFUL, _PLAIN)),
        ((hue <= s.red_from) & (hue >= s.blue_to), _DOUBTFUL),
        (((hue > s.yellow_to) & ~pale) | (hue <= s.blue_from), np.where(pure > s.green, _GREEN, _DOUBTFUL)),
        (hue <= s.red_to, np.where(pure > np.where(hue > s.rust_from, s.rust, s.red), _RED, _DOUBTFUL)),
        (pale, np.where(light > s.beige_lightness, _BEIGE, _BROWN)),
        (hue > s.orange_to, _YELLOW),
        (pure < s.brown, _BROWN),
    )
    names = np.select([where for where, _ in rows], [np.broadcast_to(name, hue.shape) for _, name in rows], _ORANGE)
    return np.asarray(names, np.intp)


def _neutral(light: F32, scene: Surroundings) -> F32:
    """Return how black, grey or white a body without a hue is."""
    s = SETTINGS
    middle, paint = (_shown(float(part)) / scene.middle for part in np.percentile(light, (50, s.bright)))
    no_black, white, grey = _ramp(paint, s.black), _ramp(paint, s.white), _ramp(middle, s.grey)
    look: F32 = NOTHING.copy()
    look[[_BLACK, _GREY, _WHITE]] = 1 - no_black, min(no_black, 1 - white, grey), white
    return look


def _shown(light: float) -> float:
    """Return the value 0..255 on a screen (sRGB) of a grey of this lightness (CIE 15)."""
    linear = ((light + 16) / 116) ** 3 if light > 8 else light / 903.3  # noqa: PLR2004 - as the standard has it
    return 255 * (1.055 * linear ** (1 / 2.4) - 0.055 if linear > 0.0031308 else 12.92 * linear)  # noqa: PLR2004


def _ramp(value: float, ends: tuple[float, float]) -> float:
    return float(np.clip((value - ends[0]) / (ends[1] - ends[0]), 0, 1))
