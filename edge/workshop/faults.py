"""What a detector got wrong, picture by picture: for people to look at, and to label what the labels lack."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np

from edge.errors import UsageError
from edge.types import CLASSES, U8, Box, Detections
from edge.vision.boxes import iou_matrix
from edge.vision.draw import draw_box

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from edge.workshop.labelled import Example

MET_IOU = 0.5
COLUMNS = ("file", "kind", "class", "found_as", "confidence", "x1", "y1", "x2", "y2")
COLOURS = {"miss": (213, 94, 0), "false": (230, 159, 0), "class": (204, 121, 167)}
"""RGB of the palette of Okabe and Ito (2008), told apart with any colour vision."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One wrong box in pixels: a `miss`, a `false` one, or one of another `class` than the truth's.

    `wanted` and `found_as` are class names; a miss is found as nothing, a false box was wanted by nobody.
    """

    kind: str
    wanted: str
    found_as: str
    confidence: float
    box: Box

    def told(self) -> str:
        """Say what is wrong, as it is written beside the box."""
        if self.kind == "miss":
            return f"{self.wanted} missed"
        answer = f"{self.found_as} {self.confidence:.2f}"
        return answer if self.kind == "false" else f"{self.wanted}: {answer}"


def faults(example: Example, found: Detections, threshold: float) -> tuple[Fault, ...]:
    """Return what is wrong with an answer at `threshold`: boxes meet at IoU 0.5, the surest first, one to one."""
    kept = found[found.confidence >= threshold]
    overlap = iou_matrix(kept.xyxy, example.boxes[:, 1:])
    alike = kept.class_id[:, None] == example.boxes[None, :, 0]
    right = _pairs(np.where(alike, overlap, 0))
    left = overlap.copy()
    left[list(right)] = 0
    left[:, [*right.values(), *np.flatnonzero(example.optional).tolist()]] = 0
    other = _pairs(left)
    near_optional = (overlap[:, example.optional] >= MET_IOU).any(axis=1)
    truth = [(_class(row[0]), _box(row[1:])) for row in example.boxes]
    answer = [
        (_class(label), float(score), _box(xyxy))
        for label, score, xyxy in zip(kept.class_id, kept.confidence, kept.xyxy, strict=True)
    ]
    missed = set(range(len(truth))) - set(right.values()) - set(other.values())
    false = set(range(len(answer))) - right.keys() - other.keys() - set(np.flatnonzero(near_optional).tolist())
    return (
        *(Fault("miss", truth[place][0], "", 0.0, truth[place][1]) for place in missed if not example.optional[place]),
        *(Fault("class", truth[place][0], answer[row][0], *answer[row][1:]) for row, place in other.items()),
        *(Fault("false", "", *answer[row]) for row in sorted(false)),
    )


def _pairs(overlap: npt.NDArray[np.float32]) -> dict[int, int]:
    """Match rows, which come surest first, with their best free columns."""
    taken: dict[int, int] = {}
    for row, values in enumerate(overlap):
        free = [(float(value), place) for place, value in enumerate(values) if place not in taken.values()]
        best, place = max(free, default=(0.0, 0))
        if best >= MET_IOU:
            taken[row] = place
    return taken


def _class(number: float) -> str:
    return CLASSES[int(number)]


def _box(xyxy: Sequence[float] | npt.NDArray[np.float32]) -> Box:
    x1, y1, x2, y2 = (round(float(value), 1) for value in xyxy)
    return (x1, y1, x2, y2)


class FaultBook:
    """Writes the faults of one detector into a folder.

    `marked/` shows them; `images/`, `labels/` (the truth as it stands, in YOLO's format) and `classes.txt` are a set
    that labelling tools open; `errors.csv` lists every fault.

    Raises:
        UsageError: the folder cannot be written.
    """

    def __init__(self, folder: Path, threshold: float) -> None:
        self._folder = folder
        self._threshold = threshold
        self._rows: list[tuple[str | float, ...]] = []
        self._seen = 0
        try:
            for name in ("marked", "images", "labels"):
                (folder / name).mkdir(parents=True, exist_ok=True)
            (folder / "classes.txt").write_text("".join(f"{name}\n" for name in CLASSES), encoding="utf-8")
        except OSError as error:
            raise UsageError(f"{folder}: cannot be written ({error.strerror or error}); give another folder") from error

    def add(self, example: Example, found: Detections) -> None:
        """Write the picture if anything is wrong with its answer.

        Raises:
            UsageError: it cannot be written.
        """
        self._seen += 1
        wrong = faults(example, found, self._threshold)
        if not wrong:
            return
        name = f"{self._seen:05d}_{Path(example.name).stem.replace(' ', '_')}"
        self._rows += [(f"{name}.jpg", one.kind, one.wanted, one.found_as, one.confidence, *one.box) for one in wrong]
        marked = example.picture.copy()
        for one in wrong:
            draw_box(marked, one.box, one.told(), COLOURS[one.kind])
        self._write(f"marked/{name}.jpg", marked)
        self._write(f"images/{name}.jpg", example.picture)
        label = self._folder / "labels" / f"{name}.txt"
        try:
            label.write_text(_yolo(example), encoding="utf-8")
        except OSError as error:
            raise UsageError(f"{label}: cannot be written ({error.strerror or error}); is the disk full?") from error

    def close(self) -> str:
        """Write the list and return one line that says what there is.

        Raises:
            UsageError: it cannot be written.
        """
        path = self._folder / "errors.csv"
        try:
            with path.open("w", encoding="utf-8", newline="") as file:
                writer = csv.writer(file, lineterminator="\n")
                writer.writerow(COLUMNS)
                writer.writerows((*row[:4], f"{row[4]:.3f}", *row[5:]) for row in self._rows)
        except OSError as error:
            raise UsageError(f"{path}: cannot be written ({error.strerror or error}); give another folder") from error
        count = {kind: sum(row[1] == kind for row in self._rows) for kind in COLOURS}
        pictures = len({row[0] for row in self._rows})
        return (
            f"{path}: {count['miss']} misses, {count['false']} false boxes and {count['class']} of another class "
            f"in {pictures} of {self._seen} pictures"
        )

    def _write(self, name: str, rgb: U8) -> None:
        path = self._folder / name
        if not cv2.imwrite(str(path), cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, 95]):
            raise UsageError(f"{path}: the picture cannot be written; is the disk full?")


def _yolo(example: Example) -> str:
    high, wide = example.picture.shape[:2]
    lines = []
    for number, x1, y1, x2, y2 in example.boxes:
        centre = f"{(x1 + x2) / 2 / wide:.6f} {(y1 + y2) / 2 / high:.6f}"
        lines.append(f"{int(number)} {centre} {(x2 - x1) / wide:.6f} {(y2 - y1) / high:.6f}\n")
    return "".join(lines)
