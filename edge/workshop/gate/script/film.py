"""Rides as a tracker tells of them: frames of each camera around what moves, with boxes that tremble a little."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from edge.types import CLASSES, TrackSnapshot, TrackState, TrackUpdate
from edge.workshop.gate.script.rides import Body, Ride

MOVING_S, STILL_S = 0.08, 1.0
"""Between two frames: while something moves, and while all stands."""
_CONFIRMED = 3
_AFTER_S = (0.08, 0.6, 1.2, 1.8, 2.4, 3.2)
_TREMBLE_PX = 0.5


@dataclass(frozen=True, slots=True)
class Frame:
    """What the tracker of one camera says at a true time."""

    at_s: float
    camera: str
    tracks: TrackUpdate


class Film:
    """Turns rides into updates. Tells afterwards who a track was, and when it was seen last."""

    def __init__(self, rng: np.random.Generator) -> None:
        self._rng = rng
        self._ids = itertools.count(1)
        self.bodies: dict[int, Body] = {}
        self.seen_s: dict[int, float] = {}

    def frames(self, rides: Sequence[Ride]) -> Iterator[Frame]:
        """Yield the frames of one camera, whose rides are in order of their beginning."""
        group: list[Ride] = []
        for ride in rides:
            if group and ride.begin_s > max(one.end_s for one in group) + _AFTER_S[-1]:
                yield from self._group(group)
                group = []
            group.append(ride)
        if group:
            yield from self._group(group)

    def _group(self, rides: Sequence[Ride]) -> Iterator[Frame]:
        actors = [_Actor(ride, self._ids) for ride in rides]
        for at_s in _moments(rides):
            tracks = TrackUpdate(round(at_s * 1e9))
            for actor in actors:
                tracks = actor.step(tracks, at_s, self._rng.normal(0, _TREMBLE_PX, 4))
            for track in tracks.active:
                self.seen_s[track.track_id] = at_s
            for actor in actors:
                self.bodies[actor.track_id] = actor.ride.body
            yield Frame(at_s, rides[0].camera, tracks)


class _Actor:
    """A ride and the track that it has at the moment."""

    def __init__(self, ride: Ride, ids: Iterator[int]) -> None:
        self.ride = ride
        self._ids = ids
        self._breaks = list(ride.broken_s)
        self.track_id = self._vehicle_id = next(ids)
        self._earlier: int | None = None
        self._hits = 0
        self._last: TrackSnapshot | None = None

    def step(self, tracks: TrackUpdate, at_s: float, tremble: npt.NDArray[np.float64]) -> TrackUpdate:
        """Return what the tracker says with this one in it."""
        ride, last = self.ride, self._last
        if at_s > ride.end_s and last is not None:
            self._last = None
            return replace(tracks, ended=(*tracks.ended, last))
        if not ride.begin_s <= at_s <= ride.end_s:
            return tracks
        if ride.hidden_s is not None and ride.hidden_s[0] <= at_s < ride.hidden_s[1]:
            return tracks if last is None else replace(tracks, lost=(*tracks.lost, last))
        if last is not None and self._breaks and at_s >= self._breaks[0]:
            self._break()
            tracks = replace(tracks, ended=(*tracks.ended, last))
        return self._see(tracks, at_s, tremble)

    def _break(self) -> None:
        self._breaks.pop(0)
        self._earlier, self.track_id, self._hits = self.track_id, next(self._ids), 0

    def _see(self, tracks: TrackUpdate, at_s: float, tremble: npt.NDArray[np.float64]) -> TrackUpdate:
        self._hits += 1
        track = self._last = self._snapshot(at_s, tremble)
        tracks = replace(tracks, active=(*tracks.active, track))
        if self._hits != _CONFIRMED:
            return tracks
        joined = () if self._earlier is None else ((track.track_id, self._earlier),)
        return replace(tracks, started=(*tracks.started, track), joined=(*tracks.joined, *joined))

    def _snapshot(self, at_s: float, tremble: npt.NDArray[np.float64]) -> TrackSnapshot:
        body, confirmed = self.ride.body, self._hits >= _CONFIRMED
        left, top, right, bottom = (
            edge + shift for edge, shift in zip(self.ride.box(at_s), tremble.tolist(), strict=True)
        )
        return TrackSnapshot(
            self.track_id,
            TrackState.CONFIRMED if confirmed else TrackState.TENTATIVE,
            (left, top, right, bottom),
            CLASSES.index(body.class_name),
            0.9,
            body.look,
            self._hits,
            round(self.ride.begin_s * 1e9),
            round(at_s * 1e9),
            vehicle_id=self._vehicle_id if confirmed else 0,
        )


def _moments(rides: Sequence[Ride]) -> list[float]:
    """Return the true times of frames: close together while anything moves, and for some seconds afterwards."""
    moments: set[float] = set()
    for ride in rides:
        at_s = ride.begin_s
        while at_s <= ride.end_s:
            moments.add(round(at_s, 2))
            at_s += MOVING_S if ride.moves(at_s) or _unsettled(ride, at_s) else STILL_S
        moments |= {round(ride.end_s + after_s, 2) for after_s in _AFTER_S}
    ordered = sorted(moments)
    return [
        at_s
        for before, at_s in itertools.pairwise([0.0, *ordered])
        if at_s - before > MOVING_S / 2 or at_s == ordered[-1]
    ]


def _unsettled(ride: Ride, at_s: float) -> bool:
    """Return whether the tracker has just lost somebody, or found a new track: then every frame is looked at."""
    turns = (*ride.broken_s, *(ride.hidden_s or ()))
    return any(-STILL_S <= at_s - turn_s <= STILL_S for turn_s in turns)
