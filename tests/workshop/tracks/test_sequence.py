"""A sequence folder is read as its layout says, and what is wrong with it is said in one line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from edge.errors import ConfigError
from edge.types import CLASSES
from edge.workshop.tracks.observed import counted, listed
from edge.workshop.tracks.sequence import find_sequences, read_sequence
from tests.capture.clips import Clip, write_clip
from tests.workshop.tracks.drawn import FPS, SIZE_WH, write_sequence


def changed(folder: Path, name: str, old: str, new: str) -> None:
    path = folder / name
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")


def test_pictures_are_frames_stamped_by_the_rate(tmp_path: Path) -> None:
    sequence = read_sequence(write_sequence(tmp_path / "one", frames=3))
    assert (sequence.name, sequence.fps, sequence.length, sequence.size_wh) == ("one", FPS, 3, SIZE_WH)
    assert [(frame.seq, frame.mono_ns) for frame in sequence.frames()] == [(0, 0), (1, 40_000_000), (2, 80_000_000)]


def test_a_video_stands_for_pictures(tmp_path: Path) -> None:
    folder = write_sequence(tmp_path / "one", frames=5)
    write_clip(tmp_path / "drive.mp4", Clip(size_wh=SIZE_WH, frames=8))
    changed(folder, "seqinfo.ini", "img1", "../drive.mp4")
    assert [frame.seq for frame in read_sequence(folder).frames()] == [0, 1, 2, 3, 4]


def test_a_folder_of_sequences_is_read_in_the_order_of_names(tmp_path: Path) -> None:
    for name in ("b", "a"):
        write_sequence(tmp_path / name, frames=2)
    assert [one.name for one in find_sequences([tmp_path])] == ["a", "b"]
    assert [one.name for one in find_sequences([tmp_path / "b", tmp_path / "a"])] == ["b", "a"]


FAULTS: list[tuple[Callable[[Path], object], str]] = [
    (lambda folder: (folder / "seqinfo.ini").unlink(), "has no seqinfo.ini, nor has a folder in it"),
    (lambda folder: changed(folder, "seqinfo.ini", "[Sequence]\n", ""), "write [Sequence]"),
    (lambda folder: changed(folder, "seqinfo.ini", "[Sequence]", "[Other]"), "write [Sequence]"),
    (lambda folder: changed(folder, "seqinfo.ini", "frameRate=25\n", ""), "says no frameRate; add the line frameRate="),
    (lambda folder: changed(folder, "seqinfo.ini", "name=one\n", ""), "says no name"),
    (lambda folder: changed(folder, "seqinfo.ini", "imWidth=240", "imWidth=wide"), "imWidth is wide; write a number"),
    (lambda folder: changed(folder, "seqinfo.ini", "seqLength=4", "seqLength=0"), "seqLength is 0; write a number"),
    (lambda folder: changed(folder, "seqinfo.ini", "img1", "img2"), "imDir is img2, and"),
    (lambda folder: (folder / "gt/gt.txt").unlink(), "gt/gt.txt: cannot be read"),
    (lambda folder: changed(folder, "gt/gt.txt", "4,1,", "9,1,"), "has boxes in frame 9,"),
    (lambda folder: (folder / "region.json").write_text("[]"), "region.json"),
]


@pytest.mark.parametrize(("spoil", "says"), FAULTS, ids=[says for _, says in FAULTS])
def test_a_folder_that_is_wrong_is_refused_before_a_picture_is_looked_at(
    tmp_path: Path, spoil: Callable[[Path], object], says: str
) -> None:
    folder = write_sequence(tmp_path / "one", frames=4)
    spoil(folder)
    with pytest.raises(ConfigError) as told:
        find_sequences([folder])
    assert says in str(told.value)
    assert "\n" not in str(told.value)


MEDIA_FAULTS: list[tuple[Callable[[Path], object], str]] = [
    (lambda folder: (folder / "img1/000003.png").unlink(), "has no picture of frame 3 of 4"),
    (lambda folder: (folder / "img1/000003.png").write_bytes(b"none"), "is no picture"),
    (lambda folder: changed(folder, "seqinfo.ini", "imWidth=240", "imWidth=320"), "has 240x160 pixels, seqinfo.ini"),
]


@pytest.mark.parametrize(("spoil", "says"), MEDIA_FAULTS, ids=[says for _, says in MEDIA_FAULTS])
def test_pictures_that_do_not_fit_are_refused(tmp_path: Path, spoil: Callable[[Path], object], says: str) -> None:
    folder = write_sequence(tmp_path / "one", frames=4)
    spoil(folder)
    with pytest.raises(ConfigError) as told:
        list(read_sequence(folder).frames())
    assert says in str(told.value)


def test_a_video_with_fewer_frames_than_told_is_refused(tmp_path: Path) -> None:
    folder = write_sequence(tmp_path / "one", frames=9)
    write_clip(tmp_path / "drive.mp4", Clip(size_wh=SIZE_WH, frames=8))
    changed(folder, "seqinfo.ini", "img1", "../drive.mp4")
    with pytest.raises(ConfigError, match=r"ends after 8 frames, seqinfo\.ini tells of 9"):
        list(read_sequence(folder).frames())


def test_outside_the_region_nothing_is_true(tmp_path: Path) -> None:
    folder = write_sequence(tmp_path / "one", frames=2)
    (folder / "region.json").write_text('{"score": [[0, 0], [240, 0], [240, 90], [0, 90]]}', encoding="utf-8")
    assert read_sequence(folder).truth[1].ids.tolist() == [1, 2]


def classes(*names: str) -> frozenset[int]:
    return frozenset(CLASSES.index(name) for name in names)


VEHICLES = ("car", "truck", "bus", "motorcycle")


@pytest.mark.parametrize(
    ("number", "kinds", "unnamed"),
    [
        (-1, VEHICLES, True),
        (2, VEHICLES, False),
        (6, ("person", *VEHICLES), True),
        (5, ("bicycle", *VEHICLES), True),
    ],
)
def test_the_classes_of_the_truth_are_those_that_count(
    tmp_path: Path, number: int, kinds: tuple[str, ...], *, unnamed: bool
) -> None:
    folder = write_sequence(tmp_path / "one", frames=2)
    other = ",-1,1" if number != 2 else ",1,1"
    text = (folder / "gt/gt.txt").read_text(encoding="utf-8").replace(",-1,1", other)
    (folder / "gt/gt.txt").write_text(text.replace(f"{other}\n", f",{number},1\n", 1), encoding="utf-8")
    sequence = read_sequence(folder)
    assert (sequence.kinds, sequence.unnamed) == (classes(*kinds), unnamed)


def test_a_person_found_is_no_vehicle_and_a_box_without_a_class_is_one(tmp_path: Path) -> None:
    folder = write_sequence(tmp_path / "one", frames=2)
    lines = "1,-1,10,10,20,20,0.9,6\n1,-1,50,50,20,20,0.8,2\n1,-1,90,90,20,20,0.7\n1,-1,500,90,20,20,0.7\n"
    (folder / "det/det.txt").write_text(lines, encoding="utf-8")
    sequence = read_sequence(folder)
    first, second = (counted(found, sequence.kinds) for found in listed(sequence))
    assert first.xyxy[:, 0].tolist() == [50, 90]  # the last lies outside the picture
    assert [CLASSES[kind] for kind in first.class_id] == ["truck", "car"]
    assert len(second) == 0


def test_detections_of_frames_that_are_not_there_are_refused(tmp_path: Path) -> None:
    folder = write_sequence(tmp_path / "one", frames=2)
    (folder / "det/det.txt").write_text("3,-1,10,10,20,20,0.9\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="has boxes in frame 3 of 2"):
        listed(read_sequence(folder))


def test_a_list_of_vehicles_names_those_with_plates(tmp_path: Path) -> None:
    folder = write_sequence(tmp_path / "s")
    assert read_sequence(folder).plated == frozenset()
    (folder / "vehicles.csv").write_text("id,class,plates\n1,car,CA 1;CB 2\n2,person,\n", encoding="utf-8")
    assert read_sequence(folder).plated == {1}
    (folder / "vehicles.csv").write_text("id,class,plates\n1,car\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"vehicles.csv:2: is no vehicle; write id,class,plates"):
        read_sequence(folder)
