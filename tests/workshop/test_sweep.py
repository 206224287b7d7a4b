"""The smallest input that keeps the recall is chosen, and no file of another training stands among the sizes."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path

import onnx
import pytest
from onnx import helper

from edge.cli import main
from edge.errors import UsageError
from edge.inference.card import load_card
from edge.inference.golden import golden_frames
from edge.inference.scripted import ScriptedDetector
from edge.ports import Frame
from edge.types import Detections
from edge.workshop.evaluate import ClassScore, Scores
from edge.workshop.sweep import SweepPoint, builds, plot, smallest_that_keeps, time_in_turns

CARD = Path(__file__).parents[2] / "models" / "gate-n" / "model.toml"


def point(wide: int, recall: float, ms: float = 10) -> SweepPoint:
    one = ClassScore("vehicle", 10, 0.5, 0.3, recall, 0.9)
    return SweepPoint((wide, wide), ms, Scores(5, (one,), one, (one, one, one), one))


def test_the_smallest_that_keeps_the_recall_is_chosen() -> None:
    assert smallest_that_keeps([point(640, 0.80), point(320, 0.70), point(416, 0.795)]).name == "416x416"
    assert smallest_that_keeps([point(320, 0.9), point(640, 0.8)]).name == "320x320"


def test_pictures_without_a_vehicle_choose_no_size() -> None:
    with pytest.raises(UsageError, match="show no vehicle"):
        smallest_that_keeps([point(320, float("nan")), point(416, float("nan"))])


def test_detectors_are_timed_in_turns() -> None:
    turns: list[str] = []

    def detector(name: str) -> ScriptedDetector:
        def script(_: Frame) -> Detections:
            turns.append(name)
            return Detections.empty()

        return ScriptedDetector(script)

    spent = time_in_turns([detector("a"), detector("b")], [one.frame for one in golden_frames(2)], rounds=2)
    assert turns == ["a", "b"] * 4
    assert len(spent) == 2


def test_the_plot_is_a_picture_with_every_size_in_it() -> None:
    root = ET.fromstring(plot([point(320, 0.7, 10.4), point(640, 0.8, 30)], "gate-n"))  # noqa: S314 - our own
    told = [node.text for node in root.iter() if node.text]
    assert "gate-n" in told
    assert "320x320, 10 ms" in told
    assert len([node for node in root.iter() if node.tag.endswith("circle")]) == 4


def test_a_fixed_network_without_weights_cannot_be_swept(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="takes 416x256 alone: give --weights"):
        builds(load_card(CARD), tmp_path / "none.safetensors", ((320, 192),), tmp_path)


def test_a_network_with_free_sizes_needs_no_other_file(tmp_path: Path) -> None:
    shape = (1, 3, "height", "width")
    graph = helper.make_graph(
        [helper.make_node("Identity", ["images"], ["out"])],
        "free",
        [helper.make_tensor_value_info("images", onnx.TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info("out", onnx.TensorProto.FLOAT, shape)],
    )
    file = tmp_path / "free.onnx"
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8), str(file))
    made = builds(replace(load_card(CARD), file=file), tmp_path / "none", ((320, 192), (64, 32)), tmp_path)
    assert [(one.input.width, one.input.height, one.file) for one in made] == [(320, 192, file), (64, 32, file)]


def test_the_command_asks_for_pictures(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models", "sweep", "gate-n"]) == 2
    assert "give --images DIR with --labels DIR" in capsys.readouterr().err


@pytest.mark.slow
def test_a_sweep_measures_every_size(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("torch", reason="the train extra is not installed")
    svg = tmp_path / "sweep.svg"
    words = ["--rendered", "3", "--size", "320x192", "--size", "416x256", "--plot", str(svg)]
    assert main(["models", "sweep", "gate-n", *words]) == 0
    rows = [line.split()[0] for line in capsys.readouterr().out.splitlines()[2:4]]
    assert rows == ["320x192", "416x256"]
    assert svg.read_text(encoding="utf-8").startswith("<svg")
