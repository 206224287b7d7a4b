"""Launch rows against described boards: what a row writes down exists there; a setting may be absent, not unknown."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.capture import launch, rows
from edge.capture.address import parse_address
from tests.capture.rows import BOARDS, Inspected, check_row, inspected, texts

# What the rows ask of NVIDIA's elements on JetPack 6 (Orin) and on JetPack 7.2 on Thor, whose decoder has other
# properties (OE4T/meta-tegra-community, pull request 187; Jetson Linux Developer Guide, Accelerated GStreamer).
ORIN: Inspected = {
    "nvv4l2decoder": frozenset({"name", "enable-max-performance", "disable-dpb", "mjpeg", "num-extra-surfaces"}),
    "nvvidconv": frozenset({"name", "bl-output", "output-buffers", "compute-hw", "interpolation-method"}),
    "nvarguscamerasrc": frozenset({"name", "sensor-id", "sensor-mode", "bufapi-version"}),
    "appsink": frozenset({"name", "sync", "max-buffers", "drop", "enable-last-sample", "qos", "caps"}),
    "h264parse": frozenset({"name", "config-interval"}),
    "rtph264depay": frozenset({"name", "wait-for-keyframe"}),
}
THOR: Inspected = {**ORIN, "nvv4l2decoder": frozenset({"name", "cudadec-memtype", "num-extra-surfaces"})}
FILES = sorted(BOARDS.glob("*/gst.toml"))
NVIDIA = frozenset({"nvv4l2decoder", "nvvidconv", "nvarguscamerasrc", "nvjpegdec"})


def every(names: frozenset[str]) -> launch.Choice:
    return launch.Choice("auto", names.__contains__, on_device=True)


@pytest.mark.parametrize("board", [ORIN, THOR], ids=["jetpack-6", "thor"])
@pytest.mark.parametrize("source", ["rtsp", "csi"])
def test_the_whole_way_to_the_device_can_be_built_on_either_jetpack(board: Inspected, source: str) -> None:
    choice = every(frozenset(board))
    if source == "rtsp":
        tail = launch.tail_for("application/x-rtp", "H264", choice)
    else:
        tail = launch.local_camera(parse_address("csi://0?width=1920&height=1080&fps=30&mode=2"), choice)
    assert tail.on_device
    assert check_row(tail.text, board) == []


def test_a_property_that_a_board_lacks_is_found_in_a_text() -> None:
    text = "h264parse ! nvv4l2decoder name=decode enable-max-performance=1 ! video/x-raw(memory:NVMM) ! nowhere"
    assert check_row(text, THOR) == ["nvv4l2decoder has no enable-max-performance", "nowhere is missing"]


def test_what_is_only_set_where_present_is_spelt_as_some_board_has_it() -> None:
    known = {name: board[name] for board in (THOR, ORIN) for name in board}
    decoders = [decoder for row in rows.CODECS.values() for decoder in row.decoders]
    asked = {(decoder.element, name) for decoder in decoders for name, _ in decoder.settings}
    asked |= {("nvvidconv", name) for name, _ in rows.CONVERTER}
    asked |= {("nvarguscamerasrc", name) for name, _ in launch.camera_settings(parse_address("csi://0?mode=1"))}
    assert asked
    assert {(element, name) for element, name in asked if name not in known[element]} == set()


@pytest.mark.skipif(not FILES, reason="no described board is here: tests/boards/NAME/gst.toml")
@pytest.mark.parametrize("file", FILES, ids=lambda file: file.parent.name)
def test_every_row_of_a_described_board_asks_for_what_it_has(file: Path) -> None:
    board = inspected(file)
    asked = [text for family, text in texts() if family in {"source", "nvv4l2", "software"}]
    complaints = {problem for text in asked for problem in check_row(text, board) if not problem.endswith("is missing")}
    assert complaints == set()
    jetson = [text for family, text in texts() if family == "nvv4l2"]
    assert {problem for text in jetson for problem in check_row(text, board) if problem.split()[0] in NVIDIA} == set()
    assert check_row(launch.local_camera(parse_address("csi://0?mode=0"), every(frozenset(board))).text, board) == []
