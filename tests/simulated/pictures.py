"""A stand-in for the GPU's picture memory: it copies out of ordinary memory and keeps count of what it gave away."""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Callable

import numpy as np

from edge.errors import EngineFailed
from edge.ports import DevicePlanes, Letterboxed, Masks, PictureForm, Tensorised, TensorOrder
from edge.types import U8, Box
from edge.vision.frame import PlanarFrame
from edge.vision.masks import PrivacyMasks
from edge.vision.planes import Matrix, PixelFormat, Planes
from tests.simulated.nvbufsurface import SimulatedLibrary


class SimulatedPicture:
    """The DevicePicture port over a copy in ordinary memory; a dead device answers nothing."""

    def __init__(self, planes: Planes, form: PictureForm, memory: SimulatedPictureMemory) -> None:
        self._frame = PlanarFrame("device", 0, 0, 0, 0, planes)
        self._memory = memory
        self.form = form

    def luma(self, width: int, height: int) -> U8:
        return self._alive().luma(width, height)

    def tint(self, width: int, height: int) -> U8:
        return self._alive().tint(width, height)

    def letterbox(self, width: int, height: int, *, centre: bool = True, pad: int = 114) -> Letterboxed:
        return self._alive().letterbox(width, height, centre=centre, pad=pad)

    def tensor(self, order: TensorOrder) -> Tensorised:
        return self._alive().tensor(order)

    def crop(self, box: Box) -> U8:
        return self._alive().crop(box)

    def _alive(self) -> PlanarFrame:
        self._memory.check()
        return self._frame


class SimulatedPictureMemory:
    """The PictureMemory port; `image` finds the planes of an EGLImage, `fault` is raised from now on when it is set."""

    label = "simulated device"

    def __init__(self, masks: Masks = (), library: SimulatedLibrary | None = None) -> None:
        self._masks = PrivacyMasks(masks)
        self._library = library
        self._using = threading.Lock()
        self.fault: EngineFailed | None = None
        self.taken = self.closed = 0
        self.on_take: Callable[[], None] = lambda: None

    def check(self) -> None:
        """Raise what is wrong with the device."""
        if self.fault is not None:
            raise self.fault

    def take(self, planes: DevicePlanes, form: PictureForm) -> SimulatedPicture:
        assert self._using.acquire(blocking=False), "used by two threads at a time"
        try:
            assert not self.closed, "used after it was closed"
            self.on_take()
            self.check()
            self.taken += 1
            width, height = form.coded_wh
            luma = _rows(planes.luma, planes.luma_pitch, (height, width))
            chroma = _rows(planes.chroma, planes.chroma_pitch, (height // 2, width)).reshape(height // 2, width // 2, 2)
            matrix = next(matrix for matrix in Matrix if matrix.value == form.matrix)
            whole = Planes(PixelFormat.NV12, (luma, chroma), matrix, form.full_range, form.sar)
            return SimulatedPicture(self._masks.blacken(whole), form, self)
        finally:
            self._using.release()

    def take_egl(self, image: int, form: PictureForm) -> SimulatedPicture:
        assert self._library is not None, "no EGLImage can be registered here"
        luma, chroma, pitch = self._library.image(image).planes_at()
        return self.take(DevicePlanes(luma, chroma, pitch, pitch), form)

    def close(self) -> None:
        self.closed += 1


def _rows(address: int, pitch: int, shape: tuple[int, int]) -> U8:
    height, width = shape
    whole = np.frombuffer(ctypes.string_at(address, pitch * (height - 1) + width), np.uint8)
    return np.array(np.ndarray(shape, np.uint8, whole, 0, (pitch, 1)), np.uint8)
