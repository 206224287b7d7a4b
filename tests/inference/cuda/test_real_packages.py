"""The real packages take what the product hands them: they run on a stand-in for the driver, in host memory.

Which of them are there depends on the environment: `make kernels` has cuda-bindings of CUDA 12 and 13 and pycuda.
"""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.simulated.host_kernels import COMPILER, NO_COMPILER, compiled, compiled_kernels

ROOT = Path(__file__).parents[3]


@pytest.mark.slow
@pytest.mark.skipif(not COMPILER, reason=NO_COMPILER)
@pytest.mark.parametrize(("package", "module"), [("pycuda", "pycuda"), ("cuda-bindings", "cuda")])
def test_a_real_package_carries_pictures_through_the_stand_in(package: str, module: str, tmp_path: Path) -> None:
    if find_spec(module) is None:
        pytest.skip(f"{package} is not installed (make kernels)")
    compiled("libcuda.cpp", tmp_path / "libcuda.so.1", "-Wl,-soname,libcuda.so.1")
    environment = {
        **os.environ,
        "LD_LIBRARY_PATH": str(tmp_path),
        "STAND_IN_KERNELS": str(compiled_kernels(tmp_path)),
        "PYTHONPATH": str(ROOT),
    }
    command = [sys.executable, "-m", "tests.simulated.real_run", package, str(tmp_path)]
    done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(package)
    assert ", Stand-in, sm_87, CUDA 13.0" in done.stdout
    assert done.stderr == "", "neither package has anything to complain of"
