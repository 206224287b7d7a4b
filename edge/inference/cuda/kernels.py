"""The kernels of views.cu: compiled once for a device, kept on disk, loaded when pictures are taken."""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import threading
from importlib.resources import files
from pathlib import Path
from typing import Any

from edge.errors import EngineFailed, ModelError
from edge.inference.cuda.driver import Cuda, CudaFailed, DeviceFull, DeviceLost

log = logging.getLogger(__name__)

NAMES = ("tensor", "colours", "stretched", "brightness", "tints", "blacken")
BLOCK = (32, 8, 1)
"""Threads of a block: a warp reads along a row."""

_compiling = threading.Lock()
"""Cameras are opened in threads of their own, and one compilation is enough for all."""


def source() -> str:
    """Return the CUDA C++ of the kernels."""
    return files("edge.inference.cuda").joinpath("views.cu").read_text("utf-8")


def image_path(cuda: Cuda, folder: Path) -> Path:
    """Return where this device's compiled kernels are kept: a file for each architecture, compiler and source."""
    named = hashlib.sha256(f"{cuda.compiler}\n{source()}".encode()).hexdigest()
    return folder / f"views-{cuda.architecture}-{cuda.compiler}-{named[:16]}.cubin"


def compile_ahead(cuda: Cuda, folder: Path) -> Path:
    """Compile the kernels for this device into `folder` unless they are there already; return the file.

    Called when engines are built, so that nothing is compiled when the first frame comes.

    Raises:
        EngineFailed: the compiler is absent or refuses the source.
        ModelError: the folder cannot be written.
    """
    path = image_path(cuda, folder)
    with _compiling:
        if not path.is_file():
            _renew(cuda, path)
    return path


class Kernels:
    """The kernels, loaded; for any thread."""

    def __init__(self, cuda: Cuda, folder: Path) -> None:
        self._cuda = cuda
        self._module = self._loaded(folder)
        try:
            self._functions = {name: cuda.function(self._module, name) for name in NAMES}
        except EngineFailed:
            cuda.unload(self._module)
            raise

    def _loaded(self, folder: Path) -> int:
        path = compile_ahead(self._cuda, folder)
        with _compiling:
            try:
                return self._cuda.load(_read(path))
            except (DeviceLost, DeviceFull):
                raise
            except CudaFailed as failed:
                # Damaged, or of a compiler that this driver is too old for.
                log.warning("%s does not load (%s): compiled anew", path, failed.status)
                _renew(self._cuda, path)
                return self._cuda.load(_read(path))

    def run(self, name: str, structure: Any, size_wh: tuple[int, int], stream: int) -> None:
        """Start a kernel over so many pixels, in the stream's turn; `structure` as edge.inference.cuda.sampling has it.

        Raises:
            CudaFailed: it cannot be started.
        """
        grid = (-(-size_wh[0] // BLOCK[0]), -(-size_wh[1] // BLOCK[1]), 1)
        self._cuda.launch(self._functions[name], grid, BLOCK, structure.tobytes(), stream)

    def close(self) -> None:
        """Unload them."""
        self._cuda.unload(self._module)


def _renew(cuda: Cuda, path: Path) -> None:
    _write(path, cuda.compile(source(), "views.cu"))
    log.info("kernels for %s compiled into %s", cuda.architecture, path)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as failed:
        raise ModelError(f"{path}: cannot be read ({failed.strerror}): see to the folder's rights") from failed


def _write(path: Path, image: bytes) -> None:
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(image)
        part.replace(path)
    except OSError as failed:
        with contextlib.suppress(OSError):
            part.unlink()
        raise ModelError(f"{path}: cannot be written ({failed.strerror}): make room, or see to its rights") from failed
