"""Which colours of vehicles may be taken for each other, by a camera or by who wrote them down."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from edge.types import COLOURS

OTHER_NAMES: Mapping[str, str] = MappingProxyType(
    {"gray": "grey", "silver": "grey", "cream": "beige", "gold": "beige", "maroon": "red", "navy": "blue"}
)
"""What people write beside COLOURS."""
_ALIKE = tuple(
    map(
        frozenset,
        (
            ("black", "grey", "white"),
            ("black", "blue"),
            ("black", "green"),
            ("black", "brown"),
            ("grey", "blue"),
            ("grey", "green"),
            ("grey", "beige"),
            ("grey", "brown"),
            ("white", "beige"),
            ("blue", "green"),
            ("red", "orange", "brown"),
            ("orange", "yellow"),
            ("yellow", "beige"),
            ("beige", "brown"),
        ),
    )
)


def named(text: str) -> str:
    """Return which of COLOURS a text means, empty where it is none of them."""
    word = text.strip().lower()
    word = OTHER_NAMES.get(word, word)
    return word if word in COLOURS else ""


def clearly_other(first: str, second: str) -> bool:
    """Return whether one vehicle cannot be both; a colour that is not known, or not among COLOURS, is no other."""
    pair = {named(first), named(second)}
    return len(pair) > 1 and "" not in pair and not any(pair <= alike for alike in _ALIKE)
