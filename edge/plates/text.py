"""Plate texts: capitals and digits only, and how much one looks like a registration."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise

from edge.lookalikes import price

SHORTEST = 4
LONGEST = 10
LONGEST_NUMBER = 8
USUAL = range(5, 10)
"""Most registrations of the world have so many letters and digits."""

LAYOUTS = frozenset(
    [
        "AA99",
        "AA999",
        "AA9999",
        "AA99999",
        "AA999999",
        "AAA99",
        "AAA999",
        "AAA9999",
        "AAA99999",
        "AAA999AA",
        "AA99AAAA",
        "AA99AAA",
        "AA99AA",
        "AA999AA",
        "A99AAA",
        "A999AAA",
        "9999AAA",
        "999AAA",
        "99AAA9",
        "9AAA999",
        "AAA9A99",
        "AAA99A",
        "AA999A",
        "AA99A9999",
        "AA99AA9999",
        "AAA99AAA",
    ]
)
"""Usual groups of letters (A) and digits (9) on plates of southern Africa, Europe, America, Asia and Australia."""
ALIKE = 0.4
"""Price up to which a letter is taken for a digit in earnest."""


def normalise(text: str) -> str:
    """Return the letters and digits of `text`, in capitals: `cf 207-358` is CF207358."""
    return "".join(character for character in text.upper() if character.isascii() and character.isalnum())


def plausibility(text: str) -> float:
    """Return how much a normalised text looks like a registration: 0 for never, 1 for the usual kind.

    Deliberately loose: every country has its own formats and sells texts of choice. It keeps out words, telephone
    numbers and single signs; telling texts apart is left to the vote.
    """
    if not SHORTEST <= len(text) <= LONGEST or not any(character.isdigit() for character in text):
        return 0.0
    if text.isdigit():
        # Some countries have such plates; far more often it is a fleet number, and longer ones are telephones.
        return 0.3 if len(text) <= LONGEST_NUMBER else 0.0
    runs = 1 + sum(first.isdigit() != second.isdigit() for first, second in pairwise(text))
    usual = 1.0 if len(text) in USUAL else 0.7
    # Registrations are a few groups of letters and of digits; more groups are a serial number or a misreading.
    return usual * (1.0 if runs <= 4 else 0.6)  # noqa: PLR2004 - as the line above says


def has_usual_layout(text: str) -> bool:
    """Say whether letters and digits stand where some country puts them. Many right plates are unusual: mind that."""
    return "".join("9" if character.isdigit() else "A" for character in text) in LAYOUTS


def resemble(first: str, second: str) -> bool:
    """Say whether one of two characters is a digit and the other a letter that looks like it."""
    return first.isdigit() != second.isdigit() and price(first, second) <= ALIKE


@lru_cache(maxsize=4096)
def distance(first: str, second: str) -> int:
    """Return how many characters must be put in, left out or changed to make one text the other (Levenshtein, 1966)."""
    row = list(range(len(second) + 1))
    for place, character in enumerate(first, start=1):
        before, row[0] = row[0], place
        for column, other in enumerate(second, start=1):
            before, row[column] = row[column], min(row[column] + 1, row[column - 1] + 1, before + (character != other))
    return row[-1]


def align(text: str, reference: str) -> tuple[int | None, ...]:
    """Return for each character of `reference` the place in `text` that stands for it, None where it has none."""
    costs = [[abs(row - column) for column in range(len(reference) + 1)] for row in range(len(text) + 1)]
    for row in range(1, len(text) + 1):
        for column in range(1, len(reference) + 1):
            costs[row][column] = min(
                costs[row - 1][column] + 1,
                costs[row][column - 1] + 1,
                costs[row - 1][column - 1] + (text[row - 1] != reference[column - 1]),
            )
    places: list[int | None] = [None] * len(reference)
    row, column = len(text), len(reference)
    while row and column:
        if costs[row][column] == costs[row - 1][column - 1] + (text[row - 1] != reference[column - 1]):
            row, column = row - 1, column - 1
            places[column] = row
        elif costs[row][column] == costs[row - 1][column] + 1:
            row -= 1
        else:
            column -= 1
    return tuple(places)
