"""`edge models build`: one line a network, honest exit codes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from edge.cli import main
from edge.inference.card import load_card
from tests.inference.trt.conftest import shelve
from tests.simulated.gpu import SimulatedGpu
from tests.simulated.install_tensorrt import Installation

CONFIG = """
[device]
id = "box"
[site]
id = "yard"
[[camera]]
id = "gate"
source = "test://gate"
[store]
path = "{folder}/events.db"
[models]
plates = "none"
precision = "fp32"
"""


@pytest.fixture
def tensorrt(monkeypatch: pytest.MonkeyPatch, gpu: SimulatedGpu, tmp_path: Path) -> Installation:
    return Installation(monkeypatch, gpu, tmp_path / "machine")


@pytest.fixture
def config(tmp_path: Path) -> str:
    path = tmp_path / "edge.toml"
    path.write_text(CONFIG.format(folder=tmp_path))
    return str(path)


def test_where_onnxruntime_runs_everything_there_is_nothing_to_build(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models", "build"]) == 0
    assert capsys.readouterr().out.startswith("nothing to build: onnxruntime runs the networks here")


@pytest.mark.usefixtures("tensorrt")
def test_what_a_configuration_uses_is_built_beside_its_store_once(
    config: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["models", "build", "--config", config]) == 0
    first = capsys.readouterr().out
    built = r"gate-n 7 fp32: built in \d+ s, [\d.]+ MB, \d+ layers, key [0-9a-f]{20}\n"
    assert re.fullmatch(built + r"kernels for pictures on the GPU: views-sm_87-\S+\.cubin\n", first)
    assert len(list((tmp_path / "engines").glob("*.plan"))) == 1
    assert main(["models", "build", "--config", config, "--prune"]) == 0
    assert capsys.readouterr().out.startswith("gate-n 7 fp32: lies there already")


def test_a_network_that_cannot_be_built_ends_it_with_4_and_one_line(
    tensorrt: Installation, config: str, capsys: pytest.CaptureFixture[str]
) -> None:
    tensorrt.set(build="none")
    assert main(["models", "build", "--config", config]) == 4
    said = capsys.readouterr()
    assert said.out.startswith("kernels for pictures")
    assert "Could not find any implementation" in said.err
    assert said.err.count("\n") == 1


@pytest.mark.usefixtures("tensorrt")
@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["models", "build", "--precision", "fp32"], 2),
        (["models", "build", "plate-ocr", "--precision", "int8"], 4),
        (["models", "build", "nobody"], 4),
        (["models", "check", "gate-n", "--engine", "tensorrt"], 4),
    ],
)
def test_what_cannot_be_done_says_so(
    words: list[str], code: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert main(words) == code
    assert capsys.readouterr().err.count("\n") == 1


def test_tensorrt_without_a_driver_is_an_error_and_no_other_engine(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models", "check", "gate-n", "--engine", "tensorrt"]) == 4
    assert "there is no NVIDIA driver here" in capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.usefixtures("tensorrt")
def test_an_engine_that_was_built_passes_the_acceptance_test(
    config: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    shelve(load_card("gate-n").at("int8").file, "int8", tmp_path / "engines")
    words = ["models", "check", "gate-n", "--engine", "tensorrt", "--precision", "int8", "--config", config]
    assert main(words) == 0
    assert "sound: gate-n.int8.onnx on tensorrt 10.3.0 int8 on Orin sm_87: " in capsys.readouterr().out
