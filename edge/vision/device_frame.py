"""The Frame port over a picture in a GPU's memory: nothing of it but the views ever reaches the processor."""

from __future__ import annotations

from dataclasses import dataclass

from edge.ports import DevicePicture, Letterboxed, Tensorised, TensorOrder
from edge.types import U8, Box
from edge.vision.planes import display_wh


@dataclass(frozen=True, slots=True, eq=False)
class DeviceFrame:
    """One frame of one camera. `picture` has the privacy masks applied already, and its memory is its own.

    Every view raises EngineFailed when the device failed: a dead device must not look like an empty road.
    """

    camera_id: str
    seq: int
    wall_ns: int
    mono_ns: int
    pts_ns: int
    picture: DevicePicture

    @property
    def size_wh(self) -> tuple[int, int]:
        form = self.picture.form
        return display_wh(form.coded_wh, form.sar)

    def luma(self, width: int, height: int) -> U8:
        return self.picture.luma(width, height)

    def tint(self, width: int, height: int) -> U8:
        return self.picture.tint(width, height)

    def letterbox(self, width: int, height: int, *, centre: bool = True, pad: int = 114) -> Letterboxed:
        return self.picture.letterbox(width, height, centre=centre, pad=pad)

    def tensor(self, order: TensorOrder) -> Tensorised:
        return self.picture.tensor(order)

    def crop(self, box: Box) -> U8:
        return self.picture.crop(box)
