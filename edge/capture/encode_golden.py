"""Writes the clips of the decoder trial: `edge scene golden` runs it, the package carries what it wrote."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av

from edge.capture.golden_clips import GoldenClip
from edge.errors import UsageError
from edge.scene.pattern import trial_picture

FPS = 25
_BT709, _BT601 = 1, 5  # matrix_coefficients of ITU-T H.273
_LIMITED, _FULL = 1, 2  # AVColorRange
_RECIPES: dict[str, tuple[str, str, dict[str, str]]] = {
    # One thread each: what several make depends on how many there are.
    "h264": ("libx264", "yuv420p", {"preset": "slow", "crf": "35", "bf": "3", "g": "24", "threads": "1"}),
    "h264_full": ("libx264", "yuv420p", {"preset": "slow", "crf": "30", "g": "24", "threads": "1"}),
    "h265": (
        "libx265",
        "yuv420p",
        {"crf": "36", "x265-params": "pools=none:frame-threads=1:log-level=none:keyint=24:bframes=3"},
    ),
    "mjpeg": ("mjpeg", "yuvj420p", {"qmin": "10", "qmax": "10", "threads": "1"}),
    "av1": ("libsvtav1", "yuv420p", {"crf": "56", "preset": "8", "g": "24", "svtav1-params": "lp=1"}),
    "vp9": ("libvpx-vp9", "yuv420p", {"crf": "52", "b": "0", "threads": "1", "cpu-used": "4", "g": "24"}),
}


def write_golden(clip: GoldenClip, folder: Path) -> Path:
    """Render and encode one clip into a folder; returns the file.

    Raises:
        UsageError: the folder cannot be written, or PyAV here has no encoder for the codec.
    """
    path = folder / clip.path.name
    encoder, pixels, options = _RECIPES[clip.name]
    space, full = (_BT601 if clip.full_range else _BT709), clip.full_range
    try:
        with av.open(str(path), "w") as file:
            stream = file.add_stream(encoder, rate=FPS, options=options)
            stream.width, stream.height = clip.size_wh
            stream.pix_fmt = pixels
            stream.codec_context.time_base = Fraction(1, FPS)
            # Flags of the bitstream alone, as from a camera: qtdemux 1.22 overlooks the range in a container.
            stream.codec_context.colorspace, stream.codec_context.color_range = space, _FULL if full else _LIMITED
            for number in range(clip.pictures):
                frame = av.VideoFrame.from_ndarray(trial_picture(number, clip.size_wh), format="rgb24").reformat(
                    format=pixels,
                    dst_colorspace="ITU601" if space == _BT601 else "ITU709",
                    dst_color_range="JPEG" if full else "MPEG",
                )
                frame.pts = number
                file.mux(stream.encode(frame))
            file.mux(stream.encode())
    except (OSError, ValueError, av.FFmpegError) as error:
        raise UsageError(f"{path}: cannot be encoded with {encoder} ({error}); name a writable folder") from None
    return path
