"""The house rules that no type checker sees."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SOURCES = sorted((ROOT / "edge").rglob("*.py"))
DOORS = {
    "gi": ("capture/gst",),
    "av": ("capture/pyav", "capture/encode", "capture/av"),
    "jetson_utils": ("capture/jetson",),
    "tensorrt": ("inference/trt",),
    "pycuda": ("inference/cuda",),
    "cuda": ("inference/cuda",),
    "onnxruntime": ("inference/ort", "workshop/"),
    "apsw": ("store/",),
    "sqlite_utils": ("store/",),
    "gpiod": ("boom/gpio",),
    "paho": ("mqtt/",),
    "amqtt": ("mqtt/",),
    "starlette": ("console/", "aim/"),
    "uvicorn": ("console/", "aim/"),
    "tomlkit": ("aim/",),
    "torch": ("workshop/",),
    "trackers": ("workshop/tracks/peers",),
    "supervision": ("workshop/tracks/peers",),
    "ultralytics": ("workshop/",),
}
NAMES_THAT_SAY_NOTHING = re.compile(r"class \w*(Manager|Helper|Util|Handler|Data|Info)\b")


def test_the_layers_hold() -> None:
    run = subprocess.run(
        [Path(sys.executable).parent / "lint-imports"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stdout


@pytest.mark.parametrize("runtime", DOORS)
def test_each_third_party_runtime_has_one_door(runtime: str) -> None:
    asks = re.compile(rf"^\s*(import {runtime}\b|from {runtime}[. ])", re.MULTILINE)
    askers = {str(path.relative_to(ROOT / "edge")) for path in SOURCES if asks.search(path.read_text("utf-8"))}
    assert [asker for asker in askers if not asker.startswith(DOORS[runtime])] == []


def test_no_class_is_named_for_nothing() -> None:
    named = [
        f"{path.name}: {hit[0]}" for path in SOURCES for hit in NAMES_THAT_SAY_NOTHING.finditer(path.read_text("utf-8"))
    ]
    assert named == []


def test_the_help_loads_no_array_video_network_or_database_library() -> None:
    code = (
        "import sys, json; from edge.cli import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: pass\n"
        "print(); print(json.dumps(sorted({name.split('.')[0] for name in sys.modules})))"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    loaded = set(json.loads(run.stdout.splitlines()[-1]))
    assert (
        loaded
        & {
            *("numpy", "cv2", "av", "gi", "onnxruntime", "apsw", "paho", "msgspec", "sqlite_utils", "torch"),
            *("starlette", "uvicorn", "tomlkit"),
        }
        == set()
    )
