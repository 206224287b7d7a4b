"""`edge eval detect` measures what it is given and ends with the keys that scripts rely on."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import cv2
import pytest

from edge.cli import main
from edge.commands.eval_detect import error_folders
from edge.inference.card import load_card
from edge.workshop.rendered import proof_examples

KEYS = {"map50", "map50_95", "vehicle_map50", "per_class"}


@pytest.fixture(scope="module")
def rendered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four rendered scenes as a YOLO set with COCO's numbers and no class names; a dog is labelled in each."""
    folder = tmp_path_factory.mktemp("set")
    numbers = (2, 7, 5, 3, 1, 0)  # our classes, as COCO counts them
    for part in ("images", "labels"):
        (folder / part).mkdir()
    for place, example in enumerate(proof_examples(4)):
        high, wide = example.picture.shape[:2]
        lines = ["16 0.5 0.5 0.1 0.1\n"]
        for number, x1, y1, x2, y2 in example.boxes:
            size = f"{(x2 - x1) / wide:.5f} {(y2 - y1) / high:.5f}"
            lines.append(f"{numbers[int(number)]} {(x1 + x2) / 2 / wide:.5f} {(y1 + y2) / 2 / high:.5f} {size}\n")
        (folder / "labels" / f"{place}.txt").write_text("".join(lines), encoding="utf-8")
        cv2.imwrite(str(folder / "images" / f"{place}.jpg"), cv2.cvtColor(example.picture, cv2.COLOR_RGB2BGR))
    return folder


def measure(folder: Path, *words: str) -> int:
    return main(["eval", "detect", "--images", str(folder / "images"), "--labels", str(folder / "labels"), *words])


def test_the_last_line_holds_the_promised_keys_and_no_others(
    rendered: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert measure(rendered, "--json") == 0
    said = capsys.readouterr()
    lines = [json.loads(line) for line in said.out.splitlines()]
    assert lines[-1].keys() == KEYS
    assert lines[-1]["vehicle_map50"] > 0.5
    assert set(lines[-1]["per_class"]["car"]) == {"boxes", "ap50", "ap50_95", "recall", "precision", "f1"}
    assert lines[0]["model"] == "gate-n"
    assert lines[0]["per_size"].keys() == {"small", "medium", "large"}
    assert "4 boxes left out of classes that are none of ours: dog 4" in said.err


def test_models_stand_side_by_side_and_the_first_is_summed_up(
    rendered: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert measure(rendered, "--model", "gate-n", "--model", "gate-n", "--every", "2", "--json") == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line.get("model") for line in lines] == ["gate-n", "gate-n", None]
    assert {key: lines[0][key] for key in KEYS} == lines[-1]
    assert lines[0]["pictures"] == 2


def test_the_table_for_people_has_every_class_and_size(rendered: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert measure(rendered) == 0
    rows = [line.split()[0] for line in capsys.readouterr().out.splitlines()[2:]]
    assert rows[6:] == ["vehicle", "all", "small", "medium", "large"]
    assert rows[0] == "car"


def test_faults_are_written_by_model(rendered: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert measure(rendered, "--errors", str(tmp_path / "wrong")) == 0
    assert (tmp_path / "wrong/gate-n/errors.csv").read_text(encoding="utf-8").startswith("file,kind,class")
    assert "misses" in capsys.readouterr().err


def test_models_eval_is_the_same_measure(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models", "eval", "gate-n", "--rendered", "2", "--json"]) == 0
    other = capsys.readouterr().out
    assert main(["eval", "detect", "--rendered", "2", "--json"]) == 0
    assert capsys.readouterr().out == other


@pytest.mark.parametrize(
    ("words", "code", "cause"),
    [
        ([], 2, "give --images DIR with --labels DIR"),
        (["--images", "x"], 2, "belong together"),
        (["--images", "x", "--labels", "x", "--rendered", "2"], 2, "do not belong in one table"),
        (["--rendered", "2", "--every", "0"], 2, "is no step"),
        (["--rendered", "0"], 2, "--rendered 0: is no number of scenes"),
        (["--rendered", "1", "--threads", "0"], 2, "--threads 0: is no number of threads"),
        (["--images", "/none", "--labels", "/none"], 2, "/none: no such folder"),
        (["--rendered", "1", "--model", "gate-x"], 4, "gate-x"),
    ],
)
def test_what_cannot_be_measured_is_one_line(
    words: list[str], code: int, cause: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["eval", "detect", *words]) == code
    assert cause in capsys.readouterr().err


def test_models_that_share_a_name_do_not_share_a_folder_of_errors() -> None:
    card = load_card("gate-n")
    int8 = replace(card, precision="int8")
    other = replace(card, sha256="f" * 64)
    named = error_folders([card, replace(card, name="theirs")])
    assert named == ["gate-n", "theirs"]
    assert error_folders([card, int8]) == [f"gate-n-{card.version}", f"gate-n-{card.version}-int8"]
    assert error_folders([card, other]) == [
        f"gate-n-{card.version}-{card.sha256[:8]}",
        f"gate-n-{card.version}-ffffffff",
    ]
