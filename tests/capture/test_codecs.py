"""Every codec and awkward input comes out as the picture that went in, the same through both libraries."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from edge.capture.sources import open_source
from edge.clock import SystemClock
from edge.config.model import Camera
from edge.errors import SourceEnded
from edge.ports import Frame, SourceSpec
from tests.capture.clips import Clip, picture, write_clip

needs_gst = pytest.mark.skipif(find_spec("gi") is None, reason="GStreamer's Python bindings (gi) are not installed")
LIBRARIES = [pytest.param("gst", marks=needs_gst), "pyav"]
SHARP = (("crf", "12"),)
CLIPS = {
    "h264": Clip(options=SHARP),
    "h264 without B pictures": Clip(options=(*SHARP, ("bf", "0"))),
    "h264 odd size": Clip(pixel_format="yuv444p", size_wh=(321, 181), options=SHARP),
    "h264 old recorder": Clip(size_wh=(352, 288), sar=(12, 11), options=SHARP),
    "h264 half width": Clip(size_wh=(352, 576), sar=(128, 59), options=SHARP),
    "h264 full range": Clip(full_range=True, options=SHARP),
    "h264 4:2:2": Clip(pixel_format="yuv422p", options=SHARP),
    "h264 10 bit": Clip(pixel_format="yuv420p10le", options=SHARP),
    "h264 in a transport stream": Clip(suffix=".ts", options=SHARP),
    "h264 in Matroska": Clip(suffix=".mkv", options=SHARP),
    "h265": Clip(codec="libx265", options=(*SHARP, ("x265-params", "log-level=none"))),
    "h265 10 bit": Clip(
        codec="libx265", pixel_format="yuv420p10le", options=(*SHARP, ("x265-params", "log-level=none"))
    ),
    "mjpeg": Clip(codec="mjpeg", pixel_format="yuvj420p", suffix=".mkv", options=(("q", "2"), ("qmin", "1"))),
    "mjpeg 4:2:2": Clip(codec="mjpeg", pixel_format="yuvj422p", suffix=".avi", options=(("q", "2"), ("qmin", "1"))),
    "av1": Clip(codec="libsvtav1", options=(("preset", "10"), ("crf", "20"), ("svtav1-params", "lp=1"))),
}
FAIR_ERROR = 4.0
"""Mean difference of a decoded picture from the drawn one, in levels of 255: what codecs lose at these settings."""
TWIN_ERROR = 1.5
"""Mean difference between both libraries: they round JPEG, deep and 4:2:2 pictures differently."""


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return {"": tmp_path_factory.mktemp("clips")}


def made(name: str, clips: dict[str, Path]) -> Path:
    if name not in clips:
        clip = CLIPS[name]
        clips[name] = write_clip(clips[""] / f"{name.replace(' ', '_').replace(':', '')}{clip.suffix}", clip)
    return clips[name]


def read_all(path: Path, library: str) -> tuple[SourceSpec, list[Frame]]:
    source = open_source(Camera("gate", str(path), backend=library), SystemClock())
    frames: list[Frame] = []
    try:
        spec = source.open()
        while True:
            frames.append(source.read(5.0))
    except SourceEnded:
        return spec, frames
    finally:
        source.close()


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("name", CLIPS)
def test_what_was_filmed_is_what_is_seen(name: str, library: str, clips: dict[str, Path]) -> None:
    clip = CLIPS[name]
    spec, frames = read_all(made(name, clips), library)
    assert len(frames) == clip.frames
    assert spec.size_wh == frames[0].size_wh
    wide, high = frames[0].size_wh
    assert wide / high == pytest.approx(clip.size_wh[0] * clip.sar[0] / (clip.size_wh[1] * clip.sar[1]), rel=0.01)
    for index in (0, 7, clip.frames - 1):
        drawn = picture(index, clip.size_wh)
        seen = frames[index].crop((0, 0, wide, high)).astype(int)
        columns = np.minimum(np.arange(wide) * clip.size_wh[0] // wide, clip.size_wh[0] - 1)
        rows = np.minimum(np.arange(high) * clip.size_wh[1] // high, clip.size_wh[1] - 1)
        assert np.abs(seen - drawn[rows][:, columns]).mean() < FAIR_ERROR


@needs_gst
@pytest.mark.parametrize("name", CLIPS)
def test_both_libraries_show_the_same_pictures(name: str, clips: dict[str, Path]) -> None:
    path = made(name, clips)
    (_, one), (_, other) = read_all(path, "gst"), read_all(path, "pyav")
    assert [frame.seq for frame in one] == [frame.seq for frame in other]
    assert [frame.mono_ns // 1_000_000 for frame in one] == pytest.approx(
        [frame.mono_ns // 1_000_000 for frame in other], abs=1
    )
    for left, right in zip(one, other, strict=True):
        whole = (0, 0, *left.size_wh)
        assert np.abs(left.crop(whole).astype(int) - right.crop(whole)).mean() < TWIN_ERROR
        boxes = (left.letterbox(160, 96).picture, right.letterbox(160, 96).picture)
        assert np.abs(boxes[0].astype(int) - boxes[1]).mean() < TWIN_ERROR


@pytest.mark.parametrize("library", LIBRARIES)
def test_a_change_of_resolution_in_mid_stream_is_followed(library: str, tmp_path: Path) -> None:
    parts = [
        write_clip(tmp_path / f"{number}.ts", Clip(size_wh=size, frames=10, suffix=".ts", options=(("bf", "0"),)))
        for number, size in enumerate(((320, 180), (160, 120)))
    ]
    joined = tmp_path / "joined.h264"
    joined.write_bytes(b"".join(elementary(part) for part in parts))
    _, frames = read_all(joined, library)
    sizes = [frame.size_wh for frame in frames]
    assert sizes == [(320, 180)] * 10 + [(160, 120)] * 10
    drawn = picture(9, (160, 120)).astype(int)
    assert np.abs(frames[-1].crop((0, 0, 160, 120)) - drawn).mean() < FAIR_ERROR


def elementary(path: Path) -> bytes:
    """Return the bare H.264 bytes of a transport stream."""
    import av  # noqa: PLC0415 - only this test needs the container taken apart

    with av.open(str(path)) as container:
        return b"".join(bytes(packet) for packet in container.demux(container.streams.video[0]) if packet.size)


@pytest.mark.parametrize("library", LIBRARIES)
def test_a_files_own_date_is_the_wall_time_of_its_first_frame(library: str, tmp_path: Path) -> None:
    path = write_clip(tmp_path / "dated.mp4", Clip(frames=3), metadata={"creation_time": "2026-03-04T15:59:00.000000Z"})
    spec, frames = read_all(path, library)
    assert spec.wall_from == "file"
    assert frames[0].wall_ns == 1_772_639_940_000_000_000
