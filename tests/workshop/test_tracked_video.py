"""A video's frames meet the boxes of its tracks, counted from 1 as the MOT challenge does."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from edge.workshop.tracked_video import video_examples
from tests.capture.clips import Clip, square_x, write_clip


def labels(folder: Path, text: str) -> Path:
    (folder / "gt").mkdir(parents=True, exist_ok=True)
    (folder / "gt" / "gt.txt").write_text(text, encoding="utf-8")
    return folder


def test_every_frame_meets_its_own_boxes(tmp_path: Path) -> None:
    video = write_clip(tmp_path / "drive.mp4", Clip(size_wh=(320, 240), frames=6))
    text = "".join(f"{number + 1},7,{square_x(number, 320)},120,24,24,1,-1,-1,-1\n" for number in (0, 4))
    found = list(video_examples(video, labels(tmp_path, text), every=2))
    assert [one.name for one in found] == ["drive 000000", "drive 000002", "drive 000004"]
    assert [len(one.boxes) for one in found] == [1, 0, 1]
    _, x1, y1, x2, y2 = found[2].boxes[0].astype(int)
    inside = found[2].picture[y1 + 4 : y2 - 4, x1 + 4 : x2 - 4].reshape(-1, 3).mean(axis=0)
    np.testing.assert_allclose(inside, (230, 220, 40), atol=25)


def test_outside_the_region_a_track_need_not_be_found(tmp_path: Path) -> None:
    video = write_clip(tmp_path / "drive.mp4", Clip(size_wh=(320, 240), frames=1))
    folder = labels(tmp_path, "1,1,10,10,20,20,1,-1,-1,-1\n1,2,210,10,20,20,1,-1,-1,-1\n")
    (folder / "region.json").write_text('{"score": [[0, 0], [160, 0], [160, 240], [0, 240]]}', encoding="utf-8")
    (example,) = video_examples(video, folder)
    assert example.optional.tolist() == [False, True]


def test_a_box_flagged_as_not_counting_need_not_be_found(tmp_path: Path) -> None:
    video = write_clip(tmp_path / "drive.mp4", Clip(size_wh=(320, 240), frames=1))
    text = "1,1,10,10,20,20,0,-1,-1,-1\n1,2,50,10,20,20,1,-1,-1,-1\n1,3,90,10,20,20\n"
    (example,) = video_examples(video, labels(tmp_path, text))
    assert example.optional.tolist() == [True, False, False]
