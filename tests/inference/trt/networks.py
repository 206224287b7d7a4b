"""Small networks, written as ONNX where a test needs them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

SAVED = {"opset_imports": [helper.make_opsetid("", 13)], "ir_version": 8}
POSITIVE = np.array([[1, 2, 4]], np.float32)


def write_network(
    path: Path,
    operator: str = "Log",
    shape: tuple[int | str, ...] = (1, 3),
    precision: str = "fp32",
) -> Path:
    """Write a network of one operator, `x` to `y`, float32 outside, in the precision that is asked for inside."""
    inside = {"fp32": ["x"], "fp16": ["half"], "int8": ["whole"]}[precision]
    nodes = [helper.make_node(operator, inside, ["y" if precision != "fp16" else "done"], name="/work")]
    weights = []
    if precision == "fp16":
        nodes.insert(0, helper.make_node("Cast", ["x"], ["half"], to=TensorProto.FLOAT16, name="/in"))
        nodes.append(helper.make_node("Cast", ["done"], ["y"], to=TensorProto.FLOAT, name="/out"))
    if precision == "int8":
        weights = [
            numpy_helper.from_array(np.float32(0.125), "scale"),
            numpy_helper.from_array(np.int8(0), "zero"),
        ]
        nodes.insert(0, helper.make_node("QuantizeLinear", ["x", "scale", "zero"], ["q"], name="/q"))
        nodes.insert(1, helper.make_node("DequantizeLinear", ["q", "scale", "zero"], ["whole"], name="/dq"))
    graph = helper.make_graph(
        nodes,
        "tiny",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, shape)],
        weights,
    )
    model = helper.make_model(graph, **SAVED)
    helper.set_model_props(model, {"names": "{0: 'car'}"})
    onnx.save(model, str(path))
    return path
