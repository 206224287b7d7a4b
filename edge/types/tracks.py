"""What stands in a picture: detections and the tracks they become."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

U8: TypeAlias = npt.NDArray[np.uint8]
F32: TypeAlias = npt.NDArray[np.float32]
I16: TypeAlias = npt.NDArray[np.int16]
U64: TypeAlias = npt.NDArray[np.uint64]
Box: TypeAlias = tuple[float, float, float, float]
"""One box `x1 y1 x2 y2` in display pixels, half-open."""
Point: TypeAlias = tuple[float, float]
CLASSES = ("car", "truck", "bus", "motorcycle", "bicycle", "person")
"""The product's classes; `class_id` is an index into this, whatever the model's own list is."""
KIND = np.array([0, 0, 0, 1, 1, 2], np.int16)
"""Kind of each class: four wheels or more, two wheels, on foot. Networks take the classes of one kind for each other: a
van found as car and as truck is one vehicle, and so is a scooter found as motorcycle and as bicycle."""
KIND.flags.writeable = False
VEHICLES = frozenset({"car", "truck", "bus", "motorcycle"})
"""Classes that make passes and visits; the others are seen and tracked, and only the rules may ask for them."""


@dataclass(frozen=True, slots=True, eq=False)
class Detections:
    """Objects found in one frame: a struct of parallel arrays.

    `xyxy` (N,4) float32 display pixels, `confidence` (N,) float32 in 0..1, `class_id` (N,) int16 index into CLASSES.

    Raises:
        ValueError: when the columns differ in length, shape or dtype.
    """

    xyxy: F32
    confidence: F32
    class_id: I16

    def __post_init__(self) -> None:
        n = len(self.xyxy)
        wanted = (("xyxy", self.xyxy, (n, 4), np.float32), ("confidence", self.confidence, (n,), np.float32))
        for name, column, shape, dtype in (*wanted, ("class_id", self.class_id, (n,), np.int16)):
            if column.shape != shape or column.dtype != dtype:
                raise ValueError(
                    f"Detections.{name}: is {column.dtype}{column.shape}, must be {np.dtype(dtype)}{shape}"
                )
            column.flags.writeable = False

    def __len__(self) -> int:
        return len(self.xyxy)

    def __getitem__(self, rows: npt.NDArray[Any] | slice) -> Detections:
        """Return the rows that a mask, an index array or a slice picks, columns in step."""
        return Detections(self.xyxy[rows].copy(), self.confidence[rows].copy(), self.class_id[rows].copy())

    @staticmethod
    def empty() -> Detections:
        """Return no detections."""
        return Detections(np.empty((0, 4), np.float32), np.empty(0, np.float32), np.empty(0, np.int16))


class TrackState(enum.Enum):
    """Where a track stands in its life."""

    TENTATIVE = "tentative"
    CONFIRMED = "confirmed"
    LOST = "lost"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class TrackSnapshot:
    """One track as it stands after a frame. `track_id` is unique per camera and run.

    `vehicle_id` is the first track of the same vehicle, 0 while a track is tentative. `bits` is the Hamming distance of
    `dhash` from the nearest view remembered. `jumped_ns`: when the looks or the place last changed so abruptly as if
    the track had gone over to another vehicle.
    """

    track_id: int
    state: TrackState
    box: Box
    class_id: int
    confidence: float
    dhash: int
    hits: int
    started_ns: int
    seen_ns: int
    vehicle_id: int = 0
    bits: int = 0
    jumped_ns: int | None = None

    @property
    def class_name(self) -> str:
        """The product's name of the class."""
        return CLASSES[self.class_id]

    @property
    def anchor(self) -> Point:
        """Bottom centre of the box: where the vehicle touches the road."""
        return ((self.box[0] + self.box[2]) / 2, self.box[3])


@dataclass(frozen=True, slots=True)
class TrackUpdate:
    """What one frame did to the tracks.

    `active`: tentative and confirmed tracks seen in this frame. `started`: those confirmed by it. `lost`: confirmed,
    not seen in it, still expected back. `ended`: those given up by it. `joined`: pairs (track, earlier track) that
    turned out by this frame to be one vehicle; the earlier one is not seen again. `coasting`: those of the lost ones
    that were missed for a moment only, in boxes where they should be now.
    """

    at_ns: int
    active: tuple[TrackSnapshot, ...] = ()
    started: tuple[TrackSnapshot, ...] = ()
    ended: tuple[TrackSnapshot, ...] = ()
    lost: tuple[TrackSnapshot, ...] = ()
    joined: tuple[tuple[int, int], ...] = ()
    coasting: tuple[TrackSnapshot, ...] = ()

    @property
    def vehicles(self) -> tuple[TrackSnapshot, ...]:
        """What is in the picture, each vehicle once: the confirmed tracks that are seen, and those that coast."""
        seen = [track for track in self.active if track.state is TrackState.CONFIRMED]
        best: dict[int, TrackSnapshot] = {}
        for track in (*seen, *self.coasting):
            known = best.setdefault(track.vehicle_id, track)
            if known.state is track.state and known.hits < track.hits:
                best[track.vehicle_id] = track
        return tuple(best.values())
