"""From lines of text in one picture of a vehicle to the plates among them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from edge.plates.text import normalise, plausibility
from edge.types import Box, PlateRead

NARROWEST_PX = 6.0
"""Least room for one character: smaller ones are guessed. A plate of eight is then about 60 px wide with its border."""
LEAST_CONFIDENCE = 0.5
LEAST_SCORE = 0.25
JOINED = 1.5
"""Two lines that stand as one plate and read as one are rather one plate than a plate and a stray text."""
MOST_PLATES = 3
LETTERING = 0.6
"""On a plate, lines lower than so much of the highest are a state's name, a dealer's or a sticker."""


@dataclass(frozen=True, slots=True)
class TextLine:
    """One line of text: `box` in the picture, sizes along its own sides, one confidence 0..1 a character."""

    text: str
    char_confidence: tuple[float, ...]
    box: Box
    width_px: float
    height_px: float
    sharpness: float


def plates_of(lines: Sequence[TextLine]) -> tuple[PlateRead, ...]:
    """Return the plates among the lines, surest first.

    A line may be a plate alone, the upper or left part of one or none at all (lettering on a lorry); each line serves
    once, in the reading that looks most like a registration.
    """
    written = [line for line in lines if normalise(line.text) == line.text and line.text]
    groups = [(line,) for line in written] + [
        pair for first in written for second in written if first is not second for pair in _joined(first, second)
    ]
    ranked = sorted(((_score(group), group) for group in groups), key=lambda rated: -rated[0])
    used: set[int] = set()
    found: list[PlateRead] = []
    for score, group in ranked:
        if score < LEAST_SCORE or len(found) == MOST_PLATES:
            break
        if used.isdisjoint(map(id, group)):
            used.update(map(id, group))
            found.append(_read(group))
    return tuple(sorted(found, key=lambda read: -read.confidence))


def whole_plate(lines: Sequence[TextLine]) -> PlateRead | None:
    """Return what stands on a picture that is itself a plate: its large lines, top to bottom and left to right."""
    written = [line for line in lines if normalise(line.text) == line.text and line.text]
    highest = max((line.height_px for line in written), default=0.0)
    rows: list[list[TextLine]] = []
    for line in sorted(written, key=_middle):
        if line.height_px < LETTERING * highest:
            continue
        if rows and _middle(line) - _middle(rows[-1][0]) < line.height_px / 2:
            rows[-1].append(line)
        else:
            rows.append([line])
    ordered = tuple(line for row in rows for line in sorted(row, key=lambda line: line.box[0]))
    return _read(ordered) if ordered else None


def _joined(first: TextLine, second: TextLine) -> list[tuple[TextLine, TextLine]]:
    """Return the pair where `first` is read before `second` as one plate: above it, or left of it."""
    return [(first, second)] if _stacked(first, second) or _in_row(first, second) else []


def _stacked(upper: TextLine, lower: TextLine) -> bool:
    shared = min(upper.box[2], lower.box[2]) - max(upper.box[0], lower.box[0])
    narrow = min(upper.width_px, lower.width_px)
    gap = lower.box[1] - upper.box[3]
    high = (upper.height_px + lower.height_px) / 2
    alike = 0.6 <= upper.height_px / lower.height_px <= 1.7  # noqa: PLR2004 - rows of one plate are about equally high
    return alike and shared >= 0.6 * narrow and -0.5 * high <= gap <= 0.6 * high and _middle(upper) < _middle(lower)


def _in_row(left: TextLine, right: TextLine) -> bool:
    high = (left.height_px + right.height_px) / 2
    gap = right.box[0] - left.box[2]
    alike = 0.7 <= left.height_px / right.height_px <= 1.4  # noqa: PLR2004 - one row has one height
    level = abs(_middle(left) - _middle(right)) <= 0.4 * high
    return alike and level and -0.5 * high <= gap <= 1.2 * high and left.box[0] < right.box[0]


def _middle(line: TextLine) -> float:
    return (line.box[1] + line.box[3]) / 2


def _score(group: tuple[TextLine, ...]) -> float:
    """How much a group of lines is a plate: format, confidence and shape together, 0 for never."""
    text = "".join(line.text for line in group)
    confidence = _mean([value for line in group for value in line.char_confidence])
    if confidence < LEAST_CONFIDENCE or min(line.width_px / len(line.text) for line in group) < NARROWEST_PX:
        return 0.0
    shape = min(_shape(line) for line in group)
    return plausibility(text) * confidence * shape * (JOINED if len(group) > 1 else 1.0)


def _shape(line: TextLine) -> float:
    """1 for letters as broad as plates have them; less for stretched lettering and for boxes around more than text."""
    pitch = line.width_px / len(line.text) / line.height_px
    return 1.0 if 0.3 <= pitch <= 1.1 else 0.5  # noqa: PLR2004 - a character's width over its height on plates


def _read(group: tuple[TextLine, ...]) -> PlateRead:
    boxes = [line.box for line in group]
    box = (
        min(box[0] for box in boxes),
        min(box[1] for box in boxes),
        max(box[2] for box in boxes),
        max(box[3] for box in boxes),
    )
    return PlateRead(
        text="".join(line.text for line in group),
        char_confidence=tuple(value for line in group for value in line.char_confidence),
        box=box,
        sharpness=_mean([line.sharpness for line in group]),
        width_px=box[2] - box[0] if len(group) > 1 else group[0].width_px,
        height_px=box[3] - box[1] if len(group) > 1 else group[0].height_px,
    )


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0
