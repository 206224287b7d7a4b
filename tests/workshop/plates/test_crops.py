"""Real crops: whole source pictures on one side, nothing trained that is listed for the proof, changes noticed."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from edge.cli import main
from edge.errors import ConfigError
from edge.workshop.dataset import read_list, write_list
from edge.workshop.pictures import read_rgb
from edge.workshop.plate_lists import NEVER_TRAINED
from edge.workshop.plates import crops

CARD = Path(__file__).parents[3] / "models" / "plate-ocr"
SHARED = Path(os.environ.get("EDGE_SHARED", Path(__file__).parents[3].parent / "shared"))
DATA = SHARED / "data/plates/crops_by_eye"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    import cv2  # noqa: PLC0415 - only to write pictures

    (tmp_path / "images").mkdir()
    lines = ["file,text,country,source_picture"]
    for number in range(10):
        assert cv2.imwrite(str(tmp_path / "images" / f"{number}.png"), np.full((20, 60, 3), number * 9, np.uint8))
        lines.append(f"{number}.png,AB{number},GB,p{number // 2}")
    (tmp_path / "plates.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return tmp_path


def test_one_source_picture_in_five_validates_and_is_not_torn_apart(data: Path) -> None:
    entries = crops.build_list(data)
    sides = {entry.group: {e.side for e in entries if e.group == entry.group} for entry in entries}
    assert all(len(side) == 1 for side in sides.values())
    assert sum(side == {"validation"} for side in sides.values()) == 1


def test_a_list_is_read_back_and_corrected(data: Path, tmp_path: Path) -> None:
    entries = crops.build_list(data)
    write_list(tmp_path / "crops.csv", entries)
    (tmp_path / "corrections.csv").write_text("file,text\n3.png,CD3\n", encoding="utf-8")
    found = crops.read_crops(
        data, read_list(tmp_path / "crops.csv"), crops.read_corrections(tmp_path / "corrections.csv")
    )
    assert {crop.path.name: crop.text for crop in found}["3.png"] == "CD3"
    assert {crop.path.name: crop.text for crop in found}["4.png"] == "AB4"
    assert read_rgb(found[0].path).shape == (20, 60, 3)


def test_a_changed_crop_is_noticed(data: Path) -> None:
    entries = crops.build_list(data)
    (data / "images" / "2.png").write_bytes(b"other")
    with pytest.raises(ConfigError, match=r"2\.png: is missing or not as listed \(1 in all\)"):
        crops.read_crops(data, entries, {})


def test_a_text_that_is_no_plate_names_its_line(data: Path) -> None:
    (data / "plates.csv").write_text("file,text,country,source_picture\na.png,ab 1,GB,p\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"plates\.csv:2: needs file, text, source_picture"):
        crops.build_list(data)


def test_the_proof_pictures_are_never_listed(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="never trained on"):
        crops.build_list(tmp_path / NEVER_TRAINED)


def test_the_committed_lists_belong_together() -> None:
    entries = read_list(CARD / "crops.csv")
    sides = {entry.file: entry.side for entry in entries}
    groups = [{entry.group for entry in entries if entry.side == side} for side in ("train", "validation")]
    assert not groups[0] & groups[1]
    heading, *two_line = (CARD / "two_line.csv").read_text(encoding="utf-8").split()
    assert heading == "file"
    assert len(two_line) > 30
    assert {sides[file] for file in two_line} == {"validation"}
    assert crops.read_corrections(CARD / "corrections.csv").keys() <= sides.keys()


@pytest.mark.skipif(not DATA.is_dir(), reason="no plate crops here: set EDGE_SHARED to the folder with the data")
def test_the_committed_list_is_what_the_data_gives() -> None:
    assert crops.build_list(DATA) == read_list(CARD / "crops.csv")


def test_a_list_of_crops_is_made_by_the_command(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models", "split", str(data), "--out", str(tmp_path / "list.csv")]) == 0
    assert "10 pictures, 2 of them for validation" in capsys.readouterr().out
    assert read_list(tmp_path / "list.csv") == crops.build_list(data)
