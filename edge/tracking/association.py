"""Which detection is which track, in three rounds: sure ones, weak ones, and those of tracks not yet confirmed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from edge.tracking.cost import NEVER, Expected, Pairs, Seen, assign, compare
from edge.tracking.geometry import Mask, Rows
from edge.tracking.motion import Motion
from edge.tracking.settings import TrackerSettings
from edge.tracking.track import Track, in_state, standing
from edge.types import U8, U64, Detections, TrackState
from edge.vision.dhash import hamming_matrix

_WEAK_IOU = 0.3


@dataclass(frozen=True, slots=True, eq=False)
class Associated:
    """The tracks `rows` (K,) that are the detections `columns` (K,), and what was known of all pairs."""

    rows: Rows
    columns: Rows
    pairs: Pairs


def associate(
    tracks: Sequence[Track], motion: Motion, seen: Detections, hashes: U64, settings: TrackerSettings
) -> Associated:
    """Pair tracks, whose filters `motion` are in the same order, with a frame's detections and their hashes (D,).

    Each round is an exact assignment; that weak detections continue tracks seen a moment ago is from Y. Zhang et al.,
    "ByteTrack", 2022.
    """
    pairs = _pairs(tracks, motion, seen, hashes, settings)
    sure, tentative = seen.confidence >= settings.confident, in_state(tracks, TrackState.TENTATIVE)
    free_rows, free_columns = np.ones(len(tracks), np.bool_), np.ones(len(seen), np.bool_)
    found = []
    rounds = (
        (~tentative, sure, pairs.cost),
        (~tentative & lately(tracks, settings), ~sure, np.where(pairs.overlap >= _WEAK_IOU, pairs.cost, NEVER)),
        (tentative, sure, pairs.cost),
    )
    for wanted_rows, wanted_columns, costs in rounds:
        rows = np.flatnonzero(wanted_rows & free_rows)
        columns = np.flatnonzero(wanted_columns & free_columns)
        some_rows, some_columns = assign(costs[np.ix_(rows, columns)], settings.cost_limit)
        found.append((rows[some_rows], columns[some_columns]))
        free_rows[found[-1][0]], free_columns[found[-1][1]] = False, False
    rows, columns = (np.concatenate(side) for side in zip(*found, strict=True))
    return Associated(rows, columns, pairs)


def lately(tracks: Sequence[Track], settings: TrackerSettings) -> Mask:
    """Return which tracks were seen a moment ago, (T,)."""
    return np.array([track.missing_ns <= settings.lately_s * 1e9 for track in tracks], np.bool_)


def _pairs(tracks: Sequence[Track], motion: Motion, seen: Detections, hashes: U64, settings: TrackerSettings) -> Pairs:
    if not tracks or not len(seen):
        nothing = np.empty((len(tracks), len(seen)))
        return Pairs(nothing, nothing, nothing.astype(np.bool_), nothing.astype(np.uint8))
    largest = np.array([track.largest for track in tracks])
    reach = np.array([track.reach for track in tracks]) + settings.out_room * np.sqrt(largest)[:, None]
    expected = Expected(
        motion.boxes,
        motion.centre_sigma,
        np.array([track.class_id for track in tracks], np.int16),
        standing(tracks, settings),
        np.array([track.missing_ns / 1e9 for track in tracks]),
        reach,
    )
    return compare(expected, Seen(seen.xyxy.astype(np.float64), seen.class_id), _bits(tracks, hashes), settings)


def _bits(tracks: Sequence[Track], hashes: U64) -> U8:
    """Return the distance of every track's most similar view from every hash, (T,D)."""
    views = [(track.dhash, *(pose.dhash for pose in track.poses)) for track in tracks]
    starts = np.cumsum([0, *(len(view) for view in views[:-1])])
    flat = np.array([value for view in views for value in view], np.uint64)
    return np.asarray(np.minimum.reduceat(hamming_matrix(flat, hashes), starts, axis=0))
