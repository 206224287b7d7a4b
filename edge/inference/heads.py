"""What the outputs of detector networks mean: pure numpy decoders, one for each kind of head.

Boxes are in pixels of the network input, classes are those of the model card.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from edge.inference.card import ModelCard, NetworkInput
from edge.types import F32
from edge.vision import boxes

Shape = tuple[int, ...]
STRIDES_PX = (8, 16, 32)
CANDIDATES = 1000
"""Most boxes looked at before suppression; a picture that gives more is noise."""


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """Decoded boxes: `xyxy` (N,4) float32 input pixels, `confidence` (N,) float32, `label` (N,) in card.classes."""

    xyxy: F32
    confidence: F32
    label: npt.NDArray[np.intp]

    def __len__(self) -> int:
        return len(self.xyxy)

    def __getitem__(self, rows: npt.NDArray[Any] | slice) -> Candidates:
        return Candidates(self.xyxy[rows], self.confidence[rows], self.label[rows])


class Head(Protocol):
    """One kind of output."""

    def shapes(self) -> tuple[Shape, ...]:
        """Return the outputs' shapes, -1 where any size is right."""
        ...

    def decode(self, outputs: Sequence[F32], confidence: float) -> Candidates:
        """Return what is at least this sure, doubles suppressed, surest first, at most card.max_detections.

        Raises:
            ValueError: the output cannot come from the model on the card.
        """
        ...


def make_head(card: ModelCard) -> Head:
    """Return the decoder that the card names."""
    heads: dict[str, type[YoloV8 | YoloEndToEnd | Yolox | Ssd]] = {
        "yolo-v8": YoloV8,
        "yolo-end2end": YoloEndToEnd,
        "yolox": Yolox,
        "ssd": Ssd,
    }
    return heads[card.head](card)


def decode(head: Head, outputs: Sequence[npt.NDArray[Any]], confidence: float) -> Candidates:
    """Check the shapes of the outputs, which a network with free sizes shows only now, and decode them.

    Raises:
        ValueError: the outputs cannot come from the model on the card.
    """
    for output, shape in zip(outputs, head.shapes(), strict=True):
        if not fits(output.shape, shape):
            raise ValueError(f"it gave {told(output.shape)}, not {told(shape)}")
    return head.decode([np.asarray(output, np.float32) for output in outputs], confidence)


def fits(found: tuple[int, ...], wanted: tuple[int, ...]) -> bool:
    """Whether two shapes can be the same; -1 on either side is free."""
    return len(found) == len(wanted) and all(
        -1 in pair or pair[0] == pair[1] for pair in zip(found, wanted, strict=True)
    )


def told(shape: tuple[int, ...]) -> str:
    """Return a shape as people write it: 1x3x?x?."""
    return "x".join("?" if size == -1 else str(size) for size in shape)


class YoloV8:
    """Anchor-free YOLO 8 and 11: [1,4+nc,N], centre and size in input pixels, then one score a class, already 0..1."""

    def __init__(self, card: ModelCard) -> None:
        self._card = card

    def shapes(self) -> tuple[Shape, ...]:
        return ((1, 4 + len(self._card.classes), cells(self._card.input)),)

    def decode(self, outputs: Sequence[F32], confidence: float) -> Candidates:
        output = outputs[0]
        scores = output[0, 4:]
        label = scores.argmax(axis=0)
        best = np.take_along_axis(scores, label[None], axis=0)[0]
        rows = _surest(best, confidence)
        return _suppress(Candidates(_corners(output[0, :4][:, rows]), best[rows], label[rows]), self._card)


class YoloEndToEnd:
    """YOLO 26: [1,K,6], one row a detection: x1 y1 x2 y2 in input pixels, score, class; one to one, so no doubles."""

    def __init__(self, card: ModelCard) -> None:
        self._card = card

    def shapes(self) -> tuple[Shape, ...]:
        return ((1, -1, 6),)

    def decode(self, outputs: Sequence[F32], confidence: float) -> Candidates:
        output = outputs[0]
        rows = output[0, _surest(output[0, :, 4], confidence)[: self._card.max_detections]]
        label = np.rint(rows[:, 5]).astype(np.intp)
        if len(label) and not 0 <= label.min() <= label.max() < len(self._card.classes):
            raise ValueError(f"it found class {label.max()}, but there are only {len(self._card.classes)}")
        return Candidates(np.ascontiguousarray(rows[:, :4]), np.ascontiguousarray(rows[:, 4]), label)


