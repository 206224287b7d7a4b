"""Model cards: what a right one gives, and that a wrong one is refused with every fault and its line."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest

from edge.errors import ModelError
from edge.inference.any_card import load_any_card
from edge.inference.card import list_cards, load_card
from edge.types import CLASSES

WEIGHTS = b"not really weights"
GOOD = f"""
name = "peer"
task = "detect"
file = "peer.onnx"
sha256 = "{hashlib.sha256(WEIGHTS).hexdigest()}"
head = "yolo-v8"
classes = ["person", "bicycle", "motorbike", "aeroplane", "lorry"]
licence = "none of ours"

[input]
name = "images"
width = 320
height = 256
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "model.toml").write_text(GOOD, encoding="utf-8")
    (tmp_path / "peer.onnx").write_bytes(WEIGHTS)
    return tmp_path


def _message(path: Path) -> str:
    with pytest.raises(ModelError) as caught:
        load_card(path)
    message = str(caught.value)
    assert "\n" not in message
    assert caught.value.exit_code == 4
    return message


def test_a_card_is_found_by_its_path_and_by_its_folder(folder: Path) -> None:
    assert load_card(folder) == load_card(folder / "model.toml")


def test_what_a_card_leaves_out_is_the_usual_yolo_input(folder: Path) -> None:
    card = load_card(folder)
    assert (card.input.width, card.input.height) == (320, 256)
    assert (card.input.colour, card.input.letterbox, card.input.pad) == ("rgb", "centre", 114)
    assert card.input.scale == pytest.approx(1 / 255)


def test_foreign_class_names_become_ours_and_unknown_ones_map_to_nothing(folder: Path) -> None:
    ids = load_card(folder).class_ids()
    names = [CLASSES[number] if number >= 0 else None for number in ids]
    assert names == ["person", "bicycle", "motorcycle", None, "truck"]
    assert ids.dtype == np.int16


BUILDS = f"""
[[build]]
kind = "int8"
file = "peer.int8.onnx"
sha256 = "{"a" * 64}"
engines = ["tensorrt"]
[[build]]
kind = "fp16"
file = "peer.fp16.onnx"
sha256 = "{"B" * 64}"
"""


def test_a_build_takes_the_place_of_the_full_network_where_it_is_asked_for(folder: Path) -> None:
    (folder / "model.toml").write_text(GOOD + BUILDS, encoding="utf-8")
    card = load_card(folder)
    assert (card.at("auto", "onnxruntime"), card.at("fp32")) == (card, card)
    int8 = card.at("auto", "tensorrt")
    assert (int8.file, int8.sha256, int8.precision) == ((folder / "peer.int8.onnx").resolve(), "a" * 64, "int8")
    assert card.at("fp16").sha256 == "b" * 64
    assert card.at("int8") == int8
    assert int8.title == "peer int8"


def test_a_build_that_is_not_listed_is_refused_with_the_way_to_make_it(folder: Path) -> None:
    with pytest.raises(ModelError, match="lists no int8 build: make one with `edge models quantize peer`"):
        load_card(folder).at("int8")


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ('kind = "fp16"', 'kind = "int8"', "build: lists one kind twice"),
        ("a" * 64, "abc", "build.sha256: is not 64 hexadecimal digits"),
        ('kind = "fp16"', 'kind = "fp8"', "build.kind: "),
    ],
)
def test_a_build_that_is_written_wrong_is_refused(folder: Path, right: str, wrong: str, said: str) -> None:
    (folder / "model.toml").write_text((GOOD + BUILDS).replace(right, wrong), encoding="utf-8")
    assert said in _message(folder / "model.toml")


def test_every_named_model_has_a_card_that_agrees_with_its_weights() -> None:
    cards = list_cards()
    assert "gate-n" in {path.parent.name for path in cards}
    for path in cards:
        card = load_any_card(path)
        card.check_file()
        assert card.name == path.parent.name


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(ModelError, match=r"no model is called 'gate-m': known are .*gate-n"):
        load_card("gate-m")


