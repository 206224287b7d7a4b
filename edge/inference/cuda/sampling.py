"""Where the views of an NV12 picture take their values: the structures that the kernels of views.cu are given.

The rules are those of `resize_by` in edge/vision/planes.py, worked out here once for each view.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from edge.ports.capture import TensorOrder
from edge.ports.device import DevicePlanes, PictureForm
from edge.types import Point
from edge.vision.letterbox import Fit
from edge.vision.planes import HALF, rgb_rows

PLANE = np.dtype(
    [
        ("at", np.uint64),
        ("step", np.float64, 2),
        ("start", np.float64, 2),
        ("pitch", np.int32),
        ("size", np.int32, 2),
        ("halved", np.int32, 2),
        ("last", np.int32, 2),
        ("unused", np.int32),
    ]
)
VIEW = np.dtype(
    [
        ("luma", PLANE),
        ("chroma", PLANE),
        ("out", np.uint64),
        ("step", np.float64, 2),
        ("start", np.float64, 2),
        ("size", np.int32, 2),
        ("pad_at", np.int32, 2),
        ("inner", np.int32, 2),
        ("pad", np.int32),
        ("swap", np.int32),
        ("spread", np.int32),
        ("rows", np.int32, 12),
        ("gain", np.float32, 3),
        ("offset", np.float32, 3),
        ("unused", np.int32),
    ]
)
PAINT = np.dtype(
    [
        ("luma", np.uint64),
        ("chroma", np.uint64),
        ("hidden", np.uint64),
        ("quads", np.uint64),
        ("pitches", np.int32, 2),
        ("size", np.int32, 2),
    ]
)
"""`Plane`, `View` and `Paint` of views.cu, field by field; pairs are across and down."""

COLOUR_UNIT = 1024
"""Factors of the colour conversion are whole numbers of its parts, as in OpenCV's `transform` of 8-bit pictures."""
FAR = 1 << 30
"""No result reaches so far."""


@dataclass(frozen=True, slots=True)
class Source:
    """A picture in device memory: its planes and what they mean."""

    planes: DevicePlanes
    form: PictureForm

    @property
    def chroma_wh(self) -> tuple[int, int]:
        width, height = self.form.coded_wh
        return (width + 1) // 2, (height + 1) // 2

    def view(self, size_wh: tuple[int, int]) -> Any:
        """Return a VIEW of the coded picture, pixel for pixel; whoever runs it sets `out`, the result's address."""
        view = np.zeros((), VIEW)
        view["luma"] = _plane(self.planes.luma, self.planes.luma_pitch, self.form.coded_wh)
        view["chroma"] = _plane(self.planes.chroma, self.planes.chroma_pitch, self.chroma_wh)
        view["chroma"]["step"] = HALF
        view["size"], view["inner"] = size_wh, size_wh
        view["spread"] = not self.form.full_range
        rows = rgb_rows(self.form.matrix, full_range=self.form.full_range)
        # Half a unit more before the fraction is cut off: rounding.
        rows[:, 3] += np.float32(0.5)
        view["rows"] = np.rint(rows * np.float32(COLOUR_UNIT)).ravel()
        return view

    def scaled(self, size_wh: tuple[int, int], factors: tuple[float, float]) -> Any:
        """Return a VIEW with the coded picture shrunk or grown by these factors, across and down."""
        view = self.view(size_wh)
        view["luma"] = _resized(view["luma"], self.form.coded_wh, factors)
        view["chroma"] = _resized(view["chroma"], self.chroma_wh, (factors[0] * 2, factors[1] * 2))
        return view

    def fitted(self, fit: Fit, order: TensorOrder, stretch: tuple[float, float]) -> Any:
        """Return a VIEW of the whole picture letterboxed into a network's input; `stretch` as in `Planes`."""
        view = self.scaled((order.width, order.height), (fit.scale * stretch[0], fit.scale * stretch[1]))
        view["pad_at"], view["inner"], view["pad"] = (fit.pad_x, fit.pad_y), fit.inner_wh, order.pad
        view["swap"] = order.colour == "bgr"
        view["gain"], view["offset"] = order.gain, order.offset
        return view

    def thumbnail(self, size_wh: tuple[int, int]) -> Any:
        """Return a VIEW with either plane scaled to this size, aspect or not."""
        view = self.view(size_wh)
        for name, whole in (("luma", self.form.coded_wh), ("chroma", self.chroma_wh)):
            view[name] = _resized(view[name], whole, (size_wh[0] / whole[0], size_wh[1] / whole[1]))
        return view

    def region(self, corner: tuple[int, int], size_wh: tuple[int, int]) -> Any:
        """Return a VIEW of the coded pixels from `corner` on, as they are."""
        view = self.view(size_wh)
        view["luma"]["start"] = view["chroma"]["start"] = corner
        return view

    def unstretched(self, corner: tuple[int, int], size_wh: tuple[int, int], stretch: Point) -> Any:
        """Return a VIEW of the display pixels from `corner` on, which are `stretch` of a coded one, across and down."""
        view = self.view(size_wh)
        # Pixel centres: display x + 0.5 lies at (x + 0.5) / across of the coded row.
        view["step"] = 1 / np.asarray(stretch)
        view["start"] = (np.asarray(corner) + 0.5) / stretch - 0.5
        return view


def _plane(address: int, pitch: int, size_wh: tuple[int, int]) -> Any:
    plane = np.zeros((), PLANE)
    plane["at"], plane["pitch"], plane["size"] = address, pitch, size_wh
    plane["step"], plane["last"] = 1, FAR
    return plane


def _resized(plane: Any, size_wh: tuple[int, int], factors: tuple[float, float]) -> Any:
    """Return the plane walked so that it comes out scaled: halved while it shrinks by half or more, then stepped."""
    plane = plane.copy()
    for axis in (0, 1):
        size, factor, halved = size_wh[axis], factors[axis], 0
        while factor <= HALF and size > 1:
            size, factor, halved = size // 2, factor * 2, halved + 1
        plane["size"][axis], plane["halved"][axis] = size, halved
        # One result pixel there is at least: a factor too small for it is a little more.
        factor = max(factor, 0.5 / size + 1e-9)
        plane["step"][axis] = 1 / factor
        plane["last"][axis] = round(size * factor) - 1
    return plane
