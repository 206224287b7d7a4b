"""Takes over the pictures that a camera's decoder leaves in device memory.

They are copied: the decoder has few buffers and needs each of them back at once, or it stands still; and only a copy
is ours to paint the privacy masks into. The copy stays on the device and costs it one reading and writing.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from edge.errors import EdgeError, EngineFailed
from edge.inference.cuda import library
from edge.inference.cuda.driver import Cuda
from edge.inference.cuda.egl import EglDoor
from edge.inference.cuda.kernels import Kernels
from edge.inference.cuda.open import open_cuda
from edge.inference.cuda.picture import HeldPicture
from edge.inference.cuda.pool import Pool
from edge.inference.cuda.sampling import PAINT, Source
from edge.inference.cuda.views import ViewStream
from edge.ports.device import DevicePlanes, Masks, PictureForm
from edge.vision.masks import hidden_areas, hidden_quads

MOST_PICTURES = 8
"""In use of one camera at a time: the newest, the one worked on, and those whose crops are still wanted."""
MOST_TENSORS = 8
"""In use of one camera at a time: those of the runs under way."""


def open_pictures(folder: Path, masks: Masks = ()) -> HeldPictures:
    """Open the GPU for one camera's pictures; `folder` keeps the compiled kernels.

    Raises:
        ModelError: there is no driver or no binding, or the folder cannot be used.
        EngineFailed: the kernels cannot be compiled, or the device refuses.
    """
    cuda = open_cuda()
    try:
        return HeldPictures(cuda, folder, masks, library.driver_library())
    except EdgeError:
        cuda.close()
        raise


class HeldPictures:
    """The pictures of one camera (PictureMemory). Owns `cuda` and closes it after the last picture is gone."""

    def __init__(self, cuda: Cuda, folder: Path, masks: Masks, driver: Any) -> None:
        self.label = cuda.label
        self._cuda = cuda
        self._kernels = Kernels(cuda, folder)
        try:
            self._views = ViewStream(cuda, self._kernels)
        except EngineFailed:
            self._kernels.close()
            raise
        self._paint = MaskPaint(self._views, masks)
        self._door = EglDoor(cuda, driver)
        self._pictures = Pool(cuda, "pictures on the GPU", MOST_PICTURES, self._views.settle)
        self._tensors = Pool(cuda, "network inputs on the GPU", MOST_TENSORS, self._views.settle)

    def take(self, planes: DevicePlanes, form: PictureForm) -> HeldPicture:
        _check(planes, form)
        picture = HeldPicture(form, self._views, self._tensors)
        loan = self._pictures.lend(picture.octets, picture)
        picture.settle_at(loan.address)
        try:
            self._copy(picture.source, planes)
            self._paint.over(picture.source)
            self._views.settle()
        except EngineFailed:
            # Whoever keeps the error keeps its traceback, and with it the picture.
            loan.give_back()
            raise
        return picture

    def take_egl(self, image: int, form: PictureForm) -> HeldPicture:
        with self._door.opened(image, form.coded_wh) as planes:
            return self.take(planes, form)

    def close(self) -> None:
        # Pictures may be asked for tensors as long as they live: the tensors' memory goes after the last of them.
        self._pictures.close(lambda: self._tensors.close(self._end))

    def _copy(self, ours: Source, theirs: DevicePlanes) -> None:
        (width, height), (half, below), planes = ours.form.coded_wh, ours.chroma_wh, ours.planes
        pitches = (planes.luma_pitch, theirs.luma_pitch)
        self._cuda.copy_rows(planes.luma, theirs.luma, pitches, (width, height), self._views.stream)
        pitches = (planes.chroma_pitch, theirs.chroma_pitch)
        self._cuda.copy_rows(planes.chroma, theirs.chroma, pitches, (half * 2, below), self._views.stream)

    def _end(self) -> None:
        self._views.settle()
        self._paint.close()
        self._views.close()
        self._kernels.close()
        self._cuda.close()


class MaskPaint:
    """Blackens the privacy masks in pictures on the device; their rasters are there once for each size of picture."""

    def __init__(self, views: ViewStream, masks: Masks) -> None:
        self._views, self._masks = views, tuple(masks)
        self._coded_wh = (0, 0)
        self._rasters = (0, 0)

    def over(self, source: Source) -> None:
        """Blacken a picture of ours, in the stream's turn."""
        if not self._masks:
            return
        if source.form.coded_wh != self._coded_wh:
            self._renew(source.form.coded_wh)
        paint = np.zeros((), PAINT)
        paint["luma"], paint["chroma"] = source.planes.luma, source.planes.chroma
        paint["hidden"], paint["quads"] = self._rasters
        paint["pitches"] = source.planes.luma_pitch, source.planes.chroma_pitch
        paint["size"] = source.form.coded_wh
        self._views.kernels.run("blacken", paint, source.form.coded_wh, self._views.stream)

    def close(self) -> None:
        """Free the rasters; may be called twice."""
        rasters, self._rasters, self._coded_wh = self._rasters, (0, 0), (0, 0)
        for raster in rasters:
            if raster:
                self._views.cuda.free(raster)

    def _renew(self, coded_wh: tuple[int, int]) -> None:
        self._views.settle()
        self.close()
        hidden = hidden_areas(self._masks, coded_wh)
        quads = hidden_quads(hidden)
        for raster in (hidden, quads):
            address = self._views.cuda.allocate(raster.size)
            self._rasters = (self._rasters[1], address)
            self._views.send(address, raster)
        self._coded_wh = coded_wh


def _check(planes: DevicePlanes, form: PictureForm) -> None:
    (width, height), half = form.coded_wh, (form.coded_wh[0] + 1) // 2 * 2
    if min(width, height, *form.sar) <= 0 or planes.luma_pitch < width or planes.chroma_pitch < half:
        raise EngineFailed(
            f"picture of {width}x{height}, pixels {form.sar[0]}:{form.sar[1]}, rows of {planes.luma_pitch} and "
            f"{planes.chroma_pitch} bytes: cannot be taken over: the decoder tells something impossible"
        )
