"""How far apart two plate readings are: edit distance in which characters that look alike cost little.

Method: V. Levenshtein, 1966, with a price for each substitution. 0 is the same plate, 1 about one honest misreading.
"""

from __future__ import annotations

from collections.abc import Iterable

from edge.types import Plate

_PRICES = {
    0.2: ("0O", "1I", "2Z", "5S", "8B"),
    0.4: ("0D", "0Q", "OD", "OQ", "1L", "IL", "6G", "4A", "UV", "VY", "0C", "OC", "1T", "7T"),
    0.6: ("17", "38", "B3", "68", "08", "GC", "EF", "PR", "HN", "MN", "KX", "CG", "9G", "27"),
}
_ALIKE = {frozenset(pair): price for price, pairs in _PRICES.items() for pair in pairs}
_ADDED = 1.0
CHEAPEST = min(_PRICES)
"""The least that one wrong character costs."""


def plain(text: str) -> str:
    """Return the letters and digits of a plate in capitals: separators are read now and then, and say nothing."""
    return "".join(char for char in text.upper() if char.isalnum())


def distance(first: str, second: str) -> float:
    """Return the weighted edit distance of two texts."""
    one, other = plain(first), plain(second)
    row = [_ADDED * column for column in range(len(other) + 1)]
    for index, char in enumerate(one, 1):
        previous, row = row, [_ADDED * index]
        for column, wanted in enumerate(other, 1):
            swapped = previous[column - 1] + _price(char, wanted)
            row.append(min(swapped, previous[column] + _ADDED, row[-1] + _ADDED))
    return row[-1]


def closest(first: Iterable[Plate], second: Iterable[Plate]) -> float | None:
    """Return the distance of the two most similar plates, or None when a side has none: a trailer brings its own."""
    pairs = [(one.text, other.text) for one in first for other in second if plain(one.text) and plain(other.text)]
    return min((distance(*pair) for pair in pairs), default=None)


def _price(first: str, second: str) -> float:
    return 0.0 if first == second else _ALIKE.get(frozenset((first, second)), 1.0)
