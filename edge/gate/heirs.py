"""When the tracker loses a vehicle and finds it again under a new id, the new track inherits what the old one did."""

from __future__ import annotations

import math

from edge.types import CLASSES, Box, TrackSnapshot, TrackState, TrackUpdate

_REMEMBERED_NS = 2_000_000_000
_SAME_PLACE_IOU = 0.3
_SAME_LOOKS_BITS = 12
_WHEELS = {"person": 0, "bicycle": 2, "motorcycle": 2}


class Heirs:
    """Finds, for a new track, the vanished one that stood in its place a moment before it was first seen.

    Only a confirmed track inherits: a false box of one frame would take what the true track needs when it is back.
    """

    def __init__(self) -> None:
        self._recent: dict[int, TrackSnapshot] = {}
        self._claims: dict[int, TrackSnapshot] = {}

    def step(self, update: TrackUpdate) -> tuple[tuple[int, int], ...]:
        """Return the pairs (new track, old track) that are one vehicle by this frame. Each old track has one heir."""
        present = {track.track_id for track in update.active}
        oldest = update.at_ns - _REMEMBERED_NS
        absent = {
            track_id: track
            for track_id, track in self._recent.items()
            if track_id not in present and track.seen_ns >= oldest
        }
        self._claims = {heir: old for heir, old in self._claims.items() if old.track_id in absent}
        pairs = []
        for track in update.active:
            old = _nearest(track, absent) if track.hits == 1 else None
            if old is not None:
                self._claims[track.track_id] = old
            claimed = self._claims.get(track.track_id)
            if claimed is not None and claimed.track_id in absent and track.state is TrackState.CONFIRMED:
                del absent[claimed.track_id]
                pairs.append((track.track_id, claimed.track_id))
        confirmed = {track.track_id: track for track in update.active if track.state is TrackState.CONFIRMED}
        self._recent = absent | confirmed
        return tuple(pairs)


def _nearest(track: TrackSnapshot, absent: dict[int, TrackSnapshot]) -> TrackSnapshot | None:
    fitting = [old for old in absent.values() if _wheels(old) == _wheels(track) and _fits(old, track)]
    return max(fitting, key=lambda old: (_iou(old.box, track.box), -old.track_id), default=None)


def _fits(old: TrackSnapshot, track: TrackSnapshot) -> bool:
    """Return whether `track` stands in the place of `old`, or near it and looks the same."""
    if _iou(old.box, track.box) >= _SAME_PLACE_IOU:
        return True
    reach = math.sqrt(max(_area(old.box), _area(track.box)))
    near = math.dist(old.anchor, track.anchor) <= reach
    return near and (old.dhash ^ track.dhash).bit_count() <= _SAME_LOOKS_BITS


def _wheels(track: TrackSnapshot) -> int:
    return _WHEELS.get(CLASSES[track.class_id], 4)


def _iou(first: Box, second: Box) -> float:
    width = min(first[2], second[2]) - max(first[0], second[0])
    height = min(first[3], second[3]) - max(first[1], second[1])
    common = max(width, 0.0) * max(height, 0.0)
    return common / max(_area(first) + _area(second) - common, 1e-9)


def _area(box: Box) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])
