"""`edge models` answers for every network, and a broken one ends with one line and exit code 4."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest

from edge.cli import main
from edge.workshop.batches import Picture
from edge.workshop.dataset import build_list
from edge.workshop.schedule import Progress
from tests.capture.clips import Clip, write_clip

CARD = Path(__file__).parents[2] / "models" / "gate-n" / "model.toml"

RECOGNISER = f"""name = "peer"
task = "read"
file = "peer.onnx"
sha256 = "{"0" * 64}"
characters = "characters"
region = "region"
regions = ["za"]
licence = "none of ours"
[input]
name = "image"
width = 160
height = 64
"""


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    shutil.copytree(CARD.parent, tmp_path / "gate-n")
    return tmp_path / "gate-n"


@pytest.mark.parametrize("words", [["models"], ["models", "list"]])
def test_networks_are_listed_with_size_classes_and_licence(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == 0
    line = next(line for line in capsys.readouterr().out.splitlines() if line.startswith("gate-n"))
    assert "person" in line
    assert "AGPL-3.0" in line


def test_show_prints_the_card_as_it_stands(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models", "show", "gate-n"]) == 0
    assert capsys.readouterr().out == CARD.read_text(encoding="utf-8")


def test_check_runs_a_sound_network(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models", "check", "gate-n"]) == 0
    assert "gate-n: sound" in capsys.readouterr().out


def test_check_refuses_damaged_weights(copied: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (copied / "gate-n.onnx").write_bytes(b"damaged")
    assert main(["models", "check", str(copied)]) == 4
    assert "its SHA-256 is" in capsys.readouterr().err


def test_an_unknown_name_is_one_line_with_the_known_ones(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models", "check", "gate-x"]) == 4
    error = capsys.readouterr().err.splitlines()
    assert len(error) == 1
    assert "gate-n" in error[0]


@pytest.mark.parametrize(
    ("words", "cause"),
    [
        (["models", "eval", "gate-n"], "or --data DIR, or --rendered N"),
        (["models", "train", "gate-n"], "nothing to train on"),
        (["models", "train", "plate-ocr", "--steps", "-5"], "--steps -5: is no number of steps"),
        (["models", "train", "plate-ocr", "--fonts", "/none"], "--fonts /none: no such folder"),
        (["models", "render", "x", "--count", "0"], "--count 0: is no number of pictures"),
        (["models", "quantize", "plate-n"], "plate-n is no detector, and builds are made of detectors alone"),
    ],
)
def test_arguments_that_do_not_suit_each_other_end_with_2(
    words: list[str], cause: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == 2
    assert cause in capsys.readouterr().err


def test_a_list_names_its_pictures_and_itself(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for part in ("images", "labels"):
        (tmp_path / "street_photos" / part).mkdir(parents=True)
    (tmp_path / "street_photos" / "images" / "a.jpg").write_bytes(b"picture")
    (tmp_path / "street_photos" / "labels" / "a.txt").write_text("", encoding="utf-8")
    assert main(["models", "split", str(tmp_path), "--out", str(tmp_path / "list.csv")]) == 0
    assert "1 pictures, 0 of them for validation" in capsys.readouterr().out
    assert len((tmp_path / "list.csv").read_text(encoding="utf-8").splitlines()) == 2


@pytest.mark.parametrize(
    ("words", "cause"),
    [
        (["train", "--size", "160x64"], "leave --size out"),
        (["train", "--rendered", "folder", "--frozen", "2"], "leave --rendered, --frozen out"),
        (["train", "--crops", "folder"], "leave --crops out"),
        (["export", "--version", "1", "--size", "160x64"], "has one input size"),
    ],
)
def test_what_suits_a_detector_alone_is_refused_for_a_recogniser(
    words: list[str], cause: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "model.toml").write_text(RECOGNISER, encoding="utf-8")
    assert main(["models", words[0], str(tmp_path), *words[1:]]) == 2
    assert cause in capsys.readouterr().err


def test_the_validation_side_of_further_sets_is_not_trained_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "web_cameras"
    for name in ("m4_east1_1", "m4_west1_1"):
        for part, end in (("images", "jpg"), ("labels", "txt")):
            (folder / part).mkdir(parents=True, exist_ok=True)
            (folder / part / f"{name}.{end}").write_bytes(b"")
    (folder / "classes.txt").write_text("car\n", encoding="utf-8")
    learnt: list[Sequence[Picture]] = []

    def train(_start: Path, _out: Path, real: Sequence[Picture], *_: object, **__: object) -> Progress:
        learnt.append(real)
        return Progress(0, 0, 0)

    monkeypatch.setattr("edge.workshop.training.train", train)
    words = ["models", "train", "gate-n", "--labelled", str(tmp_path), "--rendered", str(tmp_path), "--device", "cpu"]
    assert main(words) == 0
    sides = {Path(entry.file).name: entry.side for entry in build_list(tmp_path)}
    assert sorted(sides.values()) == ["train", "validation"]
    assert [sides[picture.path.name] for picture in learnt[0]] == ["train"]


def test_fonts_are_refused_for_a_detector(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models", "train", "gate-n", "--fonts", str(tmp_path)]) == 2
    assert "leave --fonts out" in capsys.readouterr().err


def test_label_writes_frames_of_a_video_as_a_set(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    video = write_clip(tmp_path / "street.mp4", Clip(frames=6))
    words = ["models", "label", str(tmp_path / "set"), "--video", str(video), "--teacher", "gate-n", "--every", "3"]
    assert main(words) == 0
    assert "2 pictures" in capsys.readouterr().out
    assert len(list((tmp_path / "set/video_frames/images").iterdir())) == 2


def test_label_needs_a_step(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["models", "label", str(tmp_path), "--video", "a.mp4", "--teacher", "gate-n", "--every", "0"]
    assert main(words) == 2
    assert "--every 0: is no step" in capsys.readouterr().err
