"""When our recogniser is in doubt another reader is asked, and the text is told that both together find likelier."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from edge.plates.opinions import SUREST, log_likelihood, one_step_away
from edge.plates.text import align, has_usual_layout

if TYPE_CHECKING:
    from edge.inference.slots import SlotRead
    from edge.types import PlateRead

SURE = 0.8
"""Confidence of every character from which nobody else is asked.

Of 700 rendered plates of the training list, never seen before, .659 were read exactly when the second opinion was asked
below .6 and believed where its mean confidence was above our least, .684 with both likelihoods, .699 below .8.
"""
USUAL = 1.2
"""Logarithm of how much likelier a text is that stands as plates usually do: .72 of the texts of the 1,199 training
crops do, .21 of what PP-OCR read wrongly there."""

UNSAID, ALTERNATIVES = 3.0, 3
"""Logarithm of how much likelier a text is that a reader said than one a step away, and how many characters of a slot
are tried there: of 1,147 looks of the training side, rendered plates and crops with new texts, 14 more are read exactly
than where only what was said can be told (11 of them of the 500 rendered with two lines); 12 with 2.0, 13 with 4.0."""


def is_in_doubt(own: SlotRead) -> bool:
    """Say whether somebody else should be asked: nothing was read, or a character or the text's end is not sure."""
    return not own.text or min(*own.char_confidence, own.end_confidence) < SURE


def settled(own: SlotRead, other: PlateRead | None) -> tuple[str, tuple[float, ...]]:
    """Return the text that both readers together find likeliest, with a confidence for each character.

    Where both say the same, the surer one counts for each character. Where they differ, texts one step away from what
    they said are weighed too, and no character that one of them disputes, or of a text that none of them said, is surer
    than the whole text. Nothing is never told against a text.
    """
    if other is None or other.text == own.text:
        theirs = other.char_confidence if other else (0.0,) * len(own.text)
        pairs = zip(own.char_confidence, theirs, strict=True)
        return own.text, tuple(max(ours, min(told, SUREST)) for ours, told in pairs)
    if not own.text:
        return other.text, tuple(min(value, SUREST) for value in other.char_confidence)
    likely = own.likely(ALTERNATIVES)
    away = (text for said in (own.text, other.text) for text in one_step_away(said, likely, other.text))
    scores = {text: _score(text, own, other) for text in dict.fromkeys((own.text, other.text, *away))}
    best = max(scores, key=lambda text: scores[text])
    share = 1 / sum(math.exp(score - scores[best]) for score in scores.values())
    disputed = [ours or theirs for ours, theirs in zip(*(_disputed(best, by.text) for by in (own, other)), strict=True)]
    told = {own.text: own.char_confidence, other.text: other.char_confidence}.get(best, (share,) * len(best))
    return best, tuple(
        min(value, share if doubtful else SUREST) for value, doubtful in zip(told, disputed, strict=True)
    )


def _score(text: str, own: SlotRead, other: PlateRead) -> float:
    """Return the logarithm of how likely a text is that both readers have seen."""
    unsaid = text not in (own.text, other.text)
    return own.log_likelihood(text) + log_likelihood(other, text) + USUAL * has_usual_layout(text) - UNSAID * unsaid


def _disputed(text: str, said: str) -> tuple[bool, ...]:
    """Say for each character of a text whether somebody said something else."""
    places = align(said, text)
    return tuple(place is None or said[place] != sign for place, sign in zip(places, text, strict=True))
