"""The FrameSource port: GStreamer, PyAV, the replay and the scripted source keep the same promises."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from edge.capture.framing import Order
from edge.capture.scripted import ScriptedSource, Shot
from edge.capture.sources import open_source
from edge.clock import ManualClock, SystemClock
from edge.config.model import Camera, Mask
from edge.errors import SourceEnded, SourceLost
from edge.ports import Frame, FrameSource, SourceSpec
from tests.capture.clips import FPS, Clip, picture, square_x, write_clip
from tests.simulated.board import PretendedBoard

FRAMES = 24
SIZE_WH = (320, 180)
START_NS = 1_772_640_000_000_000_000
STEP_NS = 1_000_000_000 // FPS
Make = Callable[..., FrameSource]

needs_gst = pytest.mark.skipif(find_spec("gi") is None, reason="GStreamer's Python bindings (gi) are not installed")


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_clip(tmp_path_factory.mktemp("clip") / "gate.mp4", Clip(frames=FRAMES, size_wh=SIZE_WH))


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("recording") / "gate.npz"
    pictures = np.stack([picture(index, SIZE_WH) for index in range(FRAMES)])
    np.savez(path, pictures=pictures, pts_ns=np.arange(FRAMES, dtype=np.int64) * STEP_NS)
    return path


VARIANTS = [*(pytest.param(name, marks=needs_gst) for name in ("gst", "gst on a device")), "pyav", "replay", "scripted"]


@pytest.fixture(params=VARIANTS)
def make(request: pytest.FixtureRequest, clip: Path, recording: Path, monkeypatch: pytest.MonkeyPatch) -> Make:
    """Build each variant over the same pictures."""
    board = PretendedBoard(monkeypatch, SIZE_WH) if request.param == "gst on a device" else None

    def built(first_seq: int = 0, masks: tuple[Mask, ...] = ()) -> FrameSource:
        if request.param == "scripted":
            order = Order(Camera("gate", "test://gate", masks=masks), ManualClock(), first_seq, START_NS)
            shots = [Shot(picture(index, SIZE_WH), index * STEP_NS) for index in range(FRAMES)]
            return ScriptedSource(order, shots, live=False)
        source = f"replay://{recording}" if request.param == "replay" else str(clip)
        backend = request.param.split()[0] if request.param not in {"replay", "scripted"} else "auto"
        camera = Camera("gate", source, backend=backend, masks=masks)
        make_memory = board.make_memory if board is not None else None
        return open_source(camera, SystemClock(), first_seq=first_seq, wall_start_ns=START_NS, make_memory=make_memory)

    return built


def read_all(source: FrameSource) -> tuple[SourceSpec, list[Frame]]:
    frames: list[Frame] = []
    try:
        spec = source.open()
        while True:
            frames.append(source.read(5.0))
    except SourceEnded:
        return spec, frames
    finally:
        source.close()


def test_every_frame_of_a_file_comes_once_and_in_order(make: Make) -> None:
    _, frames = read_all(make())
    assert [frame.seq for frame in frames] == list(range(FRAMES))
    assert [round(frame.pts_ns / STEP_NS) for frame in frames] == list(range(FRAMES))
    for index, frame in enumerate(frames):
        left = square_x(index, SIZE_WH[0])
        assert frame.crop((left + 6, 98, left + 18, 108))[:, :, 0].mean() > 205, f"frame {index} shows another picture"


def test_the_spec_tells_what_was_opened(make: Make) -> None:
    spec, frames = read_all(make())
    assert spec.size_wh == frames[0].size_wh == SIZE_WH
    # GStreamer reckons the rate from the track's duration, to which libavformat 62 adds the delay of the first frame:
    # one of 24 frames here.
    assert spec.fps == pytest.approx(FPS, rel=1 / FRAMES) or spec.backend == "replay"
    assert not spec.live
    assert spec.frames in {FRAMES, FRAMES - 1, None}
    assert (spec.wall_start_ns, spec.wall_from) == (START_NS, "start")
    assert spec.backend
    assert spec.decoder


def test_a_files_frames_carry_media_time(make: Make) -> None:
    _, frames = read_all(make())
    for frame in frames:
        assert frame.mono_ns == frame.pts_ns - frames[0].pts_ns
        assert frame.wall_ns == START_NS + frame.mono_ns
        assert frame.camera_id == "gate"


def test_numbers_run_on_from_the_one_asked_for(make: Make) -> None:
    _, frames = read_all(make(first_seq=100))
    assert [frame.seq for frame in frames] == list(range(100, 100 + FRAMES))


def test_masks_are_applied_before_anyone_sees_the_frame(make: Make) -> None:
    mask = Mask("clock", ((0.0, 0.0), (0.5, 0.0), (0.5, 0.5), (0.0, 0.5)))
    _, frames = read_all(make(masks=(mask,)))
    for frame in frames:
        assert np.max(frame.crop((0, 0, 158, 88))) == 0
        assert np.max(frame.luma(32, 18)[:8, :15]) == 0
        assert np.ptp(frame.tint(32, 18)[1:8, 1:14]) <= 2
        assert np.mean(frame.crop((170, 100, 310, 170))) > 50


def test_views_of_old_frames_stay_what_they_were(make: Make) -> None:
    source = make()
    try:
        source.open()
        first = source.read(5.0)
        before = first.crop((0, 0, *SIZE_WH))
        for _ in range(FRAMES - 1):
            source.read(5.0)
        assert (first.crop((0, 0, *SIZE_WH)) == before).all()
    finally:
        source.close()


def test_closing_twice_and_before_opening_is_fine(make: Make) -> None:
    source = make()
    source.close()
    source.close()


def test_a_closed_source_delivers_nothing_more(make: Make) -> None:
    source = make()
    source.open()
    source.read(5.0)
    source.close()
    with pytest.raises(SourceLost):
        source.read(0.2)
