"""Write a row of a plate: signs one after the other in a hand, with what stands between them."""

from __future__ import annotations

import cv2
import numpy as np

from edge.scene.glyphs import Font
from edge.types import F32, U8
from edge.workshop.plates.hands import HEIGHT_PX, Hand, StrokeHand
from edge.workshop.plates.layouts import GAPS, SCRIBBLE, SEAL, STACK, Sign

LEAST_SMALL, MOST_SMALL = 0.45, 0.7
_GAP_SHARE = {" ": 0.34, "-": 0.3, ".": 0.2}
_SMALL_HANDS = tuple(StrokeHand(Font("small", width, 0.15, 0.3)) for width in (0.46, 0.6, 0.72))


def write_row(signs: list[Sign], hand: Hand, spread: float, rng: np.random.Generator) -> tuple[U8, F32]:
    """Return the coverage (HEIGHT_PX,W) uint8 of a row and the x of the middles of what is read, px.

    `spread`: room between signs as a share of their height.
    """
    pieces, middles, x = [], [], 0
    space = np.zeros((HEIGHT_PX, max(1, round(spread * HEIGHT_PX))), np.uint8)
    gap_scale = float(rng.uniform(0.6, 1.6))
    shows_dash = rng.random() < 0.7
    small = (float(rng.uniform(LEAST_SMALL, MOST_SMALL)), float(rng.choice((0.0, 0.1, 0.5, 1.0))))
    for sign in signs:
        piece = _piece(sign, hand, gap_scale, rng, shows_dash=shows_dash)
        if sign.small:
            piece = _shrunk(piece, *small)
        if sign.is_read:
            middles.append(x + piece.shape[1] / 2)
        pieces += [piece, space]
        x += piece.shape[1] + space.shape[1]
    return np.concatenate(pieces[:-1], axis=1), np.array(middles, np.float32)


def write_words(words: str, number: int = 0) -> U8:
    """Return the coverage (HEIGHT_PX,W) uint8 of small words that are no part of a text, in one of a few hands."""
    signs = [Sign(letter, 0) for letter in words.upper() if letter.isalnum() or letter in GAPS]
    if not signs:
        return np.zeros((HEIGHT_PX, 1), np.uint8)
    return write_row(signs, _SMALL_HANDS[number % len(_SMALL_HANDS)], 0.14, np.random.default_rng(0))[0]


def lay(plate: U8, cover: U8, tone: int) -> None:
    """Lay one tone over a picture where it is covered, in place; both (H,W) uint8."""
    mix = plate.astype(np.int32)
    mix += (tone - mix) * cover // 255
    plate[:] = mix.astype(np.uint8)


def lay_words(plate: U8, words: str, box: tuple[int, int, int, int], tone: int, number: int = 0) -> None:
    """Write small words into a box (x1 y1 x2 y2) of a picture, in the middle of it, in place."""
    left, top, right, bottom = (max(0, edge) for edge in box)
    spot = plate[top:bottom, left:right]
    if min(spot.shape) < 4:
        return
    cover = write_words(words, number)
    wide = max(1, min(spot.shape[1], round(cover.shape[1] * spot.shape[0] / HEIGHT_PX)))
    x = (spot.shape[1] - wide) // 2
    fitted = cv2.resize(cover, (wide, spot.shape[0]), interpolation=cv2.INTER_AREA)
    lay(spot[:, x : x + wide], np.asarray(fitted, np.uint8), tone)


def _piece(sign: Sign, hand: Hand, gap_scale: float, rng: np.random.Generator, *, shows_dash: bool) -> U8:
    if sign.sign in _DRAWN:
        return _DRAWN[sign.sign](rng)
    if sign.sign == " " or (sign.sign in GAPS and not shows_dash):
        return np.zeros((HEIGHT_PX, max(1, round(_GAP_SHARE[sign.sign] * gap_scale * HEIGHT_PX))), np.uint8)
    return hand.sign(sign.sign)


def _shrunk(piece: U8, share: float, drop: float) -> U8:
    """Return a sign written small, at the top of the row (`drop` 0), at its foot (1) or between."""
    high = round(HEIGHT_PX * share)
    small = np.zeros((HEIGHT_PX, max(2, round(piece.shape[1] * share))), np.uint8)
    top = round((HEIGHT_PX - high) * drop)
    small[top : top + high] = cv2.resize(piece, (small.shape[1], high), interpolation=cv2.INTER_AREA)
    return small


def _seal(rng: np.random.Generator) -> U8:
    """The round seals of a plate, one above the other, a single one, or an empty place for them."""
    piece = np.zeros((HEIGHT_PX, int(rng.integers(20, 30))), np.uint8)
    middle = piece.shape[1] // 2
    for y in (12, 36) if rng.random() < 0.7 else (int(rng.integers(14, 34)),):
        if rng.random() < 0.8:
            radius, tone = int(rng.integers(7, 12)), int(rng.integers(60, 230))
            cv2.circle(piece, (middle, y), radius, tone, -1 if rng.random() < 0.6 else 2, cv2.LINE_AA)
            cv2.circle(piece, (middle, y), max(2, radius - 5), int(rng.integers(0, 255)), -1, cv2.LINE_AA)
    return piece


def _stack(rng: np.random.Generator) -> U8:
    """Two small numbers one above the other, as the months of a plate for a season: nobody reads them as text."""
    piece = np.zeros((HEIGHT_PX, 24), np.uint8)
    for y in (2, 26):
        lay_words(piece, f"{int(rng.integers(1, 13)):02d}", (0, y, 24, y + 20), 255)
    return piece


def _scribble(rng: np.random.Generator) -> U8:
    """Writing that nobody here reads: curved strokes and dots, now and then with a small Latin word under it."""
    width = int(rng.integers(40, 110))
    piece = np.zeros((HEIGHT_PX, width), np.uint8)
    low = HEIGHT_PX - 10
    if rng.random() < 0.35:
        low = HEIGHT_PX // 2
        word = ("DUBAI", "QATAR", "U.A.E", "LIBAN", "KUWAIT", "AJMAN")[int(rng.integers(6))]
        lay_words(piece, word, (0, HEIGHT_PX - int(rng.integers(14, 22)), width, HEIGHT_PX), 255)
    for _ in range(int(rng.integers(2, 5))):
        x, y = rng.integers(4, width - 4), rng.integers(8, low)
        size = (int(rng.integers(5, 20)), int(rng.integers(3, max(4, low // 3))))
        turn, sweep, thick = int(rng.integers(-30, 30)), int(rng.integers(120, 320)), int(rng.integers(2, 5))
        cv2.ellipse(piece, (int(x), int(y)), size, turn, 0, sweep, 255, thick, cv2.LINE_AA)
        cv2.circle(piece, (int(rng.integers(2, width - 2)), int(rng.integers(4, low + 2))), 2, 255, -1)
    return piece


_DRAWN = {SEAL: _seal, STACK: _stack, SCRIBBLE: _scribble}
