"""Decoders that lie are refused with the reason; the honest one is not. They decode for real, each in its process."""

from __future__ import annotations

import re
import sys
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import av
import pytest

from edge.capture.encode_golden import write_golden
from edge.capture.golden_clips import CLIPS, FOLDER, GoldenClip, clip_named, clips_of
from edge.capture.rows import DecoderRow, elements_of
from edge.capture.trial import software, try_decoder
from edge.capture.trial_compare import check_reference, find_fault
from edge.capture.trial_run import Failed, Patience, decode_apart
from edge.errors import UsageError

KLASS = "Codec/Decoder/Video"
"""Of every decoder tried here, and of the board's own."""
I420 = "videoconvert ! video/x-raw,format=I420"
NV12 = "videoconvert ! video/x-raw,format=NV12"
SIZE = "width=842 height=474"
SHORT = Patience(start_s=60, picture_s=4, whole_s=120)
needs_gst = pytest.mark.skipif(find_spec("gi") is None, reason="GStreamer's Python bindings (gi) are not installed")


def require(row: DecoderRow) -> None:
    from edge.capture.gst_runtime import is_installed  # noqa: PLC0415 - only where GStreamer is

    lacking = [name for name in elements_of(row.chain) if not is_installed(name)]
    if lacking:
        pytest.skip(f"not installed: {', '.join(lacking)}")


@pytest.mark.parametrize("clip", CLIPS, ids=lambda clip: clip.name)
def test_the_clips_are_what_the_table_says(clip: GoldenClip) -> None:
    with av.open(str(clip.path)) as file:
        stream = file.streams.video[0]
        packets = [packet for packet in file.demux(stream) if packet.size]
        context = stream.codec_context
        assert (context.width, context.height) == clip.size_wh
        assert all(side % 16 for side in clip.size_wh)
        if clip.codec in {"h264", "h265", "mjpeg"}:
            assert len(packets) == clip.pictures
        if clip.name in {"h264", "h265"}:  # pictures that are shown in another order than they come in
            assert any(packet.pts != packet.dts for packet in packets)
            assert [packet.pts for packet in packets] != sorted(packet.pts or 0 for packet in packets)


def test_the_clips_are_small_enough_to_ship() -> None:
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < 400_000


def test_a_clip_is_rendered_anew_by_the_command(tmp_path: Path) -> None:
    clip = replace(clip_named("h264_full"), pictures=3)
    with av.open(str(write_golden(clip, tmp_path))) as file:
        assert sum(1 for _ in file.decode(video=0)) == 3
    with pytest.raises(UsageError, match="name a writable folder"):
        write_golden(clip, tmp_path / "gone")


def test_software_shows_the_clip_as_it_was_drawn() -> None:
    for name in ("h264_full", "mjpeg"):
        assert check_reference(software(clip_named(name)), clip_named(name)) == ""


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", r"crashed with signal 11 \(SIGSEGV\)"),
        ("raise SystemExit('libnvcuvid.so: cannot open')", "cannot be started: libnvcuvid.so: cannot open"),
        ("import time; time.sleep(60)", "cannot be started: nothing happened for 1 s"),
        ("import os, sys, time; os.write(int(sys.argv[3]), b'r'); time.sleep(60)", "hangs: no picture within 0.5 s$"),
        (
            "import os, sys, time; os.write(int(sys.argv[3]), b'rppp'); time.sleep(60)",
            "hangs: no picture within 0.5 s after 3 of them",
        ),
        (
            "import os, sys, time; os.write(int(sys.argv[3]), b'rpc'); time.sleep(60)",
            "hangs: does not end within 0.5 s after it was closed",
        ),
    ],
)
def test_a_process_that_crashes_or_hangs_is_ended_and_told(code: str, words: str) -> None:
    patience = Patience(start_s=1.0, picture_s=0.5, whole_s=30.0)
    with pytest.raises(Failed, match=words):
        decode_apart(clip_named("h264"), None, patience, command=[sys.executable, "-S", "-c", code])


@needs_gst
def test_an_honest_decoder_passes_every_clip_of_its_codec() -> None:
    row = DecoderRow("software", "avdec_h264", "videoconvert")
    require(row)
    verdict = try_decoder(row, "h264", KLASS)
    assert (verdict.refused, verdict.flaws) == ("", ())
    assert verdict.pictures == sum(clip.pictures for clip in clips_of("h264"))


@needs_gst
@pytest.mark.slow
@pytest.mark.parametrize(
    ("element", "home", "reason"),
    [
        ("avdec_h264", "identity sleep-time=20000000 ! videoconvert", "hangs: no picture within 4 s"),
        ("avdec_h264", "valve drop=true ! videoconvert", "hangs: no picture within 4 s"),
        ("avdec_h264", f"{I420} ! videobox top=100 ! videobox top=-100 ! videoconvert", "tears: 40 of 40 pictures"),
        (
            "avdec_h264",
            f"{NV12} ! {I420} ! rawvideoparse {SIZE} format=yv12 framerate=25/1 ! {I420}",
            "swaps its colour planes",
        ),
        ("avdec_h264", f"{I420} ! capssetter caps=video/x-raw,colorimetry=1:3:5:1", "shows the wrong range: .* 0.86"),
        ("avdec_h264", f"{I420} ! capssetter caps=video/x-raw,colorimetry=2:4:5:1", "takes the wrong colour matrix"),
        ("avdec_h264", "videorate drop-only=true ! video/x-raw,framerate=12/1 ! videoconvert", "loses pictures: 2"),
        ("avdec_h264", "videobox bottom=-6 ! videoconvert", "cuts pictures wrongly: 842x480 instead of 842x474"),
        (
            "avdec_h264",
            "identity error-after=5 ! videoconvert",
            "(stops after|loses pictures|fails after 0 pictures: .*failed after iterations)",
        ),
        ("avdec_h264", "videoconvert", "is software: it takes"),
        ("jpegdec", "videoconvert", "cannot be started: .*could not link"),
    ],
)
def test_a_decoder_that_lies_is_refused_with_the_reason(element: str, home: str, reason: str) -> None:
    row = DecoderRow("nvdec", element, home)
    require(row)
    verdict = try_decoder(row, "h264", KLASS, SHORT)
    assert re.match(reason, verdict.refused), verdict.refused


@needs_gst
def test_a_decoder_that_is_not_there_names_its_package() -> None:
    verdict = try_decoder(DecoderRow("nvv4l2", "nvv4l2decoder", "nvvidconv"), "h264", "", SHORT)
    if "missing" not in verdict.refused:
        pytest.skip("this machine has the decoder")
    assert verdict.refused.startswith("cannot be started: GStreamer element nvv4l2decoder is missing")
    assert "nvidia-l4t-gstreamer" in verdict.refused


@needs_gst
def test_a_colour_flag_that_is_overlooked_is_a_flaw_of_the_clip_that_asks_for_it() -> None:
    row = DecoderRow("software", "avdec_h264", f"{I420} ! capssetter caps=video/x-raw,colorimetry=2:4:5:1")
    require(row)
    clip = clip_named("h264_full")
    fault = find_fault(decode_apart(clip, row), software(clip), clip)
    assert fault is not None
    assert fault.by_flag
    assert clip.by_flag
