"""What is on a plate beside its text: ground, bands, captions, rim, screws, stickers."""

from __future__ import annotations

import cv2
import numpy as np

from edge.types import U8
from edge.workshop.plates.layouts import Layout
from edge.workshop.plates.writing import lay_words

BAND_HEIGHT_PX = 72  # a band is no wider on a plate of two lines


def near(tone: int, rng: np.random.Generator) -> int:
    """Return a brightness near another."""
    return int(np.clip(rng.normal(tone, 12), 4, 252))


def ground(shape: tuple[int, int], tone: int, rng: np.random.Generator) -> U8:
    """Return an even ground, or one with a picture or a gradient on it as the plates of American states have."""
    plate = np.full(shape, tone, np.uint8)
    if rng.random() < 0.25:
        small = rng.normal(0, rng.uniform(4, 26), (4, 7)).astype(np.float32)
        relief = cv2.resize(small, (shape[1], shape[0]), interpolation=cv2.INTER_CUBIC)
        plate = np.clip(plate + relief, 0, 255).astype(np.uint8)
    return plate


def draw_bands(plate: U8, layout: Layout, ink: int, tone: int, rng: np.random.Generator) -> tuple[int, int]:
    """Draw the bands in place; return what is left between them as x from and to."""
    height, width = plate.shape
    margin = max(2, round(0.025 * width))
    band = round(min(0.14 * width, rng.uniform(0.3, 0.55) * min(height, BAND_HEIGHT_PX)))
    left, right = 0, width
    if "v" in layout.band:
        _upright(plate, layout.mark, band // 2, ink)
        left = band // 2 + 2
    if "l" in layout.band and rng.random() > 0.08:
        _one_band(plate, 0, band, layout.mark if rng.random() < 0.9 else "", tone, rng)
        left = band
    if "r" in layout.band and rng.random() > 0.08:
        _one_band(plate, width - band, band, str(rng.integers(10, 99)), tone, rng)
        right = width - band
    return left + margin, right - margin


def _one_band(plate: U8, x: int, wide: int, mark: str, tone: int, rng: np.random.Generator) -> None:
    height = plate.shape[0]
    dark = near(int(rng.choice((60, 90, 40, 190))), rng)
    plate[:, x : x + wide] = dark
    if mark:
        high = max(6, round(height * rng.uniform(0.16, 0.28)))
        lay_words(plate, mark, (x + 2, height - high - 4, x + wide - 2, height - 4), 235 if dark < 150 else 20)
    if rng.random() < 0.7:
        cv2.circle(plate, (x + wide // 2, round(height * 0.3)), max(2, wide // 4), tone, 1, cv2.LINE_AA)


def _upright(plate: U8, mark: str, wide: int, ink: int) -> None:
    """Write a mark letter under letter at the left, as New South Wales does."""
    step = plate.shape[0] // (len(mark) + 1)
    for number, letter in enumerate(mark):
        y = step // 2 + number * step
        lay_words(plate, letter, (3, y, 3 + max(6, wide), y + step - 4), ink)


def draw_captions(
    plate: U8, layout: Layout, across: tuple[int, int], ink: int, rng: np.random.Generator
) -> tuple[float, float]:
    """Write the small words above and below in place; return the height from and to that is left for the text."""
    height = plate.shape[0]
    top, bottom = 0.06 * height, 0.94 * height
    if not layout.captions:
        return top, bottom
    share = layout.caption_share * height
    for below in (False, True):
        if rng.random() < (0.75 if below else 0.65):
            words = layout.captions[int(rng.integers(len(layout.captions)))]
            high = max(6, round(share * rng.uniform(0.5, 0.85)))
            y = round(bottom - high - 2) if below else round(top + 1)
            inset = round((across[1] - across[0]) * rng.uniform(0.02, 0.25))
            box = (across[0] + inset, y, across[1] - inset, y + high)
            lay_words(plate, words, box, near(ink, rng), int(rng.integers(3)))
            if below:
                bottom -= share
            else:
                top += share
    return top, bottom


def finish(plate: U8, ink: int, rng: np.random.Generator) -> None:
    """Add rim, screws and stickers in place."""
    height, width = plate.shape
    if rng.random() < 0.6:
        inset = int(rng.integers(0, 4))
        tone = ink if rng.random() < 0.7 else near(128, rng)
        cv2.rectangle(plate, (inset, inset), (width - 1 - inset, height - 1 - inset), tone, int(rng.integers(1, 4)))
    if rng.random() < 0.4:
        tone = int(rng.choice((30, 120, 230)))
        y = round(height * (0.5 if rng.random() < 0.4 else 0.12))
        for x in (0.06, 0.94) if y > height * 0.3 else (0.22, 0.78):
            cv2.circle(plate, (round(width * x), y), int(rng.integers(2, 5)), tone, -1, cv2.LINE_AA)
    if rng.random() < 0.25:
        _sticker(plate, rng)


def wear(plate: U8, tone: int, rng: np.random.Generator) -> None:
    """Rub ink off in place: short scratches and spots in the colour of the ground break strokes."""
    height, width = plate.shape
    for _ in range(int(rng.integers(2, 12))):
        at = np.array([rng.random() * width, rng.random() * height])
        angle, length = rng.uniform(0, 2 * np.pi), height * rng.uniform(0.02, 0.3)
        end = at + length * np.array([np.cos(angle), np.sin(angle)])
        thick = max(1, round(height * rng.uniform(0.01, 0.05)))
        start, stop = (tuple(int(side) for side in point) for point in (at, end))
        cv2.line(plate, start, stop, near(tone, rng), thick, cv2.LINE_AA)


def _sticker(plate: U8, rng: np.random.Generator) -> None:
    """A small label in a corner with a month or a year on it."""
    height, width = plate.shape
    high = round(height * rng.uniform(0.12, 0.2))
    wide = round(high * rng.uniform(1.2, 2.2))
    x = int(rng.integers(2, 8)) if rng.random() < 0.5 else width - wide - int(rng.integers(2, 8))
    y = int(rng.integers(1, 5)) if rng.random() < 0.6 else height - high - int(rng.integers(1, 5))
    tone = near(int(rng.choice((60, 150, 220))), rng)
    plate[y : y + high, x : x + wide] = tone
    words = str(rng.choice(("07", "12", "15", "09", "OCT", "JAN", "SEP", "2009", "MAY", "96")))
    lay_words(plate, words, (x + 1, y + 1, x + wide - 1, y + high - 1), 235 if tone < 110 else 20, 1)
