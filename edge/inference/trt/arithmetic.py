"""Which arithmetic a network asks for, and which an engine really does: a build that is not what was asked is refused.

In a strongly typed network the ONNX itself says it: Q/DQ nodes make INT8, half-precision tensors make FP16. The engine
says what became of it in its inspector's JSON (NVIDIA, TensorRT developer guide, Engine Inspector): each layer's
tensors with their `Format/Datatype`: for short `Int8` or `Half`, at length `… row major Int8 format`, `… FP16 format`.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from edge.errors import ModelError

if TYPE_CHECKING:
    import tensorrt as trt

_TOLD = {"int8": re.compile(r"\bint8\b", re.IGNORECASE), "fp16": re.compile(r"\b(half|fp16|float16)\b", re.IGNORECASE)}
_CONVERTS = frozenset({"reformat", "noop", "cast", "quantize", "dequantize", "constant", "shuffle"})
"""Layers that carry or convert values: that INT8 passes through one does not mean that anything computes in it."""


def asked_by(network: trt.INetworkDefinition) -> str:
    """Return the precision that a parsed network is written in: fp32, fp16 or int8."""
    import tensorrt as trt  # noqa: PLC0415 - loads libnvinfer

    layers = [network.get_layer(place) for place in range(network.num_layers)]
    if any(layer.type == trt.LayerType.QUANTIZE for layer in layers):
        return "int8"
    outputs = (layer.get_output(place) for layer in layers for place in range(layer.num_outputs))
    half = any(output is not None and output.dtype == trt.DataType.HALF for output in outputs)
    return "fp16" if half else "fp32"


def check_asked(name: str, wanted: str, network: trt.INetworkDefinition) -> None:
    """Compare what is wanted with what the network is written in, before minutes are spent on it.

    Raises:
        ModelError: they differ.
    """
    found = asked_by(network)
    if found != wanted:
        raise ModelError(
            f"{name}: is asked for as {wanted}, and its ONNX is written in {found}, which TensorRT goes by: make a "
            f"{wanted} file with `edge models quantize`, or ask for {found}"
        )


def check_done(name: str, wanted: str, told: str) -> str:
    """Compare what is wanted with what the engine does; return it in words.

    Args:
        name: of the network, for messages.
        wanted: fp32, fp16 or int8.
        told: what the engine's inspector says, JSON.

    Raises:
        ModelError: no layer computes in that arithmetic, or the inspector does not say.
    """
    layers = _layers(told)
    if not layers:
        raise ModelError(f"{name}: TensorRT does not say what its layers compute in: {wanted} cannot be vouched for")
    if wanted not in _TOLD:
        return f"{len(layers)} layers"
    computing = [layer for layer in layers if str(layer.get("LayerType", "")).lower() not in _CONVERTS]
    count = sum(any(_TOLD[wanted].search(kind) for kind in _kinds(layer)) for layer in computing)
    if not count:
        raise ModelError(
            f"{name}: none of the engine's {len(layers)} layers computes in {wanted}: this GPU or TensorRT has no such "
            "kernels; use another precision"
        )
    return f"{count} of {len(layers)} layers in {wanted}"


def _layers(told: str) -> list[dict[str, Any]]:
    try:
        layers = json.loads(told)["Layers"]
    except (ValueError, KeyError, TypeError):
        return []
    return [layer for layer in layers if isinstance(layer, dict)] if isinstance(layers, list) else []


def _kinds(layer: dict[str, Any]) -> list[str]:
    """Return how the inputs of a layer are laid out."""
    inputs = layer.get("Inputs")
    return (
        [str(one.get("Format/Datatype", "")) for one in inputs if isinstance(one, dict)]
        if isinstance(inputs, list)
        else []
    )
