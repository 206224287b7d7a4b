"""From a PyAV picture to native planes, without copying where its format is one of ours."""

from __future__ import annotations

import av.video.frame
import numpy as np

from edge.types import U8
from edge.vision.planes import Matrix, PixelFormat, Planes

_FULL_RANGE = 2  # AVCOL_RANGE_JPEG
_MATRICES = {1: Matrix.BT709, 5: Matrix.BT601, 6: Matrix.BT601, 9: Matrix.BT2020, 10: Matrix.BT2020}  # AVColorSpace
_NATIVE = frozenset({"yuv420p", "yuvj420p", "nv12", "gray", "rgb24"})


def planes_of(picture: av.video.frame.VideoFrame, sar: tuple[int, int]) -> Planes:
    """Return the planes of a decoded picture whose pixels have this aspect ratio."""
    name = picture.format.name
    full = picture.color_range == _FULL_RANGE or name.startswith("yuvj")
    matrix = _MATRICES.get(picture.colorspace, Matrix.usual_for(picture.height))
    if name not in _NATIVE:
        # Deep, 4:2:2, 4:4:4 and RGB pictures become 8-bit planes of the same colour rules.
        name = "rgb24" if picture.format.is_rgb else "yuvj420p" if full else "yuv420p"
        picture = picture.reformat(format=name)
    height, width = picture.height, picture.width
    half = ((height + 1) // 2, (width + 1) // 2)
    if name == "rgb24":
        return Planes(
            PixelFormat.RGB, (_plane(picture, 0, (height, width, 3)),), Matrix.BT601, full_range=True, sar=sar
        )
    luma = _plane(picture, 0, (height, width))
    if name == "gray":
        return Planes(PixelFormat.GRAY8, (luma,), matrix, full, sar)
    if name == "nv12":
        return Planes(PixelFormat.NV12, (luma, _plane(picture, 1, (*half, 2))), matrix, full, sar)
    return Planes(PixelFormat.I420, (luma, _plane(picture, 1, half), _plane(picture, 2, half)), matrix, full, sar)


def _plane(picture: av.video.frame.VideoFrame, index: int, shape: tuple[int, ...]) -> U8:
    # A view: the array keeps the plane, the plane keeps the decoder's buffer.
    plane = picture.planes[index]
    rows = np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)
    width = shape[1] * (shape[2] if len(shape) > 2 else 1)  # noqa: PLR2004 - rows, columns and, where there are several, channels
    view = rows[: shape[0], :width].reshape(shape)
    view.flags.writeable = False
    return view
