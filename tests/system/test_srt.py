"""SRT through GStreamer, from a sender in its own process: plays, notices the sender's death, closes without harm."""

from __future__ import annotations

import shutil
import socket
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


def lacking() -> str:
    """Name what keeps these tests from running here."""
    if find_spec("gi") is None or shutil.which("gst-launch-1.0") is None:
        return "GStreamer's tools or Python bindings are not installed"
    from edge.capture.gst_runtime import is_installed  # noqa: PLC0415 - only where GStreamer is

    absent = [name for name in ("srtsrc", "srtsink", "tsparse") if not is_installed(name)]
    return f"not installed: {', '.join(absent)}" if absent else ""


pytestmark = [pytest.mark.system, pytest.mark.skipif(bool(lacking()), reason=lacking() or "runs")]


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    options = (("bf", "0"), ("preset", "ultrafast"))
    shape = Clip(frames=500, key_every=25, suffix=".ts", size_wh=(160, 96), options=options)
    return write_clip(tmp_path_factory.mktemp("srt") / "gate.ts", shape)


@contextmanager
def sender(clip: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """Send a transport stream in real time to whoever calls."""
    chain = ["filesrc", f"location={clip}", "!", "tsparse", "set-timestamps=true", "alignment=7", "!", "srtsink"]
    listen = [f"uri=srt://127.0.0.1:{port}?mode=listener", "sync=true", "wait-for-connection=true"]
    process = subprocess.Popen(
        ["gst-launch-1.0", "-q", *chain, *listen], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


@pytest.fixture
def port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def camera(port: int) -> FrameSource:
    return open_source(Camera("gate", f"srt://127.0.0.1:{port}"), SystemClock(), open_timeout_s=15.0)


def read_on(source: FrameSource) -> None:
    """Read more frames than any buffer holds."""
    for _ in range(600):
        source.read(1.5)


def test_an_srt_camera_plays_its_death_is_noticed_and_it_is_found_again(clip: Path, port: int) -> None:
    source = camera(port)
    try:
        for _ in range(2):
            with sender(clip, port):
                spec = source.open()
                assert (spec.live, spec.codec) == (True, "h264")
                assert [source.read(10.0).size_wh for _ in range(10)] == [(160, 96)] * 10
            with pytest.raises(SourceLost):
                read_on(source)
            source.close()
    finally:
        source.close()


def test_closing_a_camera_that_never_answered_harms_nobody(port: int) -> None:
    source = open_source(Camera("gate", f"srt://127.0.0.1:{port}"), SystemClock(), open_timeout_s=1.0)
    with pytest.raises(SourceLost, match=str(port)):
        source.open()
    source.close()


def test_a_library_without_srt_is_refused_by_name(port: int) -> None:
    with pytest.raises(EdgeError, match=r"(?i)gstreamer"):
        open_source(Camera("gate", f"srt://127.0.0.1:{port}", backend="pyav"), SystemClock()).open()
