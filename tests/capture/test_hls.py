"""HLS as a web server delivers it: a playlist and its segments."""

from __future__ import annotations

import functools
import http.server
import threading
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from edge.capture.sources import open_source
from edge.clock import SystemClock
from edge.config import Camera
from edge.errors import SourceEnded

FRAMES = 50


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves a folder and keeps silent about it."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the parent's own name
        del format, args


@pytest.fixture(scope="module")
def playlist(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder: Path = tmp_path_factory.mktemp("hls")
    noise = np.random.default_rng(5)
    options = {"hls_time": "1", "hls_list_size": "0", "hls_playlist_type": "vod"}
    with av.open(str(folder / "gate.m3u8"), "w", format="hls", options=options) as file:
        stream = file.add_stream("libx264", rate=Fraction(25))
        stream.width, stream.height, stream.pix_fmt, stream.options = 320, 180, "yuv420p", {"g": "25"}
        for _ in range(FRAMES):
            picture = noise.integers(60, 120, (180, 320, 3), np.uint8)
            file.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        file.mux(stream.encode())
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/gate.m3u8"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.parametrize("backend", ["gst", "pyav"])
def test_every_frame_of_a_recorded_playlist_arrives(playlist: str, backend: str) -> None:
    if backend == "gst":
        pytest.importorskip("gi", reason="GStreamer's Python binding is not here: apt install python3-gi")
    source = open_source(Camera("gate", playlist, backend=backend), SystemClock())
    source.open()
    count = 0
    try:
        while count < FRAMES:
            source.read(10.0)
            count += 1
    except SourceEnded:
        pass
    finally:
        source.close()
    assert count == FRAMES
