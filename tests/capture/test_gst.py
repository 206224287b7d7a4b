"""What only GStreamer's adapter has to prove: that a closed one is gone, and that it answers while it closes."""

from __future__ import annotations

import gc
import threading
from importlib.util import find_spec
from pathlib import Path

import pytest

from edge.capture.address import parse_address
from edge.capture.framing import Order
from edge.clock import SystemClock
from edge.config.model import Camera
from edge.errors import SourceLost
from tests.capture.clips import Clip, write_clip

pytestmark = pytest.mark.skipif(find_spec("gi") is None, reason="GStreamer's Python bindings (gi) are not installed")


def order(path: Path) -> Order:
    return Order(Camera("gate", str(path)), SystemClock())


def test_a_closed_pipeline_is_gone_so_that_reconnections_leave_nothing_behind(tmp_path: Path) -> None:
    from edge.capture.gst import GstSource  # noqa: PLC0415 - only where GStreamer is

    clip = write_clip(tmp_path / "gate.mp4", Clip(frames=20))
    source = GstSource(parse_address(str(clip)), order(clip))
    source.open()
    frame = source.read(5.0)
    gone: list[str] = []
    whole = source._pipeline._whole
    assert whole is not None
    whole.weak_ref(gone.append, "pipeline")
    del whole
    source.close()
    del source
    gc.collect()
    assert gone == ["pipeline"]
    assert frame.size_wh == (320, 180)  # a frame outlives its source


def test_closing_from_another_thread_ends_a_read(tmp_path: Path) -> None:
    from edge.capture.gst import GstSource  # noqa: PLC0415 - only where GStreamer is

    clip = write_clip(tmp_path / "gate.mp4", Clip(frames=200))
    source = GstSource(parse_address(str(clip)), order(clip))
    source.open()
    ends: list[str] = []

    def read_on() -> None:
        try:
            while True:
                source.read(5.0)
                closing.wait(0.01)
        except SourceLost as error:
            ends.append(str(error))

    closing = threading.Event()
    reader = threading.Thread(target=read_on)
    reader.start()
    source.close()
    reader.join(5.0)
    assert not reader.is_alive()
    assert "closed while reading" in ends[0]
