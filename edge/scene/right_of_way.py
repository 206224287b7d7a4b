"""Who may drive when: rides that never run into one another, and booms that are up for whoever comes."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from edge.scene.gate_plan import GatePlan
from edge.scene.gate_site import Spans, barriers
from edge.scene.paths import Path
from edge.scene.story import Barrier, Ride
from edge.scene.traffic import joined

F64 = npt.NDArray[np.float64]
_STEP_S = 0.2
_AIR_M = 0.12
_STOP_M = 0.55
"""From the stop line to the boom, as `rides.entry` has it."""


@dataclass(frozen=True, slots=True)
class Swept:
    """Where a ride is, as discs: `first` the step it begins in, centres (T,D,2), their radii (D,); metres."""

    first: int
    centres: F64
    radii: F64

    def meets(self, other: Swept, delay: int = 0) -> bool:
        """Whether the two run into each other when this one comes `delay` steps later."""
        start = max(self.first + delay, other.first)
        end = min(self.first + delay + len(self.centres), other.first + len(other.centres))
        if start >= end:
            return False
        mine = self.centres[start - self.first - delay : end - self.first - delay]
        theirs = other.centres[start - other.first : end - other.first]
        far = np.linalg.norm(mine[:, :, None] - theirs[:, None], axis=-1)
        return bool((far < self.radii[:, None] + other.radii[None]).any())


def swept(ride: Ride, headway_m: float = 0.0) -> Swept:
    """The ride at every step, vehicle and trailer, with a hand's breadth of air around and `headway_m` ahead."""
    actor, drive = ride.actor, ride.drive
    first = math.ceil(drive.start_s / _STEP_S)
    stations = (drive.place(step * _STEP_S) for step in range(first, math.floor(drive.end_s / _STEP_S) + 1))
    along = np.array([at[0] for at in stations if at is not None])
    mesh = actor.mesh(0)
    parts = [_discs(ride.path, along + headway_m / 2, mesh.length_m + headway_m, mesh.width_m)]
    if actor.tow is not None:
        back = mesh.length_m / 2 + actor.tow.draw_m + actor.tow.length_m / 2
        parts.append(_discs(ride.path, along - back, actor.tow.length_m, actor.tow.width_m))
    return Swept(first, np.concatenate([p[0] for p in parts], axis=1), np.concatenate([p[1] for p in parts]))


def _discs(path: Path, along: F64, length_m: float, width_m: float) -> tuple[F64, F64]:
    """Discs as wide as the body in a row from end to end."""
    radius = min(width_m, length_m) / 2
    reach = length_m / 2 - radius
    row = np.linspace(-reach, reach, max(2, math.ceil(2 * reach / (1.4 * radius)) + 1))
    stands = [path.stand(float(s), 0.6 * length_m) for s in along]
    middle = np.array([(stand.x, stand.y) for stand in stands]).reshape(-1, 1, 2)
    turn = np.radians([stand.heading_deg for stand in stands])
    ahead = np.stack([np.cos(turn), np.sin(turn)], axis=-1)[:, None]
    return middle + ahead * row[None, :, None], np.full(len(row), radius + _AIR_M)


class Road:
    """The rides of a story, none of which drives through another; each keeps `headway_m` to who is ahead."""

    def __init__(self, headway_m: float = 0.0) -> None:
        self._headway_m = headway_m
        self.rides: list[Ride] = []
        self._swept: list[tuple[int, Swept]] = []

    def add(self, ride: Ride, latest_s: float = 0.0) -> Ride | None:
        """Take the ride, up to `latest_s` later when others are in its way; None when it never fits."""
        trace = swept(ride, self._headway_m)
        others = [one for number, one in self._swept if number != ride.actor.number]
        for delay in range(int(latest_s / _STEP_S) + 1):
            if not any(trace.meets(other, delay) for other in others):
                later = replace(ride, drive=replace(ride.drive, start_s=ride.drive.start_s + delay * _STEP_S))
                self.rides.append(later)
                self._swept.append((ride.actor.number, replace(trace, first=trace.first + delay)))
                return later
        return None


def booms(plan: GatePlan, rides: list[Ride]) -> tuple[Barrier, Barrier]:
    """The booms of entry and exit, up from just before a vehicle moves on until its end has passed."""
    spans = (_spans(plan, rides, plan.entry_x), _spans(plan, rides, plan.exit_x))
    return barriers(plan, *spans)


def _spans(plan: GatePlan, rides: list[Ride], lane_x: float) -> Spans:
    found = []
    for ride in rides:
        try:
            boom = ride.path.reaches_y(plan.boom_y)
        except ValueError:
            continue
        if abs(ride.path.at(boom)[0] - lane_x) > 1 or ride.drive.reaches_s(boom) > ride.drive.end_s:
            continue
        half = ride.actor.length_m / 2
        tail = ride.actor.tow.draw_m + ride.actor.tow.length_m if ride.actor.tow else 0.0
        moves_s = ride.drive.reaches_s(boom - half - _STOP_M + 0.02)
        found.append((moves_s - 2.6, ride.drive.reaches_s(boom + half + tail + 0.5) + 2.2))
    return joined(found)
