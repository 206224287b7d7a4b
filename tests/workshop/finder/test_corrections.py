"""Wrong boxes of the publishers: the list is read, applied where it fits, and refused where it does not."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from edge.errors import ConfigError
from edge.workshop.finder.corrections import COLUMNS, corrected, read_corrections

OURS = Path(__file__).parents[3] / "models" / "plate-n" / "corrections.csv"
SCENES = OURS.with_name("scenes.csv")
BOXES = np.array([[10, 20, 40, 30], [50, 60, 90, 80]], np.float32)


def written(folder: Path, *lines: str) -> Path:
    path = folder / "corrections.csv"
    path.write_text("\n".join([",".join(COLUMNS), *lines]) + "\n", encoding="utf-8")
    return path


def test_a_box_gives_way_to_the_right_one_or_to_none(tmp_path: Path) -> None:
    path = written(tmp_path, "a.jpg,10,20,40,30,none,a lamp", "b.jpg,50,60,90,80,52 61 70 75,twice the plate")
    found = read_corrections(path)
    assert corrected(BOXES, found["a.jpg"]).tolist() == [[50, 60, 90, 80]]
    assert corrected(BOXES, found["b.jpg"]).tolist() == [[10, 20, 40, 30], [52, 61, 70, 75]]
    assert corrected(BOXES, ()).tolist() == BOXES.tolist()


def test_no_list_corrects_nothing(tmp_path: Path) -> None:
    assert read_corrections(tmp_path / "corrections.csv") == {}


@pytest.mark.parametrize(
    "line",
    [
        "a.jpg,10,20,40,30,none",
        "a.jpg,10,20,40,30,none, ",
        "a.jpg,10,20,40,up,none,a lamp",
        "a.jpg,10,20,40,30,1 2 3,a lamp",
        "a.jpg,40,20,10,30,none,a lamp",
        "a.jpg,10,20,40,30,5 5 5 9,a lamp",
    ],
)
def test_a_wrong_line_is_named(tmp_path: Path, line: str) -> None:
    with pytest.raises(ConfigError, match=r"corrections\.csv:2: "):
        read_corrections(written(tmp_path, line))


def test_a_correction_of_a_box_that_is_not_there_is_refused(tmp_path: Path) -> None:
    found = read_corrections(written(tmp_path, "a.jpg,10,20,40,33,none,a lamp"))
    with pytest.raises(ConfigError, match=r":2: the picture has no such box"):
        corrected(BOXES, found["a.jpg"])


def test_our_list_is_read_and_names_listed_pictures() -> None:
    with SCENES.open(encoding="utf-8", newline="") as file:
        listed = {row["file"].rpartition("/")[2] for row in csv.DictReader(file)}
    ours = read_corrections(OURS)
    assert ours
    assert ours.keys() <= listed
