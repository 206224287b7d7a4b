"""How good a detector is, counted by the field's own code, through the very detector of the device."""

from __future__ import annotations

import contextlib
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import cv2
import numpy as np

from edge.errors import ConfigError, UsageError
from edge.types import CLASSES, F32, U8
from edge.vision.frame import PlanarFrame

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import numpy.typing as npt

    from edge.ports import Detector
    from edge.workshop.batches import Picture

LOWEST = 0.001  # scores below change no average precision
MERGED = ("car", "truck", "bus")  # one class for `vehicle`: which of the three it is matters less than that it is found
_IOU_50 = 0  # COCO's first IoU threshold
_ALL_SIZES, _MOST = 0, 2  # COCO's first area range; its largest limit of boxes a picture (100)


@dataclass(frozen=True, slots=True, eq=False)
class Example:
    """A picture (H,W,3) uint8 RGB with its truth: boxes (N,5) rows `class x1 y1 x2 y2` in pixels.

    `optional` (N,): boxes that need not be found, and are not false when they are.
    """

    picture: U8
    boxes: F32
    optional: npt.NDArray[np.bool_]


class Source(Protocol):
    """Where examples come from; they are looked at once, one after the other."""

    def __iter__(self) -> Iterator[Example]: ...


@dataclass(frozen=True, slots=True)
class ClassScore:
    """Figures of one class; average precisions are NaN where the truth has no such object."""

    name: str
    boxes: int
    ap50: float
    ap50_95: float
    recall: float
    precision: float


@dataclass(frozen=True, slots=True)
class Scores:
    """Figures of one detector over one set; recall and precision at the confidence the card keeps, IoU 0.5."""

    pictures: int
    classes: tuple[ClassScore, ...]
    vehicle: ClassScore

    @property
    def map50(self) -> float:
        """Mean over the classes that occur."""
        return float(np.nanmean([score.ap50 for score in self.classes]))

    @property
    def map50_95(self) -> float:
        """Mean over the classes that occur and IoU 0.5 to 0.95."""
        return float(np.nanmean([score.ap50_95 for score in self.classes]))


def read_examples(pictures: Iterable[Picture]) -> Iterator[Example]:
    """Yield labelled pictures from disk.

    Raises:
        ConfigError: a picture cannot be decoded.
    """
    for entry in pictures:
        pixels = cv2.imread(str(entry.path), cv2.IMREAD_COLOR_RGB)
        if pixels is None:
            raise ConfigError(f"{entry.path}: is no picture that can be decoded; restore it or take it off the list")
        height, width = pixels.shape[:2]
        boxes = entry.boxes * np.array([1, width, height, width, height], np.float32)
        yield Example(np.asarray(pixels, np.uint8), boxes.astype(np.float32), np.zeros(len(boxes), bool))


def score(detector: Detector, examples: Source | Iterable[Example], threshold: float) -> Scores:
    """Run the detector over the examples and count.

    Args:
        detector: opened to report boxes from LOWEST up.
        examples: the pictures with their truth.
        threshold: the confidence at which recall and precision are read.

    Raises:
        UsageError: pycocotools is not installed.
        EngineFailed: passed on from the detector.
    """
    truth: list[dict[str, Any]] = []
    found: list[dict[str, Any]] = []
    count = 0
    for number, example in enumerate(examples, start=1):
        count = number
        frame = PlanarFrame.from_rgb(example.picture, camera_id="eval", seq=number, wall_ns=0, mono_ns=0, pts_ns=0)
        answer = detector.detect(frame)
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
    return Scores(
        count,
        tuple(_count(truth, found, count, CLASSES, threshold)),
        _count(vehicles[0], vehicles[1], count, ("vehicle",), threshold)[0],
    )


def _box(picture: int, label: int, xyxy: F32) -> dict[str, Any]:
    x1, y1, x2, y2 = (float(value) for value in xyxy)
    area = (x2 - x1) * (y2 - y1)
    return {"image_id": picture, "category_id": label, "bbox": [x1, y1, x2 - x1, y2 - y1], "area": area}


def _count(
    truth: list[dict[str, Any]], found: list[dict[str, Any]], pictures: int, names: tuple[str, ...], threshold: float
) -> list[ClassScore]:
    try:
        from pycocotools.coco import COCO  # noqa: PLC0415 - part of the train extra
        from pycocotools.cocoeval import COCOeval  # noqa: PLC0415 - as above
    except ImportError as error:
        raise UsageError("figures need pycocotools: install it as deploy/requirements/train.txt says") from error
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
    precision = run.eval["precision"][:, :, :, _ALL_SIZES, _MOST]  # IoU, recall, class
    return [
        ClassScore(
            name,
            sum(box["category_id"] == number and not box["iscrowd"] for box in truth),
            _mean(precision[_IOU_50, :, number]),
            _mean(precision[:, :, number]),
            *_at_threshold(run.evalImgs, number, threshold),
        )
        for number, name in enumerate(names)
    ]


def _mean(precision: npt.NDArray[np.float64]) -> float:
    known = precision[precision > -1]
    return float(known.mean()) if known.size else float("nan")


def _at_threshold(cells: list[dict[str, Any] | None], number: int, threshold: float) -> tuple[float, float]:
    """Read recall and precision off COCO's matches; made best first, they do not hang on scores below the threshold."""
    asked = met = false = 0
    for cell in cells:
        if cell is None or cell["category_id"] != number or cell["aRng"] != [0, 1e10]:
            continue
        kept = (np.asarray(cell["dtScores"]) >= threshold) & ~np.asarray(cell["dtIgnore"][_IOU_50], bool)
        matched = np.asarray(cell["dtMatches"][_IOU_50]) > 0
        asked += int((~np.asarray(cell["gtIgnore"], bool)).sum())
        met += int((kept & matched).sum())
        false += int((kept & ~matched).sum())
    return (met / asked if asked else float("nan")), (met / (met + false) if met + false else float("nan"))
