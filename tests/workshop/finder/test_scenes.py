"""Scenes with boxed plates: source pictures are not torn apart, nor from the side the reader has them on."""

from __future__ import annotations

import os
from pathlib import Path

import cv2
import numpy as np
import pytest

from edge.cli import main
from edge.errors import ConfigError
from edge.workshop.batches import Picture
from edge.workshop.dataset import read_list
from edge.workshop.finder import scenes

MODELS = Path(__file__).parents[3] / "models"
SHARED = Path(os.environ.get("EDGE_SHARED", Path(__file__).parents[3].parent / "shared"))
DATA = SHARED / "data/plates/scenes"
ROMANIA = SHARED / "data/plates/romania_dusk_night"
HEAD = "file,x1,y1,x2,y2,text,country,source_picture"


def write_scenes(folder: Path, count: int = 10) -> Path:
    (folder / "images").mkdir(parents=True)
    lines = [HEAD]
    for number in range(count):
        picture = np.full((120, 200, 3), 40 + number * 9, np.uint8)
        picture[60:80, 50:130] = 220
        assert cv2.imwrite(str(folder / "images" / f"{number}.png"), picture)
        lines.append(f"{number}.png,50,60,130,80,AB{number},GB,p{number // 2}")
    (folder / "plates.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return write_scenes(tmp_path / "set")


def test_one_source_picture_in_five_validates_and_is_not_torn_apart(data: Path) -> None:
    entries = scenes.build_list(data, {})
    sides = {entry.group: {e.side for e in entries if e.group == entry.group} for entry in entries}
    assert all(len(side) == 1 for side in sides.values())
    assert sum(side == {"validation"} for side in sides.values()) == 1


def test_groups_of_another_list_stay_on_their_side(data: Path) -> None:
    entries = scenes.build_list(data, {"p1": "validation", "p3": "train"})
    sides = {entry.group: entry.side for entry in entries}
    assert sides["p1"] == "validation"
    assert sides["p3"] == "train"


def test_scenes_are_read_with_their_boxes(data: Path) -> None:
    found = scenes.read_scenes(data, scenes.build_list(data, {}))
    assert len(found) == 10
    assert found[0].boxes.tolist() == [[50, 60, 130, 80]]


def test_plates_that_the_publishers_left_out_are_known(data: Path, tmp_path: Path) -> None:
    entries = scenes.build_list(data, {})
    unboxed = tmp_path / "unboxed.csv"
    assert scenes.read_scenes(data, entries, unboxed)[4].unboxed.shape == (0, 4)
    unboxed.write_text("file,x1,y1,x2,y2\n4.png,10,20,30,28\n4.png,150,20,170,28\n", encoding="utf-8")
    assert scenes.read_scenes(data, entries, unboxed)[4].unboxed.tolist() == [[10, 20, 30, 28], [150, 20, 170, 28]]
    unboxed.write_text("file,x1,y1,x2,y2\n4.png,10,20,30\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"unboxed\.csv:2: is not"):
        scenes.read_scenes(data, entries, unboxed)


def test_vehicles_with_a_boxed_plate_are_asked_and_the_others_are_not(data: Path, tmp_path: Path) -> None:
    car, other, around = (0, 0.2, 0.4, 0.7, 0.8), (0, 0.75, 0.4, 0.95, 0.8), (0, 0.1, 0.1, 0.99, 0.99)
    paths = {name: data / "images" / f"{name}.png" for name in ("1", "2")}
    pictures = {name: Picture(path, np.array([car, other, around], np.float32)) for name, path in paths.items()}
    table = tmp_path / "vehicles.csv"
    table.write_text("file,x1,y1,x2,y2\n2,60,70,90,80\ngone,1,1,9,5\n", encoding="utf-8")
    found = scenes.boxed_vehicles(pictures, scenes.read_boxes(table))
    assert [scene.path for scene in found] == [paths["2"]]
    assert found[0].boxes.tolist() == [[60, 70, 90, 80]]
    unasked = np.array([other, around])[:, 1:] * [200, 120, 200, 120]
    assert found[0].unboxed == pytest.approx(unasked, abs=1e-3), "of two around the plate the smaller vehicle has it"


def test_a_list_of_boxes_that_is_not_there_is_one_message(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="restore the list"):
        scenes.read_boxes(tmp_path / "none.csv")


def test_a_changed_box_or_picture_is_noticed(data: Path) -> None:
    entries = scenes.build_list(data, {})
    table = data / "plates.csv"
    good = table.read_text(encoding="utf-8")
    table.write_text(good.replace("3.png,50", "3.png,51"), encoding="utf-8")
    with pytest.raises(ConfigError, match=r"3\.png: is missing or not as listed \(1 in all\)"):
        scenes.read_scenes(data, entries)
    table.write_text(good, encoding="utf-8")
    (data / "images" / "2.png").write_bytes(b"other")
    with pytest.raises(ConfigError, match=r"2\.png: is missing or not as listed"):
        scenes.read_scenes(data, entries)


@pytest.mark.parametrize(
    ("good", "wrong", "cause"),
    [("50,60,130,80,AB4", "50,60,50,80,AB4", "plates.csv:6: the box is empty"), ("x1,", "left,", "needs file, x1")],
)
def test_a_wrong_table_is_one_message_with_its_place(data: Path, good: str, wrong: str, cause: str) -> None:
    table = data / "plates.csv"
    table.write_text(table.read_text(encoding="utf-8").replace(good, wrong), encoding="utf-8")
    with pytest.raises(ConfigError, match=cause) as caught:
        scenes.build_list(data, {})
    assert "\n" not in str(caught.value)


def test_the_kept_back_set_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="never trained on"):
        scenes.build_list(write_scenes(tmp_path / "romania_dusk_night"), {})


def test_the_command_tells_scenes_from_crops(data: Path, tmp_path: Path) -> None:
    assert scenes.holds_scenes(data)
    assert not scenes.holds_scenes(tmp_path)
    out = tmp_path / "list.csv"
    assert main(["models", "split", str(data), "--out", str(out)]) == 0
    assert len(read_list(out)) == 10
    assert main(["models", "split", str(tmp_path), "--agree", str(out), "--out", str(tmp_path / "b.csv")]) == 2


def test_no_source_picture_is_on_both_sides_of_the_committed_lists() -> None:
    reader = {entry.group: entry.side for entry in read_list(MODELS / "plate-ocr" / "crops.csv")}
    finder = read_list(MODELS / "plate-n" / "scenes.csv")
    shared = [entry for entry in finder if entry.group in reader]
    assert len(shared) > 300
    assert all(entry.side == reader[entry.group] for entry in shared)
    share = sum(entry.side == "validation" for entry in finder) / len(finder)
    assert share == pytest.approx(0.2, abs=0.02)


def test_plates_are_boxed_in_vehicles_of_the_training_side_alone() -> None:
    side = {entry.file: entry.side for entry in read_list(MODELS / "gate-n" / "pictures.csv")}
    boxed = scenes.read_boxes(MODELS / "plate-n" / "vehicles.csv")
    assert len(boxed) > 400
    assert {side[file] for file in boxed} == {"train"}
    assert all(x1 < x2 and y1 < y2 for plates in boxed.values() for x1, y1, x2, y2 in plates)


@pytest.mark.skipif(not DATA.is_dir(), reason="the shared scenes of plates are not here")
def test_the_committed_list_is_made_again_from_the_data() -> None:
    reader = {entry.group: entry.side for entry in read_list(MODELS / "plate-ocr" / "crops.csv")}
    assert scenes.build_list(DATA, reader) == read_list(MODELS / "plate-n" / "scenes.csv")


@pytest.mark.skipif(not ROMANIA.is_dir(), reason="the shared proof pictures are not here")
def test_the_proof_pictures_are_not_on_the_list() -> None:
    listed = {entry.file for entry in read_list(MODELS / "plate-n" / "scenes.csv")}
    assert not listed & {path.name for path in (ROMANIA / "images").iterdir()}