def test_all_faults_come_at_once_with_their_lines(folder: Path) -> None:
    path = folder / "model.toml"
    text = (
        GOOD.replace("yolo-v8", "yolo-v7")
        .replace("width = 320", "widht = 320")
        .replace("[input]", "iuo = 0.5\n[input]")
    )
    path.write_text(text, encoding="utf-8")
    message = _message(path)
    assert f"{path}:6: head: 'yolo-v7' is not one of yolo-v8" in message
    assert f"{path}:10: iuo: unknown key; did you mean iou?" in message
    assert f"{path}:13: input.widht: unknown key; did you mean width?" in message
    assert f"{path}:11: input.width: is missing; add width = 416" in message


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('task = "detect"', 'task = "classify"', ":3: task: 'classify' is not one of detect"),
        ('name = "peer"', "", 'name: is missing; add name = "gate-n"'),
        ("width = 320", "width = 320.5", ":12: input.width: is a number 320.5, must be a whole number"),
        ("width = 320", "width = true", ":12: input.width: is true or false True"),
        (
            "height = 256",
            "height = 256\nstd = [1, 0, 1]",
            ":14: input.std: is wrong; write three numbers, none of them 0",
        ),
        ("height = 256", "height = 256\nstd = [1, 1]", ":14: input.std: is wrong"),
        ("height = 256", "height = 256\nmean = [1, nan, 1]", ":14: input.mean: is a number nan"),
        ("height = 256", 'height = 256\nmean = "none"', ":14: input.mean: is a text, must be a list"),
        ("[input]", "confidence = 0\n[input]", ":10: confidence: 0 is out of bounds"),
        ('"aeroplane"', '"person"', ":7: classes: person stands twice"),
        ('["person", "bicycle", "motorbike", "aeroplane", "lorry"]', '["cat"]', ":7: classes: none of them is ours"),
        ('["person", "bicycle", "motorbike", "aeroplane", "lorry"]', "[]", ":7: classes: is empty"),
        ('sha256 = "', 'sha256 = "g', ":5: sha256: is not 64 hexadecimal digits"),
        ('file = "peer.onnx"', 'file = ""', ":4: file: is empty"),
        ("[input]", "[inputs]", ":10: inputs: unknown key; did you mean input?"),
    ],
)
def test_a_wrong_key_is_named_with_its_line_and_its_cure(folder: Path, old: str, new: str, fault: str) -> None:
    path = folder / "model.toml"
    path.write_text(GOOD.replace(old, new), encoding="utf-8")
    assert fault in _message(path)


@pytest.mark.parametrize("content", [b"name = ", b"\xff\xfe\x00", b"[input\n", b"name = 'a'\nname = 'b'\n"])
def test_a_file_that_is_no_toml_is_one_line_with_its_place(folder: Path, content: bytes) -> None:
    (folder / "model.toml").write_bytes(content)
    assert "file:" in _message(folder / "model.toml")


def test_a_missing_card_is_one_line(tmp_path: Path) -> None:
    assert "no such model card" in _message(tmp_path / "model.toml")


@pytest.mark.parametrize("name", ["plate-n", "plate-ocr"])
def test_the_card_of_another_kind_of_network_is_told_from_a_wrong_one(name: str) -> None:
    with pytest.raises(ModelError, match=rf"{name}/model\.toml: its network (finds|reads) plates, and a detector"):
        load_card(name)


def test_a_card_that_may_not_be_looked_at_is_one_line(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def locked(_: Path) -> bool:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "is_file", locked)
    assert "model.toml: cannot be looked at (Permission denied)" in _message(folder / "model.toml")


def test_weights_given_for_their_card_are_told_apart(folder: Path) -> None:
    weights = folder / "net.onnx"
    weights.write_bytes(b"\x08\x0a")
    with pytest.raises(ModelError, match=r"net\.onnx: is no model card: write a model\.toml"):
        load_card(weights)


def test_weights_that_are_missing_or_changed_are_refused(folder: Path) -> None:
    card = load_card(folder)
    card.check_file()
    card.file.write_bytes(WEIGHTS + b"!")
    with pytest.raises(ModelError, match=r"its SHA-256 is .* another one"):
        card.check_file()
    card.file.unlink()
    with pytest.raises(ModelError, match="put the weights there"):
        card.check_file()
