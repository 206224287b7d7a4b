"""Characters that readers and people take for each other: one table of what each mistake is worth, for every use."""

from __future__ import annotations

from types import MappingProxyType

_PRICES = MappingProxyType(
    {
        0.2: ("0O", "1I", "2Z", "5S", "8B"),
        0.4: ("0D", "0Q", "OD", "OQ", "1L", "IL", "6G", "4A", "UV", "VY", "0C", "OC", "1T", "7T"),
        0.6: ("17", "38", "B3", "68", "08", "GC", "EF", "PR", "HN", "MN", "KX", "CG", "9G", "27"),
    }
)
_ALIKE = MappingProxyType({frozenset(pair): price for price, pairs in _PRICES.items() for pair in pairs})
CHEAPEST = min(_PRICES)
"""The least that one wrong character costs."""
UNLIKE = 1.0
"""Price of a character for one that does not look like it."""


def price(first: str, second: str) -> float:
    """Return what it costs to take one character for the other: 0 for the same, UNLIKE for two that are not alike."""
    return 0.0 if first == second else _ALIKE.get(frozenset((first, second)), UNLIKE)


def alikes(character: str) -> dict[str, float]:
    """Return the characters that look like this one, each with its price."""
    return {other: cost for pair, cost in _ALIKE.items() if character in pair for other in pair - {character}}
