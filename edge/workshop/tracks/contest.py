"""One pass over a sequence with every tracker beside the others: each frame is decoded once and held alone."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

import cv2
import numpy as np
import numpy.typing as npt

from edge.types import F32, U8, U64, Detections
from edge.vision.dhash import dhash_boxes
from edge.workshop.tracks.conditions import Thinning
from edge.workshop.video import whole_picture

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from edge.ports import Frame
    from edge.workshop.tracks.conditions import Condition
    from edge.workshop.tracks.sequence import MotSequence


@dataclass(frozen=True, slots=True, eq=False)
class Sight:
    """What every tracker gets of one frame.

    `hashes` (N,) belong to the detections and took `hash_ns` to make, crops included; `picture` (H,W,3) uint8 BGR is
    there where a tracker of the contest asks for it.
    """

    found: Detections
    hashes: U64
    hash_ns: int
    at_ns: int
    size_wh: tuple[int, int]
    picture: U8 | None


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """What a tracker says of one frame: `ids` (N,) int64, `xyxy` (N,4) float32, and the time it took."""

    ids: npt.NDArray[np.int64]
    xyxy: F32
    spent_ns: int


class Contestant(Protocol):
    """A tracker, fresh for one sequence. It answers with boxes that it has an identity for, and no others."""

    name: str
    wants_picture: bool

    def step(self, sight: Sight) -> Answer: ...


@dataclass(slots=True)
class Run:
    """The answers of one tracker by number of the frame, from 1."""

    name: str
    answers: dict[int, Answer] = field(default_factory=dict)


def run(
    sequence: MotSequence,
    found: Sequence[Detections],
    condition: Condition,
    contestants: Sequence[Contestant],
    tick: Callable[[], object] = lambda: None,
) -> tuple[Run, ...]:
    """Show a sequence to all `contestants`; `found` are the boxes of each frame under `condition`.

    Raises:
        ConfigError, SourceBroken: as `MotSequence.frames`.
    """
    runs = tuple(Run(one.name) for one in contestants)
    wants_picture = any(one.wants_picture for one in contestants)
    thinning = Thinning(condition.fps)
    for frame in sequence.frames():
        tick()
        if thinning.keeps(frame.mono_ns):
            sight = _sight(frame, found[frame.seq], wants_picture=wants_picture)
            for one, kept in zip(contestants, runs, strict=True):
                kept.answers[frame.seq + 1] = one.step(sight)
    return runs


def _sight(frame: Frame, found: Detections, *, wants_picture: bool) -> Sight:
    began = time.perf_counter_ns()
    hashes = dhash_boxes(frame, found.xyxy)
    hash_ns = time.perf_counter_ns() - began
    picture = np.asarray(cv2.cvtColor(whole_picture(frame), cv2.COLOR_RGB2BGR), np.uint8) if wants_picture else None
    return Sight(found, hashes, hash_ns, frame.mono_ns, frame.size_wh, picture)
