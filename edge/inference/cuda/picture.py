"""A picture in device memory, its views made there: what PlanarFrame is on the processor."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from edge.errors import EngineFailed
from edge.inference.cuda.pool import Pool
from edge.inference.cuda.sampling import Source
from edge.inference.cuda.views import ViewStream
from edge.ports.capture import Letterboxed, Tensorised, TensorOrder
from edge.ports.device import DevicePlanes, PictureForm
from edge.types import U8, Box
from edge.vision.frame import pixels_inside
from edge.vision.letterbox import Fit, fit_inside
from edge.vision.planes import display_wh, stretch_of

PITCH_STEP = 256
"""Rows begin at multiples of this, so that a warp reads whole lines of memory."""
SQUARE = (1.0, 1.0)


class HeldTensor:
    """A network input in a block of the pool; the block goes back with the last reference."""

    dtype = "float32"

    def __init__(self, views: ViewStream, shape: tuple[int, ...]) -> None:
        self._views = views
        self.shape = shape
        self.address, self._event = 0, 0

    def begin(self, address: int, view: Any, size_wh: tuple[int, int]) -> None:
        """Begin to fill the block at this address."""
        self.address, view["out"] = address, address
        self._event = self._views.begin("tensor", view, size_wh)

    def ready(self, stream: int) -> None:
        self._views.cuda.wait_event(stream, self._event)

    def host(self) -> npt.NDArray[Any]:
        return self._views.copied(self.address, self.shape, self.dtype)


class HeldPicture:
    """One NV12 picture in a block of a pool: brightness above, colour below, rows a pitch apart."""

    def __init__(self, form: PictureForm, views: ViewStream, tensors: Pool) -> None:
        self.form = form
        self._views, self._tensors = views, tensors
        width, height = form.coded_wh
        self._stretch = stretch_of(form.sar)
        self.pitch = -(-((width + 1) // 2 * 2) // PITCH_STEP) * PITCH_STEP
        self.octets = self.pitch * (height + (height + 1) // 2)
        self.source = Source(DevicePlanes(0, 0, self.pitch, self.pitch), form)

    def settle_at(self, address: int) -> None:
        """Say where the block is that the picture lies in."""
        chroma = address + self.pitch * self.form.coded_wh[1]
        self.source = Source(DevicePlanes(address, chroma, self.pitch, self.pitch), self.form)

    @property
    def size_wh(self) -> tuple[int, int]:
        """Width and height in square display pixels."""
        return display_wh(self.form.coded_wh, self.form.sar)

    def luma(self, width: int, height: int) -> U8:
        return self._views.fetch("brightness", self.source.thumbnail((width, height)), (height, width))

    def tint(self, width: int, height: int) -> U8:
        return self._views.fetch("tints", self.source.thumbnail((width, height)), (height, width, 2))

    def letterbox(self, width: int, height: int, *, centre: bool = True, pad: int = 114) -> Letterboxed:
        order = TensorOrder(width, height, centre, pad)
        fit, view = self._fitted(order)
        return Letterboxed(self._views.fetch("colours", view, (height, width, 3)), fit.scale, fit.pad_x, fit.pad_y)

    def tensor(self, order: TensorOrder) -> Tensorised:
        fit, view = self._fitted(order)
        shape = (1, 3, order.height, order.width)
        tensor = HeldTensor(self._views, shape)
        loan = self._tensors.lend(int(np.prod(shape)) * np.dtype(tensor.dtype).itemsize, tensor)
        try:
            tensor.begin(loan.address, view, (order.width, order.height))
        except EngineFailed:
            # Whoever keeps the error keeps its traceback, and with it the tensor.
            loan.give_back()
            raise
        return Tensorised(tensor, fit.scale, fit.pad_x, fit.pad_y)

    def crop(self, box: Box) -> U8:
        x1, y1, x2, y2 = pixels_inside(box, self.size_wh)
        shape = (y2 - y1, x2 - x1, 3)
        if self._stretch == SQUARE:
            return self._views.fetch("colours", self.source.region((x1, y1), (x2 - x1, y2 - y1)), shape)
        view = self.source.unstretched((x1, y1), (x2 - x1, y2 - y1), self._stretch)
        return self._views.fetch("stretched", view, shape)

    def _fitted(self, order: TensorOrder) -> tuple[Fit, Any]:
        fit = fit_inside(self.size_wh, (order.width, order.height), centre=order.centre)
        return fit, self.source.fitted(fit, order, self._stretch)
