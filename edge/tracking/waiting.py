"""How long a track that is out of sight is waited for, and where it is meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from edge.tracking.geometry import F64, Mask, covered, inner_edges
from edge.tracking.motion import Motion
from edge.tracking.settings import TrackerSettings
from edge.tracking.track import Track, in_state, standing
from edge.types import TrackSnapshot, TrackState

_HIDDEN = 0.5


def awaited(tracks: Sequence[Track], motion: Motion, size_wh: tuple[int, int], settings: TrackerSettings) -> Mask:
    """Return which tracks are still waited for in a picture of `size_wh` px, (T,)."""
    missing_ns = np.array([track.missing_ns for track in tracks], np.int64)
    return np.asarray(missing_ns <= np.round(_limits_s(tracks, motion, size_wh, settings) * 1e9))


def coasting(tracks: Sequence[Track], boxes: F64, settings: TrackerSettings) -> tuple[TrackSnapshot, ...]:
    """Return the tracks missed for a moment only, in the `boxes` (T,4) where they should be; not those hidden."""
    longest_ns = round(settings.coast_s * 1e9)
    return tuple(
        replace(track.snapshot(), box=(box[0], box[1], box[2], box[3]))
        for track, box, hidden in zip(tracks, boxes.tolist(), _hidden(tracks, boxes).tolist(), strict=True)
        if track.state is TrackState.LOST
        and (track.held or (track.missing_ns <= min(longest_ns, settings.coast_gaps * track.gap_ns) and not hidden))
    )


def _limits_s(tracks: Sequence[Track], motion: Motion, size_wh: tuple[int, int], settings: TrackerSettings) -> F64:
    """Return for how long each track may be missing, (T,) s."""
    boxes, velocity = motion.boxes, motion.velocity
    still = standing(tracks, settings)
    outward = np.concatenate((velocity <= 0, velocity >= 0), axis=1)
    beyond = ~inner_edges(boxes, size_wh)
    leaving = (outward & beyond).any(axis=1)
    # The lower border hides how a vehicle drives out of the picture: its anchor rests there until it is gone.
    parked = still & ~beyond[:, 3]
    limits = np.select(
        [in_state(tracks, TrackState.TENTATIVE), leaving & ~still, parked, _hidden(tracks, boxes)],
        [settings.tentative_s, settings.leave_s, settings.parked_s, settings.covered_s],
        settings.lost_s,
    )
    return np.asarray(limits)


def _hidden(tracks: Sequence[Track], boxes: F64) -> Mask:
    """Return which lost tracks should be behind one that is in sight."""
    hidden = np.zeros(len(tracks), np.bool_)
    lost, sighted = in_state(tracks, TrackState.LOST), in_state(tracks, TrackState.CONFIRMED)
    if lost.any() and sighted.any():
        hidden[lost] = (covered(boxes[lost], boxes[sighted]) >= _HIDDEN).any(axis=1)
    return hidden
