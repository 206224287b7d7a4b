"""Both published layouts of plates are read, and a wrong line is named."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from edge.errors import ConfigError
from edge.workshop.plate_sets import PlateTruth, open_plates, pick


def picture(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), np.zeros((40, 100, 3), np.uint8))
    return path


def listed(folder: Path, text: str, *names: str) -> Path:
    for name in names:
        picture(folder / "images" / name)
    (folder / "plates.csv").write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize("corners", ["x1,y1,x2,y2", "xmin,ymin,xmax,ymax"])
def test_boxes_may_be_named_either_way_and_further_columns_say_nothing(tmp_path: Path, corners: str) -> None:
    text = f"file,{corners},text,country\na.png,1,2,30,12.5,b 21-gsb,RO\na.png,40,2,60,12,,\nb.png,1,2,3,4,X1,\n"
    opened = open_plates(listed(tmp_path, text, "a.png", "b.png"))
    assert [one.path.name for one in opened] == ["a.png", "b.png"]
    assert opened[0].plates == (PlateTruth((1, 2, 30, 12.5), "B21GSB"), PlateTruth((40, 2, 60, 12), ""))
    assert not opened[0].is_plate


def test_without_boxes_the_picture_is_the_plate(tmp_path: Path) -> None:
    (one,) = open_plates(listed(tmp_path, "text,file\nAB 12,a.png\n", "a.png"))
    assert one.is_plate
    assert one.plates == (PlateTruth(None, "AB12"),)


def test_openalprs_benchmark_is_a_text_file_beside_each_picture(tmp_path: Path) -> None:
    picture(tmp_path / "eu/one.jpg")
    picture(tmp_path / "eu/two.jpg")
    (tmp_path / "eu/one.txt").write_text(
        "one.jpg\t10\t20\t30\t8\tAB-123 C\none.jpg\t50\t20\t30\t8\tX\n", encoding="utf-8"
    )
    (tmp_path / "eu/licence.txt").write_text("free", encoding="utf-8")
    (one,) = open_plates(tmp_path)
    assert one.plates == (PlateTruth((10, 20, 40, 28), "AB123C"), PlateTruth((50, 20, 80, 28), "X"))


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("name,text\n", "has no column file"),
        ("file,x1,y1,x2,y2,text\na.png,1,2,x,4,A\n", r"plates\.csv:2: .*'x'"),
        ("file,x1,y1,x2,y2,text\na.png,1,2,1,4,A\n", r"plates\.csv:2: box 1,2,1,4 is empty"),
        ("file,x1,y1,x2,y2,text\na.png,1,2\n", r"plates\.csv:2"),
        ("file,text\nb.png,A\n", r"plates\.csv:2: b\.png is neither in"),
        ("file,text\na.png,A\na.png,B\n", "listed twice without boxes"),
        ("file,text\n", "holds no plate"),
        ("file,x1,y1,x2,text\na.png,1,2,3,A\n", r"has no column y2; a box needs x1, y1, x2, y2"),
        ("file,x1,y1,x2,y2,text\na.png,1,nan,3,4,A\n", r"plates\.csv:2: 1, nan, 3, 4 are not all finite"),
        ("text,file\nA\n", r"plates\.csv:2: names no file"),
    ],
)
def test_a_wrong_list_names_its_place(tmp_path: Path, text: str, cause: str) -> None:
    with pytest.raises(ConfigError, match=cause):
        open_plates(listed(tmp_path, text, "a.png"))


@pytest.mark.parametrize(
    ("line", "cause"), [("a.png 1 2 3 4 X", "1 values between tabs"), ("a.png\t1\t2\t3\tq\tX", "'q'")]
)
def test_a_wrong_line_of_openalprs_names_its_place(tmp_path: Path, line: str, cause: str) -> None:
    picture(tmp_path / "a.png")
    (tmp_path / "a.txt").write_text(line, encoding="utf-8")
    with pytest.raises(ConfigError, match=rf"a\.txt:1: .*{cause}"):
        open_plates(tmp_path)


def test_no_folder_is_said(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no such folder"):
        open_plates(tmp_path / "none")


def test_a_list_picks_its_validation_side(tmp_path: Path) -> None:
    opened = open_plates(listed(tmp_path, "file,text\na.png,A\nb.png,B\n", "a.png", "b.png"))
    committed = tmp_path / "list.csv"
    committed.write_text(
        "file,group,side,sha256\ns/images/a.png,g,train,0\ns/images/b.png,h,validation,0\n", encoding="utf-8"
    )
    assert [one.path.name for one in pick(opened, committed)] == ["b.png"]
    committed.write_text("a.png\n", encoding="utf-8")
    assert [one.path.name for one in pick(opened, committed)] == ["a.png"]
    committed.write_text("c.png\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="names none of the 2 pictures"):
        pick(opened, committed)


def test_a_table_that_is_not_utf_8_names_the_line(tmp_path: Path) -> None:
    listed(tmp_path, "", "a.png")
    (tmp_path / "plates.csv").write_bytes("file,text\na.png,MÜ1\n".encode("latin-1"))
    with pytest.raises(ConfigError, match=r"plates\.csv:2: is not UTF-8 text; save it as UTF-8"):
        open_plates(tmp_path)


def test_a_list_that_is_no_text_is_named(tmp_path: Path) -> None:
    opened = open_plates(listed(tmp_path, "file,text\na.png,A1\n", "a.png"))
    (tmp_path / "list.txt").write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match=r"list\.txt:1: is not UTF-8"):
        pick(opened, tmp_path / "list.txt")


def test_one_complete_box_is_enough_whatever_the_other_columns_are_called(tmp_path: Path) -> None:
    text = "file,x1,xmin,ymin,xmax,ymax,text\na.png,no,1,2,30,12,AB\n"
    (one,) = open_plates(listed(tmp_path, text, "a.png"))
    assert one.plates == (PlateTruth((1, 2, 30, 12), "AB"),)
