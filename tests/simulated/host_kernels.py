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
        (folder / "views.cu").write_text(source(), "utf-8")
        made = folder / "kernels.so"
        # No fused multiply-add here either, which g++ would use on ARM.
        flags = ["-O2", "-shared", "-fPIC", "-ffp-contract=off", f"-I{folder}"]
        text = Path(__file__).with_name("host_kernels.cpp")
        subprocess.run([COMPILER, *flags, str(text), "-o", str(made)], check=True)
        return ctypes.CDLL(str(made))
    finally:
        shutil.rmtree(folder)
