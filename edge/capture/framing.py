"""What every adapter does with a decoded picture: hide what the masks cover, stamp it, number it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from edge.capture.launch import Distrusted, trust_all
from edge.clock import Clock
from edge.config.model import Camera
from edge.ports import DevicePicture, Masks, PictureMemory
from edge.vision.device_frame import DeviceFrame
from edge.vision.frame import PlanarFrame
from edge.vision.masks import PrivacyMasks
from edge.vision.planes import Planes

KEY_FRAME_WAIT_S = 10.0
"""Longest wait for a first picture that stands by itself, while data flows; cameras send one every 1 to 10 s."""
RESYNC_WAIT_S = 3.0
"""Longest wait for the next one after lost data: a new connection brings one at once from most cameras."""


MakeMemory = Callable[[Masks], PictureMemory]
"""Opens the memory that takes one camera's pictures over and blackens its masks. Raises EdgeError when it cannot be."""


@dataclass(frozen=True, slots=True)
class Order:
    """What an adapter is asked for.

    `first_seq` lets numbers run on over reconnections. `wall_start_ns` is the wall time of a file's first frame, None
    for the file's own date. `open_timeout_s` bounds `open`; `read_timeout_s` bounds the silence within one `read` where
    a library must know it beforehand. `make_memory` is given where pictures shall stay in a GPU's memory; `distrusted`
    says which decoders failed their trial on this device.
    """

    camera: Camera
    clock: Clock
    first_seq: int = 0
    wall_start_ns: int | None = None
    open_timeout_s: float = 5.0
    read_timeout_s: float = 1.5
    make_memory: MakeMemory | None = None
    distrusted: Distrusted = trust_all

    @property
    def masks(self) -> Masks:
        """Corners of the areas to hide."""
        return [mask.polygon for mask in self.camera.masks]


class Framing:
    """Makes frames of one opened source, in order; for one thread."""

    def __init__(self, order: Order) -> None:
        self._camera_id = order.camera.id
        self._clock = order.clock
        self._masks = PrivacyMasks(order.masks)
        self._seq = order.first_seq
        self._wall_start_ns: int | None = None
        self._first_pts_ns: int | None = None

    def count_from(self, wall_start_ns: int) -> None:
        """Take time from the frames' own stamps, the first being `wall_start_ns`; else they are stamped on arrival."""
        self._wall_start_ns = wall_start_ns

    def skip(self, frames: int = 1) -> None:
        """Leave numbers out: frames came that must not be delivered, and the gap says so."""
        self._seq += frames

    def frame(self, planes: Planes, pts_ns: int) -> PlanarFrame:
        """Return the next frame."""
        return PlanarFrame(self._camera_id, *self._stamps(pts_ns), self._masks.blacken(planes))

    def device_frame(self, picture: DevicePicture, pts_ns: int) -> DeviceFrame:
        """Return the next frame over a picture whose masks were blackened when it was taken over."""
        return DeviceFrame(self._camera_id, *self._stamps(pts_ns), picture)

    def _stamps(self, pts_ns: int) -> tuple[int, int, int, int]:
        """Return the next number, its wall and monotonic time, and the stream's stamp."""
        seq, self._seq = self._seq, self._seq + 1
        if self._first_pts_ns is None:
            self._first_pts_ns = pts_ns
        if self._wall_start_ns is None:
            return seq, self._clock.wall_ns(), self._clock.mono_ns(), pts_ns
        mono_ns = pts_ns - self._first_pts_ns
        return seq, self._wall_start_ns + mono_ns, mono_ns, pts_ns
