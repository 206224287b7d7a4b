"""Which engine runs a network: chosen by name, never a silent fall to another."""

from __future__ import annotations

import os
from pathlib import Path

from edge.errors import ModelError, UsageError
from edge.inference.nvidia import lacking
from edge.ports import Engine


def best_engine(engine: str) -> str:
    """Return the engine that `auto` means here; any other name means itself.

    TensorRT where an NVIDIA driver, tensorrt and a CUDA binding are there, without loading any of them; else ONNX
    Runtime. What is chosen and then fails is an error, and nobody else steps in.
    """
    if engine != "auto":
        return engine
    return "onnxruntime" if lacking() else "tensorrt"


def engines_folder(said: str = "") -> Path:
    """Return where built engines lie: what the configuration says, else a folder in the user's cache."""
    if said:
        return Path(said)
    cache = os.environ.get("XDG_CACHE_HOME", "")
    return (Path(cache) if cache else Path.home() / ".cache") / "edge" / "engines"


def open_engine(
    path: Path, engine: str = "auto", threads: int = 1, precision: str = "fp32", engines_dir: str = ""
) -> Engine:
    """Open a network: compile it where that takes no time, else take the engine that was built of it.

    Args:
        path: the ONNX file.
        engine: `onnxruntime`, `tensorrt`, or `auto` for the best that works here.
        threads: processor threads one run may use, 1 or more.
        precision: what the file is written in; TensorRT's engines are kept under it.
        engines_dir: where TensorRT's engines lie, see `engines_folder`.

    Raises:
        ModelError: the file is missing or damaged, the engine asked for does not work here, or was not built.
        EngineFailed: the GPU has no memory left, or does not answer.
        UsageError: no such number of threads; to the runtime it would mean all there are.
    """
    if threads < 1:
        raise UsageError(f"--threads {threads}: is no number of threads; give 1 or more")
    engine = best_engine(engine)
    if engine == "tensorrt":
        return _open_tensorrt(path, precision, engines_folder(engines_dir))
    if engine != "onnxruntime":
        raise ModelError(f"models.engine is {engine!r}: use auto, onnxruntime or tensorrt")
    try:
        from edge.inference.ort import OrtEngine  # noqa: PLC0415 - the runtime's import is dear and may be absent
    except ImportError as error:
        raise ModelError(f"onnxruntime cannot be loaded ({error}): install it with `make setup`") from error
    return OrtEngine(path, threads)


def check_tensorrt() -> None:
    """Say what TensorRT lacks here.

    Raises:
        ModelError: the driver, tensorrt or a CUDA binding is absent.
    """
    absent = lacking()
    if absent:
        raise ModelError(
            f"models.engine is tensorrt, and {absent}: install what is missing (on a Jetson it comes with JetPack), or "
            "set it to auto or onnxruntime"
        )


def _open_tensorrt(path: Path, precision: str, folder: Path) -> Engine:
    check_tensorrt()
    from edge.inference.trt.here import open_built  # noqa: PLC0415 - only where this engine is chosen

    return open_built(path, precision, folder)
