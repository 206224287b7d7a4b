"""What is wrong with an answer is named once, and written as a set that can be labelled."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from edge.errors import UsageError
from edge.types import CLASSES, Detections
from edge.workshop.faults import FaultBook, faults
from edge.workshop.labelled import Example, examples, open_set

CAR = (0.0, 10.0, 10.0, 50.0, 40.0)
BUS = (2.0, 60.0, 10.0, 90.0, 70.0)


def example(*boxes: tuple[float, ...], optional: bool = False) -> Example:
    rows = np.asarray(boxes, np.float32).reshape(-1, 5)
    return Example(np.zeros((80, 100, 3), np.uint8), rows, np.full(len(rows), optional), "a.jpg")


def answer(*rows: tuple[int, float, tuple[float, ...]]) -> Detections:
    return Detections(
        np.array([row[2] for row in rows], np.float32).reshape(-1, 4),
        np.array([row[1] for row in rows], np.float32),
        np.array([row[0] for row in rows], np.int16),
    )


def told(truth: Example, found: Detections) -> list[tuple[str, str, str]]:
    return [(one.kind, one.wanted, one.found_as) for one in faults(truth, found, 0.5)]


def test_a_right_answer_has_no_faults() -> None:
    assert told(example(CAR, BUS), answer((0, 0.9, CAR[1:]), (2, 0.8, BUS[1:]))) == []


def test_a_box_below_the_threshold_is_a_miss() -> None:
    assert told(example(CAR), answer((0, 0.4, CAR[1:]))) == [("miss", "car", "")]


def test_a_double_is_false() -> None:
    assert told(example(CAR), answer((0, 0.9, CAR[1:]), (0, 0.8, CAR[1:]))) == [("false", "", "car")]


def test_another_class_is_one_fault_and_not_a_miss_and_a_false_box() -> None:
    assert told(example(CAR), answer((1, 0.9, CAR[1:]))) == [("class", "car", "truck")]


def test_what_need_not_be_found_is_no_fault_either_way() -> None:
    assert told(example(CAR, optional=True), answer()) == []
    assert told(example(CAR, optional=True), answer((1, 0.9, CAR[1:]))) == []


def test_an_empty_road_found_empty_is_right() -> None:
    assert told(example(), answer()) == []
    assert told(example(), answer((5, 0.9, CAR[1:]))) == [("false", "", "person")]


def test_a_label_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    book = FaultBook(tmp_path / "out", 0.5)
    (tmp_path / "out/labels").rmdir()
    with pytest.raises(UsageError, match=r"labels/00001_a\.txt: cannot be written"):
        book.add(example(CAR), answer())


def test_the_folder_is_a_list_pictures_and_a_set_to_label(tmp_path: Path) -> None:
    book = FaultBook(tmp_path / "out", 0.5)
    book.add(example(CAR), answer((0, 0.9, CAR[1:])))
    book.add(example(CAR, BUS), answer((5, 0.7, (0.0, 50.0, 20.0, 79.0))))
    assert "2 misses, 1 false boxes and 0 of another class in 1 of 2 pictures" in book.close()
    with (tmp_path / "out/errors.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert sorted(row["kind"] for row in rows) == ["false", "miss", "miss"]
    assert next(row for row in rows if row["kind"] == "false")["found_as"] == "person"
    opened = open_set(tmp_path / "out/images", tmp_path / "out/labels")
    (kept,) = examples(opened.pictures)
    assert [CLASSES[int(row[0])] for row in kept.boxes] == ["car", "bus"]
    np.testing.assert_allclose(kept.boxes[0, 1:], CAR[1:], atol=0.01)
    marked = next((tmp_path / "out/marked").iterdir())
    assert marked.name == rows[0]["file"] == "00002_a.jpg"
