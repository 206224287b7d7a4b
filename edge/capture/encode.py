"""Writes annotated video: H.264 in MP4 through PyAV."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

import av
import av.video

from edge.errors import UsageError
from edge.types import U8

if TYPE_CHECKING:
    from typing_extensions import Self  # in the standard library from 3.11 on

_TIME_BASE = Fraction(1, 90_000)


class VideoWriter:
    """Encodes RGB pictures to a file; a context manager, finished on exit.

    Args:
        path: file to write, replaced when it exists.
        size_wh: size of every picture; odd sizes lose their last row or column, as 4:2:0 video needs even ones.
        fps: nominal rate, used where the pictures carry no better time.
        preset: how hard x264 tries.
        crf: its quality, lower is better.
        threads: 0 lets it choose; its output depends on their number, so what must come out the same names one.

    Raises:
        UsageError: the file cannot be written there or in that format.
    """

    def __init__(
        self,
        path: Path,
        size_wh: tuple[int, int],
        fps: float,
        *,
        preset: str = "veryfast",
        crf: int = 26,
        threads: int = 0,
    ) -> None:
        self._width, self._height = size_wh[0] & ~1, size_wh[1] & ~1
        try:
            self._file = av.open(str(path), "w")
            self._stream = self._file.add_stream("libx264", rate=Fraction(fps or 25).limit_denominator(1000))
            self._stream.width, self._stream.height, self._stream.pix_fmt = self._width, self._height, "yuv420p"
            self._stream.options = {"preset": preset, "crf": str(crf), "threads": str(threads)}
            self._stream.codec_context.time_base = _TIME_BASE
            self._file.start_encoding()
        except (OSError, ValueError, av.FFmpegError) as error:
            raise UsageError(
                f"{path}: cannot write video there ({error}); name a .mp4 file in a writable folder"
            ) from None
        self._last_pts = -1

    def write(self, picture: U8, media_ns: int) -> None:
        """Append one (H,W,3) uint8 RGB picture shown from `media_ns` after the start on."""
        frame = av.VideoFrame.from_ndarray(picture[: self._height, : self._width].copy(), format="rgb24")
        # Two pictures never share a stamp: players drop the second, and the muxer refuses it.
        self._last_pts = max(self._last_pts + 1, round(media_ns * 90_000 / 1e9))
        frame.pts, frame.time_base = self._last_pts, _TIME_BASE
        self._file.mux(self._stream.encode(frame))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.mux(self._stream.encode())
        self._file.close()
