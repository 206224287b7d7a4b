"""From a GStreamer sample in the board's memory to a picture of ours on the GPU."""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from edge.capture.gst_planes import UNFIT
from edge.capture.gst_runtime import Gst, GstVideo
from edge.capture.nvbufsurface import Surface, SurfaceUnfit
from edge.capture.nvmm import NvBufSurfaceLibrary, SurfaceLibrary, take_surface
from edge.ports import DevicePicture, PictureMemory

_LARGEST_BYTES = 512
"""A mapped NVMM buffer is the NvBufSurface itself, 64 or 72 bytes; plain pictures are larger, and so is the structure
of JetPack 4 (1008), which is another one."""


class _Mapping(ctypes.Structure):
    """GstMapInfo of gstmemory.h: public interface of GStreamer 1, so the same in all its versions."""

    _fields_ = (
        ("memory", ctypes.c_void_p),
        ("flags", ctypes.c_int),
        ("data", ctypes.c_void_p),
        ("size", ctypes.c_size_t),
        ("maxsize", ctypes.c_size_t),
        ("user_data", ctypes.c_void_p * 4),
        ("_reserved", ctypes.c_void_p * 4),
    )


class DeviceTaker:
    """Takes pictures of one connection over. `close` may come from another thread and does not wait for a picture."""

    def __init__(self, memory: PictureMemory, library: SurfaceLibrary | None = None) -> None:
        self._memory = memory
        self._library = library
        self._caps: Gst.Caps | None = None
        self._about: GstVideo.VideoInfo | None = None
        self._busy = threading.Lock()
        self._closed = threading.Event()

    @property
    def label(self) -> str:
        """Binding and device."""
        return self._memory.label

    def picture(self, sample: Gst.Sample) -> DevicePicture | None:
        """Return the picture, or None when it is marked as corrupt, a filler or not for showing.

        Raises:
            EngineFailed: it cannot be taken over.
        """
        with self._busy:
            picture = None if self._closed.is_set() else self._taken(sample)
        if self._closed.is_set():
            self._let_go()
        return picture

    def close(self) -> None:
        """Let go of the memory, now or when the picture that is being taken over is through."""
        self._closed.set()
        self._let_go()

    def _let_go(self) -> None:
        if self._busy.acquire(blocking=False):
            try:
                self._memory.close()
            finally:
                self._busy.release()

    def _taken(self, sample: Gst.Sample) -> DevicePicture | None:
        buffer, caps = sample.get_buffer(), sample.get_caps()
        if buffer is None or caps is None or buffer.get_flags() & UNFIT:
            return None
        if self._caps is None or not caps.is_equal(self._caps):
            self._caps, self._about = caps, GstVideo.VideoInfo.new_from_caps(caps)
        about = self._about
        if about is None:
            return None
        if self._library is None:
            self._library = NvBufSurfaceLibrary()
        sar = (about.par_n, about.par_d) if about.par_n > 0 and about.par_d > 0 else (1, 1)
        with mapped(buffer) as (address, size):
            if not ctypes.sizeof(Surface) <= size <= _LARGEST_BYTES:
                raise SurfaceUnfit(f"NVMM buffer: {size} bytes are no NvBufSurface; set decoder = software")
            return take_surface(address, (about.width, about.height), sar, self._memory, self._library)


@contextmanager
def mapped(buffer: Gst.Buffer) -> Iterator[tuple[int, int]]:
    """Map a buffer for reading; gives the address of its memory itself and how many bytes it has.

    The bindings hand out copies of mapped memory (PyGObject) or views of it (gst-python), but here the very structure
    is needed that the decoder made. A boxed object's hash is its address, as NVIDIA's own Python bindings use it.

    Raises:
        SurfaceUnfit: it is none, or cannot be mapped.
    """
    gst, at, info = ctypes.CDLL("libgstreamer-1.0.so.0"), hash(buffer), _Mapping()
    # A GstBuffer begins with its own type: with bindings that hash otherwise this would be another number.
    if ctypes.c_size_t.from_address(at).value != hash(Gst.Buffer.__gtype__):
        raise SurfaceUnfit("these Python bindings do not tell where a buffer lies; set decoder = software")
    gst.gst_buffer_map.argtypes = (ctypes.c_void_p, ctypes.POINTER(_Mapping), ctypes.c_int)
    gst.gst_buffer_unmap.argtypes, gst.gst_buffer_unmap.restype = (ctypes.c_void_p, ctypes.POINTER(_Mapping)), None
    if not gst.gst_buffer_map(at, ctypes.byref(info), int(Gst.MapFlags.READ)) or not info.data:
        raise SurfaceUnfit("a buffer of the board's memory cannot be mapped; set decoder = software")
    try:
        yield info.data, info.size
    finally:
        gst.gst_buffer_unmap(at, ctypes.byref(info))
