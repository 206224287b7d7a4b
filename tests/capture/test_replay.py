"""replay://: recorded pictures again, the same every time."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from edge.capture.sources import open_source
from edge.clock import Clock, ManualClock
from edge.config.model import Camera
from edge.errors import ConfigError, EdgeError, SourceBroken, SourceEnded
from edge.ports import Frame, SourceSpec


def play(source: str, clock: Clock) -> tuple[SourceSpec, list[Frame]]:
    replay = open_source(Camera("gate", source), clock)
    frames: list[Frame] = []
    try:
        spec = replay.open()
        while True:
            frames.append(replay.read(1.0))
    except SourceEnded:
        return spec, frames
    finally:
        replay.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for index in (2, 0, 1):
        cv2.imwrite(str(tmp_path / f"{index:03}.png"), np.full((4, 6, 3), (index, 10, 200), np.uint8))
    (tmp_path / "notes.txt").write_text("not a picture")
    return tmp_path


def test_a_folder_is_shown_in_the_order_of_its_names(folder: Path) -> None:
    spec, frames = play(f"replay://{folder}?fps=4", ManualClock(wall_ns=7))
    assert [int(frame.crop((0, 0, 6, 4))[0, 0, 2]) for frame in frames] == [0, 1, 2]
    assert [frame.pts_ns for frame in frames] == [0, 250_000_000, 500_000_000]
    assert (spec.fps, spec.frames, spec.size_wh, spec.live) == (4.0, 3, (6, 4), False)
    assert (frames[2].mono_ns, frames[2].wall_ns) == (500_000_000, 500_000_007)


def test_a_live_replay_delivers_when_due_and_stamps_on_arrival(folder: Path) -> None:
    clock = ManualClock(wall_ns=1_000, mono_ns=50)
    spec, frames = play(f"replay://{folder}?fps=4&live=1", clock)
    assert spec.live
    assert [frame.mono_ns for frame in frames] == [50, 250_000_050, 500_000_050]


def test_a_recording_keeps_its_own_stamps(tmp_path: Path) -> None:
    pictures = np.arange(2 * 4 * 6 * 3, dtype=np.uint8).reshape(2, 4, 6, 3)
    np.savez(tmp_path / "day.npz", pictures=pictures, pts_ns=np.array([5, 900]))
    _, frames = play(f"replay://{tmp_path}/day.npz", ManualClock())
    assert [frame.pts_ns for frame in frames] == [5, 900]
    assert [frame.mono_ns for frame in frames] == [0, 895]
    assert (frames[1].crop((0, 0, 6, 4)) == pictures[1]).all()


@pytest.mark.parametrize(
    ("name", "content", "error", "says"),
    [
        ("none.npz", None, SourceBroken, "there is no such file"),
        ("text.npz", b"hello", SourceBroken, "is not a recording"),
        ("empty", "", SourceBroken, "holds no pictures"),
        ("?fps=0", "", ConfigError, "not a number above 0"),
        ("?fps=fast", "", ConfigError, "not a number above 0"),
    ],
)
def test_what_is_no_recording_is_refused(
    name: str, content: bytes | str | None, error: type[EdgeError], says: str, tmp_path: Path
) -> None:
    if isinstance(content, bytes):
        (tmp_path / name).write_bytes(content)
    elif content == "" and not name.startswith("?"):
        (tmp_path / name).mkdir()
    with pytest.raises(error, match=says):
        play(f"replay://{tmp_path}/{name}", ManualClock())


def test_a_broken_picture_is_named(folder: Path) -> None:
    (folder / "001.png").write_bytes(b"not a picture")
    with pytest.raises(SourceBroken, match=r"001\.png"):
        play(f"replay://{folder}", ManualClock())
