"""A decoder's surface, known by an EGLImage, as CUDA sees it: registered, looked at, given back, in this order.

The calls are those of cudaEGL.h; no binding offers all of them, so they go to the driver's library directly. EGLImages
need no mapping: cuGraphicsResourceGetMappedEglFrame may be called as soon as one is registered (cudaEGL.h).
"""

from __future__ import annotations

import contextlib
import ctypes
from collections.abc import Iterator
from typing import Any

from edge.errors import EngineFailed
from edge.inference.cuda.driver import Cuda
from edge.inference.cuda.failures import failure
from edge.inference.cuda.status_words import StatusWords
from edge.ports.device import DevicePlanes

MOST_PLANES = 3
NO_FLAGS = 0
"""CU_GRAPHICS_MAP_RESOURCE_FLAGS_NONE, as the board's own samples register a decoder's surface."""
PITCH = 1
"""CU_EGL_FRAME_TYPE_PITCH: rows in memory; 0, ARRAY, is block linear."""
UNSIGNED_INT8 = 1
"""CU_AD_FORMAT_UNSIGNED_INT8 of cuda.h."""
NV12_PLANES = 2


class EglFrame(ctypes.Structure):
    """CUeglFrame of cudaEGL.h; `planes` are pointers in a PITCH frame."""

    _fields_ = [
        ("planes", ctypes.c_void_p * MOST_PLANES),
        ("width", ctypes.c_uint),
        ("height", ctypes.c_uint),
        ("depth", ctypes.c_uint),
        ("pitch", ctypes.c_uint),
        ("plane_count", ctypes.c_uint),
        ("channels", ctypes.c_uint),
        ("frame_type", ctypes.c_int),
        ("colour_format", ctypes.c_int),
        ("array_format", ctypes.c_int),
    ]


class EglDoor:
    """Opens EGLImages on one device; for any thread."""

    def __init__(self, cuda: Cuda, library: Any) -> None:
        self._cuda, self._library = cuda, library
        self._words = StatusWords(library)

    @contextlib.contextmanager
    def opened(self, image: int, coded_wh: tuple[int, int]) -> Iterator[DevicePlanes]:
        """Give the planes of the image's surface, good until the end of the block; all work on them must be done then.

        Raises:
            CudaFailed: the driver refuses the image.
            EngineFailed: the surface is block linear, or no NV12 picture of this size.
        """
        self._cuda.attach()
        resource = ctypes.c_void_p()
        self._ask("cuGraphicsEGLRegisterImage", ctypes.byref(resource), ctypes.c_void_p(image), NO_FLAGS)
        try:
            frame = EglFrame()
            self._ask("cuGraphicsResourceGetMappedEglFrame", ctypes.byref(frame), resource, 0, 0)
            yield _planes(frame, coded_wh)
        except BaseException:
            # What went wrong first is what has to be told.
            with contextlib.suppress(EngineFailed):
                self._ask("cuGraphicsUnregisterResource", resource)
            raise
        self._ask("cuGraphicsUnregisterResource", resource)

    def _ask(self, call: str, *arguments: Any) -> None:
        try:
            function = getattr(self._library, call)
        except AttributeError as absent:
            raise EngineFailed(
                f"EGL: this driver has no {call}: pictures stay on the device on a Jetson only"
            ) from absent
        status = function(*arguments)
        if status:
            raise failure(call, self._words.name(status))


def _planes(frame: EglFrame, coded_wh: tuple[int, int]) -> DevicePlanes:
    if frame.frame_type != PITCH:
        raise EngineFailed(
            "EGL: the decoder's surface is block linear, not rows of pixels: set nvvidconv bl-output=false"
        )
    size = (frame.width, frame.height)
    if size != coded_wh or frame.plane_count != NV12_PLANES or frame.array_format != UNSIGNED_INT8:
        raise EngineFailed(
            f"EGL: the surface has {frame.plane_count} planes of {size[0]}x{size[1]}, format {frame.array_format}, and "
            f"not the 8-bit NV12 picture of {coded_wh[0]}x{coded_wh[1]} that was announced: ask nvvidconv for NV12"
        )
    luma, chroma = frame.planes[0], frame.planes[1]
    if not luma or not chroma or frame.pitch < coded_wh[0]:
        raise EngineFailed(f"EGL: the surface has no memory behind its planes, or rows of {frame.pitch} bytes only")
    # CUeglFrame tells the first plane's pitch; NvBufSurface lays both planes of NV12 out with the same.
    return DevicePlanes(int(luma), int(chroma), frame.pitch, frame.pitch)
