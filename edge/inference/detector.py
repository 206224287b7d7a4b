"""The detector: a frame in, the product's detections out, on any engine."""

from __future__ import annotations

import ast
from itertools import permutations

import numpy as np

from edge.config.model import Models
from edge.errors import EngineFailed, ModelError
from edge.inference.card import ModelCard, load_card
from edge.inference.engines import best_engine, open_engine
from edge.inference.heads import Candidates, Head, Shape, decode, fits, make_head, told
from edge.ports import Engine, Frame, Letterboxed, Tensorised, TensorSpec
from edge.types import F32, KIND, Detections
from edge.vision import boxes


def open_detector(models: Models) -> YoloDetector:
    """Load the detector that the configuration names, its weights checked against the card.

    Raises:
        ModelError: card or weights are missing, damaged or do not agree, or the engine does not work here.
    """
    card = chosen_card(models)
    card.check_file()
    return YoloDetector(card, open_build(card, models), models.confidence)


def open_build(card: ModelCard, models: Models, engine: str = "") -> Engine:
    """Open the network that a card names at its precision, with the settings of a configuration.

    Args:
        card: its weights are checked already.
        models: says which engine, how many threads, and where built engines lie.
        engine: instead of the configuration's.

    Raises:
        ModelError: as `open_engine`.
    """
    return open_engine(card.file, engine or models.engine, models.threads, card.precision, models.engines_dir)


def chosen_card(models: Models) -> ModelCard:
    """Return the detector's card at the precision that the configuration asks for.

    Raises:
        ModelError: there is no such card, it is wrong, or it lists no such build.
    """
    return load_card(models.detector).at(models.precision, best_engine(models.engine))


class YoloDetector:
    """A YOLO network behind the Detector port. One caller at a time.

    Args:
        card: what the network wants and gives.
        engine: the compiled network; its inputs and outputs must be those on the card.
        confidence: lowest confidence of a detection, 0 for the card's.

    Raises:
        ModelError: card and network disagree; the message names both.
    """

    def __init__(self, card: ModelCard, engine: Engine, confidence: float = 0.0) -> None:
        self._card = card
        self._engine = engine
        self._confidence = confidence or card.confidence
        self._head = make_head(card)
        self._outputs = _agree(card, engine, self._head)
        self._class_ids = card.class_ids()
        self._order = card.input.order()
        self.label = f"{card.title} on {engine.label}"

    def detect(self, frame: Frame) -> Detections:
        """Find objects; see `ports.Detector.detect`."""
        view = frame.tensor(self._order)
        answer = self._engine.infer({self._card.input.name: view.value})
        try:
            found = decode(self._head, [answer[name] for name in self._outputs], self._confidence)
        except ValueError as error:
            raise EngineFailed(f"{self._card.file}: {error}: {self._card.path} is for another model") from error
        return self._ours(found, view, frame.size_wh)

    def close(self) -> None:
        """Let go of the engine; may be called twice."""
        self._engine.close()

    def _ours(self, found: Candidates, view: Letterboxed | Tensorised, size_wh: tuple[int, int]) -> Detections:
        """Bring candidates to the frame and to the product's classes, each object once, surest first.

        End-to-end heads are one to one only when trained to the end, and class-wise suppression leaves a vehicle found
        as two kinds; the tracker would make two vehicles of either.
        """
        class_id = self._class_ids[found.label]
        xyxy = boxes.clip(from_letterbox(found.xyxy, view), *size_wh)
        rows = np.flatnonzero((class_id >= 0) & (boxes.areas(xyxy) > 0))
        single = boxes.nms_by_class(
            xyxy[rows], found.confidence[rows], KIND[class_id[rows]], self._card.iou, self._card.max_detections
        )
        rows = rows[single]
        return Detections(xyxy[rows], found.confidence[rows].astype(np.float32), class_id[rows])


def from_letterbox(xyxy: F32, view: Letterboxed | Tensorised) -> F32:
    """Bring boxes (N,4) from network input pixels back to display pixels of the frame."""
    pad = np.array([view.pad_x, view.pad_y, view.pad_x, view.pad_y], np.float32)
    back: F32 = (xyxy - pad) / np.float32(view.scale)
    return back


def _agree(card: ModelCard, engine: Engine, head: Head) -> tuple[str, ...]:
    """Return the names of the outputs in the order the head decodes them, after comparing the network with its card."""
    wanted = TensorSpec(card.input.name, (1, 3, card.input.height, card.input.width), "float32")
    faults = []
    if len(engine.inputs) != 1 or not _matches(engine.inputs[0], wanted):
        faults.append(f"its input is {_told(engine.inputs)}, the card says {_told((wanted,))}")
    # Of two orders that fit, names that sort as boxes, scores do by themselves say which is meant.
    orders = permutations(sorted(engine.outputs, key=lambda spec: spec.name))
    outputs = next((order for order in orders if _fit(order, head.shapes())), ())
    if not outputs:
        means = f"{card.head} with {len(card.classes)} classes gives {_shapes(head)}"
        faults.append(f"its output is {_told(engine.outputs)}, the card says {means}")
    faults += _names_fault(card, engine)
    if faults:
        raise ModelError(f"{card.file} does not agree with {card.path}: {'; '.join(faults)}: correct the card")
    return tuple(spec.name for spec in outputs)


def _fit(outputs: tuple[TensorSpec, ...], shapes: tuple[Shape, ...]) -> bool:
    return len(outputs) == len(shapes) and all(
        spec.dtype == "float32" and fits(spec.shape, shape) for spec, shape in zip(outputs, shapes, strict=True)
    )


def _shapes(head: Head) -> str:
    return ", ".join(f"{told(shape)} float32" for shape in head.shapes())


def _matches(found: TensorSpec, wanted: TensorSpec) -> bool:
    """Whether a tensor is the wanted one; a size that either side leaves free fits."""
    return (found.name, found.dtype) == (wanted.name, wanted.dtype) and fits(found.shape, wanted.shape)


def _told(specs: tuple[TensorSpec, ...]) -> str:
    return ", ".join(f"{spec.name} {told(spec.shape)} {spec.dtype}" for spec in specs)


def _names_fault(card: ModelCard, engine: Engine) -> list[str]:
    """Compare the card with the class names that some exporters write into the model (`{0: 'car', …}`)."""
    try:
        named = ast.literal_eval(engine.metadata.get("names", "None"))
    except (ValueError, SyntaxError):
        return []
    if not isinstance(named, dict) or tuple(named.values()) == card.classes:
        return []
    return [
        f"the model's own classes are {', '.join(map(str, named.values()))}, the card says {', '.join(card.classes)}"
    ]
