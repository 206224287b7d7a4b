"""Where there is no NVIDIA driver, no command loads a library of its maker, though every one of them is installed."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.waiting import until

ROOT = Path(__file__).parent.parent
CLIP = ROOT / "fixtures/clips/gate_demo.mp4"
MODULES = ("tensorrt", "pycuda", "cuda", "jetson_utils", "PyNvVideoCodec", "jtop")
LIBRARIES = ("libcuda.so.1", "libnvinfer.so.10", "libnvbufsurface.so.1.0.0", "libnvrtc.so.12", "libcudart.so.12")
NODES = ("/dev/nvidia0", "/dev/nvidiactl", "/dev/nvhost-ctrl", "/dev/nvmap")
RECORDER = """
import atexit, json, os, pathlib, sys

def record():
    mapped = {line.split("/")[-1].strip() for line in open("/proc/self/maps") if ".so" in line}
    modules = {name.partition(".")[0] for name in sys.modules}
    told = {"argv": sys.argv, "modules": sorted(modules), "mapped": sorted(mapped)}
    pathlib.Path(os.environ["LOADED"], f"{os.getpid()}.json").write_text(json.dumps(told))

atexit.register(record)
"""
CONFIG = """
[device]
id = "cam-1"
[site]
id = "depot"
[[road]]
id = "main"
[[camera]]
id = "gate"
source = "test://gate?size=480x270&fps=12"
[[camera.line]]
id = "gate-line"
points = [[0.05, 0.62], [0.95, 0.62]]
road = "main"
[store]
path = "{store}"
"""

pytestmark = pytest.mark.skipif(
    any(Path(node).exists() for node in NODES), reason="an NVIDIA driver is here: loading its libraries is right"
)


class Watched:
    """A place where every library of the maker's can be loaded, and every Python process tells what it has loaded."""

    def __init__(self, folder: Path) -> None:
        self._told = folder / "told"
        modules, libraries = folder / "modules", folder / "libraries"
        for each in (self._told, modules, libraries):
            each.mkdir()
        for name in MODULES:
            for package in (modules / name, modules / name / "bindings"):
                package.mkdir()
                (package / "__init__.py").write_text("__version__ = '10.3.0'\n")
            for module in ("driver", "compiler", "bindings/driver", "bindings/nvrtc"):
                (modules / name / f"{module}.py").write_text("")
        (modules / "sitecustomize.py").write_text(RECORDER)
        compiler = shutil.which("cc") or shutil.which("gcc")
        self.libraries = LIBRARIES if compiler else ()
        for library in self.libraries:
            empty = [str(compiler), "-shared", "-x", "c", "/dev/null", "-o", str(libraries / library)]
            subprocess.run([*empty, f"-Wl,-soname,{library}"], check=True)
        path = os.pathsep.join([str(modules), str(ROOT)])
        self.env = {**os.environ, "PYTHONPATH": path, "LD_LIBRARY_PATH": str(libraries), "LOADED": str(self._told)}

    def run(self, words: Sequence[str]) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        return subprocess.run(
            [sys.executable, "-m", "edge", *words],
            env=self.env,
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
            stdin=subprocess.DEVNULL,
        )

    def loaded(self) -> tuple[set[str], set[str]]:
        """Return modules and shared objects of all processes that have ended; there is at least one."""
        told = [json.loads(path.read_text()) for path in self._told.glob("*.json")]
        assert told, "no process told what it had loaded"
        return tuple({name for one in told for name in one[kind]} for kind in ("modules", "mapped"))  # type: ignore[return-value]

    def assert_clean(self) -> None:
        """Hold what was loaded against what must not be."""
        modules, mapped = self.loaded()
        assert {"os", "sys"} <= modules, "the record is empty"
        assert modules & set(MODULES) == set()
        assert {name for name in mapped if name.startswith(tuple(LIBRARIES))} == set()


@pytest.fixture
def watched(tmp_path: Path) -> Watched:
    return Watched(tmp_path)


def test_the_record_would_show_them(watched: Watched) -> None:
    asks = "import ctypes, sys, tensorrt, pycuda.driver, cuda.bindings.driver; [*map(ctypes.CDLL, sys.argv[1:])]"
    subprocess.run([sys.executable, "-c", asks, *watched.libraries], env=watched.env, check=True)
    modules, mapped = watched.loaded()
    assert {"tensorrt", "pycuda", "cuda"} <= modules
    assert set(watched.libraries) <= mapped


@pytest.mark.slow
@pytest.mark.parametrize(
    "words",
    [
        ("--help",),
        ("doctor",),
        ("watch", str(CLIP), "--line", "0,.6,1,.6", "--seconds", "4"),
        ("models", "check", "plate-ocr"),
        ("bench", "--seconds", "2"),
    ],
    ids=" ".join,
)
def test_no_command_loads_any(words: Sequence[str], watched: Watched) -> None:
    run = watched.run(words)
    assert run.returncode == 0, run.stderr
    watched.assert_clean()


@pytest.mark.slow
def test_the_service_loads_none(watched: Watched, tmp_path: Path) -> None:
    config = tmp_path / "edge.toml"
    config.write_text(CONFIG.format(store=tmp_path / "events.db"))
    service = subprocess.Popen(
        [sys.executable, "-m", "edge", "run", "--config", str(config)],
        env=watched.env,
        cwd=ROOT,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert until((tmp_path / "events.db").exists), "it never opened its store"
    finally:
        service.send_signal(signal.SIGTERM)
        _, said = service.communicate(timeout=120)
    assert service.returncode == 0, said
    watched.assert_clean()
