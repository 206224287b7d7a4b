"""The acceptance test: does an engine say what its network says? Run after every build, before the engine is used.

Builders turn a network into an engine with other arithmetic, and now and then into another network: engines have been
shipped in INT8 that fell from .62 to .32 mean average precision, and in FP16 at .05. The golden frames are run through
the engine and through the FP32 ONNX on the processor, and the two answers must be the same objects.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from edge.errors import ModelError
from edge.inference.card import ModelCard
from edge.inference.detector import YoloDetector
from edge.inference.golden import GoldenFrame, golden_frames
from edge.inference.ort import OrtEngine
from edge.ports import Engine
from edge.types import CLASSES, VEHICLES, Detections
from edge.vision.boxes import iou_matrix

MET_IOU = 0.5
FLOOR = 0.2
"""Share of the card's confidence down to which the other side may still know an object: scores move a little."""
LEAST_OBJECTS = 10
"""Fewer objects prove nothing."""
LEAST_FOUND = 0.2
"""Share of the plain vehicles that a detector worth the name finds, whatever it was trained on."""


@dataclass(frozen=True, slots=True)
class Bound:
    """How much an engine may differ from its reference.

    agreement: least share of the objects of either side that the other has too, same class, IoU 0.5.
    score: largest mean difference of the scores of objects that both have.
    iou: least mean overlap of their boxes.
    """

    agreement: float
    score: float
    iou: float


FLOAT = Bound(agreement=0.98, score=0.02, iou=0.98)
"""FP32, TF32, FP16, BF16. Measured on gate-n: FP16 1.000, .0003, .998; red and blue exchanged .966, .113, .939."""
INT8 = Bound(agreement=0.95, score=0.05, iou=0.95)
"""INT8. Measured on gate-n: calibrated 1.000, .032, .985; with ranges half as wide as needed 1.000, .061, .963."""
BOUNDS = {"float": FLOAT, "int8": INT8}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a comparison came to; `objects` counts those of both sides, NaN figures mean that none met."""

    objects: int
    agreement: float
    score: float
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
        if not self.agreement >= bound.agreement:
            said.append(f"only {self.agreement:.3f} of the objects are the same (at least {bound.agreement})")
        if not self.score <= bound.score:
            said.append(f"scores differ by {self.score:.3f} (at most {bound.score})")
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
    objects, scores, overlaps = 0, [], []
    for ours, theirs in [*zip(reference, candidate, strict=True), *zip(candidate, reference, strict=True)]:
        rows = np.flatnonzero(ours.confidence >= threshold)
        objects += len(rows)
        alike = ours.class_id[rows][:, None] == theirs.class_id[None, :]
        overlap = iou_matrix(ours.xyxy[rows], theirs.xyxy) * alike
        for place, row in enumerate(rows):
            best = int(overlap[place].argmax()) if len(theirs) else 0
            if len(theirs) and overlap[place, best] >= MET_IOU:
                overlaps.append(float(overlap[place, best]))
                scores.append(abs(float(ours.confidence[row] - theirs.confidence[best])))
                overlap[:, best] = 0  # one to one: an engine that says everything twice agrees half
    return Verdict(
        objects,
        len(scores) / objects if objects else float("nan"),
        float(np.mean(scores)) if scores else float("nan"),
        float(np.mean(overlaps)) if overlaps else float("nan"),
        bound,
    )


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
            f"agreement {said.agreement:.3f}, scores differ by {said.score:.4f}, boxes overlap by {said.iou:.3f} over "
            f"{said.objects} objects; {self.found} of {self.plain} plain vehicles found"
        )


def try_engine(card: ModelCard, candidate: Engine, bound: Bound = FLOAT) -> Trial:
    """Run the acceptance test on an engine that was built from the card's network.

    Raises:
        ModelError: the engine is refused, in one line with the reason; or the card and its weights are not sound.
        EngineFailed: one of the two gave no answer.
    """
    card.check_file()
    low = FLOOR * card.confidence
    reference = YoloDetector(card, OrtEngine(card.file), low)
    tested = YoloDetector(card, candidate, low)
    golden = tuple(golden_frames())
    truth, answers = ([detector.detect(one.frame) for one in golden] for detector in (reference, tested))
    reference.close()
    verdict = compare(truth, answers, card.confidence, bound)
    trial = Trial(verdict, _plain_found(golden, answers, card.confidence), sum(len(one.plain) for one in golden))
    label = f"{card.name}: {tested.label}"
    if verdict.faults() and verdict.objects:
        raise ModelError(f"{label} is refused: {'; '.join(verdict.faults())}: build it anew, or use another precision")
    if trial.found < LEAST_FOUND * trial.plain or not verdict.accepted:
        raise ModelError(
            f"{label} is refused: it finds {trial.found} of {trial.plain} plain vehicles: the card's colour order, "
            "scale, letterbox or classes are not those of the network, or it was trained for something else"
        )
    return trial


def _plain_found(golden: Sequence[GoldenFrame], answers: Sequence[Detections], threshold: float) -> int:
    found = 0
    for one, answer in zip(golden, answers, strict=True):
        vehicles = np.array([CLASSES[number] in VEHICLES for number in answer.class_id], bool)
        kept = answer[vehicles & (answer.confidence >= threshold)]
        if len(kept) and len(one.plain):
            found += int((iou_matrix(one.plain, kept.xyxy).max(axis=1) >= MET_IOU).sum())
    return found
