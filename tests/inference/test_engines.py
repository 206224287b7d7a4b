"""Which engine `auto` means, told without loading any library of NVIDIA's."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from pathlib import Path

import pytest

from edge.errors import ModelError
from edge.inference import nvidia
from edge.inference.engines import best_engine, engines_folder, open_engine

PACKAGES = ("tensorrt", "pycuda", "cuda")


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A root with /dev, and folders of packages that would fail loudly if anybody imported them."""
    monkeypatch.setattr(nvidia, "ROOT", tmp_path)
    (tmp_path / "dev").mkdir()
    # What the test extra brings is out of sight: a board without a binding has none of it.
    elsewhere = [place for place in sys.path if "site-packages" not in place]
    monkeypatch.setattr(sys, "path", [str(tmp_path / "site"), *elsewhere])
    for package in PACKAGES:
        monkeypatch.delitem(sys.modules, package, raising=False)
    return tmp_path


def install(machine: Path, *packages: str) -> None:
    for package in packages:
        folder = machine / "site" / package
        folder.mkdir(parents=True)
        if package != "cuda/bindings":
            (folder / "__init__.py").write_text("raise AssertionError('imported')")
    importlib.invalidate_caches()


@pytest.mark.parametrize("node", ["nvidia0", "nvgpu", "nvhost-gpu", "nvhost-ctrl"])
@pytest.mark.parametrize("binding", ["pycuda", "cuda/bindings"])
def test_a_driver_tensorrt_and_a_binding_make_tensorrt_the_one(machine: Path, node: str, binding: str) -> None:
    (machine / "dev" / node).touch()
    install(machine, "tensorrt", binding)
    assert nvidia.lacking() == ""
    assert best_engine("auto") == "tensorrt"
    assert not set(PACKAGES) & set(sys.modules)


def test_whatever_is_missing_makes_onnxruntime_the_one_and_is_named(machine: Path) -> None:
    assert (best_engine("auto"), nvidia.lacking()) == ("onnxruntime", "there is no NVIDIA driver here")
    (machine / "dev" / "nvidia0").touch()
    assert (best_engine("auto"), nvidia.lacking()) == ("onnxruntime", "tensorrt is not installed")
    install(machine, "tensorrt")
    assert best_engine("auto") == "onnxruntime"
    assert "neither pycuda nor cuda-bindings" in nvidia.lacking()


@pytest.mark.usefixtures("machine")
def test_what_is_asked_for_by_name_is_an_error_where_it_cannot_be(tmp_path: Path) -> None:
    assert best_engine("tensorrt") == "tensorrt"
    with pytest.raises(ModelError, match="there is no NVIDIA driver here"):
        open_engine(tmp_path / "any.onnx", "tensorrt")


def test_engines_lie_where_the_configuration_says_else_in_the_users_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "/cache")
    assert engines_folder() == Path("/cache/edge/engines")
    assert engines_folder("/var/lib/edge/engines") == Path("/var/lib/edge/engines")


def test_without_a_driver_opening_an_engine_loads_no_library_of_nvidias() -> None:
    code = (
        "import sys, json; from edge.inference.card import load_card; from edge.inference.engines import open_engine\n"
        "import edge.service; open_engine(load_card('gate-n').file)\n"
        "mapped = {line.split()[-1] for line in open('/proc/self/maps') if '.so' in line}\n"
        "print(json.dumps([sorted(sys.modules), sorted(mapped)]))"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    modules, mapped = json.loads(told)
    assert not {name.split(".")[0] for name in modules} & set(PACKAGES)
    assert not [path for path in mapped if any(sign in path for sign in ("libcuda", "libnvinfer", "libcudart"))]
