"""How far apart two plate readings are: edit distance in which characters that look alike cost little.

Method: V. Levenshtein, 1966, with a price for each substitution. 0 is the same plate, 1 about one honest misreading.
"""

from __future__ import annotations

from collections.abc import Iterable

from edge.lookalikes import price
from edge.types import Plate

SURE = 0.8
"""Plates that are less sure say nothing of which vehicle it is."""
_ADDED = 1.0


def plain(text: str) -> str:
    """Return the letters and digits of a plate in capitals: separators are read now and then, and say nothing."""
    return "".join(char for char in text.upper() if char.isalnum())


def texts(plates: Iterable[Plate], least: float = SURE) -> frozenset[str]:
    """Return the letters and digits of those plates that are at least so sure."""
    return frozenset(plain(plate.text) for plate in plates if plate.confidence >= least) - {""}


def distance(first: str, second: str) -> float:
    """Return the weighted edit distance of two texts."""
    one, other = plain(first), plain(second)
    row = [_ADDED * column for column in range(len(other) + 1)]
    for index, char in enumerate(one, 1):
        previous, row = row, [_ADDED * index]
        for column, wanted in enumerate(other, 1):
            swapped = previous[column - 1] + price(char, wanted)
            row.append(min(swapped, previous[column] + _ADDED, row[-1] + _ADDED))
    return row[-1]


def closest(first: Iterable[Plate], second: Iterable[Plate]) -> float | None:
    """Return the distance of the two most similar plates, or None when a side has none: a trailer brings its own."""
    pairs = [(one.text, other.text) for one in first for other in second if plain(one.text) and plain(other.text)]
    return min((distance(*pair) for pair in pairs), default=None)
