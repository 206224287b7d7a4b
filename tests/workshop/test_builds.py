"""Other builds of a network: what stays in float, what the card says of them, and what they are calibrated on."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from edge.cli import main
from edge.errors import ConfigError, ModelError
from edge.inference.card import Build, load_card
from edge.inference.ort import OrtEngine
from edge.workshop import calibration
from edge.workshop.builds import last_layers, listed, with_builds, without_builds, write_fp16, write_int8
from edge.workshop.dataset import Entry, read_list, write_list

CARD = Path(__file__).parents[2] / "models" / "gate-n" / "model.toml"


def picture() -> np.ndarray:
    return np.random.default_rng(3).integers(0, 255, (90, 160, 3), np.uint8)


@pytest.fixture(scope="module")
def int8(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("int8") / "gate-n.int8.onnx"
    write_int8(load_card(CARD), [picture()], path)
    return path


def test_what_speaks_for_the_network_is_what_no_other_layer_follows() -> None:
    nodes = [
        helper.make_node("Conv", ["x", "w"], ["a"], "stem"),
        helper.make_node("Relu", ["a"], ["b"], "act"),
        helper.make_node("Conv", ["b", "w"], ["boxes"], "box"),
        helper.make_node("Conv", ["b", "w"], ["c"], "score"),
        helper.make_node("Sigmoid", ["c"], ["scores"], "tail"),
    ]
    wide = [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in ("x", "w", "boxes", "scores")]
    assert sorted(last_layers(helper.make_graph(nodes, "tiny", wide[:2], wide[2:]))) == ["box", "score"]


def test_an_int8_build_is_what_tensorrt_takes(int8: Path) -> None:
    """Symmetric, per channel for weights, no INT32 bias, and Q beside DQ for every activation."""
    graph = onnx.load(str(int8)).graph
    values = {value.name: numpy_helper.to_array(value) for value in graph.initializer}
    quantised = [node for node in graph.node if node.op_type in {"QuantizeLinear", "DequantizeLinear"}]
    assert all(not values[node.input[2]].any() for node in quantised)
    assert {values[node.input[2]].dtype.name for node in quantised} == {"int8"}
    weights = [node for node in quantised if node.input[0] in values]
    assert all(values[node.input[1]].shape == values[node.input[0]].shape[:1] for node in weights)
    full = onnx.load(str(load_card(CARD).file)).graph
    convolutions = Counter(node.op_type for node in full.node)["Conv"]
    assert len(weights) == convolutions - len(last_layers(full))


def test_a_network_that_no_build_can_be_made_of_is_refused_with_the_way_out(int8: Path, tmp_path: Path) -> None:
    card = load_card(CARD)
    quantised = replace(card, file=int8)
    with pytest.raises(ModelError, match=r"is quantised already \(DequantizeLinear, QuantizeLinear\)"):
        write_fp16(quantised, tmp_path / "half.onnx")
    with pytest.raises(ModelError, match="is quantised already"):
        write_int8(quantised, [picture()], tmp_path / "int8.onnx")
    old = onnx.load(str(card.file))
    old.opset_import[0].version = 11
    onnx.save(old, str(tmp_path / "old.onnx"))
    with pytest.raises(ModelError, match=r"old\.onnx: is written in opset 11, and .* need 13"):
        write_int8(replace(card, file=tmp_path / "old.onnx"), [picture()], tmp_path / "int8.onnx")
    assert [path.name for path in tmp_path.iterdir()] == ["old.onnx"]


def test_inputs_outputs_and_notes_stay_as_they_were(int8: Path, tmp_path: Path) -> None:
    write_fp16(load_card(CARD), tmp_path / "half.onnx")
    full = OrtEngine(CARD.parent / "gate-n.onnx")
    for path in (int8, tmp_path / "half.onnx"):
        engine = OrtEngine(path)
        assert (engine.inputs, engine.outputs, engine.metadata) == (full.inputs, full.outputs, full.metadata)
        assert path.stat().st_size < full._path.stat().st_size * 0.55


def test_the_card_lists_each_kind_of_build_once_and_reads_them_back(tmp_path: Path) -> None:
    card = load_card(CARD)
    (tmp_path / "b.onnx").write_bytes(b"weights")
    build = listed("int8", tmp_path / "b.onnx", ("tensorrt",))
    assert build.sha256 == hashlib.sha256(b"weights").hexdigest()
    path = tmp_path / "model.toml"
    path.write_text(with_builds(card, [Build("fp16", "a.onnx", "0" * 64)]), encoding="utf-8")
    for _ in range(2):
        path.write_text(with_builds(load_card(path), [build]), encoding="utf-8")
    assert load_card(path).builds == (Build("fp16", "a.onnx", "0" * 64), build)
    assert without_builds(path.read_text(encoding="utf-8")) == without_builds(CARD.read_text(encoding="utf-8"))


def entries(count: int) -> list[Entry]:
    return [
        Entry(f"set/images/{number}.jpg", str(number), "train" if number % 2 else "validation", f"{number:016x}")
        for number in range(count)
    ]


def test_calibration_takes_the_training_side_and_rendered_scenes_and_nothing_else() -> None:
    chosen = calibration.choose(entries(40), 9)
    groups = Counter(entry.group == calibration.RENDERED for entry in chosen)
    assert groups == {False: 6, True: 3}
    assert all(int(entry.group) % 2 for entry in chosen if entry.group != calibration.RENDERED)
    assert chosen == calibration.choose(reversed(entries(40)), 9)
    with pytest.raises(ConfigError, match="no picture of the list is for training"):
        calibration.choose([entry for entry in entries(40) if entry.side == "validation"], 9)


def test_a_calibration_picture_that_has_changed_is_refused(tmp_path: Path) -> None:
    (tmp_path / "set" / "images").mkdir(parents=True)
    (tmp_path / "set" / "labels").mkdir()
    cv2.imwrite(str(tmp_path / "set/images/1.jpg"), picture())
    (tmp_path / "set/labels/1.txt").write_text("", encoding="utf-8")
    digest = hashlib.sha256((tmp_path / "set/images/1.jpg").read_bytes()).hexdigest()[:16]
    real = Entry("set/images/1.jpg", "1", "train", digest)
    scene = calibration.choose([real], 3)[-1]
    write_list(tmp_path / "list.csv", [real, scene])
    assert [found.shape for found in calibration.pictures(tmp_path, read_list(tmp_path / "list.csv"))] == [
        (90, 160, 3),
        (360, 640, 3),
    ]
    other = Entry(scene.file, scene.group, "train", "0" * 16)
    with pytest.raises(ConfigError, match="the renderer has changed"):
        list(calibration.pictures(tmp_path, [other]))


@pytest.mark.parametrize(
    ("words", "cause"),
    [([], "INT8 is calibrated on pictures: give --data DIR"), (["--data", ".", "--pictures", "0"], "is no number")],
)
def test_quantize_says_what_it_lacks(words: list[str], cause: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models", "quantize", "gate-n", "--out", "/nowhere", *words]) == 2
    assert cause in capsys.readouterr().err
