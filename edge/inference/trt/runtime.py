"""TensorRT itself: loaded when an engine is built or opened and not before, its version judged, its messages caught.

What is called here and beside is there in 10.3 (JetPack 6), 10.16 (JetPack 7.2) and 11: tests/simulated/surface.toml
says so, name by name. Precision flags, calibrators and weakly typed networks, which 11 no longer has, are not used on
the versions that still have them either.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from edge.errors import ModelError
from edge.logs import get_log

if TYPE_CHECKING:
    import tensorrt as trt

    from edge.ports import TensorSpec

OLDEST = 10
"""Versions before have no strongly typed networks on every layer that ours are made of, and another tensor API."""
MOST_TOLD = 3
_log = get_log("tensorrt")
_DTYPES = {
    "FLOAT": "float32",
    "HALF": "float16",
    "INT8": "int8",
    "INT32": "int32",
    "INT64": "int64",
    "UINT8": "uint8",
    "BOOL": "bool",
}


def load_version() -> str:
    """Load TensorRT and return its version.

    Raises:
        ModelError: it is not installed, its libraries cannot be loaded, or it is too old.
    """
    try:
        import tensorrt  # noqa: PLC0415 - loads libnvinfer, which only this engine needs
    except (ImportError, OSError) as error:
        raise ModelError(
            f"tensorrt cannot be loaded ({_one_line(error)}): install JetPack's python3-libnvinfer where this Python "
            'sees it, or set models.engine = "onnxruntime"'
        ) from error
    version = str(tensorrt.__version__)
    if not version.partition(".")[0].isdigit() or int(version.partition(".")[0]) < OLDEST:
        raise ModelError(
            f"tensorrt {version} is too old: {OLDEST} or newer is needed, which JetPack 6 brings; "
            'or set models.engine = "onnxruntime"'
        )
    return version


class Messages:
    """What TensorRT said: errors kept for the text of an exception, warnings logged, the rest at debug."""

    def __init__(self) -> None:
        self._errors: list[str] = []

    def add(self, severity: str, message: str) -> None:
        """Take one message, `severity` by TensorRT's name for it. Called from threads of TensorRT's own."""
        if severity in {"ERROR", "INTERNAL_ERROR"}:
            self._errors.append(" ".join(message.split()))
            return
        level = {"WARNING": logging.WARNING, "INFO": logging.DEBUG}.get(severity)
        if level is not None:
            _log.log(level, "%s", " ".join(message.split()))

    def take(self) -> str:
        """Return the errors since the last call in one line, the first ones: those that follow come of them."""
        said, self._errors = list(dict.fromkeys(self._errors)), []
        told = "; ".join(said[:MOST_TOLD])
        return told + (f"; and {len(said) - MOST_TOLD} more" if len(said) > MOST_TOLD else "") or "it said no reason"


def make_logger(messages: Messages) -> trt.ILogger:
    """Return what TensorRT writes to. It must outlive everything that was made with it."""
    import tensorrt as trt  # noqa: PLC0415 - as in load_version

    class Sink(trt.ILogger):
        def __init__(self) -> None:
            trt.ILogger.__init__(self)

        def log(self, severity: trt.ILogger.Severity, msg: str) -> None:
            messages.add(severity.name, msg)

    return Sink()


def open_plan(runtime: trt.Runtime, plan: bytes, messages: Messages, name: str) -> trt.ICudaEngine:
    """Return the engine that a plan holds.

    Raises:
        ModelError: it is for another GPU or version, damaged, or there is no memory left for it.
    """
    engine = runtime.deserialize_cuda_engine(plan)
    if engine is None:
        raise ModelError(f"{name}: TensorRT cannot load it ({messages.take()}): build it anew with `edge models build`")
    return engine


def specs_of(engine: trt.ICudaEngine, name: str) -> tuple[tuple[TensorSpec, ...], tuple[TensorSpec, ...]]:
    """Return the inputs and the outputs of an engine.

    Raises:
        ModelError: a tensor has a free size, or a type that numpy has not.
    """
    import tensorrt as trt  # noqa: PLC0415 - as in load_version

    from edge.ports import TensorSpec  # noqa: PLC0415 - numpy comes with it

    specs: tuple[list[TensorSpec], list[TensorSpec]] = ([], [])
    for place in range(engine.num_io_tensors):
        tensor = engine.get_tensor_name(place)
        spec = TensorSpec(
            tensor, tuple(engine.get_tensor_shape(tensor)), _DTYPES.get(engine.get_tensor_dtype(tensor).name, "")
        )
        if not spec.dtype or any(size < 0 for size in spec.shape):
            raise ModelError(f"{name}: {tensor} has a free size or a type of its own: use a network of one size")
        specs[engine.get_tensor_mode(tensor) != trt.TensorIOMode.INPUT].append(spec)
    return tuple(specs[0]), tuple(specs[1])


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:300]
