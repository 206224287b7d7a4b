"""Other builds of a network, written beside it: INT8 with explicit Q/DQ nodes and FP16, both for any runtime of ONNX.

INT8: per-channel weights and per-tensor activations, all symmetric (zero points 0), after Jacob et al., Quantization
and Training of Neural Networks for Efficient Integer-Arithmetic-Only Inference, 2018. Only the inputs and weights of
convolutions are quantised. Their outputs are not, so that a runtime can fuse the activation that follows; neither are
the biases, because TensorRT takes no INT32 there.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from edge.errors import ModelError, UsageError
from edge.inference.card import Build, ModelCard
from edge.vision.frame import PlanarFrame

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from edge.types import F32, U8

WEIGHTED = frozenset({"Conv", "ConvTranspose", "Gemm", "MatMul"})
QUANTISED = frozenset(
    {"QuantizeLinear", "DequantizeLinear", "DynamicQuantizeLinear", "ConvInteger", "MatMulInteger", "QLinearConv"}
)
OLDEST_OPSET = 13
"""The first whose Q/DQ nodes have one scale for each channel."""
PERCENTILE = 99.999
"""Activations above this share of all are cut off: the few beyond would cost all others a bit of their eight."""
AT_ONCE = 16
"""Most pictures whose activations, some 50 MB each, are held in memory together."""
TABLE = "\n[[build]]"


def write_int8(card: ModelCard, pictures: Sequence[U8], file: Path, method: str = "Percentile") -> None:
    """Write the card's network with INT8 convolutions, but for the last ones, to `file`.

    Args:
        card: its FP32 weights are read.
        pictures: one or more (H,W,3) uint8 RGB to calibrate the activations on.
        file: an ONNX file; the input and outputs stay float32.
        method: how ranges follow from what was seen: Percentile (see PERCENTILE), MinMax or Entropy.

    Raises:
        UsageError: onnx is not installed.
        ModelError: the network is quantised already, or too old for it.
    """
    onnx = _import_onnx()
    _check_fit(onnx, card, OLDEST_OPSET)
    from onnxruntime import quantization  # noqa: PLC0415 - imports onnx, which only the workshop has
    from onnxruntime.quantization.shape_inference import quant_pre_process  # noqa: PLC0415 - as above

    class Feeds(quantization.CalibrationDataReader):  # type: ignore[misc]  # untyped, and loaded on demand
        def __init__(self) -> None:
            self._left: Iterator[dict[str, F32]] = iter(())

        def __len__(self) -> int:
            return len(pictures)

        def set_range(self, start_index: int, end_index: int) -> None:
            self._left = _feeds(card, pictures[start_index:end_index])

        def get_next(self) -> dict[str, F32] | None:
            return next(self._left, None)

    with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()):
        # It prints its progress where our answer belongs.
        prepared = Path(folder) / file.name
        quant_pre_process(str(card.file), str(prepared), skip_optimization=True, skip_symbolic_shape=True)
        graph = onnx.load(str(prepared)).graph
        quantization.quantize_static(
            str(prepared),
            str(file),
            Feeds(),
            quant_format=quantization.QuantFormat.QDQ,
            op_types_to_quantize=["Conv"],
            nodes_to_exclude=last_layers(graph),
            per_channel=True,
            activation_type=quantization.QuantType.QInt8,
            weight_type=quantization.QuantType.QInt8,
            calibrate_method=quantization.CalibrationMethod[method],
            extra_options={
                "ActivationSymmetric": True,
                "WeightSymmetric": True,
                "QuantizeBias": False,
                "OpTypesToExcludeOutputQuantization": ["Conv"],
                "CalibPercentile": PERCENTILE,
                # In spite of its name it holds for every method; their own limits drop what was seen.
                "CalibStridedMinMax": max(n for n in range(1, AT_ONCE + 1) if len(pictures) % n == 0),
            },
        )
    _finish(onnx.load(str(file)), card, file)


def write_fp16(card: ModelCard, file: Path) -> None:
    """Write the card's network with FP16 weights and arithmetic to `file`; the input and outputs stay float32.

    Raises:
        UsageError: onnx is not installed.
        ModelError: the network is quantised already.
    """
    onnx = _import_onnx()
    _check_fit(onnx, card, 1)
    from onnxruntime.transformers.float16 import convert_float_to_float16  # noqa: PLC0415 - imports onnx
    from onnxruntime.transformers.onnx_model import OnnxModel  # noqa: PLC0415 - as above

    made = OnnxModel(convert_float_to_float16(onnx.load(str(card.file)), keep_io_types=True))
    made.topological_sort()  # the converter puts its casts at the end
    _finish(made.model, card, file)


def _check_fit(onnx: Any, card: ModelCard, oldest_opset: int) -> None:
    """Refuse a network that no other build can be made of."""
    model = onnx.load(str(card.file), load_external_data=False)
    found = sorted({node.op_type for node in model.graph.node} & QUANTISED)
    if found:
        raise ModelError(f"{card.file}: is quantised already ({', '.join(found)}): make builds of its FP32 export")
    opset = max((one.version for one in model.opset_import if one.domain in {"", "ai.onnx"}), default=0)
    if opset < oldest_opset:
        raise ModelError(
            f"{card.file}: is written in opset {opset}, and weights per channel need {oldest_opset}: "
            f"export it anew with opset {oldest_opset} or newer"
        )


def last_layers(graph: Any) -> list[str]:
    """Return the names of the weighted nodes that no other weighted node follows: what speaks for the whole network.

    In INT8 a score would come in 256 steps over the whole range of the logits: left in float they cost nothing.
    """
    led: set[str] = set()
    last = []
    for node in reversed(graph.node):  # ONNX lists nodes in the order they run
        weighted = node.op_type in WEIGHTED
        leads_on = not led.isdisjoint(node.output)
        if weighted or leads_on:
            led.update(node.input)
        if weighted and not leads_on:
            last.append(node.name)
    return last


def with_builds(card: ModelCard, made: Sequence[Build]) -> str:
    """Return the card's text with these builds in the place of those of their kinds; the others stay."""
    kinds = {build.kind for build in made}
    tables = [
        f'{TABLE}\nkind = "{one.kind}"\nfile = "{one.file}"\nsha256 = "{one.sha256}"\n'
        f"engines = {json.dumps(one.engines)}  # those that take it unasked\n"
        for one in (*(build for build in card.builds if build.kind not in kinds), *made)
    ]
    return without_builds(card.path.read_text(encoding="utf-8")) + "".join(tables)


