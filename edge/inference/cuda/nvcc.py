"""CUDA C++ to a device's machine code with nvcc, the compiler of the CUDA toolkit, started by pycuda."""

from __future__ import annotations

import shutil
import warnings
from pathlib import Path

from edge.errors import EngineFailed
from edge.inference.cuda.driver import OPTIONS

BESIDE_PATH = Path("/usr/local/cuda/bin/nvcc")
"""Where JetPack and the toolkit's installer put it; a service's PATH does not name that folder."""


def found_nvcc() -> str:
    """Return the path of nvcc, empty where there is none."""
    return shutil.which("nvcc") or (str(BESIDE_PATH) if BESIDE_PATH.is_file() else "")


def compile_with_nvcc(source: str, name: str, architecture: str) -> bytes:
    """Return the cubin of `source` for `architecture` (`sm_87`); `name` is what messages call the source.

    Raises:
        EngineFailed: nvcc is absent, or says what is wrong with the source.
    """
    from pycuda import compiler, driver  # noqa: PLC0415 - loads the driver's library, which not every machine has

    nvcc = found_nvcc()
    if not nvcc:
        raise EngineFailed(f"{name}: cannot be compiled, nvcc is absent: install cuda-nvcc (on JetPack: cuda-toolkit)")
    try:
        with warnings.catch_warnings():
            # pycuda warns of whatever nvcc says although it succeeds.
            warnings.simplefilter("ignore", UserWarning)
            image = compiler.compile(
                source, nvcc=nvcc, options=[*OPTIONS], arch=architecture, no_extern_c=True, cache_dir=False
            )
    except driver.CompileError as failed:
        told = " ".join(f"{failed.stdout or ''} {failed.stderr or ''}".split())
        raise EngineFailed(f"{name}: nvcc does not compile it for {architecture}: {told or failed.msg}") from failed
    except OSError as failed:
        raise EngineFailed(f"{name}: {nvcc} cannot be started ({failed}): install cuda-nvcc anew") from failed
    return bytes(image)
