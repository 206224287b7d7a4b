"""From ONNX to a serialised engine. Runs in the building process alone: see child.py.

The network is strongly typed: its arithmetic is what the ONNX file says and nothing else, on every version alike. TF32
is off, so that an FP32 engine is the reference that its name promises; TF32 has the mantissa of FP16, and who wants
that speed takes the FP16 file, which saves half the memory as well.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from edge.errors import ModelError
from edge.inference.trt.arithmetic import check_asked, check_done
from edge.inference.trt.runtime import Messages, load_version, make_logger, open_plan

if TYPE_CHECKING:
    import tensorrt as trt

Report = Callable[[str, float], None]
"""Is told what is being done, and the share of the whole that is behind it, 0..1."""
FULL_AT = ("out of memory", "outofmemory", "could not be allocated", "insufficient memory", "cuda error 2")
"""What TensorRT's messages say when the device is full."""


class BuildOrder(msgspec.Struct, frozen=True):
    """What is to be built: absolute paths, `precision` one of fp32, fp16, int8; `workspace_mb` bounds the search."""

    onnx: str
    sha256: str
    precision: str
    plan: str
    timing: str
    workspace_mb: int = 1024


@dataclass(frozen=True, slots=True)
class BuiltPlan:
    """What was built: its bytes, and what it computes in, in words."""

    plan: bytes
    told: str


def build_plan(order: BuildOrder, report: Report) -> BuiltPlan:
    """Build an engine and look at what became of it.

    Raises:
        ModelError: the file is not the one that was asked for, cannot be parsed or built, or the engine does not
            compute in the precision that was asked for.
    """
    load_version()
    model = _read(order)
    messages = Messages()
    logger = make_logger(messages)
    plan = _build(order, model, logger, messages, report)
    report("inspecting", 1.0)
    return BuiltPlan(plan, _inspected(order, plan, logger, messages))


def _read(order: BuildOrder) -> bytes:
    try:
        model = Path(order.onnx).read_bytes()
    except OSError as error:
        raise ModelError(f"{order.onnx}: cannot be read ({error.strerror}): put the model there") from error
    if hashlib.sha256(model).hexdigest() != order.sha256:
        raise ModelError(f"{order.onnx}: was replaced while it was to be built: try again")
    return model


def _build(order: BuildOrder, model: bytes, logger: trt.ILogger, messages: Messages, report: Report) -> bytes:
    import tensorrt as trt  # noqa: PLC0415 - loads libnvinfer

    from edge.inference.trt.progress import make_monitor  # noqa: PLC0415 - as above

    builder = trt.Builder(logger)
    network, parser = _parsed(order, model, builder, logger, messages)
    config = builder.create_builder_config()
    config.set_memory_pool_limit(trt.MemoryPoolType.WORKSPACE, order.workspace_mb << 20)
    config.clear_flag(trt.BuilderFlag.TF32)
    config.profiling_verbosity = trt.ProfilingVerbosity.DETAILED
    config.progress_monitor = monitor = make_monitor(report)
    cache = _take_timings(config, Path(order.timing))
    built = builder.build_serialized_network(network, config)
    if built is None:
        said = messages.take()
        if any(sign in said.lower() for sign in FULL_AT):
            cure = "close what else uses the GPU's memory, or give it swap, and build again"
            raise ModelError(f"{order.onnx}: TensorRT ran out of memory ({said}): {cure}")
        raise ModelError(f"{order.onnx}: TensorRT cannot build it ({said}): use another precision or model")
    _keep_timings(config, Path(order.timing))
    del cache, monitor, parser  # they must outlive the build; the parser owns the weights
    return bytes(built)


def _parsed(
    order: BuildOrder, model: bytes, builder: trt.Builder, logger: trt.ILogger, messages: Messages
) -> tuple[trt.INetworkDefinition, trt.OnnxParser]:
    import tensorrt as trt  # noqa: PLC0415 - loads libnvinfer

    # The flag's number differs between versions; where it will have gone, every network is strongly typed.
    flag = trt.NetworkDefinitionCreationFlag
    network = builder.create_network(1 << int(flag.STRONGLY_TYPED) if hasattr(flag, "STRONGLY_TYPED") else 0)
    if network is None:
        raise ModelError(f"{order.onnx}: TensorRT cannot begin a network ({messages.take()}): is the driver in order?")
    parser = trt.OnnxParser(network, logger)
    if not parser.parse(model, order.onnx):
        errors = [parser.get_error(place) for place in range(parser.num_errors)]
        said = "; ".join(f"{one.node_name()} ({one.node_operator()}): {one.desc()}" for one in errors)
        raise ModelError(
            f"{order.onnx}: TensorRT cannot parse it ({' '.join(said.split()) or messages.take()}): "
            'use another model, or models.engine = "onnxruntime"'
        )
    inputs = [network.get_input(place) for place in range(network.num_inputs)]
    free = [one.name for one in inputs if any(size < 0 for size in one.shape)]
    if free:
        raise ModelError(
            f"{order.onnx}: input {', '.join(free)} has free sizes, and an engine is built for one: export the network "
            'at one size, batch 1, or set models.engine = "onnxruntime"'
        )
    check_asked(order.onnx, order.precision, network)
    return network, parser


def _inspected(order: BuildOrder, plan: bytes, logger: trt.ILogger, messages: Messages) -> str:
    import tensorrt as trt  # noqa: PLC0415 - loads libnvinfer

    engine = open_plan(trt.Runtime(logger), plan, messages, order.onnx)
    inspector = engine.create_engine_inspector()
    told = inspector.get_engine_information(trt.LayerInformationFormat.JSON)
    return check_done(order.onnx, order.precision, told)


def _take_timings(config: trt.IBuilderConfig, path: Path) -> trt.ITimingCache | None:
    """Begin with what was measured before; what is damaged or of another version counts for nothing."""
    try:
        known = path.read_bytes()
    except OSError:
        known = b""
    for octets in dict.fromkeys((known, b"")):
        cache = config.create_timing_cache(octets)
        if cache is not None and config.set_timing_cache(cache, ignore_mismatch=False):
            return cache
    return None


def _keep_timings(config: trt.IBuilderConfig, path: Path) -> None:
    """Keep what was measured, whole or not at all; without it the next build takes longer, nothing else."""
    cache = config.get_timing_cache()
    octets = cache.serialize() if cache is not None else None
    if octets is None:
        return
    partial = path.with_name(f"{path.stem}.{os.getpid()}.part")
    try:
        partial.write_bytes(bytes(octets))
        partial.replace(path)
    except OSError:
        partial.unlink(missing_ok=True)
