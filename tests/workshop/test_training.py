"""A stage rises, falls and can be taken up again; its weights are safetensors and its network ONNX."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from edge.cli import main
from edge.errors import ModelError, UsageError
from edge.types import CLASSES
from edge.workshop import network
from edge.workshop.batches import Mix, Picture
from edge.workshop.schedule import Progress, learning_rate
from edge.workshop.training import Stage, train

STAGE = Stage(Mix(((64, 64),), batch=2), steps=2, warm_up=1, save_every=1)


def test_the_learning_rate_rises_then_falls_to_nothing() -> None:
    rates = [learning_rate(0.01, 10, 100, done) for done in range(100)]
    assert max(rates) == pytest.approx(0.01)
    assert rates[:10] == sorted(rates[:10])
    assert rates[10:] == sorted(rates[10:], reverse=True)
    assert rates[-1] < 1e-5


def test_progress_survives_the_file() -> None:
    progress = Progress(30, 20, 60)
    assert Progress.read(progress.notes(), Path("last.safetensors")) == progress
    assert Progress.read({}, Path("seed.safetensors")) == Progress(0, 0, 0)


def test_damaged_notes_are_refused() -> None:
    with pytest.raises(ModelError, match="notes beside the weights are damaged"):
        Progress.read({"step": "many"}, Path("last.safetensors"))


@pytest.fixture
def torch() -> Any:
    return pytest.importorskip("torch", reason="torch is not installed; it comes with the train extra")


@pytest.fixture
def weights(torch: object, tmp_path: Path) -> Path:  # noqa: ARG001 - the order matters
    pytest.importorskip("ultralytics", reason="ultralytics is not installed; it comes with the train extra")
    path = tmp_path / "start.safetensors"
    network.write_weights(path, network.build(len(CLASSES), 1).state_dict(), {})
    return path


@pytest.mark.slow
def test_a_stage_is_trained_cut_off_and_taken_up_again(weights: Path, tmp_path: Path) -> None:
    import cv2  # noqa: PLC0415 - only where torch is

    assert cv2.imwrite(str(tmp_path / "a.png"), np.full((64, 64, 3), 90, np.uint8))
    pictures = [Picture(tmp_path / "a.png", np.array([[0, 0.2, 0.2, 0.8, 0.8]], np.float32))]
    out = tmp_path / "model" / "last.safetensors"
    out.parent.mkdir()
    assert train(weights, out, pictures, [], STAGE, fresh=True) == Progress(2, 0, 2)
    assert train(out, out, pictures, [], STAGE, fresh=False) == Progress(4, 2, 4)
    assert out.stat().st_size < 6_000_000


@pytest.mark.slow
def test_a_stage_is_trained_on_a_gpu(torch: Any, weights: Path, tmp_path: Path) -> None:
    import cv2  # noqa: PLC0415 - only where torch is

    if not torch.cuda.is_available():
        pytest.skip("torch finds no GPU here")
    assert cv2.imwrite(str(tmp_path / "a.png"), np.full((64, 64, 3), 90, np.uint8))
    pictures = [Picture(tmp_path / "a.png", np.array([[0, 0.2, 0.2, 0.8, 0.8]], np.float32))]
    stage = replace(STAGE, device="cuda", bf16=True)
    assert train(weights, tmp_path / "last.safetensors", pictures, [], stage, fresh=True) == Progress(2, 0, 2)


def test_a_device_that_is_not_there_is_one_line(torch: Any) -> None:
    assert network.pick_device("cpu") == "cpu"
    assert network.pick_device("auto") == ("cuda" if torch.cuda.is_available() else "cpu")
    for name in ("cuda:99", "warp"):
        with pytest.raises(UsageError, match=f"--device {name}: cannot be used .*give cpu, cuda") as caught:
            network.pick_device(name)
        assert "\n" not in str(caught.value)


@pytest.mark.slow
def test_weights_of_another_network_are_refused(weights: Path) -> None:
    with pytest.raises(ModelError, match="holds another network"):
        network.read_weights(weights, network.build(3))
    weights.write_bytes(b"damaged")
    with pytest.raises(ModelError, match="cannot be read as safetensors"):
        network.read_weights(weights, network.build(len(CLASSES)))


def test_the_mean_of_weights_is_taken_one_by_one(torch: Any, tmp_path: Path) -> None:
    pytest.importorskip("safetensors", reason="safetensors is not installed; it comes with the train extra")
    for name, value, notes in (("a", 1.0, {"step": "90"}), ("b", 2.0, {"step": "200"}), ("c", 6.0, {})):
        weights = {"w": torch.full((2,), value), "n": torch.tensor(7), "h.one2one_cv2.w": torch.ones(1)}
        network.write_weights(tmp_path / name, weights, notes)
    out = tmp_path / "mean"
    assert main(["models", "average", str(out), *(str(tmp_path / name) for name in "abc")]) == 0
    model = torch.nn.Module()
    model.register_buffer("w", torch.zeros(2))
    model.register_buffer("n", torch.tensor(0))
    notes = network.read_weights(out, model)
    assert notes.pop("average") == "a,b,c"
    assert Progress.read(notes, out).opened(10, fresh=False) == Progress(200, 200, 210)
    assert (model.w.tolist(), int(model.n)) == ([3.0, 3.0], 7)


def test_weights_that_have_no_place_are_one_line(torch: Any, tmp_path: Path) -> None:
    pytest.importorskip("safetensors", reason="safetensors is not installed; it comes with the train extra")
    with pytest.raises(UsageError, match=r"last\.safetensors: cannot be written"):
        network.write_weights(tmp_path / "none" / "last.safetensors", {"w": torch.ones(2)}, {})


def test_weights_of_two_networks_have_no_mean(torch: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("safetensors", reason="safetensors is not installed; it comes with the train extra")
    network.write_weights(tmp_path / "a", {"w": torch.ones(2)}, {})
    network.write_weights(tmp_path / "b", {"w": torch.ones(3)}, {})
    assert main(["models", "average", str(tmp_path / "m"), str(tmp_path / "a"), str(tmp_path / "b")]) == 4
    assert "holds another network than" in capsys.readouterr().err
    assert not (tmp_path / "m").exists()


@pytest.mark.slow
def test_the_exported_network_keeps_its_contract(weights: Path, tmp_path: Path) -> None:
    onnx = pytest.importorskip("onnx", reason="onnx is not installed; it comes with the train extra")
    model = network.build(len(CLASSES))
    network.read_weights(weights, model)
    network.write_onnx(model, tmp_path / "a.onnx", (256, 160))
    graph = onnx.load(str(tmp_path / "a.onnx"))
    shapes = [
        (value.name, [axis.dim_value for axis in value.type.tensor_type.shape.dim])
        for value in (*graph.graph.input, *graph.graph.output)
    ]
    assert shapes == [("images", [1, 3, 160, 256]), ("output0", [1, 4 + len(CLASSES), 840])]
    assert graph.opset_import[0].version == network.OPSET
