"""The two lists of the MOT challenge say what they mean, or are refused by line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from edge.errors import ConfigError
from edge.types import CLASSES
from edge.workshop.tracks.mot_text import NO_CLASS, read_found, read_truth


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "gt" / "gt.txt"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_a_true_box_has_its_corners_flag_and_class(tmp_path: Path) -> None:
    text = "2,7,10,20,30,40,1,3,1\n2,8,0,0,5,5,0,-1,-1,-1\n\n3,7,1.5,2,3,4\n"
    found = read_truth(write(tmp_path, text))
    assert sorted(found) == [2, 3]
    assert found[2].ids.tolist() == [7, 8]
    assert found[2].xyxy.tolist() == [[10, 20, 40, 60], [0, 0, 5, 5]]
    assert found[2].counts.tolist() == [True, False]
    assert found[2].class_id.tolist() == [CLASSES.index("bus"), NO_CLASS]
    assert (found[3].counts.tolist(), found[3].class_id.tolist()) == ([True], [NO_CLASS])


BAD = {
    "1,1,2,3,4": "has 5 numbers",
    "1,1,a,2,3,4": "could not convert",
    "1,1,nan,2,3,4": "not finite",
    "inf,1,1,2,3,4": "not finite",
    "0,1,1,2,3,4": "frames from 1",
    "1,1.5,1,2,3,4": "no whole number",
    "1,1,2,2,0,4": "no width",
    "1,1,2,2,4,4,1,9": "class 9 is none of ours; write 1 car",
    "1,1,2,2,4,4,1,1.5": "class 1.5 is none of ours",
}


@pytest.mark.parametrize("line", BAD)
def test_a_wrong_line_is_named(tmp_path: Path, line: str) -> None:
    path = write(tmp_path, f"1,9,1,1,9,9\n{line}\n")
    with pytest.raises(ConfigError) as told:
        read_truth(path)
    assert str(told.value).startswith(f"{path}:2: ")
    assert BAD[line] in str(told.value)


def test_a_track_is_in_a_frame_once(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="track 4 stands twice in frame 1"):
        read_truth(write(tmp_path, "1,4,1,1,9,9\n1,4,2,2,9,9\n"))


def test_a_class_we_do_not_have_is_no_error_where_it_need_not_be_found(tmp_path: Path) -> None:
    assert read_truth(write(tmp_path, "1,4,1,1,9,9,0,12,1\n"))[1].class_id.tolist() == [NO_CLASS]


@pytest.mark.parametrize("read", [read_truth, read_found])
def test_a_list_that_is_missing_is_said(tmp_path: Path, read: Callable[[Path], object]) -> None:
    with pytest.raises(ConfigError, match=r"gt/gt\.txt: cannot be read"):
        read(tmp_path / "gt" / "gt.txt")


def test_a_detection_needs_a_confidence(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="names no confidence"):
        read_found(write(tmp_path, "1,-1,1,1,9,9\n"))


def confidences(tmp_path: Path, values: list[float]) -> list[float]:
    lines = "".join(f"{number},-1,1,1,9,9,{value}\n" for number, value in enumerate(values, 1))
    return [float(one.confidence[0]) for one in read_found(write(tmp_path, lines)).values()]


def test_confidences_of_0_to_1_are_taken_as_they_are(tmp_path: Path) -> None:
    assert confidences(tmp_path, [0.0, 0.25, 1.0]) == [0.0, 0.25, 1.0]


def test_other_confidences_are_mapped_by_their_percentiles(tmp_path: Path) -> None:
    values = [float(value) for value in range(-100, 101)]
    mapped = confidences(tmp_path, values)
    assert mapped[values.index(-90.0)] == pytest.approx(0.3)
    assert mapped[values.index(90.0)] == pytest.approx(0.9)
    assert mapped[values.index(0.0)] == pytest.approx(0.6)
    far = confidences(tmp_path, [*values, -5000.0, 5000.0])
    assert (far[-2], far[-1]) == (0.0, 1.0)


def test_confidences_that_say_nothing_are_sure(tmp_path: Path) -> None:
    assert confidences(tmp_path, [-1.0, -1.0]) == pytest.approx([0.9, 0.9])
