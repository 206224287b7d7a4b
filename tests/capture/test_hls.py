"""Segmented streams over HTTP: a recording is read like a file, a live one at its own pace, through both libraries."""

from __future__ import annotations

import functools
import http.server
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import av
import pytest

from edge.capture.sources import open_source
from edge.clock import SystemClock
from edge.config.model import Camera
from edge.errors import SourceEnded, SourceLost
from tests.capture.clips import Clip, write_clip

needs_gst = pytest.mark.skipif(find_spec("gi") is None, reason="GStreamer's Python bindings (gi) are not installed")
LIBRARIES = [pytest.param("gst", marks=needs_gst), "pyav"]
SEGMENTS = 4
PER_SEGMENT = 25
SHOWN = 3


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's word
        pass


@dataclass
class Server:
    """Segments on disk and an HTTP server over them."""

    folder: Path
    port: int

    def uri(self, name: str) -> str:
        return f"http://127.0.0.1:{self.port}/{name}"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("hls")
    clip = write_clip(folder / "clip.mp4", Clip(frames=SEGMENTS * PER_SEGMENT, key_every=PER_SEGMENT))
    options = {"hls_time": "1", "hls_list_size": "0", "hls_playlist_type": "vod"}
    with av.open(str(clip)) as source, av.open(str(folder / "day.m3u8"), "w", format="hls", options=options) as target:
        stream = target.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(source.streams.video[0]):
            if packet.size:
                packet.stream = stream
                target.mux(packet)
    handler = functools.partial(QuietHandler, directory=str(folder))
    httpd = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=httpd.serve_forever)
    thread.start()
    yield Server(folder, httpd.server_address[1])
    httpd.shutdown()
    httpd.server_close()
    thread.join()


@pytest.fixture
def live(server: Server) -> Iterator[str]:
    """A playlist whose window moves on once a second, for ever."""
    stop = threading.Event()

    def write(first: int) -> None:
        lines = ["#EXTM3U", "#EXT-X-VERSION:3", "#EXT-X-TARGETDURATION:1", f"#EXT-X-MEDIA-SEQUENCE:{first}"]
        for number in range(first, first + SHOWN):
            lines += ["#EXT-X-DISCONTINUITY"] if number % SEGMENTS == 0 else []
            lines += ["#EXTINF:1.0,", f"day{number % SEGMENTS}.ts"]
        fresh = server.folder / "live.new"
        fresh.write_text("\n".join(lines) + "\n")
        fresh.rename(server.folder / "live.m3u8")

    def move_on() -> None:
        first = 0
        while not stop.wait(1.0):
            first += 1
            write(first)

    write(0)
    thread = threading.Thread(target=move_on)
    thread.start()
    yield server.uri("live.m3u8")
    stop.set()
    thread.join()


@pytest.mark.parametrize("library", LIBRARIES)
def test_a_recording_in_segments_loses_no_frame(library: str, server: Server) -> None:
    source = open_source(Camera("gate", server.uri("day.m3u8"), backend=library), SystemClock())
    frames = []
    try:
        assert not source.open().live
        while True:
            frames.append(source.read(10.0))
    except SourceEnded:
        assert [frame.seq for frame in frames] == list(range(SEGMENTS * PER_SEGMENT))
    finally:
        source.close()


@pytest.mark.slow
@pytest.mark.parametrize("library", LIBRARIES)
def test_a_live_stream_in_segments_is_shown_at_its_own_pace(library: str, live: str) -> None:
    source = open_source(Camera("gate", live, backend=library), SystemClock(), open_timeout_s=10.0)
    try:
        assert source.open().live
        first = source.read(10.0)
        began = time.monotonic()
        for _ in range(PER_SEGMENT * 3):
            last = source.read(10.0)
        # Unpaced, three segments would come as fast as they are decoded: in a tenth of a second.
        assert time.monotonic() - began > 2.0
        assert (last.mono_ns - first.mono_ns) / 1e9 > 2.0
    finally:
        source.close()


@pytest.mark.parametrize("library", LIBRARIES)
def test_a_playlist_that_is_not_there_is_told_from_a_dead_server(library: str, server: Server) -> None:
    source = open_source(Camera("gate", server.uri("none.m3u8"), backend=library), SystemClock())
    with pytest.raises(SourceLost, match="knows no such stream"):
        source.open()
    source.close()
