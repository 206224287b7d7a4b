"""Pictures that stay on the device, through real GStreamer: the mapped structure itself, and every way out of trouble.

No board is here, so its part is pretended: a decoder row of software elements, and a buffer of planes that is shown to
the product as the NvBufSurface a board would have made of it. All between appsink and frame is the product's own.
"""

from __future__ import annotations

import ctypes
import logging
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from edge.capture import rows
from edge.capture.address import parse_address
from edge.capture.framing import Order
from edge.clock import SystemClock
from edge.config.model import Camera, Mask
from edge.errors import EdgeError, EngineFailed, ModelError, SourceBroken, SourceEnded, SourceLost
from edge.ports import Frame, FrameSource, SourceSpec, TensorOrder
from edge.vision.device_frame import DeviceFrame
from edge.vision.frame import PlanarFrame
from tests.capture.clips import Clip, write_clip
from tests.simulated.board import PretendedBoard
from tests.simulated.nvbufsurface import SimulatedLibrary, SimulatedSurface
from tests.simulated.pictures import SimulatedPictureMemory

pytestmark = pytest.mark.skipif(find_spec("gi") is None, reason="GStreamer's Python bindings (gi) are not installed")

SIZE_WH = (320, 180)
FRAMES = 12


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_clip(tmp_path_factory.mktemp("clip") / "gate.mp4", Clip(frames=FRAMES, size_wh=SIZE_WH))


@pytest.fixture
def board(monkeypatch: pytest.MonkeyPatch) -> PretendedBoard:
    return PretendedBoard(monkeypatch, SIZE_WH)


def source(clip: Path, board: PretendedBoard, masks: tuple[Mask, ...] = ()) -> FrameSource:
    from edge.capture.gst import GstSource  # noqa: PLC0415 - only where GStreamer is

    order = Order(Camera("gate", str(clip), masks=masks), SystemClock(), make_memory=board.make_memory)
    return GstSource(parse_address(str(clip)), order)


def read_all(one: FrameSource) -> tuple[SourceSpec, list[Frame]]:
    frames: list[Frame] = []
    try:
        spec = one.open()
        while True:
            frames.append(one.read(5.0))
    except SourceEnded:
        return spec, frames
    finally:
        one.close()


def test_frames_stay_on_the_device_and_show_what_the_processor_would(clip: Path, board: PretendedBoard) -> None:
    spec, frames = read_all(source(clip, board))
    assert spec.decoder.endswith("picture stays on the device")
    assert [frame.seq for frame in frames] == list(range(FRAMES))
    _, plain = read_all(source_without_device(clip))
    for one, other in zip(frames, plain, strict=True):
        assert isinstance(one, DeviceFrame)
        assert isinstance(other, PlanarFrame)
        assert (one.pts_ns, one.size_wh) == (other.pts_ns, other.size_wh)
        assert np.abs(one.luma(*SIZE_WH).astype(int) - other.luma(*SIZE_WH)).max() == 0
        assert np.abs(one.crop((10, 10, 200, 100)).astype(int) - other.crop((10, 10, 200, 100))).max() <= 3
    assert board.library.images == {}
    assert board.library.log == ["map", "register", "unmap"] * FRAMES
    assert [memory.closed >= 1 for memory in board.memories] == [True]


def source_without_device(clip: Path) -> FrameSource:
    from edge.capture.gst import GstSource  # noqa: PLC0415 - only where GStreamer is

    return GstSource(parse_address(str(clip)), Order(Camera("gate", str(clip)), SystemClock()))


def _tiles(one: SimulatedSurface) -> None:
    one.params.layout = 1


def test_a_picture_that_cannot_be_taken_over_comes_home_and_the_log_says_why(
    clip: Path, board: PretendedBoard, caplog: pytest.LogCaptureFixture
) -> None:
    board.spoil = _tiles
    with caplog.at_level(logging.WARNING, "edge"):
        spec, frames = read_all(source(clip, board))
    assert len(frames) == FRAMES
    assert all(isinstance(frame, PlanarFrame) for frame in frames)
    assert "stays on the device" not in spec.decoder
    said = [record.message for record in caplog.records]
    assert len(said) == 1
    assert "letterboxed by the processor: NVMM buffer: pixels in tiles" in said[0]
    assert board.memories[0].closed >= 1


