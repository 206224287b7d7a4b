"""Puts the simulated TensorRT where the product, and the process that builds, look for a real one."""

from __future__ import annotations

import copy
import dataclasses
import importlib.machinery
import json
import os
import sys
from pathlib import Path

import pytest

from edge.inference import nvidia
from tests.simulated.gpu import SimulatedGpu
from tests.simulated.install import install
from tests.simulated.tensorrt import VERSIONS, World, simulated

ROOT = Path(__file__).parents[2]


class Installation:
    """A simulated TensorRT on a simulated GPU; `set` changes what it does, here and in processes that build."""

    def __init__(
        self, monkeypatch: pytest.MonkeyPatch, gpu: SimulatedGpu, place: Path, binding: str = "pycuda"
    ) -> None:
        self._monkeypatch, self.gpu = monkeypatch, gpu
        self.world = World(gpu=gpu)
        (place / "dev").mkdir(parents=True, exist_ok=True)
        (place / "dev" / "nvhost-gpu").touch()
        monkeypatch.setattr(nvidia, "ROOT", place)
        paths = [str(ROOT / "tests" / "simulated" / "site"), str(ROOT), os.environ.get("PYTHONPATH", "")]
        monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, paths)))
        self.pycuda = install(monkeypatch, gpu, binding)
        self.set()

    def set(self, **changes: object) -> None:
        """Install another version, or one that goes wrong."""
        self.world = copy.copy(self.world)
        for name, value in changes.items():
            setattr(self.world, name, value)
        module = simulated(self.world)
        module.__spec__ = importlib.machinery.ModuleSpec("tensorrt", None)
        self._monkeypatch.setitem(sys.modules, "tensorrt", module)
        told = {name: value for name, value in vars_of(self.world).items() if name not in {"gpu", "built"}}
        self._monkeypatch.setenv("SIMULATED_TENSORRT", json.dumps(told))


def vars_of(world: World) -> dict[str, object]:
    """Return the fields of a world by name, the GPU itself among them."""
    return {one.name: getattr(world, one.name) for one in dataclasses.fields(world)}


__all__ = ["VERSIONS", "Installation", "World"]
