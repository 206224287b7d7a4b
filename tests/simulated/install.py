"""Puts the simulated GPU where the product looks for a real one."""

from __future__ import annotations

import importlib.machinery
import sys
import types

import pytest

from edge.inference.cuda import library, nvcc
from edge.inference.cuda.driver import Cuda
from edge.inference.cuda.open import open_cuda
from tests.simulated.fake_bindings import driver_module, nvrtc_module
from tests.simulated.fake_libcuda import FakeLibcuda
from tests.simulated.fake_pycuda import FakePycuda
from tests.simulated.gpu import SimulatedGpu

BINDINGS = ("pycuda", "cuda-bindings")


def install(monkeypatch: pytest.MonkeyPatch, gpu: SimulatedGpu, binding: str) -> FakePycuda | None:
    """Let one binding reach the simulated GPU and hide the other; undone with the monkeypatch.

    Returns pycuda's stand-in, to ask what is left on its stacks of contexts; None for cuda-bindings.
    """
    for name in [name for name in sys.modules if name.split(".")[0] in {"pycuda", "cuda"}]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(library, "driver_library", lambda: FakeLibcuda(gpu))
    if binding == "pycuda":
        fake = FakePycuda(gpu)
        monkeypatch.setattr(nvcc, "found_nvcc", lambda: "/simulated/nvcc")
        _register(monkeypatch, {"pycuda": fake.package, "pycuda.driver": fake.driver, "pycuda.compiler": fake.compiler})
        return fake
    _hide(monkeypatch, "pycuda")
    cuda, bindings = types.ModuleType("cuda"), types.ModuleType("cuda.bindings")
    driver, nvrtc = driver_module(gpu), nvrtc_module(gpu)
    cuda.__dict__.update(bindings=bindings, __path__=[])
    bindings.__dict__.update(driver=driver, nvrtc=nvrtc, __path__=[])
    named = {"cuda": cuda, "cuda.bindings": bindings, "cuda.bindings.driver": driver, "cuda.bindings.nvrtc": nvrtc}
    _register(monkeypatch, named)
    return None


def opened(monkeypatch: pytest.MonkeyPatch, gpu: SimulatedGpu, binding: str = "pycuda") -> Cuda:
    """Install the binding and open the simulated GPU through it."""
    install(monkeypatch, gpu, binding)
    return open_cuda()


def _register(monkeypatch: pytest.MonkeyPatch, modules: dict[str, types.ModuleType]) -> None:
    for name, module in modules.items():
        module.__spec__ = importlib.machinery.ModuleSpec(name, None, is_package=hasattr(module, "__path__"))
        monkeypatch.setitem(sys.modules, name, module)


def _hide(monkeypatch: pytest.MonkeyPatch, package: str) -> None:
    # A module that is None in sys.modules cannot be imported, and has no specification.
    monkeypatch.setitem(sys.modules, package, None)
