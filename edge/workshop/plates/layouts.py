"""How the plates of a country are written: rows of a table, and the signs that one text of a row is made of."""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import numpy as np

REGIONS = ("za", "gb", "eu", "us", "br", "in", "pk", "vn", "id", "au", "ru", "other")
"""Families of layouts that the network tells apart; `us` is all of North America, `ru` its look-alike letters."""
_EUROPEAN = (
    "AT", "BE", "BG", "CH", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IS", "IT", "LI", "LT",
    "LU", "LV", "NL", "NO", "PL", "PT", "RO", "RS", "SE", "SI", "SK", "UA",
)  # fmt: skip
_ITS_OWN = ("AU", "BR", "GB", "ID", "IN", "PK", "RU", "US", "VN", "ZA")
_REGION_OF = (
    {country: country.lower() for country in _ITS_OWN}
    | dict.fromkeys(("CA", "CU", "MX"), "us")
    | {"AR": "br"}
    | dict.fromkeys(_EUROPEAN, "eu")
)

CONSONANTS = "BCDFGHJKLMNPRSTVWXYZ"
NO_I_O_Q = "ABCDEFGHJKLMNPRSTUVWXYZ"
ALL = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
CYRILLIC_ALIKE = "ABEKMHOPCTYX"

SEAL, SCRIBBLE, STACK, SMALL, BREAK = "*", "~", "%", "^", "|"
GAPS = " -."
PROOF_SHARE = 5  # one text in so many belongs to the proof


@dataclass(frozen=True, slots=True)
class Layout:
    r"""One kind of plate.

    `patterns`: A a letter of `letters`, 9 a digit, # either; `\` keeps the next sign as it stands; space, - and . are
    gaps, | breaks the line, ^ makes the rest of the group small, * is a seal, ~ is writing in another script, % are two
    small numbers one above the other.
    `aspect`: least and most width over height. `tones`: pairs of ink and ground, brightness 0..255. `band`: where a
    band with a small mark lies (l, r, lr or nothing; v: the mark written upright at the left). `captions`: small words
    above or below that are not part of the text, with the share of height kept for each. `weight`: how often the row is
    drawn beside the others.
    """

    name: str
    region: str
    patterns: tuple[str, ...]
    letters: str = CONSONANTS
    aspect: tuple[float, float] = (4.2, 5.2)
    tones: tuple[tuple[int, int], ...] = ((20, 240),)
    band: str = ""
    mark: str = ""
    captions: tuple[str, ...] = ()
    caption_share: float = 0.0
    fill: float = 0.74
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Sign:
    """One sign on a plate: what it is, which row it stands in, and whether it is written small."""

    sign: str
    row: int
    small: bool = False

    @property
    def is_read(self) -> bool:
        """Whether it is part of the plate's text."""
        return self.sign.isalnum()


def spell(pattern: str, letters: str, rng: np.random.Generator) -> tuple[Sign, ...]:
    """Draw one text that fits the pattern, sign by sign, two-line plates top to bottom."""
    signs: list[Sign] = []
    row, small, keep = 0, False, False
    for mark in pattern:
        if keep:
            signs.append(Sign(mark, row, small))
            keep = False
        elif mark == "\\":
            keep = True
        elif mark == BREAK:
            row, small = row + 1, False
        elif mark == SMALL:
            small = not small
        else:
            signs.append(Sign(_drawn(mark, letters, rng), row, small))
    return tuple(signs)


def _drawn(mark: str, letters: str, rng: np.random.Generator) -> str:
    if mark == "#":
        mark = "A" if rng.random() < 0.5 else "9"  # noqa: PLR2004 - a fair coin
    if mark == "A":
        return letters[int(rng.integers(len(letters)))]
    if mark == "9":
        return str(int(rng.integers(10)))
    return mark


def text_of(signs: tuple[Sign, ...]) -> str:
    """Return what a reader should say: the letters and digits in order."""
    return "".join(sign.sign for sign in signs if sign.is_read)


def region_of(country: str) -> str:
    """Return the region of a country by its ISO 3166 letters; `other` where it is none of ours."""
    return _REGION_OF.get(country, "other")


def is_proof_text(text: str) -> bool:
    """Whether a text is kept for the proof: one in five by its checksum, as `scene.ingredients` splits them."""
    return zlib.crc32(text.encode()) % PROOF_SHARE == 0
