"""The acceptance test: does an engine say what its network says? Run after every build, before the engine is used.

Builders turn a network into an engine with other arithmetic, and now and then into another network: engines have been
shipped in INT8 that fell from .62 to .32 mean average precision, and in FP16 at .05. The golden frames are run through
the engine and through the FP32 ONNX on the processor, and the two answers must be the same objects.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from edge.errors import ModelError
from edge.inference.card import ModelCard
from edge.inference.detector import YoloDetector
from edge.inference.golden import GoldenFrame, trial_frames
from edge.inference.ort import OrtEngine
from edge.ports import Engine
from edge.types import CLASSES, VEHICLES, Detections
from edge.vision.boxes import iou_matrix

F64 = npt.NDArray[np.float64]

MET_IOU = 0.5
FLOOR = 0.2
"""Share of the card's confidence down to which a counterpart is looked for: what fades below it counts as gone."""
CLEAR = 0.15
"""How far above the card's confidence an object is clear: sound arithmetic hardly ever moves a score so far."""
LEAST_OBJECTS = 10
"""Fewer objects prove nothing."""
LEAST_FOUND = 0.2
"""Share of the plain vehicles that a detector worth the name finds, whatever it was trained on."""


@dataclass(frozen=True, slots=True)
class Bound:
    """How much an engine may differ from its reference; Verdict says what the figures mean."""

    kept: float
    change: float
    drift: float
    iou: float


FLOAT = Bound(kept=0.99, change=0.01, drift=0.005, iou=0.98)
"""FP32, TF32, FP16, BF16. Measured on gate-n: FP16 1.000, .0004, -.0001, .996."""
INT8 = Bound(kept=0.97, change=0.06, drift=0.03, iou=0.95)
"""INT8. Between sound calibrations of gate-n and ranges that cost it .03 AP: the table is in docs/models.md."""


