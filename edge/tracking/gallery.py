"""The gallery: vehicles out of sight, remembered for a minute, so that one that comes back keeps its identity.

A new track is one of them when it stands where that one stood a moment ago, when it comes out where that one's way led,
when it looks the same in the same place, or when it carries the same plate.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from edge.tracking.geometry import box_area
from edge.tracking.settings import TrackerSettings
from edge.tracking.track import Sight, Track
from edge.types import KIND, Box
from edge.vision.boxes import shared_area
from edge.vision.dhash import hamming

_BITS = 64
_MOST = 256
"""Vehicles remembered; the longest gone is forgotten first."""


@dataclass(frozen=True, slots=True)
class Absent:
    """A vehicle as it was when last seen."""

    track_id: int
    vehicle_id: int
    kind: int
    box: Box
    way: tuple[float, float]
    views: tuple[Sight, ...]
    seen_ns: int
    plates: frozenset[str]
    left: bool
    """Whether it was driving out of the picture."""

    @staticmethod
    def of(track: Track) -> Absent:
        """Return what is remembered of a track."""
        views = (*track.poses, track.last) if track.poses else ()
        kind, plates = int(KIND[track.class_id]), track.plates | track.heritage
        return Absent(
            track.track_id, track.vehicle_id, kind, track.box, track.way, views, track.seen_ns, plates, track.leaving
        )


class Gallery:
    """Who is gone, the longest gone first."""

    def __init__(self, settings: TrackerSettings) -> None:
        self._settings = settings
        self._gone: dict[int, Absent] = {}

    def add(self, track: Track) -> None:
        """Remember a track that ended."""
        self._gone[track.track_id] = Absent.of(track)
        if len(self._gone) > _MOST:
            del self._gone[next(iter(self._gone))]

    def know(self, track_id: int, plates: frozenset[str]) -> None:
        """Note plates that were read only after their track had ended."""
        gone = self._gone.get(track_id)
        if gone is not None:
            self._gone[track_id] = replace(gone, plates=gone.plates | plates)

    def forget(self, at_ns: int) -> None:
        """Drop whoever is gone too long at a time."""
        oldest = at_ns - round(self._settings.return_s * 1e9)
        if any(gone.seen_ns < oldest for gone in self._gone.values()):
            self._gone = {track_id: gone for track_id, gone in self._gone.items() if gone.seen_ns >= oldest}

    def back(self, old: Absent) -> None:
        """Take out a vehicle that is back: its new track stands for it now."""
        self._gone.pop(old.track_id, None)

    def recognised(self, track: Track, lost: Iterable[Track]) -> Absent | None:
        """Return which vehicle, of those gone or `lost`, a new track is: by its place, its way or its looks."""
        absent = self._absent(track, lost)
        return self._by_place(track, absent) or self._by_way(track, absent) or self._by_looks(track, absent)

    def named(self, track: Track, lost: Iterable[Track]) -> Absent | None:
        """Return which vehicle, of those gone or `lost`, a track is by its plates; of several the one seen last."""
        same = [gone for gone in self._absent(track, lost) if gone.plates & track.plates]
        return max(same, key=lambda gone: gone.seen_ns, default=None)

    def _absent(self, track: Track, lost: Iterable[Track]) -> list[Absent]:
        """Return who was out of sight when a track began, and could be it by kind and plates."""
        return [gone for gone in (*self._gone.values(), *map(Absent.of, lost)) if self._may_be(track, gone)]

    def _may_be(self, track: Track, gone: Absent) -> bool:
        away_s = (track.started_ns - gone.seen_ns) / 1e9
        same_kind = gone.kind == KIND[track.class_id]
        other_plate = bool(track.plates and gone.plates) and track.plates.isdisjoint(gone.plates)
        return 0 < away_s <= self._settings.return_s and same_kind and not other_plate

    def _by_place(self, track: Track, absent: Iterable[Absent]) -> Absent | None:
        """Return the vehicle that stood where the track began, a moment before."""
        s = self._settings
        there = {}
        for gone in absent:
            gap_s = (track.started_ns - gone.seen_ns) / 1e9
            moved = math.hypot(*gone.way) * gap_s <= s.place_moved * math.sqrt(box_area(gone.box))
            shared = _iou(gone.box, track.birth.box)
            if not gone.left and gap_s <= s.place_s and moved and shared >= s.place_iou:
                there[gone] = shared
        return max(there, key=lambda gone: (there[gone], -gone.track_id), default=None)

    def _by_way(self, track: Track, absent: Iterable[Absent]) -> Absent | None:
        """Return the vehicle that drove on unseen and came out where its way led, seen from both ends."""
        fitting = [(late, gone) for gone in absent if (late := self._lateness(track, gone)) is not None]
        return min(fitting, key=lambda pair: (pair[0], pair[1].track_id))[1] if fitting else None

    def _lateness(self, track: Track, gone: Absent) -> float | None:
        """Return by how much a track began off the way of a gone one, in ways; None when it does not follow it."""
        s = self._settings
        gap_s = (track.started_ns - gone.seen_ns) / 1e9
        first, last = np.array(_centre(gone.box)), np.array(_centre(track.birth.box))
        since_s = max((track.seen_ns - track.started_ns) / 1e9, 1e-3)
        before, after = np.array(gone.way), (np.array(_centre(track.box)) - last) / since_s
        step, size = last - first, math.sqrt(math.sqrt(box_area(gone.box) * box_area(track.birth.box)))
        distance = float(np.hypot(*step))
        ratio = box_area(gone.box) / box_area(track.birth.box)
        if gap_s > s.way_s or distance < s.way_least * size or max(ratio, 1 / ratio) > s.area_ratio:
            return None
        speeds = float(before @ step) / distance, float(after @ step) / distance
        straight = [
            speed >= s.way_onward * float(np.hypot(*way)) > 0
            for speed, way in zip(speeds, (before, after), strict=True)
        ]
        low, high = s.way_share
        share = distance / (max(speeds) * gap_s) if all(straight) else math.inf
        if not low <= share <= high or self._bits(gone, track, anywhere=True) > s.way_bits:
            return None
        return abs(math.log(share))

    def _by_looks(self, track: Track, absent: Iterable[Absent]) -> Absent | None:
        """Return the vehicle that vanished where the track began and looks like it, unless another nearly does too."""
        s = self._settings
        near = [gone for gone in absent if self._near(gone.box, track.birth.box)]
        ranked = sorted(((self._bits(gone, track), gone) for gone in near), key=lambda pair: pair[0])
        if not ranked or ranked[0][0] > s.return_bits:
            return None
        others = [bits for bits, gone in ranked[1:] if gone.vehicle_id != ranked[0][1].vehicle_id]
        return ranked[0][1] if not others or others[0] - ranked[0][0] >= s.return_margin_bits else None

    def _bits(self, gone: Absent, track: Track, *, anywhere: bool = False) -> int:
        """Return the distance of the most similar views of both, seen in about the same place and size."""
        pairs = (
            (one, other)
            for one in gone.views
            for other in track.poses
            if anywhere or self._same_place(one.box, other.box)
        )
        return min((hamming(one.dhash, other.dhash) for one, other in pairs), default=_BITS)

    def _same_place(self, first: Box, second: Box) -> bool:
        ratio = box_area(first) / box_area(second)
        return self._near(first, second) and max(ratio, 1 / ratio) <= self._settings.still_area_ratio

    def _near(self, first: Box, second: Box) -> bool:
        """Return whether the centres of two boxes lie within reach, in sizes of the larger one."""
        size = math.sqrt(max(box_area(first), box_area(second)))
        return math.dist(_centre(first), _centre(second)) <= self._settings.return_reach * size


def _iou(first: Box, second: Box) -> float:
    common = shared_area(first, second)
    return common / (box_area(first) + box_area(second) - common)


def _centre(box: Box) -> tuple[float, float]:
    return ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2)
