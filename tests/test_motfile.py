"""The tracks of an analysis in the results list of the MOT challenge."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

from edge.errors import UsageError
from edge.motfile import MotFile
from edge.pipeline import Step
from edge.types import Box, TrackSnapshot, TrackState, TrackUpdate
from edge.vision.frame import PlanarFrame


def frame(seq: int) -> PlanarFrame:
    picture = np.zeros((8, 8, 3), np.uint8)
    return PlanarFrame.from_rgb(picture, camera_id="gate", seq=seq, wall_ns=0, mono_ns=seq, pts_ns=0)


def seen(*tracks: tuple[int, Box, TrackState]) -> Step:
    active = tuple(TrackSnapshot(track, state, box, 0, 0.75, 0, 3, 0, 0, track) for track, box, state in tracks)
    return Step(TrackUpdate(0, active), 1, analysed=True)


STANDING = seen((4, (1.0, 2.5, 11.0, 22.5), TrackState.CONFIRMED), (5, (0, 0, 1, 1), TrackState.TENTATIVE))
SKIPPED = Step(TrackUpdate(0), 1, analysed=False)


def test_confirmed_tracks_are_listed_by_frame_from_1(tmp_path: Path) -> None:
    path = tmp_path / "out.txt"
    with MotFile(path) as mot:
        mot.add(frame(0), STANDING)
        mot.add(frame(7), seen())
        mot.add(frame(8), STANDING)
    line = "4,1.00,2.50,10.00,20.00,0.7500,-1,-1,-1"
    assert path.read_text(encoding="ascii").splitlines() == [f"1,{line}", f"9,{line}"]


def test_a_frame_nobody_looked_at_has_the_boxes_of_the_one_before(tmp_path: Path) -> None:
    path = tmp_path / "out.txt"
    with MotFile(path) as mot:
        for seq, step in enumerate((SKIPPED, STANDING, SKIPPED, SKIPPED, seen(), SKIPPED)):
            mot.add(frame(seq), step)
    assert [line.split(",")[0] for line in path.read_text(encoding="ascii").splitlines()] == ["2", "3", "4"]


def test_what_was_seen_before_the_user_stopped_is_there(tmp_path: Path) -> None:
    path = tmp_path / "out.txt"
    with suppress(KeyboardInterrupt), MotFile(path) as mot:
        mot.add(frame(0), STANDING)
        raise KeyboardInterrupt
    assert path.read_text(encoding="ascii").endswith("-1,-1,-1\n")


def test_a_place_that_cannot_be_written_is_said_at_once(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"out\.txt: cannot be written"):
        MotFile(tmp_path / "none" / "out.txt")


def test_a_full_disk_is_said() -> None:
    with pytest.raises(UsageError, match="cannot be written"), MotFile(Path("/dev/full")) as mot:
        mot.add(frame(0), STANDING)
