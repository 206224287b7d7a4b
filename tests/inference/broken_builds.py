"""Builds of a detector that were broken on purpose, as builders and people break them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
from onnx import helper, numpy_helper

_HALF_MOST = 65504.0
"""The largest number that FP16 can hold."""


def broken(source: Path, how: str, folder: Path) -> Path:
    """Write a build of `source`, broken as BROKEN says, into `folder`."""
    model = onnx.load(str(source))
    BROKEN[how](model.graph)
    path = folder / "broken.onnx"
    onnx.save(model, str(path))
    return path


def with_ranges(source: Path, share: float, folder: Path) -> Path:
    """Write a Q/DQ build whose activations have `share` of the range that `source` gives them."""
    model = onnx.load(str(source))
    scales = {node.input[1] for node in model.graph.node if node.op_type == "QuantizeLinear"}
    for value in model.graph.initializer:
        if value.name in scales:
            found = numpy_helper.to_array(value)
            value.CopyFrom(numpy_helper.from_array((found * share).astype(found.dtype), value.name))
    path = folder / "ranges.onnx"
    onnx.save(model, str(path))
    return path


def _exchange_red_and_blue(graph: onnx.GraphProto) -> None:
    _constant(graph, "bgr", np.array([2, 1, 0], np.int64))
    _fed_through(graph, helper.make_node("Gather", ["images", "bgr"], ["fed"], axis=1))


def _scale(factor: float) -> Callable[[onnx.GraphProto], None]:
    def change(graph: onnx.GraphProto) -> None:
        _constant(graph, "factor", np.array(factor, np.float32))
        _fed_through(graph, helper.make_node("Mul", ["images", "factor"], ["fed"]))

    return change


def _move_down(graph: onnx.GraphProto) -> None:
    """Show the network its picture eight pixels lower: the letterbox of another program."""
    _constant(graph, "pads", np.array([0, 0, 8, 0, 0, 0, -8, 0], np.int64))
    _constant(graph, "gray", np.array(114 / 255, np.float32))
    _fed_through(graph, helper.make_node("Pad", ["images", "pads", "gray"], ["fed"]))


def _overflow(graph: onnx.GraphProto) -> None:
    """Let some layers end where FP16 would if they were 100,000 times as large: their values saturate."""
    limit = np.array(_HALF_MOST / 100_000, np.float32)
    _constant(graph, "least", -limit)
    _constant(graph, "most", limit)
    for number, conv in enumerate([node for node in graph.node if node.op_type == "Conv"][30:40]):
        _feed_from(graph, conv.output[0], f"clipped{number}")
        clip = helper.make_node("Clip", [conv.output[0], "least", "most"], [f"clipped{number}"])
        graph.node.insert(list(graph.node).index(conv) + 1, clip)


def _saturate(graph: onnx.GraphProto) -> None:
    """Quantise the first layers' outputs to INT8 with a range far too narrow, as a bad calibration does."""
    _constant(graph, "narrow", np.array(0.5 / 127, np.float32))
    _constant(graph, "zero_point", np.array(0, np.int8))
    for number, conv in enumerate([node for node in graph.node if node.op_type == "Conv"][:6]):
        output = conv.output[0]
        _feed_from(graph, output, f"dq{number}")
        place = list(graph.node).index(conv) + 1
        graph.node.insert(
            place, helper.make_node("DequantizeLinear", [f"q{number}", "narrow", "zero_point"], [f"dq{number}"])
        )
        graph.node.insert(place, helper.make_node("QuantizeLinear", [output, "narrow", "zero_point"], [f"q{number}"]))


def _permute(order: list[int]) -> Callable[[onnx.GraphProto], None]:
    """Name class order[n] as class n: `output0` has four rows for the box and one for each class."""

    def change(graph: onnx.GraphProto) -> None:
        last = next(node for node in graph.node if "output0" in node.output)
        last.output[list(last.output).index("output0")] = "right"
        _constant(graph, "order", np.array([0, 1, 2, 3, *(4 + kind for kind in order)], np.int64))
        graph.node.append(helper.make_node("Gather", ["right", "order"], ["output0"], axis=1))

    return change


def _constant(graph: onnx.GraphProto, name: str, value: np.ndarray) -> None:
    graph.initializer.append(numpy_helper.from_array(value, name))


def _fed_through(graph: onnx.GraphProto, first: onnx.NodeProto) -> None:
    """Put a node between the input and what used to read it."""
    _feed_from(graph, "images", "fed")
    graph.node.insert(0, first)


def _feed_from(graph: onnx.GraphProto, name: str, instead: str) -> None:
    for node in graph.node:
        for place, fed in enumerate(node.input):
            if fed == name:
                node.input[place] = instead


BROKEN: dict[str, Callable[[onnx.GraphProto], None]] = {
    "red and blue exchanged": _exchange_red_and_blue,
    "a quarter as bright": _scale(0.25),
    "scaled twice": _scale(1 / 255),
    "letterbox 8 px off": _move_down,
    "FP16 overflow": _overflow,
    "saturated INT8": _saturate,
    "classes moved by one": _permute([1, 2, 3, 4, 5, 0]),
    "bus and truck exchanged": _permute([0, 2, 1, 3, 4, 5]),
}
