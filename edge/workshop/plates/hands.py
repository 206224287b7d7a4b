"""Hands that write plates: our stroke alphabet with drawn measures, and TrueType fonts where a folder of them is given.

A hand gives the coverage (HEIGHT_PX,W) uint8 of one sign. TrueType fonts are never needed; they widen the training.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from edge.errors import UsageError
from edge.scene.glyphs import Font, glyph
from edge.types import U8
from edge.workshop.plates import list_proof

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

HEIGHT_PX = 48
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
_UNCLEAR = re.compile(
    r"italic|oblique|-(bd|md|half)?ita|thin|hairline|ultralight|extralight|symbol|z003|d050|isome|smallcaps|stix|^cm|math"
    r"|decker|freemono\.|misaki",
    re.IGNORECASE,
)
_SERIF = re.compile(r"serif|roman|c059|p052|bookman", re.IGNORECASE)
_SERIF_WEIGHT = 0.15  # few plates are written in one
_LEAST_UNLIKE = 0.012  # of the cells: a font without capitals draws the same empty box for all


class Hand(Protocol):
    """Writes single signs."""

    def sign(self, sign: str) -> U8:
        """Return the coverage (HEIGHT_PX,W) uint8 of a capital, a digit, - or a full stop."""
        ...


@dataclass(frozen=True, slots=True)
class StrokeHand:
    """Our own alphabet in one set of measures."""

    font: Font

    def sign(self, sign: str) -> U8:
        return glyph(sign, self.font, HEIGHT_PX)


@dataclass(frozen=True, slots=True)
class TypeHand:
    """A TrueType font, wherever it lies; its capitals as high as the sign."""

    path: str

    def sign(self, sign: str) -> U8:
        return _type_sign(self.path, sign)


def random_stroke(rng: np.random.Generator) -> StrokeHand:
    """Draw measures from the whole range that plates show, none of them near a hand of the proof list.

    Measures come in small steps, so that drawn signs can be used again.
    """
    while True:
        font = Font(
            "drawn",
            round(float(rng.uniform(0.36, 0.74)) * 25) / 25,
            round(float(np.clip(rng.normal(0.14, 0.03), 0.08, 0.22)) * 50) / 50,
            round(float(rng.uniform(0.12, 0.5)) * 10) / 10,
            float(rng.choice((0.0, 0.0, 0.0, 0.1, 0.2))),
            square_ends=bool(rng.random() < 0.4),
            slashed_zero=bool(rng.random() < 0.12),
            hooked_one=bool(rng.random() < 0.5),
        )
        if not any(is_near(font, kept) for kept in list_proof.FONTS):
            return StrokeHand(font)


def is_near(one: Font, other: Font) -> bool:
    """Whether two sets of measures look the same."""
    return (
        abs(one.width - other.width) < 0.02
        and abs(one.weight - other.weight) < 0.01
        and one.square_ends == other.square_ends
        and one.slant == other.slant
    )


def type_hands(folders: Iterable[Path]) -> tuple[tuple[TypeHand, ...], tuple[float, ...]]:
    """Find fonts with clear capitals under the folders; return them with how often each is drawn, which sums to 1.

    Raises:
        UsageError: there is a font, but Pillow, which draws it, is not installed.
    """
    found: dict[str, Path] = {}
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.suffix.lower() in {".ttf", ".otf"} and not _UNCLEAR.search(path.name):
                found.setdefault(path.name, path)
    hands = tuple(TypeHand(str(found[name])) for name in sorted(found))
    hands = tuple(hand for hand in hands if _is_clear(hand))
    weights = np.array([_SERIF_WEIGHT if _SERIF.search(hand.path) else 1.0 for hand in hands])
    return hands, tuple(float(weight) for weight in weights / max(float(weights.sum()), 1e-9))


def _is_clear(hand: TypeHand) -> bool:
    """Whether all capitals and digits are there and differ from one another."""
    try:
        shapes = [_cells(hand.sign(letter)) for letter in LETTERS]
    except OSError:  # damaged, or of a kind that the library does not know
        return False
    alike = {frozenset(pair) for pair in ("O0", "I1", "OQ")}
    return all(
        frozenset((LETTERS[i], LETTERS[j])) in alike or float(np.abs(a - shapes[j]).mean()) > _LEAST_UNLIKE
        for i, a in enumerate(shapes)
        for j in range(i)
    )


def _cells(sign: U8) -> np.ndarray[Any, np.dtype[np.float32]]:
    rows = np.linspace(0, sign.shape[0] - 1, 16).astype(int)
    columns = np.linspace(0, sign.shape[1] - 1, 12).astype(int)
    return (sign[np.ix_(rows, columns)] / 255).astype(np.float32)


@lru_cache(maxsize=512)
def _opened(path: str) -> Any:
    try:
        from PIL import ImageFont  # noqa: PLC0415 - optional, comes with the train extra
    except ImportError as error:
        raise UsageError("drawing TrueType fonts needs Pillow: install it, or give no folder of fonts") from error
    font = ImageFont.truetype(path, 64)
    box = font.getbbox("H", anchor="ls")
    return ImageFont.truetype(path, max(8, round(64 * HEIGHT_PX / max(1, -box[1]))))


@lru_cache(maxsize=16384)
def _type_sign(path: str, sign: str) -> U8:
    from PIL import Image, ImageDraw  # noqa: PLC0415 - optional, comes with the train extra

    font = _opened(path)
    left, _, right, _ = font.getbbox(sign, anchor="ls")
    picture = Image.new("L", (max(3, int(right - left)), HEIGHT_PX), 0)
    ImageDraw.Draw(picture).text((-left, HEIGHT_PX), sign, fill=255, font=font, anchor="ls")
    return np.asarray(picture, np.uint8)
