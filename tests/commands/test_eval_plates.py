"""`edge eval plates` reads pictures as the product does and ends with the keys that scripts rely on."""

from __future__ import annotations

import csv
import importlib.util
import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from edge.cli import main
from edge.types import U8

KEYS = ["images", "plates", "found", "exact", "characters", "extra_per_image"]
needs_models = pytest.mark.skipif(
    importlib.util.find_spec("rapidocr") is None, reason="rapidocr, which carries the reader's models, is not installed"
)


def plate(*rows: str) -> U8:
    picture = np.full((60 * len(rows), 260, 3), 235, np.uint8)
    for number, row in enumerate(rows):
        cv2.putText(picture, row, (12, 46 + 60 * number), cv2.FONT_HERSHEY_SIMPLEX, 1.5, (15, 15, 15), 4, cv2.LINE_AA)
    return picture


@pytest.fixture
def crops(tmp_path: Path) -> Path:
    """Two pictures that are plates: one row, two rows."""
    cv2.imwrite(str(tmp_path / "one.png"), plate("AB12 CDE"))
    cv2.imwrite(str(tmp_path / "two.png"), plate("KL07", "F4321"))
    (tmp_path / "plates.csv").write_text("file,text\none.png,AB12CDE\ntwo.png,KL07F4321\n", encoding="utf-8")
    return tmp_path


@pytest.fixture
def street(tmp_path: Path) -> Path:
    """One picture in openalpr's layout, its plate where no vehicle is."""
    picture = np.full((360, 640, 3), 90, np.uint8)
    shown = cv2.resize(plate("AB12 CDE"), (195, 45), interpolation=cv2.INTER_AREA)
    picture[200:245, 300:495] = shown
    cv2.imwrite(str(tmp_path / "street.jpg"), picture)
    (tmp_path / "street.txt").write_text("street.jpg\t300\t200\t195\t45\tAB12CDE\n", encoding="utf-8")
    return tmp_path


@needs_models
def test_pictures_that_are_plates_are_read_in_one_row_and_in_two(
    crops: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    answers = tmp_path / "answers.csv"
    words = ["eval", "plates", "--dir", str(crops), "--reader", "pp-ocr", "--answers", str(answers)]
    assert main([*words, "--json"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert list(lines[-1]) == KEYS
    assert lines[-1] == {"images": 2, "plates": 2, "found": 1, "exact": 1, "characters": 1, "extra_per_image": 0}
    assert lines[0]["reader"] == "pp-ocr"
    with answers.open(encoding="utf-8") as file:
        assert [row["read"] for row in csv.DictReader(file)] == ["AB12CDE", "KL07F4321"]


@needs_models
def test_a_whole_picture_is_searched_and_read(street: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["eval", "plates", "--dir", str(street), "--reader", "pp-ocr", "--json"]) == 0
    said = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (said["images"], said["plates"], said["exact"], said["extra_per_image"]) == (1, 1, 1, 0)
    assert said["found"] == 1


@needs_models
def test_people_get_a_line_for_every_reader(crops: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["eval", "plates", "--dir", str(crops), "--reader", "pp-ocr", "--every", "2"]) == 0
    said = capsys.readouterr().out
    assert "1 pictures, 1 plates, 1 with a text" in said
    assert "exact 1" in said


@needs_models
def test_without_a_name_the_configured_reader_is_measured(crops: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["eval", "plates", "--dir", str(crops), "--json"]) == 0
    assert json.loads(capsys.readouterr().out.splitlines()[0])["reader"] == "plate-ocr"


@needs_models
def test_preparations_stand_side_by_side_and_none_is_the_plain_reader(
    crops: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["eval", "plates", "--dir", str(crops), "--reader", "pp-ocr", "--prepare", "none", "bicubic", "threshold"]
    assert main([*words, "--json"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["reader"] for line in lines[:-1]] == ["pp-ocr", "pp-ocr+bicubic", "pp-ocr+threshold"]
    assert {key: lines[0][key] for key in KEYS} == lines[-1]


@needs_models
def test_look_alikes_are_put_right_by_the_countries_that_are_named(
    crops: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    cv2.imwrite(str(tmp_path / "one.png"), plate("ABI2 CDE"))
    words = ["eval", "plates", "--dir", str(crops), "--reader", "pp-ocr", "--json"]
    assert main(words) == 0
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["exact"] == 0.5
    assert main([*words, "--countries", "gb"]) == 0
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["exact"] == 1


def test_a_country_that_nobody_knows_ends_with_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["eval", "plates", "--dir", str(tmp_path), "--countries", "xx"])
    assert ended.value.code == 2
    assert "invalid choice: 'xx'" in capsys.readouterr().err


def test_whole_pictures_are_not_prepared(street: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["eval", "plates", "--dir", str(street), "--prepare", "bicubic"]) == 2
    assert "--prepare is for pictures that are plates" in capsys.readouterr().err


def test_a_folder_without_plates_ends_with_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["eval", "plates", "--dir", str(tmp_path)]) == 2
    assert "holds no plate" in capsys.readouterr().err