def bound_of(precision: str) -> Bound:
    """Return the bound for a build, by its precision as cards name it."""
    return INT8 if precision == "int8" else FLOAT


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a comparison came to; NaN figures mean that there was nothing to compare.

    objects: those that reach the card's confidence on either side.
    kept: share of the clear ones of either side that the other side reports too, same class, IoU 0.5, one to one.
    change: mean absolute difference of the scores of all of them; one that the other side lacks has 0 there.
    drift: mean of the same differences with their sign: what a calibration cuts off, every score loses.
    iou: mean overlap of the boxes of those that both sides know.
    """

    objects: int
    kept: float
    change: float
    drift: float
    iou: float
    bound: Bound

    @property
    def accepted(self) -> bool:
        """Whether the engine may be used. Nothing compared is nothing proved."""
        return self.objects >= LEAST_OBJECTS and not self.faults()

    def faults(self) -> tuple[str, ...]:
        """Return what is out of bounds, in words."""
        bound = self.bound
        said = []
        if self.kept < bound.kept:  # of a weak network nothing may be clear: the rest has to do
            said.append(f"only {self.kept:.3f} of the clear objects are the same (at least {bound.kept})")
        if not self.change <= bound.change:
            said.append(f"scores differ by {self.change:.3f} (at most {bound.change})")
        if not abs(self.drift) <= bound.drift:
            said.append(f"scores drift by {self.drift:+.3f} (at most {bound.drift} either way)")
        if not self.iou >= bound.iou:
            said.append(f"boxes overlap by {self.iou:.3f} (at least {bound.iou})")
        return tuple(said)


def compare(
    reference: Sequence[Detections], candidate: Sequence[Detections], threshold: float, bound: Bound = FLOAT
) -> Verdict:
    """Compare two answers to the same frames. Pure: no network, no frame.

    Args:
        reference: what the network says, for each frame, from FLOOR * threshold up.
        candidate: what the engine says, likewise.
        threshold: confidence from which an object counts: the card's.
        bound: how much they may differ.
    """
    rows = np.concatenate([_pairs(*both) for both in zip(reference, candidate, strict=True)] or [np.zeros((0, 3))])
    rows = rows[rows[:, :2].max(axis=1) >= threshold]
    ours, theirs, overlap = rows.T
    clear = np.concatenate([theirs[ours >= threshold + CLEAR], ours[theirs >= threshold + CLEAR]])
    return Verdict(
        len(rows),
        _mean(clear >= threshold),
        _mean(np.abs(theirs - ours)),
        _mean(theirs - ours),
        _mean(overlap[overlap > 0]),
        bound,
    )


def _pairs(ours: Detections, theirs: Detections) -> F64:
    """Match objects of one class one to one, those that overlap most first.

    Returns (N,3) float64: the score on our side, on theirs, and the overlap; 0 where one side lacks the object.
    """
    overlap = iou_matrix(ours.xyxy, theirs.xyxy) * (ours.class_id[:, None] == theirs.class_id[None, :])
    alone = [set(range(len(ours))), set(range(len(theirs)))]
    rows = []
    while overlap.size and overlap.max() >= MET_IOU:
        row, column = divmod(int(overlap.argmax()), overlap.shape[1])
        rows.append((ours.confidence[row], theirs.confidence[column], overlap[row, column]))
        overlap[row], overlap[:, column] = 0, 0
        alone[0].discard(row)
        alone[1].discard(column)
    rows += [(ours.confidence[row], 0.0, 0.0) for row in alone[0]]
    rows += [(0.0, theirs.confidence[column], 0.0) for column in alone[1]]
    return np.asarray(rows, np.float64).reshape(-1, 3)


def _mean(values: npt.NDArray[Any]) -> float:
    return float(values.mean()) if len(values) else float("nan")


@dataclass(frozen=True, slots=True)
class Trial:
    """A verdict with what the engine found of the vehicles nobody could miss."""

    verdict: Verdict
    found: int
    plain: int

    def told(self) -> str:
        """Return the figures in one line."""
        said = self.verdict
        return (
            f"{said.kept:.3f} of the clear objects the same, scores differ by {said.change:.4f} and drift by "
            f"{said.drift:+.4f}, boxes overlap by {said.iou:.3f} over {said.objects} objects; "
            f"{self.found} of {self.plain} plain vehicles found"
        )


def try_engine(
    card: ModelCard,
    candidate: Engine,
    bound: Bound = FLOAT,
    golden: Iterable[GoldenFrame] | None = None,
    built: ModelCard | None = None,
) -> Trial:
    """Run the acceptance test on an engine that was built from the card's network.

    Args:
        card: at full precision.
        candidate: the engine.
        bound: how much it may differ.
        golden: what it is tried on, None for the trial frames.
        built: the card with the file and precision that the engine was made of, for messages; None for `card`.

    Raises:
        ModelError: the engine is refused, in one line with the reason; or the card and its weights are not sound.
        EngineFailed: one of the two gave no answer.
    """
    card.check_file()
    low = FLOOR * card.confidence
    reference = YoloDetector(card, OrtEngine(card.file), low)
    tested = YoloDetector(built or card, candidate, low)
    truth, answers, found, plain = [], [], 0, 0
    for one in trial_frames() if golden is None else golden:
        truth.append(reference.detect(one.frame))
        answers.append(tested.detect(one.frame))
        found += _plain_found(one, answers[-1], card.confidence)
        plain += len(one.plain)
    reference.close()
    verdict = compare(truth, answers, card.confidence, bound)
    if verdict.faults() and verdict.objects:
        faults = "; ".join(verdict.faults())
        raise ModelError(f"{tested.label} is refused: {faults}: build it anew, or use another precision")
    if found < LEAST_FOUND * plain or not verdict.accepted:
        raise ModelError(
            f"{tested.label} is refused: it finds {found} of {plain} plain vehicles: the card's colour order, "
            "scale, letterbox or classes are not those of the network, or it was trained for something else"
        )
    return Trial(verdict, found, plain)


def _plain_found(one: GoldenFrame, answer: Detections, threshold: float) -> int:
    vehicles = np.array([CLASSES[number] in VEHICLES for number in answer.class_id], bool)
    kept = answer[vehicles & (answer.confidence >= threshold)]
    if not len(kept) or not len(one.plain):
        return 0
    return int((iou_matrix(one.plain, kept.xyxy).max(axis=1) >= MET_IOU).sum())
