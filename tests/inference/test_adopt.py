"""What somebody else's network is, is told from its tensors; what we do not know is refused and never guessed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from edge.errors import ModelError
from edge.inference.adopt import Kind, class_names, recognise, write_card
from edge.inference.card import load_card
from edge.inference.scripted import CannedEngine
from edge.ports import TensorSpec

FILE = Path("theirs.onnx")
IMAGE = (1, 3, 96, 128)
CELLS = 16 * 12 + 8 * 6 + 4 * 3


def engine(
    image: tuple[int, ...], *outputs: tuple[int, ...], dtype: str = "float32", said: tuple[int, ...] = ()
) -> CannedEngine:
    specs = [TensorSpec(f"out{number}", shape, "float32") for number, shape in enumerate(outputs)]
    answer = {"out0": np.zeros(said, np.float32)} if said else None
    return CannedEngine([TensorSpec("images", image, dtype)], specs, answer)


@pytest.mark.parametrize(
    ("outputs", "head", "count"),
    [
        ([(1, 84, CELLS)], "yolo-v8", 80),
        ([(1, 6, CELLS)], "yolo-v8", 2),
        ([(1, 300, 6)], "yolo-end2end", 0),
        ([(1, CELLS, 85)], "yolox", 80),
        ([(1, 3000, 7), (1, 3000, 4)], "ssd", 6),
        ([(1, 3000, 4), (1, 3000, 21)], "ssd", 20),
    ],
)
def test_the_shapes_tell_the_head(outputs: list[tuple[int, ...]], head: str, count: int) -> None:
    kind = recognise(engine(IMAGE, *outputs), FILE)
    assert (kind.head, kind.class_count) == (head, count)
    assert (kind.input.name, kind.input.width, kind.input.height) == ("images", 128, 96)


def test_each_kind_gets_the_preparation_it_is_trained_with() -> None:
    yolo, yolox, ssd = (
        recognise(engine(IMAGE, *outputs), FILE).input
        for outputs in ([(1, 84, CELLS)], [(1, CELLS, 85)], [(1, 9, 4), (1, 9, 2)])
    )
    assert (yolo.colour, yolo.scale, yolo.letterbox) == ("rgb", 1 / 255, "centre")
    assert (yolox.colour, yolox.scale, yolox.letterbox) == ("bgr", 1.0, "top-left")
    assert (ssd.mean, ssd.std) == ((127.0,) * 3, (128.0,) * 3)


def test_an_output_whose_shape_is_not_stated_is_asked_for() -> None:
    assert recognise(engine(IMAGE, (1, -1, -1), said=(1, 84, CELLS)), FILE).head == "yolo-v8"


@pytest.mark.parametrize(
    ("made", "cause"),
    [
        (engine((1, 3, -1, -1), (1, 84, CELLS)), "dynamic shapes .* one fixed size"),
        (engine((-1, 3, 96, 128), (1, 84, CELLS)), "dynamic shapes"),
        (engine((1, 96, 128, 3), (1, 84, CELLS)), "planes before rows"),
        (engine((4, 3, 96, 128), (4, 84, CELLS)), "export one picture"),
        (engine((1, 10), (1, 2)), "not one picture"),
        (engine(IMAGE, (1, 84, CELLS), dtype="float16"), "export it in float32"),
        (engine(IMAGE, (1, 85, 22, 22)), "unknown head: it gives 1x85x22x22; known are"),
        (engine(IMAGE, (1, 3 * CELLS, 85)), r"unknown head \(an older YOLO with anchors\)"),
        (engine(IMAGE, (1, 1000)), "unknown head: it gives 1x1000"),
        (engine(IMAGE, (1, 116, CELLS), (1, 32, 24, 32)), "unknown head"),
    ],
    ids=[
        "any size",
        "any batch",
        "planes last",
        "batch",
        "no picture",
        "half",
        "fastestdet",
        "anchors",
        "kinds",
        "masks",
    ],
)
def test_what_we_do_not_know_is_refused(made: CannedEngine, cause: str) -> None:
    with pytest.raises(ModelError, match=rf"theirs\.onnx: .*{cause}"):
        recognise(made, FILE)


def kind(head: str, count: int) -> Kind:
    return Kind(head, recognise(engine(IMAGE, (1, 300, 6)), FILE).input, count)


def test_names_come_from_the_file_or_from_the_user() -> None:
    own = {"names": "{0: 'car', 1: 'dog'}"}
    assert class_names(kind("yolo-v8", 2), own, (), FILE) == ("car", "dog")
    assert class_names(kind("yolo-v8", 2), {}, ("bus", "car"), FILE) == ("bus", "car")
    assert class_names(kind("ssd", 2), {}, ("BACKGROUND", "bus", "car"), FILE) == ("bus", "car")


@pytest.mark.parametrize(
    ("metadata", "given", "cause"),
    [
        ({}, (), "does not name its 2 classes"),
        ({}, ("car",), "has 2 classes, --classes names 1"),
        ({"names": "['a', 'b', 'c']"}, (), "the file itself names 3"),
        ({"names": "{0: 'car', 1: 'dog'}"}, ("dog", "car"), "--classes says otherwise"),
    ],
)
def test_classes_that_cannot_be_right_are_refused(metadata: dict[str, str], given: tuple[str, ...], cause: str) -> None:
    with pytest.raises(ModelError, match=cause):
        class_names(kind("yolo-v8", 2), metadata, given, FILE)


def test_the_card_that_is_written_can_be_read(tmp_path: Path) -> None:
    made = recognise(engine(IMAGE, (1, CELLS, 7)), FILE)
    write_card(tmp_path, "theirs", made, ("car", 'the "other"'), "a" * 64, "MIT", "It's fine.")
    card = load_card(tmp_path)
    assert (card.name, card.head, card.classes) == ("theirs", "yolox", ("car", 'the "other"'))
    assert card.input == made.input
