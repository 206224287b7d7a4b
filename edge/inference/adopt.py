"""Networks made by others: what kind one is, told from its inputs and outputs, and the card that makes it ours."""

from __future__ import annotations

import ast
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from edge.errors import ModelError
from edge.inference.card import CARD_FILE, NetworkInput
from edge.inference.heads import cells, told
from edge.ports import Engine, TensorSpec

BACKGROUND = "background"
KNOWN = (
    "known are YOLO 8 and 11 (1x[4+classes]xN), YOLO 26 (1xKx6), YOLOX (1xNx[5+classes]) and SSD with boxes 1xNx4 and "
    "scores 1xNx[1+classes]"
)
END_TO_END_ROWS = 1000
_ANCHORS = 3


@dataclass(frozen=True, slots=True)
class Kind:
    """What a network turned out to be; `class_count` is 0 where its output does not show it."""

    head: str
    input: NetworkInput
    class_count: int


def recognise(engine: Engine, path: Path) -> Kind:
    """Tell the head from the shapes of inputs and outputs; the network runs once where it does not state them.

    Raises:
        ModelError: dynamic shapes, another kind of input, or a head we do not know.
        EngineFailed: it gave no answer.
    """
    name, (width, height) = _check_input(engine.inputs, path)
    shapes = [spec.shape for spec in engine.outputs]
    if any(-1 in shape for shape in shapes):
        answer = engine.infer({name: np.zeros((1, 3, height, width), np.float32)})
        shapes = [answer[spec.name].shape for spec in engine.outputs]
    head, count = _head(shapes, cells(_input(name, width, height, "")), path)
    return Kind(head, _input(name, width, height, head), count)


def _check_input(inputs: Sequence[TensorSpec], path: Path) -> tuple[str, tuple[int, int]]:
    said = ", ".join(f"{spec.name} {told(spec.shape)} {spec.dtype}" for spec in inputs)
    if len(inputs) != 1 or len(inputs[0].shape) != 4:  # noqa: PLR2004 - batch, planes, rows, columns
        raise ModelError(f"{path}: its input is {said}, not one picture 1x3xHxW: export a detector")
    batch, planes, height, width = inputs[0].shape
    if -1 in inputs[0].shape:
        raise ModelError(
            f"{path}: its input is {said}: dynamic shapes cannot be built ahead: export it with one fixed size "
            "(ultralytics: dynamic=False, batch=1, imgsz=…)"
        )
    if (batch, planes) != (1, 3):
        raise ModelError(f"{path}: its input is {said}, not 1x3xHxW: export one picture, planes before rows")
    if inputs[0].dtype != "float32":
        raise ModelError(
            f"{path}: its input is {said}: export it in float32; FP16 and INT8 engines are built from that"
        )
    return inputs[0].name, (width, height)


def _head(shapes: Sequence[tuple[int, ...]], grid_cells: int, path: Path) -> tuple[str, int]:
    """Return the head's name on cards, and the number of classes, 0 where unknown."""
    if len(shapes) == 1 and len(shapes[0]) == 3 and shapes[0][0] == 1:  # noqa: PLR2004 - batch, two more
        _, rows, columns = shapes[0]
        if columns == grid_cells and rows > 4:  # noqa: PLR2004 - a box has four
            return "yolo-v8", rows - 4
        if rows == grid_cells and columns > 5:  # noqa: PLR2004 - a box and how sure it is
            return "yolox", columns - 5
        if columns == 6 and rows <= END_TO_END_ROWS:  # noqa: PLR2004 - x1 y1 x2 y2 score class
            return "yolo-end2end", 0
    if len(shapes) == 2 and all(len(shape) == 3 and shape[0] == 1 for shape in shapes):  # noqa: PLR2004 - as above
        boxes, scores = sorted(shapes, key=lambda shape: shape[2] != 4)  # noqa: PLR2004 - a box has four
        if boxes[2] == 4 and boxes[1] == scores[1] and scores[2] > 1:  # noqa: PLR2004 - as above
            return "ssd", scores[2] - 1
    said = ", ".join(told(shape) for shape in shapes)
    hint = " (an older YOLO with anchors)" if len(shapes) == 1 and _ANCHORS * grid_cells in shapes[0] else ""
    raise ModelError(f"{path}: unknown head{hint}: it gives {said}; {KNOWN}: export it as one of them")


def _input(name: str, width: int, height: int, head: str) -> NetworkInput:
    """Return the preparation that the makers of each kind train with."""
    zero, one = (0.0, 0.0, 0.0), (1.0, 1.0, 1.0)
    if head == "yolox":
        return NetworkInput(name, width, height, "bgr", 1.0, zero, one, "top-left", 114)
    if head == "ssd":
        return NetworkInput(name, width, height, "rgb", 1.0, (127.0,) * 3, (128.0,) * 3, "centre", 127)
    return NetworkInput(name, width, height, "rgb", 1 / 255, zero, one, "centre", 114)


def class_names(kind: Kind, metadata: Mapping[str, str], given: Sequence[str], path: Path) -> tuple[str, ...]:
    """Return the network's classes in its order: those given, else those the file names itself.

    Raises:
        ModelError: nobody names them, or there are more or fewer than the network has.
    """
    own = _own_names(metadata)
    names = tuple(given) or own
    source = "--classes" if given else "the file itself"
    if not names:
        many = f"its {kind.class_count} classes" if kind.class_count else "its classes"
        raise ModelError(f"{path}: does not name {many}: give --classes, names in its order, a file of them or coco")
    if kind.head == "ssd" and names[0].lower() == BACKGROUND:
        names = names[1:]
    if kind.class_count not in {0, len(names)}:
        raise ModelError(f"{path}: has {kind.class_count} classes, {source} names {len(names)}: name each of them once")
    if given and own and names != own:
        raise ModelError(f"{path}: names its classes {', '.join(own)}; --classes says otherwise: leave it out")
    return names


def _own_names(metadata: Mapping[str, str]) -> tuple[str, ...]:
    """Read what ultralytics writes into the file: `{0: 'person', …}`."""
    try:
        said = ast.literal_eval(metadata.get("names", "None"))
    except (ValueError, SyntaxError):
        return ()
    if isinstance(said, dict):
        said = list(said.values())
    return tuple(str(name) for name in said) if isinstance(said, list | tuple) else ()


def write_card(
    folder: Path, name: str, kind: Kind, classes: Sequence[str], sha256: str, licence: str, description: str
) -> Path:
    """Write the card of `folder/NAME.onnx` and return its path."""
    said = kind.input
    lines = [
        "# Written by `edge models add`: look it over. Thresholds are a start; `edge eval detect` measures them.",
        *(
            f"{key} = {json.dumps(value, ensure_ascii=False)}"
            for key, value in {
                "name": name,
                "version": sha256[:8],
                "task": "detect",
                "file": f"{name}.onnx",
                "sha256": sha256,
                "head": kind.head,
                "confidence": 0.3,
                "licence": licence,
                "description": description,
                "classes": list(classes),
            }.items()
        ),
        "",
        "[input]",
        *(
            f"{key} = {json.dumps(value)}"
            for key, value in {
                "name": said.name,
                "width": said.width,
                "height": said.height,
                "colour": said.colour,
                "scale": said.scale,
                "mean": list(said.mean),
                "std": list(said.std),
                "letterbox": said.letterbox,
                "pad": said.pad,
            }.items()
        ),
    ]
    path = folder / CARD_FILE
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path
