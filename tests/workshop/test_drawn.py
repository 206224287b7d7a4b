"""Boxes that people drew and boxes that detectors completed are never in one figure unless both are asked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.errors import ConfigError
from edge.types import CLASSES
from edge.workshop.dataset import Entry
from edge.workshop.drawn import DrawnBy, drawn


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """`old` is people's; `many` is completed: one of its two pictures was labelled by people before."""
    for name, pictures in (("old", ("a",)), ("many", ("b", "c"))):
        (tmp_path / name / "labels").mkdir(parents=True)
        (tmp_path / name / "classes.txt").write_text("car\nperson\n", encoding="utf-8")
        for picture in pictures:
            text = "0 .5 .5 .2 .2\n1 .5 .5 .1 .1\n"
            (tmp_path / name / "labels" / f"{picture}.txt").write_text(text, encoding="utf-8")
    (tmp_path / "many" / "labels_human").mkdir()
    (tmp_path / "many" / "labels_human" / "b.txt").write_text("0 .5 .5 .2 .2\n1 .5 .5 .1 .1\n", encoding="utf-8")
    return tmp_path


LISTED = [Entry(f"{file}.jpg", "", "validation", "") for file in ("old/images/a", "many/images/b", "many/images/c")]


@pytest.mark.parametrize(
    ("by", "expected"),
    [("people", {"a": 2, "b": 1}), ("detectors", {"c": 2}), ("all", {"a": 2, "b": 2, "c": 2})],
)
def test_each_asks_for_its_own_boxes(data: Path, by: DrawnBy, expected: dict[str, int]) -> None:
    assert {one.path.stem: len(one.boxes) for one in drawn(data, LISTED, by)} == expected


def test_where_people_drew_vehicles_alone_nothing_else_counts(data: Path) -> None:
    kinds = {one.path.stem: one.kinds for one in drawn(data, LISTED, "people")}
    assert kinds["a"] is None
    assert kinds["b"] == frozenset(CLASSES.index(name) for name in ("car", "truck", "bus", "motorcycle"))


def test_nothing_left_is_said(data: Path) -> None:
    with pytest.raises(ConfigError, match="no listed picture with boxes drawn by detectors"):
        drawn(data, LISTED[:1], "detectors")
