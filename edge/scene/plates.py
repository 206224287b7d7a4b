"""Number plates: a layout and a text become a picture. Layouts and texts come from the committed lists."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
import numpy.typing as npt

from edge.scene.glyphs import Font, line

U8 = npt.NDArray[np.uint8]
Rgb8 = tuple[int, int, int]
_PX_PER_M = 900


@dataclass(frozen=True, slots=True)
class PlateLayout:
    """One kind of plate.

    `patterns`: texts with A for a letter, 9 for a digit, anything else as it stands; `letters`: the letters A may be;
    `band`: colour of a band on the left (None: none) with `mark` in it; `lines`: where to break into lines (by "|").
    """

    name: str
    patterns: tuple[str, ...]
    letters: str
    ink: Rgb8
    ground: Rgb8
    wh_m: tuple[float, float] = (0.52, 0.11)
    band: Rgb8 | None = None
    mark: str = ""
    rim: bool = True
    fill: float = 0.70


@dataclass(frozen=True, slots=True)
class PlateLook:
    """What a plate shows and in which hand; `dirt` 0..1."""

    text: str
    layout: PlateLayout
    font: Font
    dirt: float = 0.0
    seed: int = 0


def spelled(pattern: str, letters: str, rng: np.random.Generator) -> str:
    """A text that fits the pattern; a backslash keeps the next sign as it stands."""
    out, keep = [], False
    for sign in pattern:
        if keep:
            out.append(sign)
            keep = False
        elif sign == "\\":
            keep = True
        elif sign == "A":
            out.append(letters[int(rng.integers(len(letters)))])
        elif sign == "9":
            out.append(str(int(rng.integers(10))))
        else:
            out.append(sign)
    return "".join(out)


@lru_cache(maxsize=256)
def picture(look: PlateLook) -> U8:
    """RGBA picture of the plate, about 900 px per metre."""
    w, h = (round(v * _PX_PER_M) for v in look.layout.wh_m)
    plate = np.empty((h, w, 4), np.uint8)
    plate[..., :3] = look.layout.ground
    plate[..., 3] = 255
    left = _band(plate, look) if look.layout.band else 0
    rows = look.text.split("|")
    margin = 0.06 * h
    area = (left + 0.02 * w, w - 0.02 * w)
    row_high = (h - 2 * margin) / len(rows)
    for i, row in enumerate(rows):
        _write(plate, row, look, area, (margin + i * row_high, row_high))
    if look.layout.rim:
        cv2.rectangle(plate, (3, 3), (w - 4, h - 4), (*look.layout.ink, 255), 3, cv2.LINE_AA)
    _soil(plate, look)
    return plate


def _write(plate: U8, row: str, look: PlateLook, across: tuple[float, float], down: tuple[float, float]) -> None:
    high = max(8, round(down[1] * look.layout.fill))
    ink = line(row, look.font, high)
    room = int(across[1] - across[0])
    if ink.shape[1] > room:
        ink = cv2.resize(ink, (room, high), interpolation=cv2.INTER_AREA).astype(np.uint8)
    x = int(across[0] + (room - ink.shape[1]) / 2)
    y = int(down[0] + (down[1] - high) / 2)
    spot = plate[y : y + high, x : x + ink.shape[1], :3]
    cover = ink[..., None].astype(np.float32) / 255
    spot[:] = (spot * (1 - cover) + np.array(look.layout.ink, np.float32) * cover).astype(np.uint8)


def _band(plate: U8, look: PlateLook) -> int:
    h = int(plate.shape[0])
    wide = round(0.42 * min(h, 0.12 * _PX_PER_M))
    plate[:, :wide, :3] = look.layout.band
    centre = (wide / 2, 0.30 * min(h, 110))
    for turn in np.arange(12) * (np.pi / 6):
        x, y = centre[0] + 0.28 * wide * np.cos(turn), centre[1] + 0.28 * wide * np.sin(turn)
        cv2.circle(plate, (round(x), round(y)), 2, (250, 220, 40, 255), -1, cv2.LINE_AA)
    if look.layout.mark:
        high = round(0.24 * min(h, 110))
        ink = line(look.layout.mark, look.font, high)
        if ink.shape[1] > wide - 4:
            ink = cv2.resize(ink, (wide - 4, high), interpolation=cv2.INTER_AREA).astype(np.uint8)
        x, y = (wide - ink.shape[1]) // 2, h - high - 8
        plate[y : y + high, x : x + ink.shape[1], :3][ink > 127] = 255
    return wide


def _soil(plate: U8, look: PlateLook) -> None:
    """Uneven dust and splashes, heavier towards the bottom."""
    if look.dirt <= 0:
        return
    rng = np.random.default_rng([look.seed, 71])
    h, w = plate.shape[:2]
    cloud = cv2.resize(rng.random((4, 12), np.float32), (w, h), interpolation=cv2.INTER_CUBIC)
    cloud = np.clip(cloud * (0.5 + np.linspace(0, 0.8, h, dtype=np.float32)[:, None]), 0, 1)
    veil = (cloud * look.dirt * 0.75)[..., None]
    plate[..., :3] = (plate[..., :3] * (1 - veil) + np.array([112, 98, 80], np.float32) * veil).astype(np.uint8)


@lru_cache(maxsize=64)
def lettering(text: str, font: Font, ink: Rgb8, size_px: tuple[int, int]) -> U8:
    """RGBA lettering on a transparent ground, fitted into (width, height)."""
    w, h = size_px
    canvas = np.zeros((h, w, 4), np.uint8)
    canvas[..., :3] = ink
    cover = line(text, font, max(8, int(h * 0.8)))
    if cover.shape[1] > w - 4:
        shrink = (w - 4) / cover.shape[1]
        cover = cv2.resize(cover, (w - 4, max(4, int(cover.shape[0] * shrink))), interpolation=cv2.INTER_AREA).astype(
            np.uint8
        )
    x, y = (w - cover.shape[1]) // 2, (h - cover.shape[0]) // 2
    canvas[y : y + cover.shape[0], x : x + cover.shape[1], 3] = cover
    return canvas
