"""Frames of a video on disk, decoded as the device decodes it."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import numpy as np

from edge.capture.sources import open_source
from edge.clock import SystemClock
from edge.config.model import Camera
from edge.errors import SourceEnded
from edge.types import U8

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from edge.ports import Frame

_READ_S = 10.0


def frames_of(video: Path) -> Iterator[Frame]:
    """Yield the frames in order; `mono_ns` is media time.

    Raises:
        SourceBroken: the video cannot be decoded.
    """
    with closing(open_source(Camera("video", str(video)), SystemClock())) as source:
        source.open()
        while True:
            try:
                frame = source.read(_READ_S)
            except SourceEnded:
                return
            yield frame


def pictures_of(video: Path, every: int) -> Iterator[tuple[int, U8]]:
    """Yield the number, from 0, of every K-th frame and its picture (H,W,3) uint8 RGB.

    Raises:
        SourceBroken: the video cannot be decoded.
    """
    for frame in frames_of(video):
        if frame.seq % every == 0:
            yield frame.seq, whole_picture(frame)


def whole_picture(frame: Frame) -> U8:
    """Return all of a frame as (H,W,3) uint8 RGB."""
    return np.asarray(frame.crop((0.0, 0.0, float(frame.size_wh[0]), float(frame.size_wh[1]))))
