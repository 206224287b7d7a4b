"""Read a recogniser's output: greedy connectionist temporal classification, narrowed to what stands on plates."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from edge.types import F32

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
SEPARATORS = " -.·•:/|'"
_BLANK = 0


class Alphabet:
    """The characters of a recogniser, folded to capital letters, digits and one separator.

    A plate knows no small letters: their probability counts for the capitals. Everything else (the model may know
    thousands of signs) stays out of the reading, but not out of the confidence.

    Args:
        characters: the model's characters; column 0 of its output is the blank, column 1 the first of these, and a last
            column, where there is one more, the space.

    Raises:
        ValueError: the capitals and digits are not all in it.
    """

    def __init__(self, characters: Sequence[str]) -> None:
        known = [*LETTERS, SEPARATORS]
        columns: list[list[int]] = [[_BLANK]] + [[] for _ in known]
        for column, character in enumerate(characters, start=1):
            place = _place(character)
            if place:
                columns[place].append(column)
        missing = [name for name, found in zip(LETTERS, columns[1:], strict=False) if not found]
        if missing:
            raise ValueError(f"its characters lack {''.join(missing)}")
        self.size = len(characters) + 1
        self._columns = [np.array(found, np.intp) for found in columns]

    def fold(self, probability: F32) -> F32:
        """(T,C) over the model's characters to (T,38): blank, the capitals and digits, the separator."""
        folded: F32 = np.stack([probability[:, columns].sum(axis=1) for columns in self._columns], axis=1)
        return folded


def read_greedily(folded: F32) -> tuple[str, tuple[float, ...]]:
    """Return the text (capitals and digits only) and the confidence 0..1 of each character.

    Args:
        folded: (T,38) float32 as `Alphabet.fold` gives it.
    """
    text, confidence = "", []
    best = folded.argmax(axis=1)
    start = 0
    for end in range(1, len(best) + 1):
        if end < len(best) and best[end] == best[start]:
            continue
        if 0 < best[start] <= len(LETTERS):
            text += LETTERS[best[start] - 1]
            confidence.append(min(1.0, float(np.max(folded[start:end, best[start]]))))
        start = end
    return text, tuple(confidence)


def _place(character: str) -> int:
    """Folded column of a character; 0 for one that does not stand on plates."""
    capital = character.upper()
    if capital and capital in SEPARATORS:
        return len(LETTERS) + 1
    return LETTERS.find(capital) + 1 if len(capital) == 1 else 0
