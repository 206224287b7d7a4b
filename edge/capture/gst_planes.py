"""From a GStreamer sample to native planes."""

from __future__ import annotations

import numpy as np

from edge.capture.gst_runtime import Gst, GstVideo
from edge.types import U8
from edge.vision.planes import Matrix, PixelFormat, Planes

UNFIT = Gst.BufferFlags.CORRUPTED | Gst.BufferFlags.DECODE_ONLY | Gst.BufferFlags.GAP
"""Marks of a buffer that is no picture to be shown."""
_FULL_RANGE = 1  # GST_VIDEO_COLOR_RANGE_0_255, whose name the binding cannot spell
_MATRICES = {
    GstVideo.VideoColorMatrix.BT709: Matrix.BT709,
    GstVideo.VideoColorMatrix.BT601: Matrix.BT601,
    GstVideo.VideoColorMatrix.FCC: Matrix.BT601,
    GstVideo.VideoColorMatrix.BT2020: Matrix.BT2020,
}


class Unpacker:
    """Copies the planes out of samples, honouring strides; remembers what the caps mean until they change."""

    def __init__(self) -> None:
        self._caps: Gst.Caps | None = None
        self._about: GstVideo.VideoInfo | None = None

    def planes(self, sample: Gst.Sample) -> Planes | None:
        """Return the picture, or None when it is marked as corrupt, a filler or not for showing."""
        buffer, caps = sample.get_buffer(), sample.get_caps()
        if buffer is None or caps is None or buffer.get_flags() & UNFIT:
            return None
        if self._caps is None or not caps.is_equal(self._caps):
            self._caps, self._about = caps, GstVideo.VideoInfo.new_from_caps(caps)
        about = self._about
        mapped, memory = buffer.map(Gst.MapFlags.READ)
        if about is None or not mapped:
            return None
        try:
            octets = np.frombuffer(bytes(memory.data), np.uint8)
        finally:
            buffer.unmap(memory)
        meta = GstVideo.buffer_get_video_meta(buffer)
        layout = meta if meta is not None else about
        return _planes(octets, about, list(layout.offset), list(layout.stride))


def _planes(octets: U8, about: GstVideo.VideoInfo, offset: list[int], stride: list[int]) -> Planes:
    kind = PixelFormat(about.finfo.name)
    height, width = about.height, about.width
    half = ((height + 1) // 2, (width + 1) // 2)
    shapes: dict[PixelFormat, tuple[tuple[int, ...], ...]] = {
        PixelFormat.I420: ((height, width), half, half),
        PixelFormat.NV12: ((height, width), (*half, 2)),
        PixelFormat.GRAY8: ((height, width),),
    }
    arrays = tuple(
        np.ndarray(shape, np.uint8, octets, offset[plane], (stride[plane], *_inner_strides(shape)))
        for plane, shape in enumerate(shapes[kind])
    )
    colour = about.colorimetry
    return Planes(
        kind,
        arrays,
        _MATRICES.get(colour.matrix, Matrix.usual_for(height)),
        int(colour.range) == _FULL_RANGE,
        (about.par_n, about.par_d) if about.par_n > 0 and about.par_d > 0 else (1, 1),
    )


def _inner_strides(shape: tuple[int, ...]) -> tuple[int, ...]:
    _, _, *channels = shape
    return (*channels, 1)
