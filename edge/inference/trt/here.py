"""Engines of this machine: the shelf as its GPU and its TensorRT see it, an engine from it, an engine for it."""

from __future__ import annotations

import hashlib
import threading
import time
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path

from edge.errors import ModelError
from edge.inference.cuda.driver import Cuda
from edge.inference.trt.build import Progress, build_apart
from edge.inference.trt.builder import BuildOrder
from edge.inference.trt.engine import SLOTS, TrtEngine
from edge.inference.trt.runtime import load_version
from edge.inference.trt.shelf import Plan, PlanLabel, Shelf


@dataclass(frozen=True, slots=True)
class Built:
    """What a build came to: the engine's label, its file, and whether it was made now or lay there."""

    label: PlanLabel
    path: Path
    fresh: bool


def open_shelf(folder: Path) -> Shelf:
    """Return the engines of a folder as this GPU and this TensorRT see them.

    Raises:
        ModelError: TensorRT, a CUDA binding or the driver is absent.
        EngineFailed: the GPU does not answer.
    """
    version = load_version()
    with closing(_open_cuda()) as cuda:
        return Shelf(folder, cuda.device, version)


def open_built(onnx: Path, precision: str, folder: Path, slots: int = SLOTS) -> TrtEngine:
    """Open the engine that was built of an ONNX file; `slots` runs may be under way.

    Raises:
        ModelError: it was not built here, or cannot be loaded; TensorRT or a binding is absent; the file is missing.
        EngineFailed: the GPU has no memory left, or does not answer.
    """
    version, digest = load_version(), _digest(onnx)
    with ExitStack() as stack:
        cuda = stack.enter_context(closing(_open_cuda()))
        plan = _find(Shelf(folder, cuda.device, version), onnx, digest, precision)
        stack.pop_all()
    return TrtEngine(plan, cuda, slots)


def is_built(onnx: Path, precision: str, shelf: Shelf) -> bool:
    """Whether an engine of an ONNX file lies ready.

    Raises:
        ModelError: the file is missing.
    """
    return shelf.has(_digest(onnx), precision)


def build_here(
    onnx: Path,
    precision: str,
    folder: Path,
    on_progress: Progress,
    stop: threading.Event | None = None,
    *,
    force: bool = False,
) -> Built:
    """Build the engine of an ONNX file unless a sound one lies there already, or `force` says to build all the same.

    Raises:
        ModelError: the file, TensorRT or the disk does not allow it; see `build_apart`.
        EngineFailed: `stop` was set, or the GPU does not answer.
    """
    shelf, digest = open_shelf(folder), _digest(onnx)
    path = folder / f"{shelf.key(digest, precision)}.plan"
    known = None if force else shelf.find(digest, precision)
    if known is not None:
        return Built(known.label, path, fresh=False)
    metadata = _metadata(onnx)
    begun = time.monotonic()
    partial = shelf.place(digest, precision)
    try:
        order = BuildOrder(str(onnx), digest, precision, str(partial), str(shelf.timing))
        told = build_apart(order, on_progress, stop)
        octets = partial.read_bytes()
        label = PlanLabel(
            network=onnx.stem,
            precision=precision,
            gpu=shelf.gpu,
            tensorrt=shelf.tensorrt,
            onnx=digest,
            plan=hashlib.sha256(octets).hexdigest(),
            size=len(octets),
            seconds=round(time.monotonic() - begun, 1),
            told=told,
            metadata=metadata,
        )
        shelf.put(partial, label)
    finally:
        partial.unlink(missing_ok=True)
    return Built(label, path, fresh=True)


def compile_kernels(folder: Path) -> Path:
    """Compile what makes pictures into network inputs on this GPU, unless it lies there; return its file.

    Raises:
        ModelError: a CUDA binding or the driver is absent, or the folder cannot be written.
        EngineFailed: the compiler is absent or refuses, or the GPU does not answer.
    """
    from edge.inference.cuda.kernels import compile_ahead  # noqa: PLC0415 - as _open_cuda

    with closing(_open_cuda()) as cuda:
        return compile_ahead(cuda, folder)


def _find(shelf: Shelf, onnx: Path, digest: str, precision: str) -> Plan:
    plan = shelf.find(digest, precision)
    if plan is None:
        others = shelf.strangers(digest, precision)
        raise ModelError(
            f"{onnx}: no {precision} engine of it for TensorRT {shelf.tensorrt} on {shelf.gpu} lies in {shelf.folder}"
            f"{f' ({others})' if others else ''}: build it with `edge models build`, with --config for the engines of "
            "a configuration"
        )
    return plan


def _open_cuda() -> Cuda:
    from edge.inference.cuda.open import open_cuda  # noqa: PLC0415 - loads the driver's library

    return open_cuda()


def _digest(onnx: Path) -> str:
    try:
        return hashlib.sha256(onnx.read_bytes()).hexdigest()
    except OSError as error:
        raise ModelError(f"{onnx}: cannot be read ({error.strerror}): put the model there") from error


def _metadata(onnx: Path) -> dict[str, str]:
    """Return what the ONNX says of itself; ONNX Runtime reads it, and refuses what is no ONNX at once."""
    from edge.inference.ort import OrtEngine  # noqa: PLC0415 - only a build needs it

    with closing(OrtEngine(onnx)) as engine:
        return dict(engine.metadata)
