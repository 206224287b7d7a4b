"""How good a detector is, counted by the field's own code, through the very detector of the device."""

from __future__ import annotations

import contextlib
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from edge.errors import UsageError
from edge.types import CLASSES, F32, Detections
from edge.vision.boxes import iou_matrix
from edge.vision.frame import PlanarFrame
from edge.workshop.faults import MET_IOU
from edge.workshop.labelled import Example

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    import numpy.typing as npt

    from edge.ports import Detector

LOWEST = 0.001  # scores below change no average precision
MERGED = ("car", "truck", "bus")  # one class for `vehicle`: which of the three it is matters less than that it is found
SIZES = ("small", "medium", "large")  # COCO's: below 32x32 pixels, below 96x96, above
_IOU_50 = 0  # COCO's first IoU threshold
_ALL_SIZES, _MOST = 0, 2  # COCO's first area range; its largest limit of boxes a picture (100)


class Source(Protocol):
    """Where examples come from; they are looked at once, one after the other."""

    def __iter__(self) -> Iterator[Example]: ...


@dataclass(frozen=True, slots=True)
class ClassScore:
    """Figures of one class, or of one size; NaN where the truth (for precision: the answer) has no such object."""

    name: str
    boxes: int
    ap50: float
    ap50_95: float
    recall: float
    precision: float

    @property
    def f1(self) -> float:
        """Harmonic mean of recall and precision; 0 where something is there and nothing was found."""
        if np.isnan(self.recall):
            return float("nan")
        both = self.recall + (0.0 if np.isnan(self.precision) else self.precision)
        return 2 * self.recall * self.precision / both if both and self.recall else 0.0


@dataclass(frozen=True, slots=True)
class LightScore:
    """Vehicles under one light at the card's confidence: `recall` of `boxes`; false boxes are of all classes."""

    name: str
    pictures: int
    boxes: int
    recall: float
    false_boxes: int

    @property
    def false_per_100(self) -> float:
        """False boxes in a hundred pictures."""
        return 100 * self.false_boxes / self.pictures


@dataclass(frozen=True, slots=True)
class Scores:
    """Figures of one detector over one set; recall and precision at the confidence the card keeps, IoU 0.5.

    `sizes` are of all classes together, the vehicles' kinds kept apart; `every` is the same without regard to size;
    `lights` are those the examples name.
    """

    pictures: int
    classes: tuple[ClassScore, ...]
    vehicle: ClassScore
    sizes: tuple[ClassScore, ...]
    every: ClassScore
    lights: tuple[LightScore, ...] = ()

    @property
    def map50(self) -> float:
        """Mean over the classes that occur, NaN where none does."""
        return _mean_known([score.ap50 for score in self.classes])

    @property
    def map50_95(self) -> float:
        """Mean over the classes that occur and IoU 0.5 to 0.95, NaN where none does."""
        return _mean_known([score.ap50_95 for score in self.classes])


def score(
    detector: Detector,
    examples: Source | Iterable[Example],
    threshold: float,
    listen: Callable[[Example, Detections], None] | None = None,
) -> Scores:
    """Run the detector over the examples and count.

    Args:
        detector: opened to report boxes from LOWEST up.
        examples: the pictures with their truth.
        threshold: the confidence at which recall and precision are read.
        listen: told every example with the boxes found in it, before anything is counted.

    Raises:
        UsageError: pycocotools is not installed.
        EngineFailed: passed on from the detector.
    """
    truth: list[dict[str, Any]] = []
    found: list[dict[str, Any]] = []
    lights: dict[str, set[int]] = {}
    count = 0
    for number, example in enumerate(examples, start=1):
        count = number
        frame = PlanarFrame.from_rgb(example.picture, camera_id="eval", seq=number, wall_ns=0, mono_ns=0, pts_ns=0)
        answer = detector.detect(frame)
        if example.region is not None:
            answer = answer[example.region.counts(answer.xyxy) | _meets(answer.xyxy, example)]
        if example.kinds is not None:
            answer = answer[np.isin(answer.class_id, list(example.kinds))]
        if listen is not None:
            listen(example, answer)
        if example.light:
            lights.setdefault(example.light, set()).add(number)
        truth += [
            _box(number, int(row[0]), row[1:]) | {"iscrowd": int(optional)}
            for row, optional in zip(example.boxes, example.optional, strict=True)
        ]
        found += [
            _box(number, int(label), xyxy) | {"score": float(confidence)}
            for label, xyxy, confidence in zip(answer.class_id, answer.xyxy, answer.confidence, strict=True)
        ]
    merged = {CLASSES.index(name) for name in MERGED}
    vehicles = [[box | {"category_id": 0} for box in boxes if box["category_id"] in merged] for boxes in (truth, found)]
    run = _judge(truth, found, count, CLASSES)
    whole = _judge(vehicles[0], vehicles[1], count, ("vehicle",))
    every = tuple(range(len(CLASSES)))
    return Scores(
        count,
        tuple(_figures(run, name, (number,), _ALL_SIZES, threshold) for number, name in enumerate(CLASSES)),
        _figures(whole, "vehicle", (0,), _ALL_SIZES, threshold),
        tuple(_figures(run, name, every, size, threshold) for size, name in enumerate(SIZES, start=1)),
        _figures(run, "all", every, _ALL_SIZES, threshold),
        tuple(_under(name, pictures, run, whole, threshold) for name, pictures in sorted(lights.items())),
    )


