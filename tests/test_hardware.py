"""`make hardware` itself: what it cannot run it names with the reason, and a row that hangs or dies costs no other."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from edge.boom.simulator import simulating
from edge.errors import SourceLost
from tests.boards import __main__ as boards
from tests.boards.boards import materialise, write
from tests.hardware import __main__ as hardware
from tests.hardware import cuda, engines, ports
from tests.hardware.row import Asked, Figures, NotHere, Row, State, Wrong
from tests.hardware.rows import rows
from tests.simulated import host_kernels
from tests.simulated.gpu import SimulatedGpu
from tests.simulated.install import BINDINGS, install
from tests.simulated.install_tensorrt import Installation
from tests.waiting import until

ROOT = Path(__file__).parent.parent
Run = Callable[[Asked], tuple[str, Figures]]


def _raising(error: Exception) -> Run:
    def run(_: Asked) -> tuple[str, Figures]:
        raise error

    return run


@pytest.mark.parametrize(
    ("run", "state", "said"),
    [
        (lambda _: ("seen", {"ms": 2.0}), State.YES, "seen"),
        (_raising(NotHere("no part")), State.NOT_HERE, "no part"),
        (_raising(Wrong("torn")), State.NO, "torn"),
        (_raising(SourceLost("csi://0: nothing came\nby then")), State.NO, "csi://0: nothing came by then"),
    ],
)
def test_what_comes_of_a_row_is_told(run: Run, state: State, said: str) -> None:
    outcome = hardware.run_here(Row("one", "a part", run), Asked())
    assert (outcome.state, outcome.said) == (state, said)
    told = hardware.table([outcome], {"one": "a part"}).splitlines()[-1]
    assert told.startswith(f"| a part | {state.value} | ")
    assert "\n" not in told


def test_every_row_has_its_own_name() -> None:
    names = [row.name for row in rows()]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("import time; time.sleep(60)", "hangs: nothing within 1 s"),
        ("import os; os.abort()", "ended with -6: it said nothing"),
    ],
)
def test_a_row_that_hangs_or_dies_is_a_row_that_went_wrong(
    script: str, said: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    python = tmp_path / "python"
    python.write_text(f"#!/bin/sh\nexec {sys.executable} -c '{script}'\n")
    python.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(python))
    outcome = hardware.run_apart(Row("one", "a part", _raising(NotHere("")), limit_s=1), Asked())
    assert (outcome.state, outcome.said) == (State.NO, said)


@pytest.mark.parametrize("binding", BINDINGS)
@pytest.mark.skipif(not host_kernels.COMPILER, reason=host_kernels.NO_COMPILER)
def test_the_rows_of_the_gpu_are_right_on_a_simulated_one(binding: str, monkeypatch: pytest.MonkeyPatch) -> None:
    gpu = SimulatedGpu()
    install(monkeypatch, gpu, binding)
    host_kernels.give(gpu)
    monkeypatch.setattr(cuda, "need_driver", lambda: None)
    monkeypatch.setattr(cuda, "timed_ms", lambda work: float(work() is not Row))
    for run in (cuda.memory, cuda.views):
        outcome = hardware.run_here(Row("one", "a part", partial(run, binding)), Asked())
        assert outcome.state is State.YES, outcome.said
        assert all(value > 0 for value in outcome.figures.values())
    gpu.close()


@pytest.mark.slow
@pytest.mark.parametrize(("network", "precision"), [("plate-ocr", "fp32"), ("plate-n", "fp32"), ("gate-n", "fp16")])
def test_the_rows_of_tensorrt_are_right_on_a_simulated_one(
    network: str, precision: str, monkeypatch: pytest.MonkeyPatch, gpu: SimulatedGpu, tmp_path: Path
) -> None:
    Installation(monkeypatch, gpu, tmp_path / "machine")
    row = next(one for one in engines.ROWS if one.name == f"tensorrt-{network}-{precision}")
    monkeypatch.setattr(engines, "timed_ms", lambda work, **_: float(work() is not Row))
    outcome = hardware.run_here(row, Asked())
    assert outcome.state is State.YES, outcome.said
    assert precision in outcome.said
    assert outcome.figures["ms"] > 0


@pytest.mark.parametrize(
    ("files", "cuda"),
    [
        *((name, "12") for name in ("orin-nano", "orin-nx", "agx-orin")),
        *((name, "13") for name in ("agx-orin-jetpack-7", "thor")),
        ({"proc/driver/nvidia/version": "NVRM version: NVIDIA UNIX x86_64 Kernel Module  575.57.08  Sat May 24"}, "12"),
        (
            {"proc/driver/nvidia/version": "NVRM version: NVIDIA UNIX Open Kernel Module  580.95.05  Release"},
            "13",
        ),
        ({}, ""),
    ],
)
def test_the_binding_is_that_of_the_drivers_cuda(files: str | dict[str, str], cuda: str, tmp_path: Path) -> None:
    if isinstance(files, str):
        materialise(files, tmp_path)
    else:
        for path, text in files.items():
            write(tmp_path, path, text)
    run = subprocess.run([ROOT / ".ci/cuda-version", tmp_path], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == cuda


@pytest.mark.slow
@pytest.mark.skipif(Path("/dev/nvidia0").exists() or Path("/dev/nvmap").exists(), reason="an NVIDIA device is here")
def test_without_the_hardware_every_row_says_why_not() -> None:
    run = subprocess.run(
        [sys.executable, "-m", "tests.hardware"], cwd=ROOT, env=os.environ, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stdout + run.stderr
    table = [line for line in run.stdout.splitlines() if line.startswith("| ")][2:]
    assert len(table) == len(rows())
    for line in table:
        _, _, state, _, said, _ = line.split("|")
        assert state.strip() in {"yes", "not here"}
        assert len(said.strip()) > 10, line


def test_what_doctor_says_of_described_boards_can_be_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert boards.main(["thor", "throttling"]) == 0
    printed = capsys.readouterr().out
    assert "warning  throttle" in printed
    assert "cure: cool the box" in printed
    with pytest.raises(SystemExit):
        boards.main(["thor", "nonsense"])
    assert "nothing here is called nonsense" in capsys.readouterr().err


@pytest.mark.slow
def test_the_row_of_a_camera_tells_what_came_from_it() -> None:
    clip = str(ROOT / "fixtures/clips/gate_demo.mp4")
    outcome = hardware.run_here(Row("camera", "a camera", ports.camera), Asked(camera=clip))
    assert (outcome.state, outcome.said[:13]) == (State.YES, "1280x720 h264"), outcome.said
    assert outcome.figures["pictures/s"] > 0


def test_the_row_of_the_boom_switches_a_line_on_and_off(tmp_path: Path) -> None:
    with simulating(tmp_path / "chip") as simulator:
        outcome = hardware.run_here(Row("boom", "a boom", ports.boom), Asked(boom=f"simulate://{tmp_path}/chip/12"))
        assert outcome.state is State.YES, outcome.said
        assert until(lambda: [seen.edge.on for seen in simulator.chip.edges] == [True, False])
