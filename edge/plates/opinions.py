"""Two readers of one plate: which text both together find likelier.

Readers err independently, so the log-likelihoods of a text under both are added (a product of experts; Hinton 2002,
"Training products of experts by minimizing contrastive divergence"). One that tells its text and confidences alone is
judged by the likeliest way from a text to what it said: characters kept, taken for others, left out and put in.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from edge.types import PlateRead

SUREST, LEAST_SURE = 0.98, 0.05
"""What a told confidence is worth at most and at least: readers are wrong while they are sure."""
OTHERS = 10
"""A character that is taken for another is taken for one of so many that look like it."""
PUT_IN, LEFT_OUT = 0.4, 0.05
"""Share of wrong characters that stand for nothing (captions, bolts, seals), and chance that one is passed over.

Like `SUREST`, among the values under which PP-OCR's readings of the 1,199 training crops are likeliest; what is read
hardly hangs on them.
"""


def log_likelihood(said: PlateRead, text: str) -> float:
    """Return the logarithm of how likely a reader says what it said where `text` stands; both may have any length."""
    passed_over = math.log(LEFT_OUT)
    row = [column * passed_over for column in range(len(text) + 1)]
    for character, told in zip(said.text, said.char_confidence, strict=True):
        right = min(max(told, LEAST_SURE), SUREST)
        kept, changed = math.log(right), math.log((1 - right) / OTHERS)
        put_in = math.log((1 - right) * PUT_IN)
        before, row[0] = row[0], row[0] + put_in
        for column, true in enumerate(text, start=1):
            way = before + (kept if character == true else changed)
            before, row[column] = row[column], max(way, row[column] + put_in, row[column - 1] + passed_over)
    return row[-1]


def one_step_away(text: str, likely: Sequence[str], other: str) -> Iterator[str]:
    """Yield the texts with one character less, another, or more, some of them twice; never an empty one.

    Where one reader took a bolt for a character and the other misread the next one, the truth lies between them.

    Args:
        text: what a reader said.
        likely: for each place the characters that are likely there.
        other: what the other reader said; its characters around a place may stand there too.
    """
    for place in range(len(text) + 1):
        around = other[max(0, place - 1) : place + 2] + (likely[place] if place < len(likely) else "")
        before, behind = text[:place], text[place + 1 :]
        if place < len(text):
            yield from (before + sign + behind for sign in around)
            if before or behind:
                yield before + behind
        yield from (before + sign + text[place:] for sign in around)
