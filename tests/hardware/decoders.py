"""Rows of the hardware decoders, and of the way from a decoder's memory to a picture of ours on the GPU."""

from __future__ import annotations

import tempfile
import time
from functools import partial
from pathlib import Path
from types import ModuleType

import numpy as np

from edge.capture.golden_clips import clip_named, clips_of
from edge.capture.rows import CODECS, CodecRow, DecoderRow, elements_of
from edge.capture.sources import open_source
from edge.capture.trial import try_decoder
from edge.clock import SystemClock
from edge.config import Camera
from edge.errors import SourceEnded
from edge.ports import Frame, FrameSource, Masks, PictureMemory
from edge.vision.device_frame import DeviceFrame
from tests.hardware.needs import need_driver
from tests.hardware.row import Asked, Figures, NotHere, Row, Wrong

WAIT_S = 10.0
INPUT_WH = (416, 256)
MOST_APART, MEAN_APART = 24.0, 1.5
"""Levels of 255, of one value and of the mean, by which a letterbox of a hardware decoder's picture may differ."""


def decoder(row: CodecRow, one: DecoderRow, _: Asked) -> tuple[str, Figures]:
    """Let a decoder decode our clips beside software."""
    runtime = _gstreamer()
    absent = [name for name in elements_of(one.chain) if not runtime.is_installed(name)]
    if absent:
        raise NotHere(f"GStreamer has no {', '.join(absent)} here")
    verdict = try_decoder(one, row.codec, runtime.klass_of(one.element))
    if verdict.refused:
        raise Wrong(verdict.refused)
    flaws = f"; but {verdict.flaws[0]}" if verdict.flaws else ""
    figures = {"of software's processor time": verdict.share} if verdict.share is not None else {}
    return f"{verdict.pictures} pictures as software has them{flaws}", figures


def nvmm(_: Asked) -> tuple[str, Figures]:
    """Take the pictures of a clip over from NVMM to the GPU, and compare them with software's."""
    need_driver()
    runtime = _gstreamer()
    absent = [name for name in ("nvv4l2decoder", "nvvidconv") if not runtime.is_installed(name)]
    if absent:
        raise NotHere(f"GStreamer has no {', '.join(absent)} here: that is a Jetson's way")
    clip = str(clip_named("h264").path)
    with tempfile.TemporaryDirectory() as folder:

        def memory(masks: Masks) -> PictureMemory:
            from edge.inference.cuda.pictures import open_pictures  # noqa: PLC0415 - loads the driver's library

            return open_pictures(Path(folder), masks)

        camera = Camera("clip", clip, backend="gst", decoder="nvv4l2")
        began = time.perf_counter()
        ours = _letterboxes(open_source(camera, SystemClock(), make_memory=memory), on_device=True)
        spent_ms = (time.perf_counter() - began) * 1e3 / len(ours)
    wanted = _letterboxes(open_source(Camera("clip", clip, backend="pyav"), SystemClock()))
    if len(ours) != len(wanted):
        raise Wrong(f"{len(ours)} pictures came, software has {len(wanted)}")
    apart = [np.abs(one.astype(np.float32) - two) for one, two in zip(ours, wanted, strict=True)]
    most, mean = max(float(one.max()) for one in apart), max(float(one.mean()) for one in apart)
    if most > MOST_APART or mean > MEAN_APART:
        raise Wrong(f"pictures differ from software's by up to {most:.0f} levels, {mean:.2f} in the mean of one")
    return f"{len(ours)} pictures, at most {most:.0f} levels apart, {mean:.2f} in the mean", {"ms a picture": spent_ms}


def _letterboxes(source: FrameSource, *, on_device: bool = False) -> list[np.ndarray]:
    """Return every frame of a finite source as a network's picture; (H,W,3) uint8 each."""
    pictures = []
    try:
        spec = source.open()
        while True:
            frame: Frame = source.read(WAIT_S)
            if on_device and not isinstance(frame, DeviceFrame):
                raise Wrong(f"pictures come back to the processor: {spec.decoder}")
            pictures.append(frame.letterbox(*INPUT_WH).picture)
    except SourceEnded:
        return pictures
    finally:
        source.close()


def _gstreamer() -> ModuleType:
    try:
        from edge.capture import gst_runtime  # noqa: PLC0415 - absent on many machines
    except (ImportError, ValueError) as error:
        raise NotHere(f"GStreamer cannot be used: {error}") from error
    return gst_runtime


ROWS = (
    *(
        Row(f"decoder-{one.element}-{row.codec}", f"{one.element}, {row.codec}", partial(decoder, row, one))
        for row in CODECS.values()
        for one in row.decoders
        if one.family != "software" and clips_of(row.codec)
    ),
    Row("nvmm", "NVMM to the GPU's memory", nvmm),
)
