"""Teachers label frames: what they agree on is a label, what one half believes in is painted over."""

from __future__ import annotations

import hashlib
from pathlib import Path

import cv2
import numpy as np
import pytest

from edge.errors import UsageError
from edge.ports import Frame
from edge.types import CLASSES, Box, Detections
from edge.workshop import teachers
from edge.workshop.dataset import build_list
from edge.workshop.teachers import Opinion, agree, label_videos, look
from tests.capture.clips import Clip, write_clip

CAR, TRUCK, MOTORCYCLE, PERSON = (CLASSES.index(name) for name in ("car", "truck", "motorcycle", "person"))
BOX: Box = (100.0, 100.0, 200.0, 180.0)
NEAR: Box = (104.0, 100.0, 204.0, 180.0)


class Scripted:
    """A teacher that answers every view alike, or only the first of five: the whole frame."""

    label = "scripted"

    def __init__(self, boxes: list[Box], confidence: float, *, tiles: bool = True) -> None:
        self._answer = Detections(
            np.asarray(boxes, np.float32).reshape(-1, 4),
            np.full(len(boxes), confidence, np.float32),
            np.full(len(boxes), CAR, np.int16),
        )
        self._tiles = tiles
        self.sizes: list[tuple[int, int]] = []

    def detect(self, frame: Frame) -> Detections:
        self.sizes.append(frame.size_wh)
        return self._answer if self._tiles or len(self.sizes) % 5 == 1 else Detections.empty()


@pytest.mark.parametrize(
    ("opinions", "sure"),
    [
        ([Opinion(0, CAR, BOX, 0.65)], True),
        ([Opinion(0, CAR, BOX, 0.5)], False),
        ([Opinion(0, CAR, BOX, 0.35), Opinion(1, TRUCK, NEAR, 0.4)], True),
        ([Opinion(0, CAR, BOX, 0.35), Opinion(0, CAR, NEAR, 0.4)], False),  # twice the same teacher
        ([Opinion(0, CAR, BOX, 0.25), Opinion(1, CAR, NEAR, 0.5)], False),
        ([Opinion(0, CAR, BOX, 0.4), Opinion(1, PERSON, NEAR, 0.4)], False),  # not the same object
    ],
)
def test_one_sure_teacher_or_two_that_agree_make_a_label(opinions: list[Opinion], *, sure: bool) -> None:
    assert [one.sure for one in agree(opinions)] == [sure] * len({one.kind == PERSON for one in opinions})


def test_kind_and_box_are_weighed_by_confidence() -> None:
    (one,) = agree([Opinion(0, CAR, BOX, 0.8), Opinion(1, TRUCK, NEAR, 0.4), Opinion(2, TRUCK, NEAR, 0.3)])
    assert one.kind == CAR
    assert one.box[0] == pytest.approx(100 + 4 * 0.7 / 1.5)


def test_a_rider_belongs_to_the_motorcycle_and_a_walker_does_not() -> None:
    motorcycle, rider = (50.0, 100.0, 90.0, 150.0), (55.0, 60.0, 85.0, 130.0)
    walker = (300.0, 60.0, 330.0, 130.0)
    found = agree(
        [Opinion(0, MOTORCYCLE, motorcycle, 0.9), Opinion(0, PERSON, rider, 0.9), Opinion(0, PERSON, walker, 0.9)]
    )
    assert {(one.kind, one.box) for one in found} == {(MOTORCYCLE, (50.0, 60.0, 90.0, 150.0)), (PERSON, walker)}


def test_a_frame_is_seen_whole_and_in_tiles_and_what_a_tile_cuts_is_left_out() -> None:
    teacher = Scripted([(0.0, 10.0, 50.0, 60.0)], 0.9)

    rgb = np.zeros((360, 640, 3), np.uint8)
    found = look(teacher, 0, rgb)
    assert teacher.sizes == [(640, 360)] + [(384, 216)] * 4
    # The tiles on the right begin inside the frame: a box at their left edge may be half an object.
    assert [one.box[:2] for one in found] == [(0.0, 10.0), (0.0, 10.0), (0.0, 154.0)]


def test_a_video_becomes_a_set_with_doubt_painted_over(tmp_path: Path) -> None:
    video = write_clip(tmp_path / "street.mp4", Clip(frames=20))
    sure = Scripted([(10.0, 10.0, 60.0, 50.0)], 0.9, tiles=False)
    unsure = Scripted([(100.0, 60.0, 140.0, 100.0)], 0.4, tiles=False)
    pictures, labels = label_videos(tmp_path / "set", [video], [sure, unsure], every=10)
    assert (pictures, labels) == (2, 2)
    entries = build_list(tmp_path / "set")
    assert [entry.side for entry in entries] == ["train"] * 2
    picture = cv2.imread(str(tmp_path / "set" / entries[0].file))
    assert picture is not None
    painted = picture[70:90, 110:130].astype(int)
    assert np.abs(painted - teachers.PAINT).max() < 12  # JPEG
    assert np.abs(picture[20:40, 20:50].astype(int) - teachers.PAINT).max() > 12


def test_videos_that_figures_are_taken_on_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    video = write_clip(tmp_path / "any-name.mp4", Clip(frames=5))
    digest = hashlib.sha256(video.read_bytes()).hexdigest()[:16]
    monkeypatch.setattr(teachers, "HELD_OUT", frozenset({digest}))
    with pytest.raises(UsageError, match="nothing may learn from it"):
        label_videos(tmp_path / "set", [video], [Scripted([], 0.9)], every=1)
    assert not (tmp_path / "set").exists()


def test_a_missing_video_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"gone\.mp4"):
        label_videos(tmp_path / "set", [tmp_path / "gone.mp4"], [Scripted([], 0.9)], every=1)