@pytest.mark.parametrize(
    "stay",
    ["videoconvert name=home ! audio/x-raw", "identity name=home ! video/x-raw,width=(int)998 ! videoconvert"],
    ids=["when they are linked", "when the first picture comes"],
)
def test_elements_that_do_not_agree_bring_pictures_home(
    stay: str, clip: Path, board: PretendedBoard, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    unlike = replace(rows.CODECS["video/x-h264"].decoders[0], stay=stay)
    monkeypatch.setitem(rows.CODECS, "video/x-h264", rows.CodecRow("h264", "h264parse", (unlike,)))
    with caplog.at_level(logging.WARNING, "edge"):
        spec, frames = read_all(source(clip, board))
    assert [isinstance(frame, PlanarFrame) for frame in frames] == [True] * FRAMES
    assert "stays on the device" not in spec.decoder
    assert "letterboxed by the processor" in caplog.text
    assert [memory.taken for memory in board.memories if not memory.closed] == []


@pytest.mark.parametrize("kind", [EngineFailed, ModelError])
def test_a_device_that_cannot_be_opened_leaves_the_camera_working(
    clip: Path, board: PretendedBoard, caplog: pytest.LogCaptureFixture, kind: type[EdgeError]
) -> None:
    board.fault = kind("libcuda.so.1 is absent; install NVIDIA's driver")
    with caplog.at_level(logging.WARNING, "edge"):
        spec, frames = read_all(source(clip, board))
    assert len(frames) == FRAMES
    assert "stays on the device" not in spec.decoder
    assert "letterboxed by the processor: libcuda.so.1 is absent" in caplog.text


def test_a_decoder_without_a_way_to_the_device_is_named(
    clip: Path, board: PretendedBoard, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = replace(rows.CODECS["video/x-h264"].decoders[0], stay="")
    monkeypatch.setitem(rows.CODECS, "video/x-h264", rows.CodecRow("h264", "h264parse", (plain,)))
    with caplog.at_level(logging.WARNING, "edge"):
        _, frames = read_all(source(clip, board))
    assert all(isinstance(frame, PlanarFrame) for frame in frames)
    assert f"letterboxed by the processor: {plain.element} hands them out" in caplog.text
    assert board.memories == []  # nothing of the GPU was opened for it


@pytest.mark.parametrize(("live", "error"), [(True, SourceLost), (False, SourceBroken)], ids=["camera", "file"])
def test_a_device_that_dies_later_ends_the_connection_and_its_frames_never_look_empty(
    clip: Path, board: PretendedBoard, monkeypatch: pytest.MonkeyPatch, *, live: bool, error: type[EdgeError]
) -> None:
    one = source(clip, board)
    try:
        one.open()
        monkeypatch.setattr(one, "_live", live)
        frame = one.read(5.0)
        board.memories[0].fault = EngineFailed("CUDA_ERROR_ECC_UNCORRECTABLE")
        with pytest.raises(error, match="ECC_UNCORRECTABLE"):
            one.read(5.0)
        for view in (lambda: frame.luma(8, 8), lambda: frame.tint(8, 8), lambda: frame.letterbox(64, 64)):
            with pytest.raises(EngineFailed):
                view()
        with pytest.raises(EngineFailed):
            frame.tensor(TensorOrder(64, 64))
        with pytest.raises(EngineFailed):
            frame.crop((0, 0, 10, 10))
    finally:
        one.close()


def test_masks_are_the_memorys_to_apply(clip: Path, board: PretendedBoard) -> None:
    mask = Mask("clock", ((0.0, 0.0), (0.5, 0.0), (0.5, 0.5), (0.0, 0.5)))
    _, frames = read_all(source(clip, board, (mask,)))
    for frame in frames:
        assert np.max(frame.crop((0, 0, 158, 88))) == 0
        assert np.mean(frame.crop((170, 100, 310, 170))) > 50


def test_closing_while_a_picture_is_taken_over_lets_go_of_it_afterwards(clip: Path, board: PretendedBoard) -> None:
    one = source(clip, board)
    one.open()
    memory = board.memories[0]
    seen: list[int] = []

    def close_meanwhile() -> None:
        one.close()
        seen.append(memory.closed)

    memory.on_take = close_meanwhile
    one.read(5.0)  # the picture that `open` took
    one.read(5.0)
    with pytest.raises(SourceLost):
        one.read(5.0)
    assert seen == [0]
    assert memory.closed == 1


def test_a_mapped_buffer_is_the_very_memory_and_not_a_copy() -> None:
    from edge.capture.gst_device import mapped  # noqa: PLC0415 - only where GStreamer is
    from edge.capture.gst_runtime import Gst  # noqa: PLC0415 - as above

    buffer = Gst.Buffer.new_allocate(None, 64, None)
    buffer.fill(0, bytes(range(64)))
    with mapped(buffer) as (address, size):
        assert ctypes.string_at(address, size) == bytes(range(64))
    with mapped(buffer) as (address, _):  # given back, so it can be mapped again
        ctypes.c_uint8.from_address(address).value = 99
    assert buffer.extract_dup(0, 2) == bytes((99, 1))


def test_a_plain_picture_is_not_taken_for_a_surface() -> None:
    from edge.capture.gst_device import DeviceTaker  # noqa: PLC0415 - only where GStreamer is
    from edge.capture.gst_runtime import Gst  # noqa: PLC0415 - as above

    caps = Gst.Caps.from_string("video/x-raw(memory:NVMM),format=NV12,width=320,height=180,framerate=25/1")
    sample = Gst.Sample.new(Gst.Buffer.new_allocate(None, 320 * 180 * 3 // 2, None), caps, None, None)
    taker = DeviceTaker(SimulatedPictureMemory(), SimulatedLibrary())
    with pytest.raises(EngineFailed, match="86400 bytes are no NvBufSurface"):
        taker.picture(sample)


@pytest.mark.parametrize("layout", ["jetpack-6", "deepstream-9"])
def test_a_sample_of_the_boards_memory_is_read_as_the_structure_it_holds(layout: str) -> None:
    from edge.capture.gst_device import DeviceTaker  # noqa: PLC0415 - only where GStreamer is
    from edge.capture.gst_runtime import Gst  # noqa: PLC0415 - as above

    luma = np.full((180, 320), 126, np.uint8)
    one = SimulatedSurface(luma, np.full((90, 160, 2), 128, np.uint8), layout, memory=2)
    caps = Gst.Caps.from_string(
        "video/x-raw(memory:NVMM),format=NV12,width=320,height=180,framerate=25/1,pixel-aspect-ratio=4/3"
    )
    sample = Gst.Sample.new(Gst.Buffer.new_wrapped(bytes(one.whole)), caps, None, None)
    picture = DeviceTaker(SimulatedPictureMemory(), SimulatedLibrary()).picture(sample)
    assert picture is not None
    assert (picture.form.coded_wh, picture.form.sar) == ((320, 180), (4, 3))
    assert set(picture.luma(16, 9).ravel().tolist()) == {128}
