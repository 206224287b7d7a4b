"""How good a plate reader is: found, exact, characters, extra, counted over single looks at pictures."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from edge.plates.text import align, distance
from edge.types import Box, PlateRead
from edge.vision.boxes import iou_matrix

if TYPE_CHECKING:
    from collections.abc import Sequence

    from edge.workshop.plate_sets import PlatePicture, PlateTruth

MET_IOU = 0.5
NOTHING = "-"
"""Stands for a character that is not there, in confusions."""


@dataclass(frozen=True, slots=True)
class PlateAnswer:
    """What was read for one true plate that has a text: the nearest of the picture's strings, empty for none."""

    file: str
    text: str
    read: str
    confidence: float


@dataclass(slots=True)
class PlateTally:
    """Counts as pictures come in."""

    images: int = 0
    plates: int = 0
    met: int = 0
    extra: int = 0
    answers: list[PlateAnswer] = field(default_factory=list)

    def add(self, picture: PlatePicture, reads: Sequence[PlateRead]) -> None:
        """Count what was reported for one picture, one string a box.

        A picture that is the plate is met by any string.
        """
        self.images += 1
        self.plates += len(picture.plates)
        self.met += sum(_is_met(plate, reads) for plate in picture.plates)
        self.extra += sum(_is_extra(read, picture.plates) for read in reads)
        for plate in picture.plates:
            if plate.text:
                nearest = min(reads, key=lambda read: distance(read.text, plate.text), default=None)
                read, sure = (nearest.text, nearest.confidence) if nearest else ("", 0.0)
                self.answers.append(PlateAnswer(picture.path.name, plate.text, read, sure))

    @property
    def summary(self) -> dict[str, float | int | None]:
        """The last line of `edge eval plates --json`; a share of nothing is None.

        `characters` is 1 - edit distance / length of the true text, over all texts together, never below 0 for one.
        """
        length = sum(len(answer.text) for answer in self.answers)
        right = sum(max(0, len(answer.text) - distance(answer.read, answer.text)) for answer in self.answers)
        exact = sum(answer.read == answer.text for answer in self.answers)
        return {
            "images": self.images,
            "plates": self.plates,
            "found": share(self.met, self.plates),
            "exact": share(exact, len(self.answers)),
            "characters": share(right, length),
            "extra_per_image": share(self.extra, self.images),
        }

    def confusions(self) -> Counter[tuple[str, str]]:
        """Count the characters taken for others, as (true, read); of texts that are at least half right."""
        pairs: Counter[tuple[str, str]] = Counter()
        for answer in self.answers:
            if 0 < distance(answer.read, answer.text) <= len(answer.text) // 2:
                pairs.update(_confused(answer))
        return pairs


def share(part: int, whole: int) -> float | None:
    """Return a part over the whole, to four places; a share of nothing is None."""
    return round(part / whole, 4) if whole else None


def _is_met(plate: PlateTruth, reads: Sequence[PlateRead]) -> bool:
    if plate.box is None:
        return any(read.text for read in reads)
    return any(_overlap(read.box, plate.box) >= MET_IOU for read in reads)


def _is_extra(read: PlateRead, plates: Sequence[PlateTruth]) -> bool:
    """Whether a string matches no true text and its box touches no true plate whose text is unknown."""
    if not read.text or any(read.text == plate.text for plate in plates):
        return False
    return not any(not plate.text and (plate.box is None or _overlap(read.box, plate.box) > 0) for plate in plates)


def _overlap(first: Box, second: Box) -> float:
    return float(iou_matrix(np.array([first], np.float32), np.array([second], np.float32))[0, 0])


def _confused(answer: PlateAnswer) -> list[tuple[str, str]]:
    places = align(answer.read, answer.text)
    pairs = [
        (true, NOTHING if place is None else answer.read[place])
        for true, place in zip(answer.text, places, strict=True)
    ]
    added = [(NOTHING, sign) for place, sign in enumerate(answer.read) if place not in places]
    return [pair for pair in pairs + added if pair[0] != pair[1]]