def without_builds(text: str) -> str:
    """Return a card's text without the builds it lists, which stand at its end: they are of the weights before."""
    return text.partition(TABLE)[0].rstrip("\n") + "\n"


def listed(kind: str, file: Path, engines: tuple[str, ...]) -> Build:
    """Return a file as it stands on a card."""
    return Build(kind, file.name, hashlib.sha256(file.read_bytes()).hexdigest(), engines)


def _feeds(card: ModelCard, pictures: Iterable[U8]) -> Iterator[dict[str, F32]]:
    for number, picture in enumerate(pictures):
        frame = PlanarFrame.from_rgb(picture, camera_id="workshop", seq=number, wall_ns=0, mono_ns=0, pts_ns=0)
        yield {card.input.name: np.asarray(frame.tensor(card.input.order()).value, np.float32)}


def _finish(model: Any, card: ModelCard, file: Path) -> None:
    """Give the file the notes of the full network, such as its class names, and nothing of the tool; check and save.

    Raises:
        ModelError: what came out is no right ONNX.
    """
    onnx = _import_onnx()
    full = onnx.load(str(card.file), load_external_data=False)
    for name in ("doc_string", "producer_version"):
        model.ClearField(name)
    del model.metadata_props[:]
    model.metadata_props.extend(full.metadata_props)
    try:
        onnx.checker.check_model(model, full_check=True)
    except (onnx.checker.ValidationError, onnx.shape_inference.InferenceError) as error:
        said = " ".join(str(error).split())[:200]
        raise ModelError(f"{card.file}: no such build can be made of it ({said}): export it anew") from error
    onnx.save(model, str(file))


def _import_onnx() -> Any:
    try:
        import onnx  # noqa: PLC0415 - the device and every other command must start without it
    except ImportError as error:
        raise UsageError("other builds need onnx: install it as deploy/requirements/train.txt says") from error
    return onnx
