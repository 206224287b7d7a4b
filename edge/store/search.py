"""How plates are searched: by their letters and digits alone."""

from __future__ import annotations

import re
from collections.abc import Iterable

from edge.types import Plate

_NO_PLATE_CHARACTER = re.compile(r"[\W_]+")


def bare(text: str) -> str:
    """Return the letters and digits of a plate, in capitals."""
    return _NO_PLATE_CHARACTER.sub("", text).upper()


def searchable(plates: Iterable[Plate]) -> str:
    """Return the bare plates between spaces: ` CA123456 CF207358 `; nothing for no plate."""
    words = dict.fromkeys(filter(None, (bare(plate.text) for plate in plates)))
    return f" {' '.join(words)} " if words else ""
