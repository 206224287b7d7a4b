"""The kernels of views.cu for the simulated GPU: compiled as C++ and run on the processor, the very same source."""

from __future__ import annotations

import ctypes
import functools
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from tempfile import mkdtemp

from edge.inference.cuda.kernels import NAMES, source
from tests.simulated.gpu import Kernel, Launch, SimulatedGpu

COMPILER = shutil.which("g++") or shutil.which("c++") or ""
NO_COMPILER = "there is no C++ compiler (g++) to run the CUDA kernels on the processor with"


def give(gpu: SimulatedGpu) -> None:
    """Let the simulated GPU run the product's kernels."""
    library = _library()
    for name in NAMES:
        gpu.kernels[name] = Kernel(getattr(library, f"size_{name}")(), _runner(library, name))


def _runner(library: ctypes.CDLL, name: str) -> Callable[[SimulatedGpu, Launch], None]:
    run = getattr(library, f"launch_{name}")

    def launch(gpu: SimulatedGpu, launched: Launch) -> None:
        del gpu
        run(launched.argument, (ctypes.c_int * 3)(*launched.grid), (ctypes.c_int * 3)(*launched.block))

    return launch


@functools.lru_cache(maxsize=1)
def _library() -> ctypes.CDLL:
    folder = Path(mkdtemp(prefix="edge-kernels-"))
    try:
        return ctypes.CDLL(str(compiled_kernels(folder)))
    finally:
        shutil.rmtree(folder)


def compiled_kernels(folder: Path) -> Path:
    """Compile views.cu as C++ into `folder` and return the library."""
    (folder / "views.cu").write_text(source(), "utf-8")
    # No fused multiply-add here either, which g++ would use on ARM.
    return compiled("host_kernels.cpp", folder / "kernels.so", f"-I{folder}", "-ffp-contract=off")


def compiled(text: str, library: Path, *flags: str) -> Path:
    """Compile a C++ file of this folder into a library and return it."""
    path = Path(__file__).with_name(text)
    command = [COMPILER, "-O2", "-shared", "-fPIC", "-std=c++17", *flags, str(path), "-o", str(library), "-ldl"]
    subprocess.run(command, check=True)
    return library
