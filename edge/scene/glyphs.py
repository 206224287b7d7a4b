"""Our own stroke alphabet for plates and lettering: skeletons in a unit box, drawn with a weight, a width and a slant.

A skeleton is a list of strokes; a stroke is a list of points (x right, y down, 0..1). A point marked as a corner turn
is rounded by cutting the corner with a quadratic curve; how far is a matter of the font row.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
import numpy.typing as npt

U8 = npt.NDArray[np.uint8]
F32 = npt.NDArray[np.float32]
_FINE = 4


@dataclass(frozen=True, slots=True)
class Font:
    """One plate font as numbers: shares of the glyph height.

    `width`: box width; `weight`: stroke; `round_`: how much corners are cut (0 square, 0.5 full curve);
    `slant`: rise over run; `square_ends`: stroke ends cut square instead of round; `slashed_zero`: 0 with a bar;
    `hooked_one`: 1 with a foot.
    """

    name: str
    width: float
    weight: float
    round_: float
    slant: float = 0.0
    square_ends: bool = False
    slashed_zero: bool = False
    hooked_one: bool = True


Stroke = tuple[tuple[float, float], ...]

_GLYPHS: dict[str, tuple[Stroke, ...]] = {
    "A": (((0, 1), (0.5, 0), (1, 1)), ((0.18, 0.68), (0.82, 0.68))),
    "B": (((0, 0.48), (0.88, 0.48), (0.88, 0), (0, 0), (0, 1), (1, 1), (1, 0.48), (0.6, 0.48)),),
    "C": (((1, 0.27), (1, 0), (0, 0), (0, 1), (1, 1), (1, 0.73)),),
    "D": (((0, 0), (0, 1), (1, 1), (1, 0), (0, 0), (0, 0.2)),),
    "E": (((1, 0), (0, 0), (0, 1), (1, 1)), ((0, 0.48), (0.8, 0.48))),
    "F": (((1, 0), (0, 0), (0, 1)), ((0, 0.48), (0.8, 0.48))),
    "G": (((1, 0.27), (1, 0), (0, 0), (0, 1), (1, 1), (1, 0.55), (0.55, 0.55)),),
    "H": (((0, 0), (0, 1)), ((1, 0), (1, 1)), ((0, 0.48), (1, 0.48))),
    "I": (((0.5, 0), (0.5, 1)),),
    "J": (((1, 0), (1, 1), (0, 1), (0, 0.7)),),
    "K": (((0, 0), (0, 1)), ((1, 0), (0.05, 0.56)), ((0.36, 0.40), (1, 1))),
    "L": (((0, 0), (0, 1), (1, 1)),),
    "M": (((0, 1), (0, 0), (0.5, 0.62), (1, 0), (1, 1)),),
    "N": (((0, 1), (0, 0), (1, 1), (1, 0)),),
    "O": (((0.5, 0), (0, 0), (0, 1), (1, 1), (1, 0), (0.5, 0)),),
    "P": (((0, 1), (0, 0), (1, 0), (1, 0.54), (0, 0.54)),),
    "Q": (((0.5, 0), (0, 0), (0, 1), (1, 1), (1, 0), (0.5, 0)), ((0.6, 0.72), (1.02, 1.06))),
    "R": (((0, 1), (0, 0), (1, 0), (1, 0.52), (0, 0.52)), ((0.5, 0.52), (1, 1))),
    "S": (((1, 0.26), (1, 0), (0, 0), (0, 0.49), (1, 0.49), (1, 1), (0, 1), (0, 0.74)),),
    "T": (((0, 0), (1, 0)), ((0.5, 0), (0.5, 1))),
    "U": (((0, 0), (0, 1), (1, 1), (1, 0)),),
    "V": (((0, 0), (0.5, 1), (1, 0)),),
    "W": (((0, 0), (0.25, 1), (0.5, 0.35), (0.75, 1), (1, 0)),),
    "X": (((0, 0), (1, 1)), ((1, 0), (0, 1))),
    "Y": (((0, 0), (0.5, 0.52), (1, 0)), ((0.5, 0.52), (0.5, 1))),
    "Z": (((0, 0), (1, 0), (0, 1), (1, 1)),),
    "0": (((0.5, 0), (0, 0), (0, 1), (1, 1), (1, 0), (0.5, 0)),),
    "1": (((0.12, 0.24), (0.58, 0), (0.58, 1)),),
    "2": (((0, 0.28), (0, 0), (1, 0), (1, 0.42), (0, 1), (1, 1)),),
    "3": (
        ((0, 0.24), (0, 0), (0.97, 0), (0.97, 0.47), (0.42, 0.47)),
        ((0.5, 0.47), (1, 0.47), (1, 1), (0, 1), (0, 0.76)),
    ),
    "4": (((0.72, 1), (0.72, 0), (0, 0.72), (1, 0.72)),),
    "5": (((0.94, 0), (0.06, 0), (0.02, 0.46), (1, 0.40), (1, 1), (0, 1), (0, 0.80)),),
    "6": (((0.94, 0.13), (0.9, 0), (0, 0), (0, 1), (1, 1), (1, 0.46), (0, 0.46)),),
    "7": (((0, 0), (1, 0), (0.36, 1)),),
    "8": (
        ((0.5, 0.47), (0.05, 0.47), (0.05, 0), (0.95, 0), (0.95, 0.47), (0.5, 0.47)),
        ((0.5, 0.47), (0, 0.47), (0, 1), (1, 1), (1, 0.47), (0.5, 0.47)),
    ),
    "9": (((0.06, 0.87), (0.1, 1), (1, 1), (1, 0), (0, 0), (0, 0.54), (1, 0.54)),),
    "-": (((0.15, 0.52), (0.85, 0.52)),),
    ".": (((0.45, 0.97), (0.5, 0.97)),),
}
_STRAIGHT = frozenset("AKMNVWXYZ147")
_NARROW = {"O": 1.08, "Q": 1.08, "0": 0.94, "I": 0.25, "1": 0.72, "-": 0.55, " ": 0.5, ".": 0.3}
_SHARP = frozenset("EFHLT")
_CURVED = frozenset("CGOQS035689")


@lru_cache(maxsize=4096)
def glyph(letter: str, font: Font, height_px: int) -> U8:
    """Coverage (H,W) uint8 of one letter; unknown letters raise KeyError."""
    high = height_px * _FINE
    stroke = max(2, round(font.weight * high))
    box = font.width * high * _NARROW.get(letter, 1.12 if letter in "MW" else 1.0)
    wide = max(int(box), stroke + 2)
    lean = round(font.slant * high)
    canvas = np.zeros((high, wide + abs(lean)), np.uint8)
    if letter == " ":
        return np.zeros((height_px, max(1, canvas.shape[1] // _FINE)), np.uint8)
    inner = np.array([wide - stroke - 1, high - stroke - 1], np.float32)
    for points in _strokes(letter, font):
        unit = np.array(points, np.float32)
        sharp = np.array([_is_sharp(letter, float(x), float(y)) for x, y in unit])
        path = _rounded(unit * inner, np.where(sharp, 0.0, _cut(letter, font) * float(np.min(inner))))
        path = path + stroke / 2
        path[:, 0] += lean * (1 - path[:, 1] / high) if lean >= 0 else -lean * path[:, 1] / high
        _draw(canvas, path, stroke, square=font.square_ends)
    size = (max(1, canvas.shape[1] // _FINE), height_px)
    return cv2.resize(canvas, size, interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)


def _strokes(letter: str, font: Font) -> tuple[Stroke, ...]:
    if letter == "0" and font.slashed_zero:
        return (*_GLYPHS["0"], ((0.28, 0.72), (0.72, 0.28)))
    if letter == "1" and font.hooked_one:
        return (*_GLYPHS["1"], ((0.16, 1), (1, 1)))
    return _GLYPHS[letter]


def _cut(letter: str, font: Font) -> float:
    if letter in _STRAIGHT or letter in _SHARP:
        return 0.0
    # Square-cut alphabets round these too: that is what tells 8 from B and O from D.
    return max(font.round_, 0.44) if letter in _CURVED else font.round_


def _is_sharp(letter: str, x: float, y: float) -> bool:
    """Whether a corner stays a corner in a letter that is otherwise round: the stems of B, D, P, R, the top of 5."""
    if letter == "5":
        return x < 0.1 and y < 0.5
    return letter in "BDPR" and x < 0.01


def _draw(canvas: U8, path: F32, stroke: int, *, square: bool) -> None:
    fixed = np.rint(path * 16).astype(np.int32)[:, None]
    if not square:
        cv2.polylines(canvas, [fixed], isClosed=False, color=255, thickness=stroke, lineType=cv2.LINE_AA, shift=4)
        return
    bare = np.zeros_like(canvas)
    cv2.polylines(
        bare, [fixed], isClosed=False, color=255, thickness=max(1, stroke // 3), lineType=cv2.LINE_AA, shift=4
    )
    rest = stroke - max(1, stroke // 3)
    np.maximum(canvas, cv2.dilate(bare, np.ones((rest + 1, rest + 1), np.uint8)), out=canvas)


def _rounded(points: F32, cut_px: npt.NDArray[np.floating]) -> F32:
    """The path with each inner corner replaced by a quadratic curve that starts `cut_px` (one per point) before it."""
    if not cut_px.any() or len(points) < 3:
        return points
    path = [points[0]]
    for before, here, after, cut in zip(points[:-2], points[1:-1], points[2:], cut_px[1:-1], strict=True):
        if cut <= 0:
            path.append(here)
            continue
        legs = []
        for other in (before, after):
            leg = other - here
            length = float(np.linalg.norm(leg))
            legs.append(here + leg * min(float(cut), 0.5 * length) / max(length, 1e-6))
        shares = np.linspace(0, 1, 7)[:, None]
        path += list((1 - shares) ** 2 * legs[0] + 2 * shares * (1 - shares) * here + shares**2 * legs[1])
    path.append(points[-1])
    return np.array(path, np.float32)


def line(text: str, font: Font, height_px: int, gap: float = 0.14) -> U8:
    """Coverage (H,W) of a line of text; `gap` between letters as a share of the height."""
    space = np.zeros((height_px, max(1, round(gap * height_px))), np.uint8)
    pieces: list[U8] = []
    for letter in text:
        pieces += [glyph(letter, font, height_px), space]
    return np.concatenate(pieces[:-1], axis=1)
