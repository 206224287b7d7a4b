"""What was found in each frame of a sequence as its own list tells, and what of it counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from edge.errors import ConfigError
from edge.types import Detections
from edge.workshop.tracks.mot_text import FOUND_FILE, NO_CLASS, read_found

if TYPE_CHECKING:
    from edge.workshop.tracks.sequence import MotSequence


def has_list(sequence: MotSequence) -> bool:
    """Whether the sequence brings its own detections; a folder for them without the list is an error, not a no."""
    return (sequence.folder / FOUND_FILE).parent.exists()


def listed(sequence: MotSequence) -> tuple[Detections, ...]:
    """Return the boxes of each frame as the sequence's `det.txt` lists them, those outside the picture left out.

    Raises:
        ConfigError: it cannot be read, a line is wrong, or it tells of more frames than the sequence has.
    """
    path = sequence.folder / FOUND_FILE
    found = read_found(path)
    if found and max(found) > sequence.length:
        raise ConfigError(f"{path}: has boxes in frame {max(found)} of {sequence.length}; correct it or seqLength")
    return tuple(_inside(found.get(number, Detections.empty()), sequence) for number in range(1, sequence.length + 1))


def _inside(found: Detections, sequence: MotSequence) -> Detections:
    low, high = found.xyxy[:, :2], found.xyxy[:, 2:]
    return found[((low < sequence.size_wh) & (high > 0)).all(axis=1)]


def counted(found: Detections, kinds: frozenset[int]) -> Detections:
    """Return the boxes of the classes that count; those without a class are taken for the first of these."""
    kept = found[np.isin(found.class_id, [*kinds, NO_CLASS])]
    named = np.where(kept.class_id == NO_CLASS, min(kinds, default=0), kept.class_id).astype(np.int16)
    return Detections(kept.xyxy.copy(), kept.confidence.copy(), named)
