"""What every adapter does with a decoded picture: hide what the masks cover, stamp it, number it."""

from __future__ import annotations

from dataclasses import dataclass

from edge.capture.launch import Distrusted, trust_all
from edge.clock import Clock
from edge.config.model import Camera
from edge.vision.frame import PlanarFrame
from edge.vision.masks import PrivacyMasks
from edge.vision.planes import Planes

KEY_FRAME_WAIT_S = 10.0
"""Longest wait for a first picture that stands by itself, while data flows; cameras send one every 1 to 10 s."""
RESYNC_WAIT_S = 3.0
"""Longest wait for the next one after lost data: a new connection brings one at once from most cameras."""


@dataclass(frozen=True, slots=True)
class Order:
    """What an adapter is asked for.

    `first_seq` lets numbers run on over reconnections. `wall_start_ns` is the wall time of a file's first frame, None
    for the file's own date. `open_timeout_s` bounds `open`; `read_timeout_s` bounds the silence within one `read` where
    a library must know it beforehand. `distrusted` says which decoders failed their trial on this device.
    """

    camera: Camera
    clock: Clock
    first_seq: int = 0
    wall_start_ns: int | None = None
    open_timeout_s: float = 5.0
    read_timeout_s: float = 1.5
    distrusted: Distrusted = trust_all


class Framing:
    """Makes frames of one opened source, in order; for one thread."""

    def __init__(self, order: Order) -> None:
        self._camera_id = order.camera.id
        self._clock = order.clock
        self._masks = PrivacyMasks([mask.polygon for mask in order.camera.masks])
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
        seq, self._seq = self._seq, self._seq + 1
        if self._first_pts_ns is None:
            self._first_pts_ns = pts_ns
        if self._wall_start_ns is None:
            wall_ns, mono_ns = self._clock.wall_ns(), self._clock.mono_ns()
        else:
            mono_ns = pts_ns - self._first_pts_ns
            wall_ns = self._wall_start_ns + mono_ns
        return PlanarFrame(self._camera_id, seq, wall_ns, mono_ns, pts_ns, self._masks.blacken(planes))
