"""A stand-in for libnvbufsurface: real structures in ordinary memory, and every call against the contract fails.

The structures here are whole, in both layouts that are known: that of JetPack 6 (DeepStream up to 7.1) and that of
DeepStream 9.1. The product declares only what they have in common.
"""

from __future__ import annotations

import ctypes
from dataclasses import dataclass, field

import numpy as np

from edge.types import U8

NV12_709, SURFACE_ARRAY, CUDA_DEVICE = 33, 4, 2
PITCH_ALIGNMENT = 256
"""Pitch-linear surfaces of a Jetson have rows of a multiple of 256 bytes."""
PLANE_ALIGNMENT = 65536
"""Their planes begin at multiples of 64 KiB."""

_POINTERS = ctypes.c_void_p * 4
_WORDS = ctypes.c_uint32 * 4


class _Planes(ctypes.Structure):
    _fields_ = (
        ("num_planes", ctypes.c_uint32),
        ("width", _WORDS),
        ("height", _WORDS),
        ("pitch", _WORDS),
        ("offset", _WORDS),
        ("psize", _WORDS),
        ("bytesPerPix", _WORDS),
        ("_reserved", ctypes.c_void_p * 16),
    )


class _MappedOfJetPack6(ctypes.Structure):
    _fields_ = (("addr", _POINTERS), ("eglImage", ctypes.c_void_p), ("_reserved", _POINTERS))


class _MappedOfDeepStream9(ctypes.Structure):
    _fields_ = (
        ("addr", _POINTERS),
        ("eglImage", ctypes.c_void_p),
        ("nvmmPtr", ctypes.c_void_p),
        ("cudaPtr", ctypes.c_void_p),
        ("_reserved", _POINTERS),
    )


_HEAD = (
    ("width", ctypes.c_uint32),
    ("height", ctypes.c_uint32),
    ("pitch", ctypes.c_uint32),
    ("colorFormat", ctypes.c_int),
    ("layout", ctypes.c_int),
    ("bufferDesc", ctypes.c_uint64),
    ("dataSize", ctypes.c_uint32),
    ("dataPtr", ctypes.c_void_p),
    ("planeParams", _Planes),
)


class ParamsOfJetPack6(ctypes.Structure):
    """NvBufSurfaceParams, 384 bytes."""

    _fields_ = (*_HEAD, ("mappedAddr", _MappedOfJetPack6), ("paramex", ctypes.c_void_p), ("_r", ctypes.c_void_p * 3))


class ParamsOfDeepStream9(ctypes.Structure):
    """NvBufSurfaceParams, 416 bytes."""

    _fields_ = (
        *_HEAD,
        ("mappedAddr", _MappedOfDeepStream9),
        ("paramex", ctypes.c_void_p),
        ("cudaBuffer", ctypes.c_void_p),
        ("_r", _POINTERS),
    )


_WHOLE = (
    ("gpuId", ctypes.c_uint32),
    ("batchSize", ctypes.c_uint32),
    ("numFilled", ctypes.c_uint32),
    ("isContiguous", ctypes.c_bool),
    ("memType", ctypes.c_int),
    ("surfaceList", ctypes.c_void_p),
)


class SurfaceOfJetPack6(ctypes.Structure):
    """NvBufSurface, 64 bytes."""

    _fields_ = (*_WHOLE, ("_reserved", _POINTERS))


class SurfaceOfDeepStream9(ctypes.Structure):
    """NvBufSurface, 72 bytes."""

    _fields_ = (*_WHOLE, ("isImportedBuf", ctypes.c_bool), ("_reserved", _POINTERS))


LAYOUTS: dict[str, tuple[type[ctypes.Structure], type[ctypes.Structure]]] = {
    "jetpack-6": (SurfaceOfJetPack6, ParamsOfJetPack6),
    "deepstream-9": (SurfaceOfDeepStream9, ParamsOfDeepStream9),
}
EGL_IMAGE_AT = {
    "jetpack-6": ParamsOfJetPack6.mappedAddr.offset + _MappedOfJetPack6.eglImage.offset,
    "deepstream-9": ParamsOfDeepStream9.mappedAddr.offset + _MappedOfDeepStream9.eglImage.offset,
}


