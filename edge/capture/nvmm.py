"""From the board's memory (NVMM) into ours on the GPU: nothing of the picture passes through the processor.

A buffer of type surface array is memory of the video engines. It is made an EGLImage by libnvbufsurface, which CUDA
can register; the picture is copied from there and the image is given back, in this order, also when a step fails.
Buffers that are CUDA memory already are copied from their own address.
"""

from __future__ import annotations

import ctypes
from typing import Protocol

from edge.capture.nvbufsurface import SURFACE_ARRAY, Nv12Surface, SurfaceUnfit, nv12_surface
from edge.logs import get_log
from edge.ports import DevicePicture, DevicePlanes, PictureForm, PictureMemory

_NAMES = (
    "libnvbufsurface.so",
    "libnvbufsurface.so.1.0.0",
    "/usr/lib/aarch64-linux-gnu/nvidia/libnvbufsurface.so.1.0.0",
    "/usr/lib/aarch64-linux-gnu/tegra/libnvbufsurface.so.1.0.0",
)
"""As the loader knows it; then where JetPack 6 and 7 and where JetPack 5 put it, for a loader that was not told."""
_ONLY = 0
"""Index of the one picture of a batch."""
_LOG = get_log("capture")


class SurfaceLibrary(Protocol):
    """The part of libnvbufsurface that is used. Both return 0 when they succeeded."""

    def map_egl(self, surface: int) -> int:
        """Make the surface's picture an EGLImage and note it in the surface."""
        ...

    def unmap_egl(self, surface: int) -> int:
        """Destroy it again."""
        ...


class NvBufSurfaceLibrary:
    """SurfaceLibrary over the real one; loaded when the first picture is to be taken over, never before.

    Raises:
        SurfaceUnfit: it is not installed.
    """

    def __init__(self) -> None:
        library = _loaded()
        self._map, self._unmap = library.NvBufSurfaceMapEglImage, library.NvBufSurfaceUnMapEglImage
        for function in (self._map, self._unmap):
            function.argtypes, function.restype = (ctypes.c_void_p, ctypes.c_int), ctypes.c_int

    def map_egl(self, surface: int) -> int:
        return int(self._map(surface, _ONLY))

    def unmap_egl(self, surface: int) -> int:
        return int(self._unmap(surface, _ONLY))


def take_surface(
    address: int,
    size_wh: tuple[int, int],
    sar: tuple[int, int],
    memory: PictureMemory,
    library: SurfaceLibrary,
) -> DevicePicture:
    """Copy the picture of the NvBufSurface at `address` into our memory; the surface is free again on return.

    Size and pixel shape are those of the caps. Colours are the surface's own word: the converter wrote by it.

    Raises:
        SurfaceUnfit: it cannot be taken over as it lies.
        EngineFailed: the device failed.
    """
    found = nv12_surface(address, size_wh)
    form = PictureForm(size_wh, found.matrix.value, found.full_range, sar)
    if found.memory == SURFACE_ARRAY:
        return _through_egl(address, found, form, memory, library)
    base, planes = int(found.params.data), found.params.planes
    luma, chroma = base + planes.offset[0], base + planes.offset[1]
    return memory.take(DevicePlanes(luma, chroma, planes.pitch[0], planes.pitch[1]), form)


def _through_egl(
    address: int, found: Nv12Surface, form: PictureForm, memory: PictureMemory, library: SurfaceLibrary
) -> DevicePicture:
    if found.params.egl_image:  # another element mapped it and will unmap it
        return memory.take_egl(int(found.params.egl_image), form)
    if library.map_egl(address) != 0:
        raise SurfaceUnfit(
            "NVMM buffer: NvBufSurfaceMapEglImage failed; run without DISPLAY and WAYLAND_DISPLAY, "
            "with which EGL looks for a screen instead of the board"
        )
    try:
        picture = memory.take_egl(_image(found), form)
    except BaseException:
        if library.unmap_egl(address) != 0:  # told beside the first failure, which is the cause
            _LOG.error("NVMM buffer: NvBufSurfaceUnMapEglImage failed too")
        raise
    if library.unmap_egl(address) != 0:
        raise SurfaceUnfit("NVMM buffer: NvBufSurfaceUnMapEglImage failed; restart the service if this is said again")
    return picture


def _image(found: Nv12Surface) -> int:
    if not found.params.egl_image:
        raise SurfaceUnfit("NVMM buffer: mapped, but no EGLImage came of it; set decoder = software")
    return int(found.params.egl_image)


def _loaded() -> ctypes.CDLL:
    for name in _NAMES:
        try:
            return ctypes.CDLL(name)
        except OSError:
            continue
    raise SurfaceUnfit("libnvbufsurface is not installed; apt install nvidia-l4t-multimedia (comes with the board)")
