"""Whole cameras, clips and originals stand on one side; the committed list says which."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import pytest

from edge.errors import ConfigError, UsageError
from edge.workshop import dataset
from edge.workshop.dataset import Entry, group_of, validation_groups

LIST = Path(__file__).parents[2] / "models" / "gate-n" / "pictures.csv"


def make_set(folder: Path, names: list[str]) -> None:
    for part in ("images", "labels"):
        (folder / part).mkdir(parents=True)
    (folder / "classes.txt").write_text("car\n", encoding="utf-8")
    for name in names:
        (folder / "images" / name).write_bytes(name.encode())
        (folder / "labels" / f"{Path(name).stem}.txt").write_text("0 0.5 0.5 0.1 0.1\n", encoding="utf-8")


@pytest.mark.parametrize(
    ("set_name", "file", "group"),
    [
        ("road_cctv_day_night", "malam_04112021_mp4-84.jpg", "malam_04112021_mp4"),
        ("web_cameras", "m4_bafcxw153_2.jpg", "bafcxw"),
        ("web_cameras", "m5_bafcxw33_1.jpg", "bafcxw"),
        ("web_cameras", "m4_accident_frame434_1.jpg", ""),
        ("web_cameras", "m5_frame12_1.jpg", ""),
        ("street_photos", "314_871_420_n-2_c5166df094cb3de9b11d1e4d91a0a29b.jpg", "314_871_420_n"),
        ("street_photos", "314_871_420_n_a513df7bcd9d4773aeb649ac44b27324.jpg", "314_871_420_n"),
        ("street_photos", "IMG-WA4_jpeg.rf.b60115c28f8c4498da3e8d1e0cefb1e6.jpg", "IMG-WA4"),
        ("vehicle_photos", "bus-89-_jpg_1.jpg", "bus-89-"),
        ("vehicle_photos", "r67_png_2.jpg", "r67"),
        ("vehicle_photos", "youtube-57_jpg_1.jpg", "youtube"),
    ],
)
def test_variants_of_one_camera_or_original_share_a_group(set_name: str, file: str, group: str) -> None:
    assert group_of(set_name, file) == group


def test_the_side_of_a_group_does_not_depend_on_the_order_of_the_files() -> None:
    groups = [f"camera{number}" for number in range(50)]
    assert validation_groups("set", groups) == validation_groups("set", reversed(groups))
    assert len(validation_groups("set", groups)) == 10


def test_pictures_of_unknown_cameras_never_validate() -> None:
    assert dataset.TRAIN_ONLY not in validation_groups("set", ["", "a", "b", "c"])


def test_a_list_built_twice_is_the_same_and_survives_the_disk(tmp_path: Path) -> None:
    make_set(tmp_path / "road_cctv_day_night", [f"clip{clip}-{frame}.jpg" for clip in range(10) for frame in range(3)])
    first, second = dataset.build_list(tmp_path), dataset.build_list(tmp_path)
    dataset.write_list(tmp_path / "list.csv", first)
    assert first == second == dataset.read_list(tmp_path / "list.csv")
    assert sum(entry.side == "validation" for entry in first) == 6


def test_no_group_of_the_committed_list_stands_on_both_sides() -> None:
    sides: dict[tuple[str, str], set[str]] = defaultdict(set)
    for entry in dataset.read_list(LIST):
        sides[entry.file.split("/")[0], entry.group].add(entry.side)
    assert len(sides) > 1000
    assert {key for key, seen in sides.items() if len(seen) > 1} == set()


def test_no_picture_of_the_committed_list_stands_on_both_sides_under_two_names() -> None:
    sides: dict[str, set[str]] = defaultdict(set)
    for entry in dataset.read_list(LIST):
        sides[entry.digest].add(entry.side)
    assert [digest for digest, seen in sides.items() if len(seen) > 1] == []


def test_the_committed_list_follows_from_the_rules() -> None:
    """Groups and sides are recomputed from the names, without the pictures."""
    entries = dataset.read_list(LIST)
    by_set: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        by_set[entry.file.split("/")[0]].append(entry)
    for name, rows in by_set.items():
        held = validation_groups(name, [entry.group for entry in rows])
        assert all((entry.group in held) == (entry.side == "validation") for entry in rows)
        if name != "many_cameras":  # its scenes stand in a table beside the pictures
            assert all(entry.group == group_of(name, entry.file.rpartition("/")[2]) for entry in rows)


def test_a_changed_picture_or_label_is_found(tmp_path: Path) -> None:
    make_set(tmp_path / "set", ["a.jpg", "b.jpg"])
    entries = dataset.build_list(tmp_path)
    dataset.check_files(tmp_path, entries)
    (tmp_path / "set" / "labels" / "b.txt").write_text("", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"b\.jpg: is missing or not as listed \(1 in all\)"):
        dataset.check_files(tmp_path, entries)


def test_a_damaged_list_is_named_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("file,group,side,sha256\na,b,train,c\na,b,test,c\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"list\.csv:3: is not"):
        dataset.read_list(path)


def test_a_list_that_is_no_text_or_has_no_place_to_lie_is_said(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(b"file\n\xff")
    with pytest.raises(ConfigError, match=r"list\.csv:2: is not UTF-8"):
        dataset.read_list(path)
    with pytest.raises(ConfigError, match="make it with `edge models split`"):
        dataset.read_list(tmp_path / "none.csv")
    with pytest.raises(UsageError, match="cannot be written"):
        dataset.write_list(tmp_path / "none" / "list.csv", [])


def test_scenes_without_a_column_are_refused(tmp_path: Path) -> None:
    make_set(tmp_path / "set", ["a.jpg"])
    (tmp_path / "set" / "scenes.csv").write_text("file,source\na.jpg,x\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"scenes\.csv: has no column scene"):
        dataset.build_list(tmp_path)


def test_a_picture_without_label_or_scene_stops_the_list(tmp_path: Path) -> None:
    make_set(tmp_path / "set", ["a.jpg"])
    (tmp_path / "set" / "scenes.csv").write_text("file,source,scene\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"scenes\.csv: does not name a\.jpg"):
        dataset.build_list(tmp_path)
    (tmp_path / "set" / "scenes.csv").unlink()
    (tmp_path / "set" / "labels" / "a.txt").unlink()
    with pytest.raises(ConfigError, match=r"a\.txt: is missing"):
        dataset.build_list(tmp_path)


def test_a_folder_without_sets_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="holds no set"):
        dataset.build_list(tmp_path)


def test_cameras_shown_by_two_collections_are_one_group(tmp_path: Path) -> None:
    make_set(tmp_path / "many_cameras", ["a.jpg", "b.jpg", "c.jpg"])
    rows = "a.jpg,sg_lta_87cams,lta_2701\nb.jpg,sg_lta_checkpoints,lta_2701\nc.jpg,other,lta_2701\n"
    (tmp_path / "many_cameras" / "scenes.csv").write_text(f"file,source,scene\n{rows}", encoding="utf-8")
    assert [entry.group for entry in dataset.build_list(tmp_path)] == ["lta_2701", "lta_2701", "other/lta_2701"]
