"""Found, loose and false boxes are told apart, and the command tells them by size."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from edge.cli import main
from edge.types import F32, PlateQuads
from edge.workshop.finder.scores import FinderExample, FinderTally, proof_examples
from tests.workshop.finder.test_scenes import write_scenes


def quads(*boxes: tuple[float, float, float, float]) -> F32:
    return np.array([[[a, b], [c, b], [c, d], [a, d]] for a, b, c, d in boxes], np.float32).reshape(-1, 4, 2)


def answer(*boxes: tuple[float, float, float, float]) -> PlateQuads:
    return PlateQuads(quads(*boxes), np.full(len(boxes), 0.9, np.float32))


def example(*boxes: tuple[float, float, float, float], optional: F32 | None = None) -> FinderExample:
    true = np.array(boxes, np.float32).reshape(-1, 4)
    found = FinderExample("a.jpg", np.zeros((200, 300, 3), np.uint8), true, quads(*boxes))
    return found if optional is None else FinderExample(found.name, found.picture, true, found.corners, optional)


def test_found_loose_and_false_are_counted_apart() -> None:
    tally = FinderTally()
    tally.add(
        example((10, 10, 50, 20), (100, 100, 250, 140)),
        answer((11, 10, 51, 20), (100, 100, 160, 140), (10, 150, 60, 170)),
    )
    assert tally.summary == {
        "images": 1,
        "plates": 2,
        "found": 0.5,
        "false_per_image": 1.0,
        "loose_per_image": 1.0,
        "corner_error": 0.1,
    }
    assert tally.by_width() == {
        "0 to 32 px": (0, 0),
        "32 to 64 px": (1, 1),
        "64 to 128 px": (0, 0),
        "128 px and more": (0, 1),
    }
    assert (tally.missed, tally.strange) == (["a.jpg"], ["a.jpg"])


def test_a_plate_that_may_be_found_is_neither_missed_nor_false() -> None:
    tally = FinderTally()
    tally.add(example(optional=np.array([[10, 10, 50, 20]], np.float32)), answer((10, 10, 50, 20)))
    assert tally.summary["found"] is None
    assert tally.summary["false_per_image"] == 0


def test_silence_is_counted_as_such() -> None:
    tally = FinderTally()
    tally.add(example((10, 10, 50, 20)), PlateQuads.empty())
    assert tally.summary["found"] == 0
    assert tally.summary["corner_error"] is None


def test_rendered_examples_ask_for_what_can_be_seen() -> None:
    examples = list(proof_examples(4))
    assert sum(len(one.boxes) for one in examples) >= 1
    for one in examples:
        assert one.corners is not None
        assert one.picture.shape == (720, 1280, 3)
        assert ((one.corners[:, 1, 0] - one.corners[:, 0, 0]) > 0).all()


@pytest.mark.parametrize("words", [[], ["--dir", "x", "--rendered", "3"]])
def test_the_command_wants_one_kind_of_pictures(tmp_path: Path, words: list[str]) -> None:
    (tmp_path / "model.toml").write_text("", encoding="utf-8")
    assert main(["eval", "finder", "--finder", str(tmp_path), *words]) == 2


@pytest.mark.parametrize(
    ("words", "cause"),
    [
        (["--rendered", "0"], "--rendered 0: is no number of scenes"),
        (["--rendered", "2", "--confidence", "7"], "--confidence 7.0: is none"),
    ],
)
def test_the_command_refuses_figures_that_are_none(
    words: list[str], cause: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["eval", "finder", *words]) == 2
    assert cause in capsys.readouterr().err


@pytest.mark.slow
def test_the_command_measures_a_finder_and_draws_its_faults(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("onnx", reason="onnx is not installed; it comes with the train extra")
    pytest.importorskip("torch", reason="torch is not installed; it comes with the train extra")
    from edge.workshop.finder import network  # noqa: PLC0415 - needs torch to be of use
    from tests.workshop.finder.test_training import CARD  # noqa: PLC0415 - as above

    data = write_scenes(tmp_path / "set", 3)
    network.write_onnx(network.build(1), tmp_path / "plate-n.onnx", (384, 256))
    import hashlib  # noqa: PLC0415 - only here

    digest = hashlib.sha256((tmp_path / "plate-n.onnx").read_bytes()).hexdigest()
    (tmp_path / "model.toml").write_text(CARD.replace("0" * 64, digest), encoding="utf-8")
    words = ["--finder", str(tmp_path), "--dir", str(data), "--errors", str(tmp_path / "faults"), "--json"]
    assert main(["eval", "finder", *words]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert json.loads(lines[0])["kind"] == "finder"
    assert json.loads(lines[-1])["plates"] == 3
    assert len(list((tmp_path / "faults" / "plate-n").glob("*.jpg"))) == 3, "random weights find nothing"
