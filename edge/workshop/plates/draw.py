"""Draw a plate: a layout, a text and a hand become a gray picture that knows where each character stands.

Gray is enough: the recogniser sees brightness alone, so colours are drawn as the brightness a camera gives them.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from edge.scene.glyphs import Font
from edge.types import F32, U8
from edge.workshop.plates.hands import HEIGHT_PX, Hand, StrokeHand
from edge.workshop.plates.layouts import GAPS, SCRIBBLE, SEAL, Layout, Sign, text_of

ONE_LINE_PX, TWO_LINES_PX = 72, 128
SMALL_SHARE = 0.58
_GAP_SHARE = {" ": 0.34, "-": 0.3, ".": 0.2}
_CAPTION_HAND = StrokeHand(Font("caption", 0.56, 0.15, 0.3))


@dataclass(frozen=True, slots=True, eq=False)
class PlatePicture:
    """`pixels` (H,W) uint8; `centres` (N,2) float32 x y px, one for each character of `text`."""

    pixels: U8
    text: str
    centres: F32


def draw_plate(layout: Layout, signs: tuple[Sign, ...], hand: Hand, rng: np.random.Generator) -> PlatePicture:
    """Draw one plate of a layout; tone, measures, wear of the paint and furniture follow from `rng`."""
    rows = 1 + max(sign.row for sign in signs)
    height = ONE_LINE_PX if rows == 1 and not layout.caption_share else TWO_LINES_PX
    width = round(height * rng.uniform(*layout.aspect))
    ink, ground = (_near(tone, rng) for tone in layout.tones[int(rng.integers(len(layout.tones)))])
    plate = _ground((height, width), ground, rng)
    left, right = _band(plate, layout, ink, ground, rng)
    top, bottom = _captions(plate, layout, (left, right), ink, rng)
    centres = np.zeros((len(text_of(signs)), 2), np.float32)
    cover = np.zeros_like(plate)
    squeeze, spread = float(rng.uniform(0.75, 1.3)), float(rng.uniform(0.04, 0.24))
    share = layout.fill * float(rng.uniform(0.86, 1.12))
    read = 0
    for row in range(rows):
        here = [sign for sign in signs if sign.row == row]
        band_top = top + (bottom - top) * row / rows
        high = min(round((bottom - top) / rows * share), round((bottom - top) / rows) - 2)
        strip, middles = _strip(here, hand, spread, rng)
        scale = high / HEIGHT_PX
        room = max(8, round((right - left) * 0.94))
        wide = max(4, min(room, round(strip.shape[1] * scale * squeeze)))
        x = left + round(((right - left) - wide) * float(np.clip(rng.normal(0.5, 0.08), 0.1, 0.9)))
        y = round(band_top + ((bottom - top) / rows - high) / 2)
        area = cv2.INTER_AREA if wide < strip.shape[1] else cv2.INTER_LINEAR
        cover[y : y + high, x : x + wide] = cv2.resize(strip, (wide, high), interpolation=area)
        centres[read : read + len(middles), 0] = x + middles * wide / strip.shape[1]
        centres[read : read + len(middles), 1] = y + high / 2
        read += len(middles)
    _ink(plate, cover, ink, rng)
    _furniture(plate, ink, rng)
    return PlatePicture(plate, text_of(signs), centres)


def _near(tone: int, rng: np.random.Generator) -> int:
    return int(np.clip(rng.normal(tone, 12), 4, 252))


def _ground(shape: tuple[int, int], tone: int, rng: np.random.Generator) -> U8:
    """An even ground, or one with a picture or a gradient on it as the plates of American states have."""
    plate = np.full(shape, tone, np.uint8)
    if rng.random() < 0.25:
        small = rng.normal(0, rng.uniform(4, 26), (4, 7)).astype(np.float32)
        relief = cv2.resize(small, (shape[1], shape[0]), interpolation=cv2.INTER_CUBIC)
        plate = np.clip(plate + relief, 0, 255).astype(np.uint8)
    return plate


def _band(plate: U8, layout: Layout, ink: int, ground: int, rng: np.random.Generator) -> tuple[int, int]:
    """Draw the bands; return what is left between them as x from and to."""
    height, width = plate.shape
    sides = [0, width]
    margin = max(2, round(0.025 * width))
    band = round(min(0.14 * width, rng.uniform(0.3, 0.55) * min(height, ONE_LINE_PX)))
    tone = _near(int(rng.choice((60, 90, 40, 190))), rng)
    for number, side in enumerate("lr"):
        if side not in layout.band or rng.random() < 0.08:
            continue
        x = 0 if number == 0 else width - band
        plate[:, x : x + band] = tone
        mark = layout.mark if number == 0 and rng.random() < 0.9 else "" if number == 0 else str(rng.integers(10, 99))
        if mark:
            high = max(6, round(height * rng.uniform(0.16, 0.28)))
            _small_words(plate, mark, (x + 2, x + band - 2), height - high - 4, high, 235 if tone < 150 else ink)
        if rng.random() < 0.7:
            cv2.circle(plate, (x + band // 2, round(height * 0.3)), max(2, band // 4), ground, 1, cv2.LINE_AA)
        sides[number] = band if number == 0 else width - band
    return sides[0] + margin, sides[1] - margin


def _captions(
    plate: U8, layout: Layout, across: tuple[int, int], ink: int, rng: np.random.Generator
) -> tuple[float, float]:
    """Write the small words above and below; return the height from and to that is left for the text."""
    height = plate.shape[0]
    top, bottom = 0.06 * height, 0.94 * height
    if not layout.captions:
        return top, bottom
    share = layout.caption_share * height
    for below in (False, True):
        if rng.random() < (0.75 if below else 0.65):
            words = layout.captions[int(rng.integers(len(layout.captions)))].upper()
            high = max(6, round(share * rng.uniform(0.5, 0.8)))
            y = round(bottom - high - 2) if below else round(top + 1)
            inset = round((across[1] - across[0]) * rng.uniform(0.02, 0.25))
            _small_words(plate, words, (across[0] + inset, across[1] - inset), y, high, _near(ink, rng))
            if below:
                bottom -= share
            else:
                top += share
    return top, bottom


def _small_words(plate: U8, words: str, across: tuple[int, int], y: int, high: int, tone: int) -> None:
    signs = [Sign(letter, 0) for letter in words if letter.isalnum() or letter in GAPS]
    if not signs or across[1] - across[0] < 4:
        return
    strip, _ = _strip(signs, _CAPTION_HAND, 0.14, np.random.default_rng(0))
    wide = min(across[1] - across[0], round(strip.shape[1] * high / HEIGHT_PX))
    x = (across[0] + across[1] - wide) // 2
    cover = np.zeros_like(plate)
    spot = cover[y : y + high, x : x + wide]
    spot[:] = cv2.resize(strip, (wide, high), interpolation=cv2.INTER_AREA)[: spot.shape[0], : spot.shape[1]]
    _lay(plate, cover, tone)


def _strip(signs: list[Sign], hand: Hand, spread: float, rng: np.random.Generator) -> tuple[U8, F32]:
    """Write a row: coverage (HEIGHT_PX,W) and the x of the middles of what is read."""
    pieces, middles, x = [], [], 0
    space = np.zeros((HEIGHT_PX, max(1, round(spread * HEIGHT_PX))), np.uint8)
    gap_scale = float(rng.uniform(0.6, 1.6))
    shows_dash = rng.random() < 0.7
    for sign in signs:
        piece = _piece(sign, hand, gap_scale, rng, shows_dash=shows_dash)
        if sign.is_read:
            middles.append(x + piece.shape[1] / 2)
        pieces += [piece, space]
        x += piece.shape[1] + space.shape[1]
    return np.concatenate(pieces[:-1], axis=1), np.array(middles, np.float32)


def _piece(sign: Sign, hand: Hand, gap_scale: float, rng: np.random.Generator, *, shows_dash: bool) -> U8:
    if sign.sign == SEAL:
        return _seal(rng)
    if sign.sign == SCRIBBLE:
        return _scribble(rng)
    if sign.sign == " " or (sign.sign in GAPS and not shows_dash):
        return np.zeros((HEIGHT_PX, max(1, round(_GAP_SHARE[sign.sign] * gap_scale * HEIGHT_PX))), np.uint8)
    piece = hand.sign(sign.sign)
    if not sign.small:
        return piece
    high = round(HEIGHT_PX * SMALL_SHARE)
    small = np.zeros((HEIGHT_PX, max(2, round(piece.shape[1] * SMALL_SHARE))), np.uint8)
    small[2 : 2 + high] = cv2.resize(piece, (small.shape[1], high), interpolation=cv2.INTER_AREA)
    return small


def _seal(rng: np.random.Generator) -> U8:
    """The round seals of a plate, one above the other, or an empty place for them."""
    piece = np.zeros((HEIGHT_PX, 24), np.uint8)
    for y in (12, 36):
        if rng.random() < 0.75:
            cv2.circle(piece, (12, y), int(rng.integers(7, 12)), int(rng.integers(60, 220)), -1, cv2.LINE_AA)
    return piece


def _scribble(rng: np.random.Generator) -> U8:
    """Writing that nobody here reads: curved strokes and dots."""
    width = int(rng.integers(40, 110))
    piece = np.zeros((HEIGHT_PX, width), np.uint8)
    for _ in range(int(rng.integers(2, 5))):
        x, y = rng.integers(4, width - 4), rng.integers(10, HEIGHT_PX - 10)
        size = (int(rng.integers(5, 20)), int(rng.integers(3, 12)))
        cv2.ellipse(
            piece,
            (int(x), int(y)),
            size,
            int(rng.integers(-30, 30)),
            0,
            int(rng.integers(120, 320)),
            255,
            int(rng.integers(2, 5)),
            cv2.LINE_AA,
        )
        cv2.circle(piece, (int(rng.integers(2, width - 2)), int(rng.integers(4, HEIGHT_PX - 4))), 2, 255, -1)
    return piece


def _ink(plate: U8, cover: U8, ink: int, rng: np.random.Generator) -> None:
    """Paint the text, now and then pressed into the metal or worn thin."""
    if rng.random() < 0.3:
        shift = rng.integers(-2, 3, 2)
        edge = np.roll(cover, tuple(int(s) for s in shift), (0, 1)) // int(rng.integers(3, 7))
        _lay(plate, edge, int(rng.choice((20, 235))))
    if rng.random() < 0.12:
        worn = cv2.resize(
            rng.random((6, 14), np.float32), (plate.shape[1], plate.shape[0]), interpolation=cv2.INTER_CUBIC
        )
        cover = (cover * np.clip(worn * 1.6, 0.35, 1)).astype(np.uint8)
    _lay(plate, cover, ink)


def _lay(plate: U8, cover: U8, tone: int) -> None:
    """Lay one tone over the plate where it is covered, in place."""
    mix = plate.astype(np.int32)
    mix += (tone - mix) * cover // 255
    plate[:] = mix.astype(np.uint8)


def _furniture(plate: U8, ink: int, rng: np.random.Generator) -> None:
    """Rim, screws, stickers."""
    height, width = plate.shape
    if rng.random() < 0.6:
        inset = int(rng.integers(0, 4))
        tone = ink if rng.random() < 0.7 else _near(128, rng)
        cv2.rectangle(plate, (inset, inset), (width - 1 - inset, height - 1 - inset), tone, int(rng.integers(1, 4)))
    if rng.random() < 0.4:
        tone = int(rng.choice((30, 120, 230)))
        y = round(height * (0.5 if rng.random() < 0.4 else 0.12))
        for x in (0.06, 0.94) if y > height * 0.3 else (0.22, 0.78):
            cv2.circle(plate, (round(width * x), y), int(rng.integers(2, 5)), tone, -1, cv2.LINE_AA)
    if rng.random() < 0.1:
        x, y = int(rng.integers(0, width - 12)), int(rng.choice((1, height - 14)))
        cv2.rectangle(plate, (x, y), (x + int(rng.integers(8, 20)), y + 12), _near(150, rng), -1)