class ContractBroken(AssertionError):
    """A call that the real library answers with memory that is gone, or not at all."""


@dataclass(eq=False)
class SimulatedSurface:
    """One NV12 picture in the memory of a pretended board; `whole` and `params` are the structures themselves."""

    luma: U8
    chroma: U8
    layout: str = "jetpack-6"
    memory: int = SURFACE_ARRAY
    colour: int = NV12_709
    whole: ctypes.Structure = field(init=False)
    params: ctypes.Structure = field(init=False)
    store: U8 = field(init=False)

    def __post_init__(self) -> None:
        height, width = self.luma.shape
        pitch = -(-width // PITCH_ALIGNMENT) * PITCH_ALIGNMENT
        second = -(-pitch * height // PLANE_ALIGNMENT) * PLANE_ALIGNMENT
        self.store = np.full(second + pitch * (height // 2), 255, np.uint8)
        self.store[: pitch * height].reshape(height, pitch)[:, :width] = self.luma
        self.store[second:].reshape(height // 2, pitch)[:, :width] = self.chroma.reshape(height // 2, width)
        surface, params = LAYOUTS[self.layout]
        self.params = params(width=width, height=height, pitch=pitch, colorFormat=self.colour)
        self.params.dataSize, self.params.bufferDesc = self.store.size, 17
        planes = self.params.planeParams
        planes.num_planes = 2
        for plane, (across, down, offset, each) in enumerate(
            ((width, height, 0, 1), (width // 2, height // 2, second, 2))
        ):
            planes.width[plane], planes.height[plane], planes.pitch[plane] = across, down, pitch
            planes.offset[plane], planes.psize[plane], planes.bytesPerPix[plane] = offset, pitch * down, each
        if self.memory != SURFACE_ARRAY:
            self.params.dataPtr = self.store.ctypes.data
        at = ctypes.addressof(self.params)
        self.whole = surface(batchSize=1, numFilled=1, memType=self.memory, surfaceList=at)

    @property
    def address(self) -> int:
        """Where the NvBufSurface lies."""
        return ctypes.addressof(self.whole)

    def planes_at(self) -> tuple[int, int, int]:
        """Return the addresses of brightness and colour, and the pitch."""
        planes, base = self.params.planeParams, self.store.ctypes.data
        return base + planes.offset[0], base + planes.offset[1], planes.pitch[0]


class SimulatedLibrary:
    """The SurfaceLibrary over simulated surfaces; `log` has its calls, `images` the EGLImages that are alive."""

    def __init__(self, *surfaces: SimulatedSurface) -> None:
        self._surfaces = {surface.address: surface for surface in surfaces}
        self.images: dict[int, SimulatedSurface] = {}
        self.log: list[str] = []
        self.map_fails = self.unmap_fails = self.maps_nothing = False
        self._next = 0x1000

    def add(self, surface: SimulatedSurface) -> None:
        self._surfaces[surface.address] = surface

    def map_egl(self, surface: int) -> int:
        found = self._found("map", surface)
        if self.map_fails:
            return -1
        if found.params.mappedAddr.eglImage:
            raise ContractBroken("NvBufSurfaceMapEglImage: the surface is mapped already")
        if not self.maps_nothing:
            self._next += 1
            self.images[self._next] = found
            found.params.mappedAddr.eglImage = self._next
        return 0

    def unmap_egl(self, surface: int) -> int:
        found = self._found("unmap", surface)
        image = found.params.mappedAddr.eglImage
        if image is None and not self.maps_nothing:
            raise ContractBroken("NvBufSurfaceUnMapEglImage: the surface is not mapped")
        self.images.pop(image, None)
        found.params.mappedAddr.eglImage = None
        return -1 if self.unmap_fails else 0

    def image(self, handle: int) -> SimulatedSurface:
        """Return what an EGLImage shows, for whoever registers it."""
        if handle not in self.images:
            raise ContractBroken(f"EGLImage {handle:#x} is used after it was unmapped")
        self.log.append("register")
        return self.images[handle]

    def _found(self, call: str, surface: int) -> SimulatedSurface:
        self.log.append(call)
        if surface not in self._surfaces:
            raise ContractBroken(f"{call}: {surface:#x} is no surface of this board")
        return self._surfaces[surface]
