"""`edge doctor` on every described board, whole and with each thing that can be wrong with it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from edge.cli import main
from edge.clock import SystemClock
from edge.commands.examine_machine import examine_machine, here
from edge.health.board import read_board
from tests.boards.boards import BOARDS, VARIANTS, materialise

Wrong = tuple[str, str, str, str]
"""Level, subject, words of what is said, words of the cure."""
EXPECTED: dict[str, tuple[Wrong, ...]] = {
    "missing-gstreamer": (
        ("warning", "jetpack", "nvidia-l4t-gstreamer is missing", "apt install nvidia-l4t-gstreamer"),
        ("warning", "capture", "no decoder of it", "apt install nvidia-l4t-gstreamer"),
    ),
    "missing-multimedia": (("warning", "jetpack", "nvidia-l4t-multimedia", "apt install nvidia-l4t-multimedia"),),
    "plugin-not-loaded": (("warning", "capture", "no decoder of it", "gst-inspect-1.0 nvv4l2decoder"),),
    "no-gstreamer": (("warning", "capture", "GStreamer cannot be used: No module named 'gi'", "python3-gi"),),
    "old-tensorrt": (("warning", "engine", "TensorRT 8.6.1 is too old, 10 is needed; the board's is 1", "uninstall"),),
    "pip-tensorrt": (("warning", "engine", "Python's TensorRT 10.13.3.9 is another", "pip uninstall tensorrt-cu12"),),
    "hidden-tensorrt": (("warning", "engine", "this Python does not see it", "--system-site-packages"),),
    "no-tensorrt": (
        ("warning", "jetpack", "libnvinfer10 is missing", "apt install libnvinfer10"),
        ("warning", "jetpack", "python3-libnvinfer is missing", "apt install python3-libnvinfer"),
        ("warning", "engine", "TensorRT is absent", "apt install tensorrt python3-libnvinfer"),
    ),
    "no-binding": (("warning", "engine", "neither pycuda nor cuda-bindings", "pip install 'cuda-bindings==1"),),
    "binding-of-another-cuda": (("warning", "engine", "cuda-bindings 11.8.7 is not of CUDA 1", "cuda-bindings==1"),),
    "index-jetson-utils": (("warning", "capture", "another author's", "pip uninstall jetson-utils"),),
    "throttling": (
        ("warning", "heat", "100 °C at the hottest", "shade and ventilate"),
        ("warning", "throttle", "slows itself down now: cpufreq-cpu0, gpu-throttle-alert", "cool the box"),
    ),
    "hot-surface": (),
    "over-current": (("warning", "throttle", "peak current too high 27390 times (oc3)", "supply"),),
    "low-power-mode": (("warning", "power", "below MAXN", "nvpmodel -m "),),
    "unsynced": (("warning", "clock", "not synchronised", "timedatectl set-ntp true"),),
    "no-watchdog": (("warning", "watchdog", "there is none", "use a board with a watchdog"),),
    "watchdog-off": (("warning", "watchdog", "NVIDIA Tegra186 WDT is here and not armed", "edge-watchdog.conf"),),
    "no-device-nodes": (("warning", "gpu", "none of /dev/nvidia0", "NVIDIA runtime"),),
    "not-in-groups": (("warning", "gpu", "not in render", "usermod -aG render"),),
    "no-release": (("warning", "board", "/etc/nv_tegra_release is absent", "Jetson Linux"),),
    "jetpack-5": (("failed", "board", "JetPack 5.1.3 (Jetson Linux 35.5.0) is too old", "flash JetPack 6 or 7"),),
}
KNOWN = {
    "orin-nano": "Orin Nano 8 GB): JetPack 6.2.1 (Jetson Linux 36.4.7), CUDA 12.6.68, TensorRT 10.3.0.30",
    "orin-nx": "Orin NX 16 GB): JetPack 6.2 (Jetson Linux 36.4.3), CUDA 12.6.68, TensorRT 10.3.0.30",
    "agx-orin": "AGX Orin 64 GB): JetPack 6.2.1 (Jetson Linux 36.4.7), CUDA 12.6.68, TensorRT 10.3.0.30",
    "agx-orin-jetpack-7": "AGX Orin 64 GB): JetPack 7.2 (Jetson Linux 39.2.0), CUDA 13.2.51, TensorRT 10.16.2.10",
    "thor": "Thor T5000): JetPack 7.2 (Jetson Linux 39.2.0), CUDA 13.2.51, TensorRT 10.16.2.10",
}
HIGHEST = {"orin-nano": 2, "orin-nx": 0, "agx-orin": 0, "agx-orin-jetpack-7": 0, "thor": 0}
NVIDIA = ("libcuda", "libcudart", "libnv", "tensorrt", "pycuda", "cuda", "jetson_utils", "gi", "libgst", "onnxruntime")
"""What must not be loaded, GStreamer and ONNX Runtime included: they would load the others."""
LASTING = ("python", "packages", "board", "jetpack", "gpu", "power", "watchdog", "capture")
"""What does not change from one moment to the next, as heat and free memory do."""


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return {board: materialise(board, tmp_path_factory.mktemp(board)) for board in BOARDS}


def examine(folder: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, list[dict[str, Any]]]:
    code = main(["doctor", "--json", "--board", str(folder)])
    *found, _ = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    return code, found


@pytest.mark.parametrize("board", BOARDS)
def test_a_whole_board_is_known_and_nothing_is_wrong(
    board: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, found = examine(materialise(board, tmp_path), capsys)
    assert [one for one in found if one["level"] != "ok"] == []
    assert code == 0
    said = {one["subject"]: one["said"] for one in reversed(found)}
    assert KNOWN[board] in said["board"]
    assert said["power"].startswith("mode MAXN")
    assert "h264 nvv4l2decoder, h265 nvv4l2decoder" in " ".join(one["said"] for one in found)


@pytest.mark.parametrize("variant", EXPECTED)
@pytest.mark.parametrize("board", BOARDS)
def test_what_is_wrong_is_found_with_its_cure_and_nothing_else(
    board: str, variant: str, tmp_path: Path, whole: dict[str, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    code, found = examine(materialise(board, tmp_path, variant, like=whole[board]), capsys)
    wrong = [one for one in found if one["level"] != "ok"]
    assert [(one["level"], one["subject"]) for one in wrong] == [each[:2] for each in EXPECTED[variant]], wrong
    for one, (_, _, said, cure) in zip(wrong, EXPECTED[variant], strict=True):
        assert said in one["said"]
        assert cure in one["cure"]
    assert code == any(one["level"] == "failed" for one in wrong)


def test_every_variant_has_its_expected_findings() -> None:
    assert set(VARIANTS) == set(EXPECTED)
    assert set(BOARDS) == set(KNOWN) == set(HIGHEST)


@pytest.mark.parametrize(("board", "number"), HIGHEST.items())
def test_the_highest_power_mode_is_found_by_its_name_not_its_number(
    board: str, number: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, found = examine(materialise(board, tmp_path, "low-power-mode"), capsys)
    [power] = [one for one in found if one["subject"] == "power"]
    assert power["cure"].startswith(f"nvpmodel -m {number},")


def test_several_things_are_found_at_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    variants = ("missing-gstreamer", "no-binding", "unsynced", "over-current")
    _, found = examine(materialise("orin-nx", tmp_path, *variants), capsys)
    wrong = [one["subject"] for one in found if one["level"] != "ok"]
    assert wrong == ["jetpack", "throttle", "clock", "capture", "engine"]


def test_no_library_of_nvidia_s_is_loaded_to_examine_a_board(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from edge.cli import main\n"
        f"main(['doctor', '--board', {str(materialise('agx-orin', tmp_path))!r}])\n"
        "maps = Path('/proc/self/maps').read_text().splitlines()\n"
        "libraries = {line.split('/')[-1] for line in maps if '.so' in line}\n"
        "print('LOADED', *sorted(libraries), *sorted({name.split('.')[0] for name in sys.modules}))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = run.stdout.rpartition("LOADED")[2].split()
    assert "msgspec" in loaded
    assert [name for name in loaded if name.startswith(NVIDIA)] == []


def test_a_folder_that_describes_nothing_is_a_usage_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "--board", str(tmp_path)]) == 2
    assert "described.toml" in capsys.readouterr().err


def test_a_description_that_cannot_be_understood_is_a_usage_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (materialise("thor", tmp_path) / "described.toml").write_text('[python]\nversion = 3\n[clock]\nsynced = "yes"\n')
    assert main(["doctor", "--board", str(tmp_path)]) == 2
    assert "describe the machine again" in capsys.readouterr().err


def test_a_described_machine_has_no_cameras(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "--board", str(materialise("thor", tmp_path)), "--cameras"]) == 2
    assert "leave out --cameras" in capsys.readouterr().err


def test_a_machine_that_was_written_down_is_found_as_it_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "here"
    assert main(["doctor", "--describe", str(folder)]) == 0
    assert "this machine is described" in capsys.readouterr().out
    _, found = examine(folder, capsys)
    live = [one for one in examine_machine(here(SystemClock()), read_board()) if one.subject in LASTING]
    assert [one["said"] for one in found if one["subject"] in LASTING] == [one.said for one in live]
    assert main(["doctor", "--describe", str(folder)]) == 2
    assert "is not empty" in capsys.readouterr().err
