"""The finder learns, is cut off and taken up again, and is exported as what torch computes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from edge.cli import main
from edge.inference.finder import PLANES, open_finder
from edge.inference.finder_card import load_finder_card
from edge.workshop.dataset import write_list
from edge.workshop.finder import network, scenes
from edge.workshop.finder.batches import collate
from edge.workshop.finder.sources import Mix, Sources
from edge.workshop.finder.targets import CORNERS, NEAR, OUTLINE, Canvas, targets
from edge.workshop.finder.training import Stage, train
from edge.workshop.network import largest_difference
from edge.workshop.schedule import Progress
from tests.workshop.finder.test_scenes import write_scenes

CARD = f"""name = "plate-n"
version = "0"
task = "find"
file = "plate-n.onnx"
sha256 = "{"0" * 64}"
output = "plates"
licence = "Apache-2.0"
[input]
name = "image"
width = 384
height = 256
"""
MIX = Mix(((96, 64),), batch=2)


@pytest.fixture
def torch() -> Any:
    pytest.importorskip("safetensors", reason="safetensors is not installed; it comes with the train extra")
    return pytest.importorskip("torch", reason="torch is not installed; it comes with the train extra")


def one_plate(known: int) -> tuple[Canvas, Any]:
    quad = np.array([[[30, 20], [70, 22], [70, 36], [30, 34]]], np.float32)
    canvas = Canvas(np.zeros((64, 96), np.uint8), quad, np.array([known], np.int8))
    return canvas, collate([canvas.picture], [targets(canvas)])


def right_answer(torch: Any, batch: Any) -> Any:
    answer = torch.full((1, PLANES, 8, 12), -12.0)
    for (_, row, column), quad in zip(batch.cells.tolist(), batch.quads, strict=True):
        answer[0, 0, row, column] = 12.0
        middle = (np.array([column, row], np.float32) + 0.5) * 8
        answer[0, 1:, row, column] = torch.from_numpy((quad - middle).ravel())
    return answer


def test_the_right_answer_costs_nothing_and_a_wrong_one_does(torch: Any) -> None:
    from edge.workshop.finder.loss import losses  # noqa: PLC0415 - imports torch

    _, batch = one_plate(CORNERS)
    answer = right_answer(torch, batch)
    scores, corners = losses(answer, batch)
    assert float(scores) < 1e-3
    assert float(corners) < 1e-5
    silent = answer.clone()
    silent[:, 0] = -12
    assert float(losses(silent, batch)[0]) > 5
    shifted = answer.clone()
    shifted[:, 1] += 3  # the first corner, to the right
    assert float(losses(shifted, batch)[1]) > 0.01


def test_of_a_boxed_plate_only_the_outline_counts(torch: Any) -> None:
    from edge.workshop.finder.loss import losses  # noqa: PLC0415 - imports torch

    _, batch = one_plate(OUTLINE)
    answer = right_answer(torch, batch)
    inner = answer.clone()
    inner[:, 8] -= 1  # the last corner is not the lowest: moving it keeps the outline
    assert float(losses(inner, batch)[1]) == pytest.approx(float(losses(answer, batch)[1]), abs=1e-6)
    outer = answer.clone()
    outer[:, 6] += 3  # the third one is
    assert float(losses(outer, batch)[1]) > 0.01


def test_near_a_box_an_outline_may_end_anywhere_and_further_off_it_costs(torch: Any) -> None:
    from edge.workshop.finder.loss import losses  # noqa: PLC0415 - imports torch

    _, batch = one_plate(NEAR)
    short = 14.1  # px: its left side
    costs = []
    for inwards in (-0.03, 0.06, -0.3, 0.4):
        answer = right_answer(torch, batch)
        answer[:, [1, 7]] += inwards * short  # the left corners
        costs.append(float(losses(answer, batch)[1]))
    assert costs[:2] == pytest.approx([0, 0], abs=1e-6)
    assert min(costs[2:]) > 0.01


def test_outlines_cost_what_they_lack_of_overlap_and_more_the_further_apart(torch: Any) -> None:
    from edge.workshop.finder.loss import _apart  # noqa: PLC0415 - imports torch

    true = torch.tensor([[[0.0, 0], [20, 0], [20, 10], [0, 10]]])
    moved = [true + torch.tensor([shift, 0.0]) for shift in (0.0, 10.0, 30.0, 60.0)]
    cost = [float(_apart(said, true)) for said in moved]
    assert cost[:2] == pytest.approx([0, 1 - 1 / 3])
    assert cost[2:] == pytest.approx([1 + 10 / 50, 1 + 40 / 80])


@pytest.mark.slow
@pytest.mark.usefixtures("torch")
def test_a_training_is_cut_off_taken_up_again_and_exported_by_the_commands(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    onnx = pytest.importorskip("onnx", reason="onnx is not installed; it comes with the train extra")
    data, folder = write_scenes(tmp_path / "set"), tmp_path / "plate-n"
    folder.mkdir()
    (folder / "model.toml").write_text(CARD, encoding="utf-8")
    write_list(folder / "scenes.csv", scenes.build_list(data, {}))
    command = ["models", "train", str(folder), "--data", str(data), "--size", "96x64", "--steps", "1"]
    assert main(command) == 0
    assert main(command) == 0
    last = folder / "last.safetensors"
    assert last.stat().st_size < 6_000_000
    stage = Stage(MIX, steps=2, warm_up=1, save_every=1)
    read = scenes.read_scenes(data, scenes.build_list(data, {}))
    assert train(last, last, Sources(read), stage, fresh=False) == Progress(4, 2, 4)
    assert main(["models", "export", str(folder), "--version", "1"]) == 0
    card = load_finder_card(folder)
    assert card.version == "1"
    graph = onnx.load(str(card.file)).graph
    shapes = [
        (value.name, [axis.dim_value for axis in value.type.tensor_type.shape.dim])
        for value in (*graph.input, *graph.output)
    ]
    assert shapes == [("image", [1, 1, 256, 384]), ("plates", [1, PLANES, 32, 48])]
    assert len(open_finder(card).find(np.full((200, 300, 3), 128, np.uint8))) == 0
    assert main(["models", "check", str(folder)]) == 4, "four steps teach nothing yet"
    assert "plates in plain sight" in capsys.readouterr().err


@pytest.mark.slow
def test_the_exported_file_says_what_torch_says(torch: Any, tmp_path: Path) -> None:  # noqa: ARG001 - skips
    pytest.importorskip("onnx", reason="onnx is not installed; it comes with the train extra")
    network.write_onnx(network.build(3), tmp_path / "a.onnx", (96, 64))
    image = np.random.default_rng(2).random((1, 1, 64, 96), np.float32)
    assert largest_difference(tmp_path / "a.onnx", image, [np.zeros((1, PLANES, 8, 12), np.float32)]) > 0.01


@pytest.mark.parametrize(
    ("words", "cause"),
    [
        (["--frozen", "3", "--share", "0.5", "--data", "x"], "leave --frozen, --share out"),
        ([], "give --data DIR"),
    ],
)
def test_arguments_that_are_not_a_finders_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str], cause: str
) -> None:
    (tmp_path / "model.toml").write_text(CARD, encoding="utf-8")
    assert main(["models", "train", str(tmp_path), *words]) == 2
    assert cause in capsys.readouterr().err