def _meets(xyxy: F32, example: Example) -> npt.NDArray[np.bool_]:
    """Which found boxes (N,4) overlap one that must be found: their own centre may lie a pixel beyond the border."""
    overlap = iou_matrix(xyxy, example.boxes[~example.optional, 1:])
    return np.asarray(overlap.max(axis=1, initial=0.0) >= MET_IOU, bool)


def _under(name: str, pictures: set[int], run: Any, whole: Any, threshold: float) -> LightScore:
    asked, met, false = _at_threshold(whole, 0, _ALL_SIZES, threshold, pictures)
    others = [number for number, kind in enumerate(CLASSES) if kind not in MERGED]
    false += sum(_at_threshold(run, number, _ALL_SIZES, threshold, pictures)[2] for number in others)
    return LightScore(name, len(pictures), asked, met / asked if asked else float("nan"), false)


def _box(picture: int, label: int, xyxy: F32) -> dict[str, Any]:
    x1, y1, x2, y2 = (float(value) for value in xyxy)
    area = (x2 - x1) * (y2 - y1)
    return {"image_id": picture, "category_id": label, "bbox": [x1, y1, x2 - x1, y2 - y1], "area": area}


def _judge(truth: list[dict[str, Any]], found: list[dict[str, Any]], pictures: int, names: tuple[str, ...]) -> Any:
    """Let COCO's own code match and accumulate; returns its COCOeval."""
    try:
        from pycocotools.coco import COCO  # noqa: PLC0415 - part of the eval and train extras
        from pycocotools.cocoeval import COCOeval  # noqa: PLC0415 - as above
    except ImportError as error:
        raise UsageError(
            "figures need pycocotools: install the eval or the train extra, pip install 'edge-gate[eval]'"
        ) from error
    with contextlib.redirect_stdout(io.StringIO()):  # it prints its progress where our answer belongs
        sides = []
        for boxes in (truth, found):
            side = COCO()
            side.dataset = {
                "images": [{"id": number + 1} for number in range(pictures)],
                "annotations": [{"iscrowd": 0} | box | {"id": number + 1} for number, box in enumerate(boxes)],
                "categories": [{"id": number, "name": name} for number, name in enumerate(names)],
            }
            side.createIndex()
            sides.append(side)
        run = COCOeval(sides[0], sides[1], "bbox")
        run.evaluate()
        run.accumulate()
    return run


def _figures(run: Any, name: str, numbers: tuple[int, ...], size: int, threshold: float) -> ClassScore:
    """Read the figures of some classes together at one of COCO's sizes."""
    precision = run.eval["precision"][:, :, list(numbers), size, _MOST]  # IoU, recall, class
    asked, met, false = (
        sum(column) for column in zip(*(_at_threshold(run, number, size, threshold) for number in numbers), strict=True)
    )
    return ClassScore(
        name,
        asked,
        _mean_known([_mean(precision[_IOU_50, :, place]) for place in range(len(numbers))]),
        _mean_known([_mean(precision[:, :, place]) for place in range(len(numbers))]),
        met / asked if asked else float("nan"),
        met / (met + false) if met + false else float("nan"),
    )


def _mean(precision: npt.NDArray[np.float64]) -> float:
    known = precision[precision > -1]
    return float(known.mean()) if known.size else float("nan")


def _mean_known(values: list[float]) -> float:
    known = [value for value in values if not np.isnan(value)]
    return sum(known) / len(known) if known else float("nan")


def _at_threshold(
    run: Any, number: int, size: int, threshold: float, pictures: set[int] | None = None
) -> tuple[int, int, int]:
    """Count asked, met and false boxes off COCO's matches, in all pictures or some.

    Those are made best first, so they do not hang on scores below the threshold.
    """
    asked = met = false = 0
    for cell in run.evalImgs:
        if cell is None or cell["category_id"] != number or cell["aRng"] != run.params.areaRng[size]:
            continue
        if pictures is not None and cell["image_id"] not in pictures:
            continue
        kept = (np.asarray(cell["dtScores"]) >= threshold) & ~np.asarray(cell["dtIgnore"][_IOU_50], bool)
        matched = np.asarray(cell["dtMatches"][_IOU_50]) > 0
        asked += int((~np.asarray(cell["gtIgnore"], bool)).sum())
        met += int((kept & matched).sum())
        false += int((kept & ~matched).sum())
    return asked, met, false
