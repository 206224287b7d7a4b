"""Labels are read as they were meant, and a wrong one is named with its file and line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from edge.errors import ConfigError
from edge.types import CLASSES
from edge.workshop.labels import read_class_names, read_yolo

if TYPE_CHECKING:
    from pathlib import Path

OURS = tuple(range(len(CLASSES)))


def written(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_other_names_of_our_classes_are_understood(tmp_path: Path) -> None:
    names = written(tmp_path / "set" / "classes.txt", "Biker\ncar\ncyclist\npeople\ntruck\n")
    assert [CLASSES[number] for number in read_class_names(names)] == [
        "motorcycle",
        "car",
        "bicycle",
        "person",
        "truck",
    ]


def test_an_unknown_class_is_named_with_its_line(tmp_path: Path) -> None:
    names = written(tmp_path / "set" / "classes.txt", "car\ntram\n")
    with pytest.raises(ConfigError, match=r"classes\.txt:2: unknown class 'tram'"):
        read_class_names(names)


def test_the_set_published_with_names_in_the_wrong_order_is_corrected(tmp_path: Path) -> None:
    text = "car\nmotorbike\nbus\ntruck\n"
    wrong = read_class_names(written(tmp_path / "vehicle_photos" / "classes.txt", text))
    other = read_class_names(written(tmp_path / "other" / "classes.txt", text))
    assert [CLASSES[number] for number in wrong] == ["bus", "car", "motorcycle", "truck"]
    assert [CLASSES[number] for number in other] == ["car", "motorcycle", "bus", "truck"]


def test_a_corrected_set_keeps_its_right_order(tmp_path: Path) -> None:
    right = written(tmp_path / "vehicle_photos" / "classes.txt", "bus\ncar\nmotorbike\ntruck\n")
    assert [CLASSES[number] for number in read_class_names(right)] == ["bus", "car", "motorcycle", "truck"]


def test_an_empty_file_is_a_picture_with_nothing_on_it(tmp_path: Path) -> None:
    assert read_yolo(written(tmp_path / "a.txt", ""), OURS).shape == (0, 5)


def test_a_box_comes_out_as_corners_cut_at_the_edge(tmp_path: Path) -> None:
    found = read_yolo(written(tmp_path / "a.txt", "5 0.5 0.5 0.2 0.4\n0 0.0 0.5 0.2 0.2\n"), OURS)
    expected = np.array([[5, 0.4, 0.3, 0.6, 0.7], [0, 0.0, 0.4, 0.1, 0.6]], np.float32)
    np.testing.assert_allclose(found, expected, atol=1e-6)


@pytest.mark.parametrize(
    ("line", "cause"),
    [
        ("0 0.5 0.5 0.2", "4 values"),
        ("car 0.5 0.5 0.2 0.2", "invalid literal"),
        ("9 0.5 0.5 0.2 0.2", "class 9 of 6"),
        ("0 320 240 50 40", "not inside"),
        ("0 0.5 0.5 0 0.2", "is empty"),
        ("0 nan 0.5 0.1 0.2", "not inside"),
        ("0 -0.01 0.5 0.005 0.2", "lies outside the picture"),
    ],
)
def test_a_wrong_line_is_named_with_file_and_number(tmp_path: Path, line: str, cause: str) -> None:
    path = written(tmp_path / "a.txt", f"0 0.5 0.5 0.1 0.1\n{line}\n")
    with pytest.raises(ConfigError, match=rf"a\.txt:2: .*{cause}"):
        read_yolo(path, OURS)


def test_a_picture_without_label_file_is_an_error_not_an_empty_picture(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"missing\.txt: cannot be read"):
        read_yolo(tmp_path / "missing.txt", OURS)
