"""Plate texts put right by what a country's plates look like.

A look-alike is changed only where the text as read is no plate of these countries, and only for a price: what it costs
to take one character for the other, the more the surer it was read. What no look offered and nothing read looks like is
never put in. In doubt a text stays as read.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from itertools import product
from types import MappingProxyType

from edge.grammars import GRAMMARS, LOOSE
from edge.lookalikes import alikes
from edge.types import PlateRead

MOST = 0.5
"""Most that changes of one text may cost together: two cheap look-alikes or a dear one, however sure they were."""
MOST_LOOSE = 0.15
"""As above where most texts fit no layout: a cheap look-alike that was in doubt."""
APART = 0.1
"""A text is taken only when the next one costs at least so much more."""
_LETTERS, _DIGITS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ"), frozenset("0123456789")
_SETS = MappingProxyType({"@": _LETTERS, "#": _DIGITS, "*": _LETTERS | _DIGITS})
_PIECE = re.compile(r"(\[\^?[A-Z0-9]+\]|\([A-Z0-9|]+\)|[@#*A-Z0-9 .-])(?:\{(\d+)(?:,(\d+))?\})?")

Charges = Sequence[Mapping[str, float]]
"""For each place of a text what each character would cost there; those that are not named cannot stand there."""


@dataclass(frozen=True, slots=True)
class Prior:
    """What is known of plates before one is read: the site's countries (keys of GRAMMARS) and the plates it knows.

    The known ones are normalised texts, as `edge.plates.text.normalise` gives them.
    """

    countries: tuple[str, ...] = ()
    known: frozenset[str] = frozenset()


NOTHING_KNOWN = Prior()


def nothing() -> Prior:
    """Expect nothing of any plate."""
    return NOTHING_KNOWN


@dataclass(frozen=True, slots=True)
class Layout:
    """Which characters may stand at each place, and what people write before each; `row` of the table says so."""

    row: str
    places: tuple[frozenset[str], ...]
    gaps: tuple[str, ...]

    def fits(self, text: str) -> bool:
        """Say whether a text of the layout's length is composed so."""
        return all(sign in place for sign, place in zip(text, self.places, strict=True))


@dataclass(slots=True)
class _Offers:
    """The cheapest text so far, and what the next one costs."""

    text: str = ""
    price: float = math.inf
    next: float = math.inf

    def add(self, text: str, price: float) -> None:
        if text == self.text:
            return  # another layout allows the same text; its characters cost the same
        if price < self.price:
            self.text, self.price, self.next = text, price, self.price
        else:
            self.next = min(self.next, price)

    @property
    def clear(self) -> str:
        """The cheapest text where it is clearly so, else an empty one."""
        return self.text if self.text and self.next - self.price >= APART else ""


@cache
def layouts(country: str) -> Mapping[int, tuple[Layout, ...]]:
    """Return the layouts of a country (a key of GRAMMARS) by the length of their texts."""
    found: dict[int, tuple[Layout, ...]] = {}
    for row in GRAMMARS[country]:
        for layout in dict.fromkeys(_expanded(row)):
            found[len(layout.places)] = (*found.get(len(layout.places), ()), layout)
    return MappingProxyType(found)


@lru_cache(maxsize=4096)
def fits(text: str, countries: tuple[str, ...]) -> str | None:
    """Return the first of the countries whose plates are composed like this text; None where none is."""
    return next((one for one in countries if any(layout.fits(text) for layout in _of_length(one, text))), None)


def written(text: str, country: str | None) -> str:
    """Return a plate as people write it in its country, `CF 207-358`, by the first row of the table that it fits.

    Where the row has several gaps for it, M-AB 12 and MA-B 12, only those are written that are certain.
    """
    fitting = [layout for layout in _of_length(country, text) if layout.fits(text)] if country else []
    if not fitting:
        return text
    gaps = [layout.gaps for layout in fitting if layout.row == fitting[0].row]
    agreed = (places[0] if len(set(places)) == 1 else "" for places in zip(*gaps, strict=True))
    return "".join(gap + sign for gap, sign in zip(agreed, text, strict=True))


def charges_of(read: PlateRead) -> Charges:
    """Return what one look charges for each character: nothing for the one it read, the more the surer it was."""
    return [
        {sign: 0.0} | {other: price * sure for other, price in alikes(sign).items()}
        for sign, sure in zip(read.text, read.char_confidence, strict=True)
    ]


def by_layout(read: PlateRead, prior: Prior) -> PlateRead:
    """Return one look with its text put right; a vote over several looks knows more."""
    return replace(read, text=put_right(read.text, charges_of(read), prior))


def put_right(text: str, charges: Charges, prior: Prior) -> str:
    """Return the text of the site's countries that is clearly the cheapest; `text` itself where it is a plate already.

    Args:
        text: what was read or voted for.
        charges: a mapping for each character of it, in which that character costs nothing.
        prior: without countries nothing is changed, and neither is a plate that the site knows.
    """
    if text in prior.known or not prior.countries or fits(text, prior.countries):
        return text
    return _composed(charges, prior.countries).clear or text


def _composed(charges: Charges, countries: tuple[str, ...]) -> _Offers:
    """Offer the cheapest text of every layout, and the second one of each, which may be as good."""
    offers = _Offers()
    for country in countries:
        most = MOST_LOOSE if country in LOOSE else MOST
        for layout in layouts(country).get(len(charges), ()):
            choices = [
                sorted((cost, sign) for sign, cost in charge.items() if sign in place)[:2]
                for charge, place in zip(charges, layout.places, strict=True)
            ]
            total = sum(choice[0][0] for choice in choices) if all(choices) else math.inf
            if total <= most:
                offers.add("".join(choice[0][1] for choice in choices), total)
                rivals = [choice[1][0] - choice[0][0] for choice in choices if len(choice) > 1]
                offers.next = min(offers.next, total + min(rivals, default=math.inf))
    return offers


def _of_length(country: str, text: str) -> tuple[Layout, ...]:
    return layouts(country).get(len(text), ())


def _expanded(row: str) -> Iterator[Layout]:
    """Yield every layout that a row of the table stands for."""
    for pieces in product(*(_pieces(*found.groups()) for found in _PIECE.finditer(row))):
        places: list[frozenset[str]] = []
        gaps: list[str] = []
        gap = ""
        for place in (place for piece in pieces for place in piece):
            if isinstance(place, str):
                gap += place
            else:
                places.append(place)
                gaps.append(gap if places[1:] else "")
                gap = ""
        yield Layout(row, tuple(places), tuple(gaps))


def _pieces(piece: str, least: str | None, most: str | None) -> list[tuple[frozenset[str] | str, ...]]:
    """Return what one piece of a row may stand for: runs of places, and gaps as they are written."""
    counts = range(int(least or 1), int(most or least or 1) + 1)
    if piece[0] == "(":
        return [tuple(frozenset(sign) for sign in word) for word in piece[1:-1].split("|")]
    if piece[0] == "[":
        named = frozenset(piece.strip("[^]"))
        return [(_LETTERS - named if piece[1] == "^" else named,) * count for count in counts]
    return [(piece if piece in " .-" else _SETS.get(piece, frozenset(piece)),) * count for count in counts]
