"""What makes tracking hard, made on purpose and the same for every tracker: missed boxes, false ones, few frames.

Each is drawn from a seed that hangs on the sequence's name and the condition's alone.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from edge.types import Detections

if TYPE_CHECKING:
    from collections.abc import Sequence

    from edge.types import F32

_SEED = 20
_FALSE_CONFIDENCE = (0.3, 0.6)  # from where our detector's card and tracker listen, to where its sure ones begin
_RESIZED = (0.7, 1.4)
_EARLY_NS = 1_000_000  # stamps are rounded: a frame this little before its time is on time


@dataclass(frozen=True, slots=True)
class Condition:
    """`missed`: the share of boxes dropped; `false_boxes`: the mean number added to a frame; `fps`: 0 for all."""

    name: str
    missed: float = 0.0
    false_boxes: float = 0.0
    fps: int = 0

    def suits(self, fps: float) -> bool:
        """Whether a sequence of `fps` has frames to leave out."""
        return not self.fps or fps > self.fps

    def rate(self, fps: float) -> float:
        """Return the frames a second that are left of `fps`."""
        return float(self.fps) or fps


CONDITIONS = (
    Condition("full"),
    Condition("missed", missed=0.3),
    Condition("false", false_boxes=1.0),
    Condition("5fps", fps=5),
    Condition("1fps", fps=1),
)


class Thinning:
    """Picks frames by their stamps: the first in every period of the wanted rate."""

    def __init__(self, fps: int) -> None:
        self._fps = fps
        self._first_ns: int | None = None
        self._period = -1

    def keeps(self, at_ns: int) -> bool:
        """Return whether the frame stamped `at_ns` stays; call with all of them, in order."""
        if not self._fps:
            return True
        self._first_ns = at_ns if self._first_ns is None else self._first_ns
        period = (at_ns - self._first_ns + _EARLY_NS) * self._fps // 1_000_000_000
        kept = period > self._period
        self._period = max(period, self._period)
        return kept


def impaired(
    found: Sequence[Detections], condition: Condition, name: str, size_wh: tuple[int, int]
) -> tuple[Detections, ...]:
    """Return the boxes of each frame as they are under `condition`, in the sequence `name` of `size_wh` pixels."""
    rng = np.random.default_rng([_SEED, zlib.crc32(f"{name} {condition.name}".encode())])
    if condition.missed:
        found = [boxes[rng.random(len(boxes)) >= condition.missed] for boxes in found]
    if condition.false_boxes:
        models = _joined(found)
        if len(models):
            found = [
                _joined((boxes, _false(rng, rng.poisson(condition.false_boxes), models, size_wh))) for boxes in found
            ]
    return tuple(found)


def _false(rng: np.random.Generator, count: int, models: Detections, size_wh: tuple[int, int]) -> Detections:
    """Return `count` boxes anywhere in the picture, about as large as `models` and of their classes."""
    picked = models[rng.integers(len(models), size=count)]
    sides = (picked.xyxy[:, 2:] - picked.xyxy[:, :2]) * rng.uniform(*_RESIZED, (count, 1))
    sides = np.minimum(sides, size_wh)
    corner = rng.uniform(0, 1, (count, 2)) * (np.array(size_wh) - sides)
    xyxy: F32 = np.concatenate((corner, corner + sides), axis=1).astype(np.float32)
    return Detections(xyxy, rng.uniform(*_FALSE_CONFIDENCE, count).astype(np.float32), picked.class_id.copy())


def _joined(parts: Sequence[Detections]) -> Detections:
    if not parts:
        return Detections.empty()
    return Detections(
        np.concatenate([part.xyxy for part in parts]),
        np.concatenate([part.confidence for part in parts]),
        np.concatenate([part.class_id for part in parts]),
    )