class Yolox:
    """YOLOX raw grid: [1,N,5+nc], strides 8, 16, 32 in turn, row by row.

    Centre = (value + cell) * stride, size = exp(value) * stride (Ge et al., YOLOX, 2021); score = objectness * class,
    both already 0..1.
    """

    def __init__(self, card: ModelCard) -> None:
        self._card = card
        grids = [_grid(card.input.width, card.input.height, stride) for stride in STRIDES_PX]
        self._cell = np.concatenate([cell for cell, _ in grids])
        self._stride = np.concatenate([stride for _, stride in grids])

    def shapes(self) -> tuple[Shape, ...]:
        return ((1, cells(self._card.input), 5 + len(self._card.classes)),)

    def decode(self, outputs: Sequence[F32], confidence: float) -> Candidates:
        found = outputs[0][0]
        # A class score is at most 1, so objectness alone rules out most rows before the dear part.
        maybe = np.flatnonzero(found[:, 4] >= confidence)
        scores = found[maybe, 5:]
        label = scores.argmax(axis=1)
        best = found[maybe, 4] * np.take_along_axis(scores, label[:, None], axis=1)[:, 0]
        picked = _surest(best, confidence)
        rows = maybe[picked]
        centre = (found[rows, :2] + self._cell[rows]) * self._stride[rows]
        # A trained network stays far below e^20 cells; the bound keeps a broken one from overflowing.
        size = np.exp(np.minimum(found[rows, 2:4], 20)) * self._stride[rows]
        corners = _corners(np.concatenate([centre, size], axis=1).T)
        return _suppress(Candidates(corners, best[picked], label[picked]), self._card)


class Ssd:
    """SSD with its boxes decoded (Liu et al., SSD, 2016), as jetson-inference's training exports it.

    Boxes [1,N,4], corners in 0..1 of the input; scores [1,N,1+nc], already 0..1, the background first.
    """

    def __init__(self, card: ModelCard) -> None:
        self._card = card

    def shapes(self) -> tuple[Shape, ...]:
        return ((1, -1, 4), (1, -1, 1 + len(self._card.classes)))

    def decode(self, outputs: Sequence[F32], confidence: float) -> Candidates:
        boxes_found, scores = outputs[0][0], outputs[1][0, :, 1:]
        if len(boxes_found) != len(scores):
            raise ValueError(f"it gave {len(boxes_found)} boxes and {len(scores)} scores")
        label = scores.argmax(axis=1)
        best = np.take_along_axis(scores, label[:, None], axis=1)[:, 0]
        rows = _surest(best, confidence)
        size = np.array([self._card.input.width, self._card.input.height] * 2, np.float32)
        return _suppress(Candidates(boxes_found[rows] * size, best[rows], label[rows]), self._card)


def _suppress(found: Candidates, card: ModelCard) -> Candidates:
    return found[boxes.nms_by_class(found.xyxy, found.confidence, found.label, card.iou, card.max_detections)]


def _surest(score: F32, confidence: float) -> npt.NDArray[np.intp]:
    """Rows at least this sure, surest first, at most CANDIDATES."""
    rows = np.flatnonzero(score >= confidence)
    return rows[np.argsort(-score[rows], kind="stable")][:CANDIDATES]


def _corners(centre_wh: F32) -> F32:
    """(4,N) centre x, centre y, width, height to (N,4) corners."""
    half = centre_wh[2:] / 2
    corners: F32 = np.concatenate([centre_wh[:2] - half, centre_wh[:2] + half]).T.astype(np.float32)
    return corners


def cells(size: NetworkInput) -> int:
    """Return how many cells the three grids of an anchor-free YOLO have together."""
    return sum((size.width // stride) * (size.height // stride) for stride in STRIDES_PX)


def _grid(width: int, height: int, stride: int) -> tuple[F32, F32]:
    """Cell corners (N,2) as x y and strides (N,1) of one level, row by row."""
    y, x = np.mgrid[: height // stride, : width // stride]
    cell = np.stack([x.ravel(), y.ravel()], axis=1).astype(np.float32)
    return cell, np.full((len(cell), 1), stride, np.float32)
