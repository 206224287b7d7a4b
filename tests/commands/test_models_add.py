"""`edge models add` takes in what works, and leaves nothing behind of what does not."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import onnx
import pytest

from edge.cli import main
from edge.inference.card import load_card

OURS = Path(__file__).parents[2] / "models/gate-n/gate-n.onnx"
NAMES = "car,truck,bus,motorcycle,bicycle,person"


def add(out: Path, source: Path, *words: str) -> int:
    return main(["models", "add", str(source), "--out", str(out), *words])


def left(out: Path) -> list[str]:
    return sorted(path.name for path in out.iterdir()) if out.exists() else []


def test_an_export_gets_a_card_and_can_be_used(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert add(tmp_path, OURS, "--classes", NAMES, "--name", "theirs", "--licence", "ask us") == 0
    assert load_card(tmp_path / "theirs").licence == "ask us"
    assert "yolo-v8 at 416x256 with 6 classes" in capsys.readouterr().out
    assert sorted(path.name for path in (tmp_path / "theirs").iterdir()) == ["model.toml", "theirs.onnx"]
    assert main(["models", "check", str(tmp_path / "theirs")]) == 0
    assert add(tmp_path, OURS, "--classes", NAMES, "--name", "theirs") == 2
    assert "is there already" in capsys.readouterr().err


def test_names_may_stand_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "names.txt").write_text(NAMES.replace(",", "\n"), encoding="utf-8-sig")
    assert add(tmp_path / "models", OURS, "--classes", str(tmp_path / "names.txt")) == 0
    assert left(tmp_path / "models") == ["gate-n"]


def test_a_file_of_names_that_is_not_there_is_no_name_of_a_class(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert add(tmp_path / "models", OURS, "--classes", "names.txt") == 2
    assert capsys.readouterr().err.startswith("edge: names.txt: cannot be read (No such file or directory)")


def test_classes_in_another_order_are_found_out_by_the_golden_frames(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert add(tmp_path, OURS, "--classes", "person,bicycle,rider,dog,car,truck") == 4
    said = capsys.readouterr().err
    assert "plain vehicles" in said
    assert left(tmp_path) == []


@pytest.mark.parametrize("keep", [0.0, 0.5, 0.97])
def test_a_truncated_file_is_refused_by_its_own_name(
    tmp_path: Path, keep: float, capsys: pytest.CaptureFixture[str]
) -> None:
    cut = tmp_path / "cut.onnx"
    cut.write_bytes(OURS.read_bytes()[: int(OURS.stat().st_size * keep)])
    assert add(tmp_path / "models", cut, "--classes", NAMES) == 4
    said = capsys.readouterr().err
    assert said.startswith(f"edge: {cut}: is not a usable ONNX model")
    assert len(said.splitlines()) == 1
    assert left(tmp_path / "models") == []


def test_dynamic_shapes_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model = onnx.load(str(OURS))
    model.graph.input[0].type.tensor_type.shape.dim[0].dim_param = "batch"
    onnx.save(model, str(tmp_path / "free.onnx"))
    assert add(tmp_path / "models", tmp_path / "free.onnx", "--classes", NAMES) == 4
    assert "dynamic shapes" in capsys.readouterr().err


def test_too_few_classes_end_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert add(tmp_path, OURS, "--classes", "car,truck") == 4
    said = capsys.readouterr().err
    assert "has 6 classes, --classes names 2" in said
    assert ".adding-" not in said


@pytest.mark.parametrize(
    ("source", "code", "cause"), [("none.onnx", 4, "no such file"), ("___.onnx", 2, "is no name for a model")]
)
def test_what_is_not_there_is_said(
    source: str, code: int, cause: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["models", "add", source, "--out", str(tmp_path / "models")]) == code
    assert cause in capsys.readouterr().err
    assert not (tmp_path / "models").exists()


@pytest.mark.skipif(
    importlib.util.find_spec("ultralytics") is not None, reason="the train extra is here: nothing to refuse"
)
def test_weights_of_ultralytics_need_the_train_extra(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "some.pt").write_bytes(b"weights")
    assert add(tmp_path / "models", tmp_path / "some.pt") == 2
    assert "torch" in capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.skipif(importlib.util.find_spec("ultralytics") is None, reason="the train extra is not installed")
def test_damaged_or_absent_weights_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "some.pt").write_bytes(b"weights")
    assert add(tmp_path / "models", tmp_path / "some.pt") == 4
    assert "is damaged or no weights of ultralytics" in capsys.readouterr().err
    assert main(["models", "add", "yolo99n", "--out", str(tmp_path / "models")]) == 4
    assert "nothing is downloaded" in capsys.readouterr().err
