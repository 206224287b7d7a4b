"""One vehicle found as a whole and in part: the second box is told of only when it turns out to be another vehicle."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np

from edge.tracking.geometry import box_area, inner_edges
from edge.tracking.settings import TrackerSettings
from edge.tracking.track import Track
from edge.types import KIND, TrackState
from edge.vision.boxes import part_of_smaller

_SHARED = 2
_BOTTOM = 3


def around(track: Track, tracks: Iterable[Track], settings: TrackerSettings) -> int | None:
    """Return the id of the known track that holds a new one, or that it holds; None where there is none."""
    shares = {
        one.track_id: share
        for one in tracks
        if one.confirmed
        and KIND[one.class_id] == KIND[track.class_id]
        and track.started_ns - one.seen_ns <= settings.nest_s * 1e9
        and (share := part_of_smaller(one.box, track.box)) >= settings.nest
    }
    return max(shares, key=lambda track_id: shares[track_id], default=None)


def doubtful(track: Track, other: Track, settings: TrackerSettings) -> bool:
    """Return whether a new track may still be the other one, found twice: both are in sight, one inside the other."""
    age_s = (track.seen_ns - track.started_ns) / 1e9
    both = other.state is TrackState.CONFIRMED and part_of_smaller(other.box, track.box) >= settings.nest
    return both and age_s < settings.nest_wait_s


def continues(track: Track, other: Track, size_wh: tuple[int, int], settings: TrackerSettings) -> bool:
    """Return whether a new track goes on for the other one, which is lost: its whole instead of a part, or a part.

    Both stand on the same ground and have another edge in common; those that the picture's border makes do not count.
    """
    late_s = (other.seen_ns - track.started_ns) / 1e9
    if other.state is not TrackState.LOST or late_s >= settings.nest_s or other.leaving:
        return False
    if other.class_id != track.class_id:
        return False
    boxes = np.array([other.box, track.birth.box])
    room = settings.nest_edge * math.sqrt(max(map(box_area, (other.box, track.birth.box))))
    same = np.abs(boxes[0] - boxes[1]) <= room
    told = inner_edges(boxes[:1], size_wh)[0]
    return bool(same[_BOTTOM] and np.count_nonzero(same & told) >= _SHARED)
