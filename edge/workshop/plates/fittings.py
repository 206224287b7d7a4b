"""What holds a plate and what is stuck on it, between and beside its characters, where no reader should read it.

Bolts, screws, rivets, seals and labels are drawn over rendered plates and over real crops alike, in the measure of the
characters: a bolt that stands in a row is soon taken for a 1 or a 0.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from edge.types import F32, U8
from edge.workshop.plates.furniture import near
from edge.workshop.plates.writing import lay_words

MOST = 4  # bolts on one plate
STUCK_ON, DRILLED = 0.2, 0.2  # of the plates with fittings: a seal or label; holes for want of bolts
IN_ROW, ON_EDGE = 0.45, 0.3  # of the fittings, where the characters' places are known; the others lie anywhere
LEAST_RADIUS, MOST_RADIUS = 0.05, 0.17  # of a bolt, over the height of a character
STEEPEST = 0.5  # of the way from one character to the next in a row, down over across
TONES = (25, 60, 110, 160, 235)
LABELS = ("07", "12", "15", "09", "OCT", "JAN", "2009", "24", "T", "MAY", "A")


@dataclass(frozen=True, slots=True)
class Spot:
    """A place for a fitting: `x`, `y` px and the height of the characters around it, `high` px."""

    x: float
    y: float
    high: float


def add_fittings(plate: U8, centres: F32, rng: np.random.Generator) -> None:
    """Draw one to four bolts of one sort, or a seal or label, over a plate in place.

    Args:
        plate: (H,W) uint8.
        centres: (N,2) float32 x y px of its characters in their order; (0,2) where they are not known.
        rng: draws kinds, places, sizes and tones.
    """
    if rng.random() < STUCK_ON:
        kind = _label if rng.random() < 0.5 else _seal
        kind(plate, spot(plate.shape, centres, rng), near(int(rng.choice(TONES)), rng), rng)
        return
    kind = _hole if rng.random() < DRILLED else _bolt  # a fitter has one sort of screws
    tone = near(int(rng.choice(TONES)), rng)
    for _ in range(int(rng.integers(1, MOST + 1))):
        kind(plate, spot(plate.shape, centres, rng), tone, rng)


def spot(shape: tuple[int, ...], centres: F32, rng: np.random.Generator) -> Spot:
    """Draw a place on a plate (H,W): between or beside the characters of a row, along the edge, or anywhere."""
    height, width = shape[:2]
    chance = rng.random()
    if len(centres) > 1 and chance < IN_ROW:
        found = _in_row(centres, rng)
        if found is not None:
            return found
    high = min(0.6 * height, 0.2 * width)
    x = rng.uniform(0.03, 0.97) * width
    edge = rng.uniform(0.04, 0.16)
    share = (edge if rng.random() < 0.5 else 1 - edge) if chance < IN_ROW + ON_EDGE else rng.random()
    return Spot(float(x), float(share * height), high)


def _in_row(centres: F32, rng: np.random.Generator) -> Spot | None:
    """Draw a place between two characters that follow one another in a row, or one step outside of them."""
    number = int(rng.integers(len(centres) - 1))
    left, right = centres[number], centres[number + 1]
    across, down = right - left
    if across <= 0 or abs(down) > STEEPEST * across:  # the next row begins
        return None
    along = float(rng.choice((0.5, -0.55, 1.55), p=(0.6, 0.2, 0.2))) + rng.normal(0, 0.05)
    high = 1.5 * float(across)
    x, y = left + np.float32(along) * (right - left)
    return Spot(float(x), float(y + rng.uniform(-0.45, 0.45) * high), high)


def _bolt(plate: U8, at: Spot, tone: int, rng: np.random.Generator) -> None:
    """Draw a round head, with or without a rim, a slot or a cross, lit from one side."""
    radius = max(1.5, at.high * rng.uniform(LEAST_RADIUS, MOST_RADIUS))
    _disc(plate, at.x, at.y, radius, tone)
    other = 235 if tone < 128 else 25
    looks = rng.random()
    if looks < 0.35:
        _disc(plate, at.x - radius / 3, at.y - radius / 3, radius / 2, 250)
    elif looks < 0.6:
        angle = rng.uniform(0, np.pi)
        for turn in (0.0, np.pi / 2)[: int(rng.integers(1, 3))]:
            arm = radius * 0.8 * np.array([np.cos(angle + turn), np.sin(angle + turn)])
            ends = [tuple(np.rint(np.array([at.x, at.y]) + sign * arm).astype(int).tolist()) for sign in (-1, 1)]
            cv2.line(plate, ends[0], ends[1], other, max(1, round(radius / 3)), cv2.LINE_AA)
    elif looks < 0.8:
        _disc(plate, at.x, at.y, radius * 0.55, near(other, rng))


def _hole(plate: U8, at: Spot, tone: int, rng: np.random.Generator) -> None:
    """Draw a drilled hole, round or cut out at length, now and then with rust running from it."""
    radius = max(1.5, at.high * rng.uniform(LEAST_RADIUS, 0.75 * MOST_RADIUS))
    dark = near(min(tone, 70), rng)
    long = float(rng.choice((0.0, 0.0, 1.0, 2.0))) * radius
    _disc(plate, at.x - long / 2, at.y, radius, dark)
    _disc(plate, at.x + long / 2, at.y, radius, dark)
    if long:
        middle = plate[_span(at.y, radius, plate.shape[0]), _span(at.x, long / 2, plate.shape[1])]
        middle[:] = dark
    if rng.random() < 0.3:
        run = plate[_span(at.y + 2 * radius, 2 * radius, plate.shape[0]), _span(at.x, radius / 2, plate.shape[1])]
        run[:] = (run * 0.55 + 0.45 * near(90, rng)).astype(np.uint8)


def _seal(plate: U8, at: Spot, tone: int, rng: np.random.Generator) -> None:
    """Draw a round or upright badge with something small in it."""
    radius = at.high * rng.uniform(0.1, 0.18)
    if rng.random() < 0.5:
        _disc(plate, at.x, at.y, radius, tone)
    else:
        plate[_span(at.y, 1.3 * radius, plate.shape[0]), _span(at.x, radius, plate.shape[1])] = tone
    _disc(plate, at.x, at.y, radius * rng.uniform(0.35, 0.7), near(int(rng.choice(TONES)), rng))


def _label(plate: U8, at: Spot, tone: int, rng: np.random.Generator) -> None:
    """Stick a small label on with a month, a year or a letter on it."""
    high, wide = at.high * rng.uniform(0.07, 0.16), at.high * rng.uniform(0.1, 0.25)
    down, across = _span(at.y, high, plate.shape[0]), _span(at.x, wide, plate.shape[1])
    plate[down, across] = tone
    words = str(rng.choice(LABELS))
    box = across.start + 1, down.start + 1, across.stop - 1, down.stop - 1
    lay_words(plate, words, box, 235 if tone < 128 else 25, int(rng.integers(3)))


def _disc(plate: U8, x: float, y: float, radius: float, tone: int) -> None:
    """Fill a disc in place to a sixteenth of a pixel: crops are small, and a whole pixel is a tenth of a character."""
    at = round(x * 16), round(y * 16)
    cv2.circle(plate, at, max(1, round(radius * 16)), tone, -1, cv2.LINE_AA, 4)


def _span(middle: float, reach: float, end: int) -> slice:
    """Return the pixels that lie no further from a middle than a reach, inside 0..end."""
    first = min(max(0, round(middle - reach)), end)
    return slice(first, min(max(first, round(middle + reach) + 1), end))
