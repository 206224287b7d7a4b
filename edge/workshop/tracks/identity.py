"""Our own figures of identity: how many tracks a vehicle gets, and how often a track changes its vehicle."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from edge.workshop.tracks.matching import best_pairs

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

MET_IOU = 0.5
_HELD = 2  # frames in succession after which a track belongs to another vehicle
_KEPT = 1000.0  # as CLEAR does: the pair of the frame before goes before any overlap


@dataclass(frozen=True, slots=True, eq=False)
class Compared:
    """One frame: true ids (N,), told ids (M,), and how their boxes overlap, (N,M)."""

    true: npt.NDArray[np.int64]
    told: npt.NDArray[np.int64]
    iou: npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Identities:
    """Counts over a sequence, or several.

    `ids` told and `vehicles` that count; `met_ids` and `met_vehicles`: those that overlapped one of the other side by
    MET_IOU in a frame at least; `swaps`: how often a track went over to another vehicle and held it for two of the
    frames in which it met one, in succession; `plate_swaps`: those of them from a vehicle with plates to another.
    """

    ids: int = 0
    vehicles: int = 0
    met_ids: int = 0
    met_vehicles: int = 0
    swaps: int = 0
    plate_swaps: int = 0

    @property
    def ghosts(self) -> int:
        """Tracks that never met a vehicle."""
        return self.ids - self.met_ids

    @property
    def tracks_per_vehicle(self) -> float:
        """Tracks that met a vehicle for each vehicle that was met; NaN where none was."""
        return self.met_ids / self.met_vehicles if self.met_vehicles else float("nan")

    def __add__(self, other: Identities) -> Identities:
        """Return the counts of both: what is followed in one sequence is not in another."""
        return Identities(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(self)))


def count_identities(frames: Iterable[Compared], plated: Collection[int] = ()) -> Identities:
    """Count over the frames of one sequence, in order; `plated` are the true ids of vehicles with plates."""
    true: set[int] = set()
    told: set[int] = set()
    met_true: set[int] = set()
    met_told: set[int] = set()
    before: set[tuple[int, int]] = set()
    owners: dict[int, _Owner] = {}
    for frame in frames:
        true.update(frame.true.tolist())
        told.update(frame.told.tolist())
        rows, columns = np.nonzero(frame.iou >= MET_IOU)
        met_true.update(frame.true[rows].tolist())
        met_told.update(frame.told[columns].tolist())
        before = _pairs(frame, before)
        for vehicle, track in before:
            owners.setdefault(track, _Owner(vehicle)).see(vehicle)
    swaps = [swap for owner in owners.values() for swap in owner.swaps]
    between = sum(one in plated and other in plated for one, other in swaps)
    return Identities(len(told), len(true), len(met_told), len(met_true), len(swaps), between)


def _pairs(frame: Compared, before: set[tuple[int, int]]) -> set[tuple[int, int]]:
    """Return which true id is which told one."""
    worth = np.where(frame.iou >= MET_IOU, frame.iou, 0.0)
    for row, column in zip(*np.nonzero(worth), strict=True):
        if (int(frame.true[row]), int(frame.told[column])) in before:
            worth[row, column] += _KEPT
    rows, columns = best_pairs(worth)
    return set(zip(frame.true[rows].tolist(), frame.told[columns].tolist(), strict=True))


@dataclass(slots=True)
class _Owner:
    """Whose track it is: a passing glance at another vehicle changes nothing."""

    vehicle: int
    swaps: list[tuple[int, int]] = field(default_factory=list)
    _other: int | None = None
    _streak: int = 0

    def see(self, vehicle: int) -> None:
        if vehicle == self.vehicle:
            self._other, self._streak = None, 0
            return
        self._streak = self._streak + 1 if vehicle == self._other else 1
        self._other = vehicle
        if self._streak >= _HELD:
            self.swaps.append((self.vehicle, vehicle))
            self.vehicle = vehicle
            self._other, self._streak = None, 0
