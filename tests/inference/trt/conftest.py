"""TensorRT in its three versions, on a simulated GPU."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from unittest import mock

import pytest

from edge.inference.trt.builder import BuildOrder, build_plan
from edge.inference.trt.engine import TrtEngine
from edge.inference.trt.here import _digest, _metadata, open_built, open_shelf
from edge.inference.trt.shelf import PlanLabel
from tests.simulated.gpu import SimulatedGpu
from tests.simulated.install import BINDINGS
from tests.simulated.install_tensorrt import VERSIONS, Installation
from tests.simulated.tensorrt import simulated

Ready = Callable[..., TrtEngine]


@pytest.fixture(params=VERSIONS)
def tensorrt(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, gpu: SimulatedGpu, tmp_path: Path
) -> Installation:
    """Each version in turn."""
    installed = Installation(monkeypatch, gpu, tmp_path / "machine")
    installed.set(version=request.param)
    return installed


@pytest.fixture
def one_tensorrt(monkeypatch: pytest.MonkeyPatch, gpu: SimulatedGpu, tmp_path: Path) -> Installation:
    """The version of JetPack 6, for what hangs on none."""
    return Installation(monkeypatch, gpu, tmp_path / "machine")


@pytest.fixture(params=BINDINGS)
def either_binding(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, gpu: SimulatedGpu, tmp_path: Path
) -> Iterator[Installation]:
    """TensorRT beside pycuda, and beside cuda-bindings; no thread may end with a context on pycuda's stack."""
    installed = Installation(monkeypatch, gpu, tmp_path / "machine", request.param)
    yield installed
    assert installed.pycuda is None or not installed.pycuda.left_on_stacks(), "pycuda would abort the process"


@pytest.fixture
def ready(tmp_path: Path) -> Ready:
    """Builds an engine in this process, which is quicker, and opens it."""

    def build_and_open(onnx: Path, precision: str = "fp32", slots: int = 2) -> TrtEngine:
        shelve(onnx, precision, tmp_path / "engines")
        return open_built(onnx, precision, tmp_path / "engines", slots)

    return build_and_open


def shelve(onnx: Path, precision: str, folder: Path) -> Path:
    """Build an engine in this process and put it on the shelf, as `build_here` does after its process ended."""
    shelf, digest = open_shelf(folder), _digest(onnx)
    partial = shelf.place(digest, precision)
    order = BuildOrder(str(onnx), digest, precision, str(partial), str(shelf.timing))
    elsewhere = simulated(replace(vars(sys.modules["tensorrt"])["world"], gpu=None))
    with mock.patch.dict(sys.modules, tensorrt=elsewhere):
        built = build_plan(order, lambda *_: None).plan
    partial.write_bytes(built)
    plan = hashlib.sha256(built).hexdigest()
    metadata = _metadata(onnx)
    label = PlanLabel(onnx.stem, precision, shelf.gpu, shelf.tensorrt, digest, plan, len(built), 1.0, "told", metadata)
    shelf.put(partial, label)
    return folder / f"{shelf.key(digest, precision)}.plan"
