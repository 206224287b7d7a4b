"""Small clips made on the spot, with a picture that is known exactly before the encoder sees it."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from edge.types import U8

FPS = 25


@dataclass(frozen=True, slots=True)
class Clip:
    """What to encode: codec, its pixel format and size, and what makes it awkward."""

    codec: str = "libx264"
    pixel_format: str = "yuv420p"
    size_wh: tuple[int, int] = (320, 180)
    frames: int = 30
    sar: tuple[int, int] = (1, 1)
    suffix: str = ".mp4"
    key_every: int = 10
    options: tuple[tuple[str, str], ...] = ()
    full_range: bool = False


def picture(index: int, size_wh: tuple[int, int]) -> U8:
    """Return (H,W,3) RGB: smooth ramps, which codecs keep, and a square whose place tells the frame's number."""
    width, height = size_wh
    across = np.linspace(40, 200, width)[None, :].repeat(height, 0)
    down = np.linspace(60, 180, height)[:, None].repeat(width, 1)
    rgb = np.stack([across, down, np.full((height, width), 90.0)], axis=2)
    left = square_x(index, width)
    rgb[height // 2 : height // 2 + 24, left : left + 24] = (230, 220, 40)
    return np.rint(rgb).astype(np.uint8)


def square_x(index: int, width: int) -> int:
    """Left edge of the square in frame `index`."""
    return 8 + (index * 7) % (width - 40)


def write_clip(path: Path, clip: Clip, metadata: dict[str, str] | None = None) -> Path:
    """Encode a clip; skips the test where this PyAV has no such encoder."""
    if clip.codec not in av.codecs_available:
        pytest.skip(f"this PyAV cannot encode {clip.codec}")
    with av.open(str(path), "w") as container:
        container.metadata.update(metadata or {})
        stream = container.add_stream(clip.codec, rate=FPS, options={"g": str(clip.key_every), **dict(clip.options)})
        stream.width, stream.height = clip.size_wh
        stream.pix_fmt = clip.pixel_format
        stream.codec_context.sample_aspect_ratio = Fraction(*clip.sar)
        stream.codec_context.time_base = Fraction(1, FPS)
        full = clip.full_range or clip.pixel_format.startswith("yuvj")
        stream.codec_context.color_range = 2 if full else 1
        stream.codec_context.colorspace = 5 if clip.codec == "mjpeg" else 1  # JPEG files are BT.601 by definition
        for index in range(clip.frames):
            frame = av.VideoFrame.from_ndarray(picture(index, clip.size_wh), format="rgb24").reformat(
                format=clip.pixel_format,
                dst_colorspace="ITU601" if clip.codec == "mjpeg" else "ITU709",
                dst_color_range="JPEG" if full else "MPEG",
            )
            frame.pts = index
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path
