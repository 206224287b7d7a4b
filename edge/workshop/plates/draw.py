"""Draw a plate: a layout, a text and a hand become a gray picture that knows where each character stands.

Gray is enough: the recogniser sees brightness alone, so colours are drawn as the brightness a camera gives them.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from edge.types import F32, U8
from edge.workshop.plates import furniture
from edge.workshop.plates.hands import HEIGHT_PX, Hand
from edge.workshop.plates.layouts import Layout, Sign, text_of
from edge.workshop.plates.writing import lay, write_row

ONE_LINE_PX, TWO_LINES_PX = 72, 128


@dataclass(frozen=True, slots=True, eq=False)
class PlatePicture:
    """`pixels` (H,W) uint8; `centres` (N,2) float32 x y px, one for each character of `text`."""

    pixels: U8
    text: str
    centres: F32


def draw_plate(layout: Layout, signs: tuple[Sign, ...], hand: Hand, rng: np.random.Generator) -> PlatePicture:
    """Draw one plate of a layout; tone, measures, wear of the paint and furniture follow from `rng`."""
    one_line = all(sign.row == 0 for sign in signs) and not layout.caption_share
    height = ONE_LINE_PX if one_line else TWO_LINES_PX
    width = round(height * rng.uniform(*layout.aspect))
    ink, tone = (furniture.near(tone, rng) for tone in layout.tones[int(rng.integers(len(layout.tones)))])
    plate = furniture.ground((height, width), tone, rng)
    left, right = furniture.draw_bands(plate, layout, ink, tone, rng)
    top, bottom = furniture.draw_captions(plate, layout, (left, right), ink, rng)
    cover, centres = _written(plate.shape, (left, top, right, bottom), layout.fill, signs, hand, rng)
    _paint(plate, cover, ink, rng)
    furniture.finish(plate, ink, rng)
    return PlatePicture(plate, text_of(signs), centres)


def _written(
    shape: tuple[int, ...],
    box: tuple[int, float, int, float],
    fill: float,
    signs: tuple[Sign, ...],
    hand: Hand,
    rng: np.random.Generator,
) -> tuple[U8, F32]:
    """Write the rows into a box of the plate: coverage and the places of the characters."""
    left, top, right, bottom = box
    cover = np.zeros(shape, np.uint8)
    rows = 1 + max(sign.row for sign in signs)
    pitch = (bottom - top) / rows
    squeeze, spread = float(rng.uniform(0.75, 1.3)), float(rng.uniform(0.04, 0.24))
    high = min(round(pitch * fill * float(rng.uniform(0.86, 1.12))), round(pitch) - 2)
    places = []
    for row in range(rows):
        strip, middles = write_row([sign for sign in signs if sign.row == row], hand, spread, rng)
        room = max(8, round((right - left) * 0.94))
        wide = max(4, min(room, round(strip.shape[1] * high / HEIGHT_PX * squeeze)))
        x = left + round(((right - left) - wide) * float(np.clip(rng.normal(0.5, 0.08), 0.1, 0.9)))
        y = round(top + pitch * row + (pitch - high) / 2)
        area = cv2.INTER_AREA if wide < strip.shape[1] else cv2.INTER_LINEAR
        cover[y : y + high, x : x + wide] = cv2.resize(strip, (wide, high), interpolation=area)
        across = x + middles * np.float32(wide / strip.shape[1])
        places.append(np.stack([across, np.full_like(across, y + high / 2)], axis=-1))
    return cover, np.concatenate(places).astype(np.float32)


def _paint(plate: U8, cover: U8, ink: int, rng: np.random.Generator) -> None:
    """Paint the text in place, now and then pressed into the metal or worn thin."""
    if rng.random() < 0.3:
        shift = rng.integers(-2, 3, 2)
        edge = np.roll(cover, tuple(int(s) for s in shift), (0, 1)) // int(rng.integers(3, 7))
        lay(plate, edge, int(rng.choice((20, 235))))
    if rng.random() < 0.12:
        size_wh = (plate.shape[1], plate.shape[0])
        worn = cv2.resize(rng.random((6, 14), np.float32), size_wh, interpolation=cv2.INTER_CUBIC)
        cover = (cover * np.clip(worn * 1.6, 0.35, 1)).astype(np.uint8)
    lay(plate, cover, ink)
