"""The watchdog around jetson-utils: whatever the library does, a read ends in time with the right error."""

from __future__ import annotations

import sys
import threading
from itertools import pairwise
from types import ModuleType

import numpy as np
import pytest

from edge.capture.address import parse_address
from edge.capture.framing import Order
from edge.capture.jetson import WAITING, JetsonSource
from edge.capture.sources import open_source
from edge.clock import SystemClock
from edge.config.model import Camera, Mask
from edge.errors import ConfigError, SourceLost, SourceStalled
from edge.ports import FrameSource
from edge.types import U8
from tests.capture.clips import picture
from tests.simulated.jetson_utils import RING, SimulatedJetson
from tests.waiting import until

SIZE_WH = (320, 180)
CAMERA = "rtsp://viewer:secret@camera/stream"


def shot(number: int) -> U8 | None:
    return picture(number, SIZE_WH)


def no_shot(_number: int) -> U8 | None:
    return None


def put(monkeypatch: pytest.MonkeyPatch, module: ModuleType) -> None:
    monkeypatch.setitem(sys.modules, "jetson_utils", module)


def source(address: str = CAMERA, masks: tuple[Mask, ...] = (), first_seq: int = 0) -> FrameSource:
    camera = Camera("gate", address, backend="jetson", masks=masks, stall_s=0.3)
    return open_source(camera, SystemClock(), first_seq=first_seq, open_timeout_s=0.3)


def test_frames_come_in_order_each_a_copy_that_the_ring_cannot_change(monkeypatch: pytest.MonkeyPatch) -> None:
    board = SimulatedJetson(shot)
    put(monkeypatch, board.module())
    one = source(first_seq=7)
    spec = one.open()
    assert (spec.live, spec.size_wh, spec.fps) == (True, SIZE_WH, 25.0)
    assert spec.decoder == "videoSource (jetson), letterboxed by the processor"
    frames = [one.read(2.0) for _ in range(RING * 3)]
    one.close()
    assert [frame.seq for frame in frames] == list(range(7, 7 + RING * 3))
    for number, frame in enumerate(frames):
        assert (frame.crop((0, 0, *SIZE_WH)) == picture(number, SIZE_WH)).all(), f"frame {number} is another picture"
    assert all(b.mono_ns > a.mono_ns for a, b in pairwise(frames))


def test_masks_are_applied_before_anyone_sees_the_frame(monkeypatch: pytest.MonkeyPatch) -> None:
    put(monkeypatch, SimulatedJetson(shot).module())
    one = source(masks=(Mask("clock", ((0.0, 0.0), (0.5, 0.0), (0.5, 0.5), (0.0, 0.5))),))
    one.open()
    frame = one.read(2.0)
    one.close()
    assert np.max(frame.crop((0, 0, 158, 88))) == 0
    assert np.mean(frame.crop((170, 100, 310, 170))) > 50


def test_the_library_is_let_go_of_by_the_thread_that_used_it(monkeypatch: pytest.MonkeyPatch) -> None:
    board = SimulatedJetson(shot)
    put(monkeypatch, board.module())
    one = source()
    one.open()
    one.close()
    one.close()
    assert until(lambda: board.closed == 1)
    with pytest.raises(SourceLost, match="closed"):
        one.read(0.2)


@pytest.mark.parametrize("old", [False, True], ids=["None at a time-out", "an exception at a time-out"])
def test_a_camera_that_falls_silent_is_stalled_in_every_version(monkeypatch: pytest.MonkeyPatch, *, old: bool) -> None:
    board = SimulatedJetson(lambda number: shot(number) if number < 1 else None, old=old)
    put(monkeypatch, board.module())
    one = source()
    one.open()
    one.read(1.0)
    with pytest.raises(SourceStalled, match=r"no picture for 0\.3 s"):
        one.read(5.0)
    one.close()


