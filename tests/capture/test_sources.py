"""Which adapter opens which address, and what is said when none can."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from importlib.machinery import ModuleSpec
from pathlib import Path

import pytest

from edge.capture import sources
from edge.capture.probe import probe_backends
from edge.capture.sources import open_source, patience_s
from edge.clock import ManualClock, SystemClock
from edge.config.model import Camera
from edge.errors import ConfigError
from tests.capture.clips import Clip, write_clip

Without = Callable[..., None]


@pytest.fixture
def without(monkeypatch: pytest.MonkeyPatch) -> Without:
    """Pretend that packages are not installed."""

    def hide(*packages: str) -> None:
        def find(name: str) -> ModuleSpec | None:
            return None if name in packages else importlib.util.find_spec(name)

        monkeypatch.setattr(sources, "find_spec", find)

    return hide


def test_without_gstreamer_pyav_captures(without: Without, tmp_path: Path) -> None:
    without("gi")
    clip = write_clip(tmp_path / "gate.mp4", Clip(frames=2))
    source = open_source(Camera("gate", str(clip)), SystemClock())
    try:
        assert source.open().backend.startswith("pyav")
    finally:
        source.close()


@pytest.mark.parametrize(
    ("camera", "says"),
    [
        (Camera("gate", "gate.mp4", backend="gst"), "python3-gi"),
        (Camera("gate", "v4l2:///dev/video0", decoder="nvv4l2"), "python3-gi"),
        (Camera("gate", "gate.mp4", decoder="nvdec"), "python3-gi"),
        (Camera("gate", "v4l2:///dev/video0"), "python3-gi"),
        (Camera("gate", "csi://0"), "python3-gi"),
        (Camera("gate", "v4l2:///dev/video0", backend="pyav"), "set backend = gst"),
        (Camera("gate", "gate.mp4", backend="pyav", decoder="nvv4l2"), "set backend = gst"),
        (Camera("gate", "test://moon"), "test://gate"),
    ],
)
def test_what_nothing_here_can_serve_is_refused_with_a_cure(without: Without, camera: Camera, says: str) -> None:
    without("gi")
    with pytest.raises(ConfigError, match=says):
        open_source(camera, ManualClock())


def test_with_no_library_at_all_the_smallest_cure_is_named(without: Without) -> None:
    without("gi", "av")
    with pytest.raises(ConfigError, match="pip install av"):
        open_source(Camera("gate", "gate.mp4"), ManualClock())


def test_segmented_streams_are_given_the_length_of_a_segment() -> None:
    assert patience_s(Camera("gate", "https://host/live.m3u8")) == 10.0
    assert patience_s(Camera("gate", "rtsp://host/live", stall_s=1.5)) == 1.5


def test_the_probe_says_what_decodes_what_without_opening_anything() -> None:
    reports = {report.name: report for report in probe_backends()}
    assert set(reports) == {"gstreamer", "pyav"}
    assert reports["pyav"].works
    assert dict(reports["pyav"].decoders)["h264"] == "h264 (software)"
    for report in reports.values():
        assert report.works or report.cure
