"""Which engine runs a network: chosen by name, never a silent fall to another."""

from __future__ import annotations

from pathlib import Path

from edge.errors import ModelError, UsageError
from edge.ports import Engine


def best_engine(engine: str) -> str:
    """Return the engine that `auto` means here; any other name means itself."""
    return "onnxruntime" if engine == "auto" else engine


def open_engine(path: Path, engine: str = "auto", threads: int = 1) -> Engine:
    """Compile a network.

    Args:
        path: the ONNX file.
        engine: `onnxruntime`, `tensorrt`, or `auto` for the best that works here.
        threads: processor threads one run may use, 1 or more.

    Raises:
        ModelError: the file is missing or damaged, or the engine asked for does not work here.
        UsageError: no such number of threads; to the runtime it would mean all there are.
    """
    if threads < 1:
        raise UsageError(f"--threads {threads}: is no number of threads; give 1 or more")
    engine = best_engine(engine)
    if engine == "tensorrt":
        raise ModelError("models.engine is tensorrt, which this version cannot run: set it to auto or onnxruntime")
    if engine != "onnxruntime":
        raise ModelError(f"models.engine is {engine!r}: use auto, onnxruntime or tensorrt")
    try:
        from edge.inference.ort import OrtEngine  # noqa: PLC0415 - the runtime's import is dear and may be absent
    except ImportError as error:
        raise ModelError(f"onnxruntime cannot be loaded ({error}): install it with `make setup`") from error
    return OrtEngine(path, threads)