def test_a_capture_that_hangs_is_left_alone_and_does_not_hold_anyone_up(monkeypatch: pytest.MonkeyPatch) -> None:
    board = SimulatedJetson(shot)
    put(monkeypatch, board.module())
    one = source()
    one.open()
    hung = board.hang = threading.Event()
    for _ in range(WAITING + 2):
        try:
            one.read(0.2)
        except SourceStalled:
            break
    else:
        pytest.fail("a hanging library delivered")
    one.close()  # returns although Capture has not
    assert board.closed == 0
    again = source()
    board.hang = None
    again.open()
    assert again.read(1.0).seq == 0
    again.close()
    hung.set()
    assert until(lambda: board.closed == 2)


def _ends(board: SimulatedJetson, number: int) -> U8 | None:
    if number < 1:
        return shot(number)
    board.streaming = False
    raise RuntimeError("videoSource failed to capture image")


def test_a_stream_that_ends_is_lost_with_the_librarys_words(monkeypatch: pytest.MonkeyPatch) -> None:
    board = SimulatedJetson(shot)
    board.script = lambda number: _ends(board, number)
    put(monkeypatch, board.module())
    one = source()
    one.open()
    one.read(1.0)
    with pytest.raises(SourceLost, match="failed to capture image") as loss:
        one.read(1.0)
    assert "secret" not in str(loss.value)
    assert not isinstance(loss.value, SourceStalled)
    assert until(lambda: board.closed == 1)


def test_a_camera_that_is_not_there_is_lost_and_its_password_is_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    board = SimulatedJetson(shot)
    board.cannot_be_made = f"failed to create videoSource device {CAMERA}"
    put(monkeypatch, board.module())
    with pytest.raises(SourceLost, match="failed to create videoSource") as loss:
        source().open()
    assert "secret" not in str(loss.value)


def test_a_camera_that_never_sends_is_stalled_while_it_is_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    from edge.capture import jetson  # noqa: PLC0415 - the module whose patience is shortened

    monkeypatch.setattr(jetson, "KEY_FRAME_WAIT_S", 0.1)
    put(monkeypatch, SimulatedJetson(no_shot).module())
    one = source()
    with pytest.raises(SourceStalled):
        one.open()
    one.close()


@pytest.mark.parametrize(
    ("address", "uri", "words"),
    [
        (CAMERA, CAMERA, {"--input-latency=500", "--input-rtsp-latency=500"}),
        ("csi://1?width=1920&height=1080&fps=30", "csi://1", {"--input-width=1920", "--input-rate=30"}),
        ("v4l2:///dev/video0?format=mjpeg", "v4l2:///dev/video0", {"--input-codec=mjpeg"}),
    ],
)
def test_the_library_is_told_its_own_words(
    monkeypatch: pytest.MonkeyPatch, address: str, uri: str, words: set[str]
) -> None:
    board = SimulatedJetson(shot)
    put(monkeypatch, board.module())
    one = source(address)
    one.open()
    one.close()
    [(told, argv)] = board.made
    assert told == uri
    assert words <= set(argv)


def test_an_option_nobody_knows_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    put(monkeypatch, SimulatedJetson(shot).module())
    with pytest.raises(ConfigError, match="options are width, height, fps, format"):
        source("csi://0?zoom=2").open()


@pytest.mark.parametrize("address", ["gate.mp4", "https://host/live.m3u8", "srt://host:9000"])
def test_what_it_cannot_serve_whole_is_refused(address: str) -> None:
    with pytest.raises(ConfigError, match="set backend = gst"):
        source(address).open()


def test_without_the_library_the_cure_is_not_the_package_index(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "jetson_utils", None)
    with pytest.raises(ConfigError, match="comes with the board") as refusal:
        source().open()
    assert "\n" not in str(refusal.value)


def test_another_authors_package_of_that_name_is_recognised(monkeypatch: pytest.MonkeyPatch) -> None:
    put(monkeypatch, ModuleType("jetson_utils"))
    with pytest.raises(ConfigError, match="another author's package"):
        source().open()


def test_reading_before_opening_is_an_error_and_not_a_wait() -> None:
    one = JetsonSource(parse_address(CAMERA), Order(Camera("gate", CAMERA), SystemClock()))
    with pytest.raises(SourceLost, match="before it was opened"):
        one.read(0.1)
    one.close()
