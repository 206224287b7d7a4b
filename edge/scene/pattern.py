"""The pictures of the decoder trial: motion everywhere, every colour, and each picture's number in its own pixels.

The number stands at the top and at the bottom, so that a picture put together of two is told from a whole one.
"""

from __future__ import annotations

import numpy as np

from edge.types import F32, U8

BITS = 6
"""Bits of a number, first the highest; behind them the same once more, inverted: what is no number is known by that."""
BAND = 16
"""A band of numbers is one BANDth of the picture's height."""
INK = (40, 215)
"""The brightness of a 0 and of a 1, RGB."""
CELLS = 2 * BITS
_WAVES = ((5.0, 2.0, 0.9), (-3.0, 4.0, 1.7), (2.0, -6.0, 2.6))
"""Of each of red, green and blue: waves across and down the picture, and steps of phase from picture to picture."""


def trial_picture(number: int, size_wh: tuple[int, int]) -> U8:
    """Return picture `number` (0..63) as (H,W,3) RGB: waves of colour, bars, its number; all of it moves."""
    width, height = size_wh
    across = np.linspace(0, 1, width, dtype=np.float32)[None, :]
    down = np.linspace(0, 1, height, dtype=np.float32)[:, None]
    planes = [128 + 70 * np.sin(2 * np.pi * (x * across + y * down) + step * number / 4) for x, y, step in _WAVES]
    picture = np.stack(planes, axis=2)
    _draw_bars(picture, number)
    codes = _band(number, width, height)
    picture[: codes.shape[0]], picture[-codes.shape[0] :] = codes, codes
    return np.rint(picture).astype(np.uint8)


def number_at(luma: U8, *, top: bool) -> int | None:
    """Return the number at the top or the bottom of (h,w) brightness over 0..255; None where none can be read."""
    height, width = luma.shape
    row = round((0.5 if top else BAND - 0.5) * height / BAND)
    columns = ((np.arange(CELLS) + 0.5) * width / CELLS).astype(int)
    # A number is read from its cells' middles: what a codec smears is their rims.
    bits = [bool(luma[max(row - 1, 0) : row + 2, column - 1 : column + 2].mean() > np.mean(INK)) for column in columns]
    if any(bit == inverse for bit, inverse in zip(bits[:BITS], bits[BITS:], strict=True)):
        return None
    return int("".join(str(int(bit)) for bit in bits[:BITS]), 2)


def _draw_bars(picture: F32, number: int) -> None:
    # Edges that move by an odd number of pixels: what is predicted wrongly, or from the wrong picture, shows.
    height, width = picture.shape[:2]
    for bar in range(6):
        left = (bar * width // 6 + number * (7 + 2 * bar)) % width
        top = (bar + 1) * height // 8
        picture[top : top + height // 16, left : left + width // 12] = 30 if bar % 2 else 225


def _band(number: int, width: int, height: int) -> F32:
    bits = [number >> bit & 1 for bit in reversed(range(BITS))]
    cells = np.array([INK[bit] for bit in (*bits, *(1 - bit for bit in bits))], np.float32)
    row = cells[np.arange(width) * CELLS // width]
    return np.repeat(np.repeat(row[None, :, None], max(height // BAND, 1), 0), 3, 2)
