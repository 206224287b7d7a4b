"""What a mapped NVMM buffer holds: NVIDIA's NvBufSurface, as far as it is the same in every version.

Origin: nvbufsurface.h of the Jetson Multimedia API and DeepStream. JetPack 5 and 6 and DeepStream up to 7.1 have one
layout (an NvBufSurface of 64 bytes, an NvBufSurfaceParams of 384), DeepStream 9.1 another (72 and 416). They differ
only behind `eglImage`: up to there every field lies at the same offset, checked by tests. So nothing behind it is
declared here, and only the first picture of a batch is looked at, whose place does not depend on the size of one.
"""

from __future__ import annotations

import ctypes
from dataclasses import dataclass

from edge.errors import EngineFailed
from edge.vision.planes import Matrix

PLANES = 4
RESERVED_WORDS = 16
"""Pointers at the end of the plane parameters: STRUCTURE_PADDING for each of NVBUF_MAX_PLANES."""
CUDA_DEVICE, CUDA_UNIFIED, SURFACE_ARRAY = 2, 3, 4
_MEMORY = ("default", "CUDA pinned", "CUDA device", "CUDA unified", "surface array", "handle", "system", "CUDA array")
"""NvBufSurfaceMemType by its number."""
PITCH_LINEAR = 0
COLOURS = {
    6: (Matrix.BT601, False),
    7: (Matrix.BT601, True),
    33: (Matrix.BT709, False),
    34: (Matrix.BT709, True),
    36: (Matrix.BT2020, False),
}
"""The 8-bit NV12 kinds of NvBufSurfaceColorFormat: NV12, NV12_ER, NV12_709, NV12_709_ER, NV12_2020; and full range."""
LUMA_BYTES, CHROMA_BYTES = 1, 2
_NV12_PLANES = 2
_CURE = "set decoder = software, or report the versions of JetPack and DeepStream"


class SurfaceUnfit(EngineFailed):
    """A picture in the board's memory that cannot be taken over as it lies there."""


class PlaneParams(ctypes.Structure):
    """NvBufSurfacePlaneParams: sizes in pixels of the plane, pitch, offset and size in bytes."""

    _fields_ = (
        ("num_planes", ctypes.c_uint32),
        ("width", ctypes.c_uint32 * PLANES),
        ("height", ctypes.c_uint32 * PLANES),
        ("pitch", ctypes.c_uint32 * PLANES),
        ("offset", ctypes.c_uint32 * PLANES),
        ("psize", ctypes.c_uint32 * PLANES),
        ("bytes_per_pixel", ctypes.c_uint32 * PLANES),
        ("_reserved", ctypes.c_void_p * RESERVED_WORDS),
    )


class SurfaceParams(ctypes.Structure):
    """NvBufSurfaceParams up to and with `mappedAddr.eglImage`; what follows differs between versions."""

    _fields_ = (
        ("width", ctypes.c_uint32),
        ("height", ctypes.c_uint32),
        ("pitch", ctypes.c_uint32),
        ("colour_format", ctypes.c_uint32),
        ("layout", ctypes.c_uint32),
        ("buffer", ctypes.c_uint64),
        ("size", ctypes.c_uint32),
        ("data", ctypes.c_void_p),
        ("planes", PlaneParams),
        ("mapped", ctypes.c_void_p * PLANES),
        ("egl_image", ctypes.c_void_p),
    )


class Surface(ctypes.Structure):
    """NvBufSurface up to and with `surfaceList`."""

    _fields_ = (
        ("gpu", ctypes.c_uint32),
        ("batch_size", ctypes.c_uint32),
        ("filled", ctypes.c_uint32),
        ("contiguous", ctypes.c_bool),
        ("memory", ctypes.c_uint32),
        ("list", ctypes.c_void_p),
    )


@dataclass(frozen=True, slots=True)
class Nv12Surface:
    """A surface that was found to be one NV12 picture of rows; the fields are those of the structure, now."""

    params: SurfaceParams
    memory: int

    @property
    def matrix(self) -> Matrix:
        return COLOURS[self.params.colour_format][0]

    @property
    def full_range(self) -> bool:
        return COLOURS[self.params.colour_format][1]


def nv12_surface(address: int, size_wh: tuple[int, int]) -> Nv12Surface:
    """Return the picture of `size_wh` coded pixels that the NvBufSurface at an address holds.

    The structure is refused unless all its numbers agree with each other and with the size that the caps state: that
    is also how a layout nobody has described yet is noticed, before an address out of it is used.

    Raises:
        SurfaceUnfit: it is something else.
    """
    whole = Surface.from_address(address)
    if (whole.batch_size, whole.filled) != (1, 1) or not whole.list or whole.list % ctypes.alignment(SurfaceParams):
        raise _unfit(f"a batch of {whole.batch_size} with {whole.filled} filled, not one picture")
    if whole.memory not in {CUDA_DEVICE, CUDA_UNIFIED, SURFACE_ARRAY}:
        kind = _MEMORY[whole.memory] if whole.memory < len(_MEMORY) else str(whole.memory)
        raise _unfit(f"memory of kind {kind}, not surface array or CUDA memory")
    params = SurfaceParams.from_address(whole.list)
    if (params.width, params.height) != size_wh or params.width % 2 or params.height % 2:
        raise _unfit(
            f"{params.width}x{params.height} where the stream says {size_wh[0]}x{size_wh[1]}, both must be even"
        )
    if params.layout != PITCH_LINEAR:
        raise _unfit("pixels in tiles (block-linear), not in rows")
    if params.colour_format not in COLOURS:
        raise _unfit(f"colour format {params.colour_format}, not 8-bit NV12")
    if not _planes_fit(params):
        raise _unfit("planes whose sizes, pitches and offsets do not agree")
    if whole.memory != SURFACE_ARRAY and not params.data:
        raise _unfit("CUDA memory without an address")
    return Nv12Surface(params, whole.memory)


def _planes_fit(params: SurfaceParams) -> bool:
    planes, (width, height) = params.planes, (params.width, params.height)
    luma_end = planes.offset[0] + planes.pitch[0] * height
    chroma_end = planes.offset[1] + planes.pitch[1] * height // 2
    return (
        planes.num_planes == _NV12_PLANES
        and (planes.width[0], planes.height[0]) == (width, height)
        and (planes.width[1], planes.height[1]) == (width // 2, height // 2)
        and (planes.bytes_per_pixel[0], planes.bytes_per_pixel[1]) == (LUMA_BYTES, CHROMA_BYTES)
        and params.pitch == planes.pitch[0] >= width <= planes.pitch[1]
        and luma_end <= planes.offset[1]
        and chroma_end <= params.size
    )


def _unfit(what: str) -> SurfaceUnfit:
    return SurfaceUnfit(f"NVMM buffer: {what}; {_CURE}")
