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

_READ_S = 10.0


def pictures_of(video: Path, every: int) -> Iterator[tuple[int, U8]]:
    """Yield the number, from 0, of every K-th frame and its picture (H,W,3) uint8 RGB.

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
            if frame.seq % every == 0:
                yield frame.seq, np.asarray(frame.crop((0.0, 0.0, float(frame.size_wh[0]), float(frame.size_wh[1]))))
