"""The acceptance test of plate networks: does an engine find and read what the FP32 network on the processor does?

The golden plates stand on rendered vehicles of the proof list, so both the engine's likeness to its reference and
whether the two see plates at all are judged.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from edge.errors import ModelError
from edge.inference.acceptance import CLEAR, FLOAT, LEAST_FOUND, LEAST_OBJECTS, MET_IOU, Bound, compare
from edge.inference.finder import QuadFinder
from edge.inference.finder_card import FinderCard
from edge.inference.ort import OrtEngine
from edge.inference.reader_card import ReaderCard
from edge.inference.slots import SlotRead, SlotRecogniser
from edge.plates.text import normalise
from edge.ports import Engine
from edge.scene import ActorTruth, random_scene
from edge.types import F32, U8, Detections, PlateQuads
from edge.vision.boxes import iou_matrix
from edge.vision.quads import bounds, outlines, rectify, size

SCENES = 48
SIZE_WH = (1280, 720)
LEAST_PX = 40
"""Width of the narrowest golden plate."""
FLOOR = 0.5
"""Share of the card's confidence down to which a counterpart is looked for; less costs a look at every shadow."""
SAME_TEXTS = 0.97
"""Share of the clear plates on which both must say the same, letter by letter.

Clear is one on which every character is likelier than the next by CLEAR: of the others some hang on the third decimal,
and arithmetic as sound as FP16 turns them over.
"""


@dataclass(frozen=True, slots=True, eq=False)
class GoldenPlate:
    """A vehicle cut from a scene, (H,W,3) uint8 RGB; the corners (4,2) px of one plate in it, and its text."""

    vehicle: U8
    quad: F32
    text: str

    def plate(self) -> U8:
        """Return the plate alone, seen from straight ahead."""
        width, height = size(self.quad)
        return rectify(self.vehicle, self.quad, max(2, round(width)), max(2, round(height)))


def golden_plates(scenes: int = SCENES) -> Iterator[GoldenPlate]:
    """Yield the plates in plain sight of the first scenes of the proof list, the same bytes on every machine."""
    for seed in range(scenes):
        picture, truth = random_scene(seed, list_name="proof", size_wh=SIZE_WH)
        for actor in truth.actors:
            yield from _in_plain_sight(picture, actor)


def _in_plain_sight(picture: U8, actor: ActorTruth) -> Iterator[GoldenPlate]:
    left, top, right, bottom = (int(side) for side in actor.box)
    for plate in actor.plates:
        quad = np.array(plate.corners, np.float32)
        x1, y1, x2, y2 = bounds(quad)
        if plate.visible and plate.width_px >= LEAST_PX and left <= x1 and top <= y1 and x2 <= right and y2 <= bottom:
            vehicle = np.ascontiguousarray(picture[top:bottom, left:right])
            yield GoldenPlate(vehicle, quad - np.array([left, top], np.float32), plate.text)


def try_finder(
    card: FinderCard, candidate: Engine, bound: Bound = FLOAT, golden: Iterable[GoldenPlate] | None = None
) -> str:
    """Run the acceptance test on an engine built from a finder's network; return the figures in one line.

    Args:
        card: with its FP32 weights.
        candidate: the engine.
        bound: how much it may differ; the outlines of the plates stand for boxes.
        golden: what it is tried on, None for the golden plates.

    Raises:
        ModelError: the engine is refused, in one line with the reason; or the card and its weights are not sound.
        EngineFailed: one of the two gave no answer.
    """
    card.check_file()
    low = FLOOR * card.confidence
    reference, tested = QuadFinder(card, OrtEngine(card.file), low), QuadFinder(card, candidate, low)
    truth, answers, found, count = [], [], 0, 0
    for one in golden_plates() if golden is None else golden:
        truth.append(_as_boxes(reference.find(one.vehicle)))
        answers.append(_as_boxes(tested.find(one.vehicle)))
        reported = answers[-1][answers[-1].confidence >= card.confidence]
        met = iou_matrix(outlines(one.quad[None]), reported.xyxy)
        found += int((met >= MET_IOU).any())
        count += 1
    reference.close()
    verdict = compare(truth, answers, card.confidence, bound)
    if verdict.faults() and verdict.objects:
        raise _refused(tested.label, "; ".join(verdict.faults()))
    if found < LEAST_FOUND * count or not verdict.accepted:
        raise _refused(tested.label, f"it finds {found} of {count} plates in plain sight")
    return (
        f"{verdict.kept:.3f} of the clear plates the same, confidences differ by {verdict.change:.4f}, "
        f"outlines overlap by {verdict.iou:.3f} over {verdict.objects} plates; {found} of {count} found"
    )


def try_recogniser(
    card: ReaderCard, candidate: Engine, bound: Bound = FLOAT, golden: Iterable[GoldenPlate] | None = None
) -> str:
    """Run the acceptance test on an engine built from a recogniser's network; return the figures in one line.

    Args:
        card: with its FP32 weights.
        candidate: the engine.
        bound: of it `change` counts: how much the confidences of characters that both read may differ.
        golden: as for `try_finder`.

    Raises:
        ModelError: as `try_finder`.
        EngineFailed: one of the two gave no answer.
    """
    card.check_file()
    reference, tested = SlotRecogniser(card, OrtEngine(card.file)), SlotRecogniser(card, candidate)
    pairs, exact = [], 0
    for one in golden_plates() if golden is None else golden:
        picture = one.plate()
        pairs.append((reference.read(picture), tested.read(picture)))
        exact += pairs[-1][1].text == normalise(one.text)
    reference.close()
    clear = [(ours.text, theirs.text) for ours, theirs in pairs if _is_clear(ours) or _is_clear(theirs)]
    same = sum(ours == theirs for ours, theirs in clear)
    change = _confidence_change([(ours, theirs) for ours, theirs in pairs if ours.text == theirs.text])
    if same < SAME_TEXTS * len(clear):
        raise _refused(tested.label, f"only {same} of {len(clear)} clear texts are the same (at least {SAME_TEXTS})")
    if not change <= bound.change:
        raise _refused(tested.label, f"confidences differ by {change:.3f} (at most {bound.change})")
    if exact < LEAST_FOUND * len(pairs) or len(pairs) < LEAST_OBJECTS:
        raise _refused(tested.label, f"it reads {exact} of {len(pairs)} plates in plain sight")
    return (
        f"{same} of {len(clear)} clear texts the same, confidences differ by {change:.4f}; "
        f"{exact} of {len(pairs)} plates read exactly"
    )


def _is_clear(read: SlotRead) -> bool:
    likeliest = np.sort(read.characters[: len(read.text) + 1], axis=1)[:, -2:]
    return bool((likeliest[:, 1] - likeliest[:, 0] >= CLEAR).all())


def _as_boxes(plates: PlateQuads) -> Detections:
    return Detections(outlines(plates.quads), plates.confidence, np.zeros(len(plates), np.int16))


def _confidence_change(pairs: Sequence[tuple[SlotRead, SlotRead]]) -> float:
    """Mean absolute difference over all characters; NaN where nobody read any."""
    ours = np.array([one for first, _ in pairs for one in first.char_confidence], np.float64)
    theirs = np.array([one for _, second in pairs for one in second.char_confidence], np.float64)
    return float(np.abs(ours - theirs).mean()) if len(ours) else float("nan")


def _refused(label: str, cause: str) -> ModelError:
    return ModelError(f"{label} is refused: {cause}: build it anew, or use another precision")
