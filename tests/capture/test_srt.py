"""SRT: a real sender made of GStreamer's own elements, which stops and comes back."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import pytest

from edge.capture.sources import open_source
from edge.clock import SystemClock
from edge.config.model import Camera
from edge.errors import EdgeError, SourceLost
from edge.ports import FrameSource
from tests.capture.clips import Clip, write_clip
from tests.capture.rtsp_camera import free_port


def sender_is_here() -> bool:
    if find_spec("gi") is None or shutil.which("gst-launch-1.0") is None:
        return False
    return subprocess.run(["gst-inspect-1.0", "srtsink"], capture_output=True, check=False).returncode == 0


needs_srt = pytest.mark.skipif(
    not sender_is_here(), reason="GStreamer's SRT elements are missing (gstreamer1.0-plugins-bad)"
)


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_clip(tmp_path_factory.mktemp("srt") / "clip.mp4", Clip(frames=500, key_every=25))


@contextmanager
def sending(clip: Path, port: int) -> Iterator[None]:
    sink = f"srtsink uri=srt://127.0.0.1:{port}?mode=listener wait-for-connection=true sync=true"
    line = f"filesrc location={clip} ! qtdemux ! h264parse config-interval=-1 ! mpegtsmux ! {sink}"
    process = subprocess.Popen(["gst-launch-1.0", "-q", *line.split()])
    try:
        yield
    finally:
        process.kill()
        process.wait()


def read_on(source: FrameSource) -> None:
    for _ in range(500):
        source.read(5.0)


@needs_srt
def test_a_sender_that_stops_is_lost_and_found_again(clip: Path) -> None:
    port = free_port()
    source = open_source(Camera("gate", f"srt://127.0.0.1:{port}", backend="gst"), SystemClock(), open_timeout_s=10.0)
    try:
        for _ in range(2):
            with sending(clip, port):
                assert source.open().live
                frames = [source.read(5.0) for _ in range(20)]
            assert {frame.size_wh for frame in frames} == {(320, 180)}
            with pytest.raises(SourceLost):
                read_on(source)
            source.close()
    finally:
        source.close()


@needs_srt
def test_nobody_sending_is_a_lost_source_and_says_where() -> None:
    port = free_port()
    source = open_source(Camera("gate", f"srt://127.0.0.1:{port}", backend="gst"), SystemClock(), open_timeout_s=2.0)
    with pytest.raises(SourceLost, match=str(port)):
        source.open()
    source.close()


def test_a_library_without_srt_says_which_one_has_it() -> None:
    with pytest.raises(EdgeError, match=r"(?i)gstreamer"):
        open_source(Camera("gate", f"srt://127.0.0.1:{free_port()}", backend="pyav"), SystemClock()).open()
