"""Stays: which vehicles and people are in a zone, for how long, and whether they stand, in the frames' own time.

A frame without a look at a vehicle says nothing about it: while nothing moves no network runs. Who is outside for a
moment only, or missed for a moment only, has not left.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from edge.config import Zone
from edge.gate.zones import inside
from edge.types import VEHICLES, Box, Point, TrackSnapshot, TrackUpdate

_LEFT_NS = 2_000_000_000  # outside for longer than this, a vehicle has left
_MISSED_NS = 3_000_000_000  # unseen for longer than this, a vehicle is not counted
_ENDED_NS = 5_000_000_000  # a vehicle whose track ended longer ago than this does not come back as the same stay
_STOOD = 0.2  # who moves less than this many sizes of its box stands
_CREPT_S = 4.0  # who needs longer than this for one size of its box is slow
_WATCHED = frozenset({"loiter", "keep-clear", "queue", "boom"})


@dataclass(frozen=True, slots=True)
class Stay:
    """One vehicle or person in a zone, as last seen there. `slow`: it stands or creeps."""

    vehicle_id: int
    class_name: str
    inside_s: float
    standing_s: float
    slow: bool
    box: Box
    track_id: int = 0


@dataclass(frozen=True, slots=True)
class ZoneLook:
    """One zone at one moment. `busy_s[n]`: for how long more than n vehicles have been slow in it, without a break."""

    camera_id: str
    zone_id: str
    kind: str
    stays: tuple[Stay, ...]
    busy_s: tuple[float, ...] = ()


@dataclass(slots=True)
class _Guest:
    """What is known of one track in one zone: since when it is in, where and since when it rests, its last leg."""

    track: TrackSnapshot
    since_ns: int
    rest: Point
    rest_ns: int
    leg: Point
    leg_ns: int
    leg_s: float = 0.0
    outside_ns: int | None = None
    missed_ns: int | None = None
    ended: bool = False

    def see(self, track: TrackSnapshot, at_ns: int) -> None:
        """Take one more look inside the zone."""
        self.track, self.outside_ns, self.missed_ns, self.ended = track, None, None, False
        left, top, right, bottom = track.box
        size = math.sqrt(max((right - left) * (bottom - top), 1.0))
        if math.dist(track.anchor, self.rest) > _STOOD * size:
            self.rest, self.rest_ns = track.anchor, at_ns
        if math.dist(track.anchor, self.leg) > size:
            self.leg, self.leg_ns, self.leg_s = track.anchor, at_ns, (at_ns - self.leg_ns) / 1e9

    def stay(self, vehicle_id: int, at_ns: int) -> Stay:
        """Return the stay up to now, or up to the moment since which it may be over."""
        at_ns = min(at_ns, *(since_ns for since_ns in (self.outside_ns, self.missed_ns, at_ns) if since_ns is not None))
        slow = max((at_ns - self.leg_ns) / 1e9, self.leg_s) >= _CREPT_S
        inside_s, standing_s = (at_ns - self.since_ns) / 1e9, (at_ns - self.rest_ns) / 1e9
        return Stay(vehicle_id, self.track.class_name, inside_s, standing_s, slow, self.track.box, self.track.track_id)

    def gone(self, at_ns: int) -> bool:
        left = self.outside_ns is not None and at_ns - self.outside_ns > _LEFT_NS
        return left or (self.ended and self.missed_ns is not None and at_ns - self.missed_ns > _ENDED_NS)

    def counts(self, at_ns: int) -> bool:
        return self.missed_ns is None or at_ns - self.missed_ns <= _MISSED_NS


class _Watch:
    """One zone, its guests by vehicle, and since when more than n of them have been slow."""

    def __init__(self, camera_id: str, zone: Zone) -> None:
        self._camera_id = camera_id
        self._zone = zone
        self._polygon = np.array(zone.polygon, np.float32)
        self._guests: dict[int, _Guest] = {}
        self._busy: list[int] = []

    def step(self, update: TrackUpdate, size_wh: tuple[int, int]) -> ZoneLook:
        at_ns = update.at_ns
        self._see(update, size_wh)
        for gone, ended in ((update.lost, False), (update.ended, True)):
            for track in gone:
                guest = self._guests.get(_vehicle(track))
                if guest is not None and guest.track.track_id == track.track_id:
                    guest.ended |= ended
                    guest.missed_ns = at_ns if guest.missed_ns is None else guest.missed_ns
        self._guests = {name: guest for name, guest in self._guests.items() if not guest.gone(at_ns)}
        stays = tuple(guest.stay(name, at_ns) for name, guest in self._guests.items() if guest.counts(at_ns))
        slow = sum(stay.slow and stay.class_name in VEHICLES for stay in stays)
        self._busy = [*self._busy[:slow], *[at_ns] * (slow - len(self._busy))]
        busy = tuple((at_ns - since_ns) / 1e9 for since_ns in self._busy)
        return ZoneLook(self._camera_id, self._zone.id, self._zone.kind, stays, busy)

    def _see(self, update: TrackUpdate, size_wh: tuple[int, int]) -> None:
        seen = [track for track in update.vehicles if track not in update.coasting]
        if not seen:
            return
        anchors = np.array([track.anchor for track in seen], np.float32)
        anchors /= np.array(size_wh, np.float32)
        for track, within in zip(seen, inside(anchors, self._polygon).tolist(), strict=True):
            guest = self._guests.get(_vehicle(track))
            if guest is not None and not within:
                guest.outside_ns = update.at_ns if guest.outside_ns is None else guest.outside_ns
            elif within:
                guest = guest or _Guest(track, update.at_ns, track.anchor, update.at_ns, track.anchor, update.at_ns)
                guest.see(track, update.at_ns)
                self._guests[_vehicle(track)] = guest


class ZoneWatch:
    """The zones of one camera that somebody may ask about."""

    def __init__(self, camera_id: str, zones: Sequence[Zone]) -> None:
        self._watches = [_Watch(camera_id, zone) for zone in zones if zone.kind in _WATCHED]

    def step(self, update: TrackUpdate, size_wh: tuple[int, int]) -> tuple[ZoneLook, ...]:
        """Return how each zone stands after a frame of `size_wh` px."""
        return tuple(watch.step(update, size_wh) for watch in self._watches)


def _vehicle(track: TrackSnapshot) -> int:
    return track.vehicle_id or track.track_id
