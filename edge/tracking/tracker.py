"""The tracker: detections and their hashes in, tracks out.

Everything is measured in the frames' time, so dropped, skipped and slow frames change precision, not rules.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from edge.tracking import border, doubles, nested, waiting
from edge.tracking.association import Associated, associate, lately
from edge.tracking.gallery import Absent, Gallery
from edge.tracking.geometry import F64, Mask, Rows, area
from edge.tracking.joint import joint, places
from edge.tracking.motion import Motion
from edge.tracking.settings import TrackerSettings
from edge.tracking.track import Sight, Track, in_state, standing
from edge.types import U64, Detections, TrackSnapshot, TrackState, TrackUpdate

_PART_DOUBT = 20.0
_ODD_DOUBT = 3.0
_STILL_DOUBT = 100.0  # what stands still is where it was, however little of it shows


@dataclass(slots=True)
class _News:
    """What the next update tells besides the tracks that are seen or lost."""

    started: set[int] = field(default_factory=set)
    ended: list[TrackSnapshot] = field(default_factory=list)
    joined: list[tuple[int, int]] = field(default_factory=list)


class Tracker:
    """Tracks of one camera. Ids start at 1 and never repeat within a run."""

    def __init__(self, settings: TrackerSettings | None = None) -> None:
        self._settings = settings or TrackerSettings()
        self._ids = itertools.count(1)
        self._tracks: list[Track] = []
        self._motion = Motion()
        self._gallery = Gallery(self._settings)
        self._news = _News()
        self._at_ns: int | None = None
        self._size_wh: tuple[int, int] | None = None

    @property
    def unsettled(self) -> bool:
        """Whether some track is new, moving or lost, so that the next frame must be looked at."""
        return any(track.state is TrackState.TENTATIVE or not track.still(self._settings) for track in self._tracks)

    def step(self, detections: Detections, hashes: U64, at_ns: int, size_wh: tuple[int, int]) -> TrackUpdate:
        """Take the detections of the frame at `at_ns`, with their hashes (N,); `size_wh` is the frame's size in px.

        A frame of another size is another scene: every track ends.

        Raises:
            ValueError: time went back, or hashes and detections differ in number.
        """
        if len(hashes) != len(detections):
            raise ValueError(f"Tracker.step: {len(hashes)} hashes for {len(detections)} detections")
        if self._size_wh not in {None, size_wh}:
            self._end_all()
        self._size_wh = size_wh
        passed_ns = self._pass_time(at_ns)
        self._motion.predict(
            passed_ns / 1e9, in_state(self._tracks, TrackState.LOST), standing(self._tracks, self._settings)
        )
        seen, looks, held = self._worth(detections, hashes)
        found = associate(self._tracks, self._motion, seen, looks, self._settings)
        self._see(found, _sights(seen, looks, found.columns, at_ns), size_wh)
        self._hold(found.rows, held, passed_ns, size_wh)
        self._miss(found.rows, passed_ns)
        self._start(_others(found.columns, len(seen)), seen, looks, at_ns)
        self._confirm(size_wh)
        self._give_up(size_wh)
        self._gallery.forget(at_ns)
        return self._update(at_ns)

    def know(self, track_id: int, plates: Iterable[str]) -> None:
        """Take the texts of a track's plates that are sure: it may be a vehicle that was gone, which `joined` tells.

        Those of a track that has ended count, too: the next one that carries its plate is the same vehicle.
        """
        texts = frozenset(plates)
        self._gallery.know(track_id, texts)
        for heir in [one for one in self._tracks if one.follows == track_id]:
            heir.heritage |= texts
            self._doubt(heir)
        track = self._live(track_id)
        if track is not None and not texts <= track.plates:
            track.plates |= texts
            self._doubt(track)
            if track.confirmed:
                self._name(track)

    def part(self, track_id: int) -> int | None:
        """Give a track that went over to another vehicle a new id, and return that; None when it has ended.

        The next step tells of the old track as ended and of the new one as started.
        """
        track = self._live(track_id)
        if track is None or not track.confirmed:
            return None
        fresh = track.parted(next(self._ids))
        self._tracks[self._tracks.index(track)] = fresh
        self._end(track)
        self._news.started.add(fresh.track_id)
        return fresh.track_id

    def skip(self, at_ns: int) -> TrackUpdate:
        """Let time pass without a look: nothing moves, so nothing is missed and nothing ends.

        Raises:
            ValueError: time went back.
        """
        self._pass_time(at_ns)
        return TrackUpdate(at_ns, lost=self._lost_snapshots())

    def reset(self, at_ns: int) -> TrackUpdate:
        """End every track and forget who is gone: the scene was cut, or the camera moved."""
        self._end_all()
        return self._update(at_ns)

    def finish(self, at_ns: int) -> TrackUpdate:
        """End every track: the source is through."""
        return self.reset(at_ns)

    def _pass_time(self, at_ns: int) -> int:
        before = at_ns if self._at_ns is None else self._at_ns
        if at_ns < before:
            raise ValueError(f"Tracker: time went back by {(before - at_ns) / 1e9:.3f} s")
        self._at_ns = at_ns
        return at_ns - before

    def _worth(self, detections: Detections, hashes: U64) -> tuple[Detections, U64, list[tuple[Rows, F64]]]:
        """Return the detections that stand for a vehicle each, their hashes, and who is in which box around several."""
        order = doubles.single(detections, hashes, self._settings)
        boxes = detections.xyxy[order].astype(np.float64)
        known = np.flatnonzero(~in_state(self._tracks, TrackState.TENTATIVE) & lately(self._tracks, self._settings))
        within = joint(self._motion.boxes[known], boxes, self._settings)
        several = within.any(axis=0)
        held = [(known[within[:, column]], boxes[column]) for column in np.flatnonzero(several).tolist()]
        order = order[~several]
        return detections[order], hashes[order], held

    def _see(self, found: Associated, sights: list[Sight], size_wh: tuple[int, int]) -> None:
        """Give the tracks their sights. A part of a vehicle says little of where the whole is."""
        rows, s = found.rows, self._settings
        if not rows.size:
            return
        part, bits = (pairs[rows, found.columns] for pairs in (found.pairs.part, found.pairs.bits))
        boxes = np.array([sight.box for sight in sights])
        change = area(boxes) / area(self._motion.boxes[rows])
        odd = np.maximum(change, 1 / change) > s.odd_area
        hidden = np.where(standing(self._tracks, s)[rows], _STILL_DOUBT, _PART_DOUBT)
        self._motion.correct(rows, boxes, np.where(part, hidden, np.where(odd, _ODD_DOUBT, 1.0)))
        tracks = [self._tracks[row] for row in rows.tolist()]
        for track, sight, apart, some in zip(tracks, sights, bits.tolist(), part.tolist(), strict=True):
            track.see(sight, apart, s, whole=not some)
        before = np.array([track.reach for track in tracks])
        largest = np.array([track.largest for track in tracks])
        reach = border.limits(before, boxes, largest, self._motion.edge_velocity[rows], size_wh, s)
        for track, (left, top, right, bottom) in zip(tracks, reach.tolist(), strict=True):
            track.reach = (left, top, right, bottom)

    def _hold(self, seen_rows: Rows, around: list[tuple[Rows, F64]], passed_ns: int, size_wh: tuple[int, int]) -> None:
        """Keep the unseen tracks that one box is drawn around where its edges say that they are."""
        held = set()
        for rows, box in around:
            unseen = ~np.isin(rows, seen_rows)
            measured, doubt = places(self._motion.boxes[rows], box, size_wh)
            self._motion.correct(rows[unseen], measured[unseen], doubt[unseen])
            held.update(rows[unseen].tolist())
        for row, track in enumerate(self._tracks):
            track.held_ns += passed_ns if row in held else 0
            track.held = row in held and track.held_ns <= self._settings.held_s * 1e9

    def _miss(self, seen_rows: Rows, passed_ns: int) -> None:
        ways = self._motion.ways
        for row in _others(seen_rows, len(self._tracks)).tolist():
            track = self._tracks[row]
            if not track.held:
                track.missing_ns += min(passed_ns, round(self._settings.look_s * 1e9))
            if track.state is TrackState.CONFIRMED:
                track.state, track.way = TrackState.LOST, (float(ways[row, 0]), float(ways[row, 1]))

    def _start(self, columns: Rows, seen: Detections, hashes: U64, at_ns: int) -> None:
        sure = columns[seen.confidence[columns] >= self._settings.confident]
        fresh = doubles.fresh(sure, columns, seen, self._settings)
        if not fresh.size:
            return
        self._motion.append(seen.xyxy[fresh])
        for sight in _sights(seen, hashes, fresh, at_ns):
            track = Track(next(self._ids), sight)
            track.see(sight, 0, self._settings)
            track.nested = nested.around(track, self._tracks, self._settings)
            self._tracks.append(track)

    def _confirm(self, size_wh: tuple[int, int]) -> None:
        for track in [track for track in self._tracks if track.ripe(self._settings)]:
            other = None if track.nested is None else self._live(track.nested)
            if other is not None and nested.doubtful(track, other, self._settings):
                continue
            track.state, track.vehicle_id = TrackState.CONFIRMED, track.track_id
            self._news.started.add(track.track_id)
            if other is not None and nested.continues(track, other, size_wh, self._settings):
                self._join(track, Absent.of(other))
            else:
                self._join(track, self._gallery.recognised(track, self._lost()))

    def _name(self, track: Track) -> None:
        """Take a track for the vehicle that its plates say it is."""
        self._join(track, self._gallery.named(track, self._lost()))
        twins = [one for one in self._tracks if one.confirmed and one.plates & track.plates and one.touches(track)]
        for twin in twins:  # one vehicle found twice, as a lorry and its trailer may be: both go on
            twin.vehicle_id = min(one.vehicle_id for one in twins)

    @staticmethod
    def _doubt(track: Track) -> None:
        """Make a track a vehicle of its own again when plates disprove whom it was taken for."""
        if track.disproved():
            track.vehicle_id, track.follows, track.heritage = track.track_id, None, frozenset()

    def _join(self, track: Track, old: Absent | None) -> None:
        """Make a track the vehicle that `old` was; that is not waited for any longer."""
        if old is None or old.vehicle_id == track.vehicle_id:
            return
        track.vehicle_id, track.follows, track.heritage = old.vehicle_id, old.track_id, old.plates
        self._news.joined.append((track.track_id, old.track_id))
        lost = self._live(old.track_id)
        if lost is not None:
            self._drop(np.array([one is not lost for one in self._tracks], np.bool_))
        self._gallery.back(old)

    def _give_up(self, size_wh: tuple[int, int]) -> None:
        if any(track.missing_ns for track in self._tracks):
            self._drop(waiting.awaited(self._tracks, self._motion, size_wh, self._settings))

    def _drop(self, keep: Mask) -> None:
        """End the tracks that `keep` (T,) leaves out."""
        for track, kept in zip(self._tracks, keep.tolist(), strict=True):
            if not kept and track.confirmed:
                self._end(track)
        self._tracks = [track for track, kept in zip(self._tracks, keep.tolist(), strict=True) if kept]
        self._motion.keep(keep)

    def _update(self, at_ns: int) -> TrackUpdate:
        news, self._news = self._news, _News()
        active = tuple(
            track.snapshot() for track in self._tracks if track.seen_ns == at_ns and track.state is not TrackState.LOST
        )
        started = tuple(track.snapshot() for track in self._tracks if track.track_id in news.started)
        lost, joined = self._lost_snapshots(), tuple(news.joined)
        coasting = waiting.coasting(self._tracks, self._motion.boxes, self._settings) if lost else ()
        return TrackUpdate(at_ns, active, started, tuple(news.ended), lost, joined, coasting)

    def _live(self, track_id: int) -> Track | None:
        return next((track for track in self._tracks if track.track_id == track_id), None)

    def _lost(self) -> list[Track]:
        return [track for track in self._tracks if track.state is TrackState.LOST]

    def _lost_snapshots(self) -> tuple[TrackSnapshot, ...]:
        return tuple(track.snapshot() for track in self._lost())

    def _end_all(self) -> None:
        self._drop(np.zeros(len(self._tracks), np.bool_))
        self._gallery = Gallery(self._settings)

    def _end(self, track: Track) -> None:
        track.state = TrackState.ENDED
        self._gallery.add(track)
        self._news.ended.append(track.snapshot())


def _others(rows: Rows, count: int) -> Rows:
    """Return which of `count` rows are not among `rows`."""
    rest = np.ones(count, np.bool_)
    rest[rows] = False
    return np.flatnonzero(rest)


def _sights(seen: Detections, hashes: U64, columns: Rows, at_ns: int) -> list[Sight]:
    boxes, confidence = seen.xyxy[columns].tolist(), seen.confidence[columns].tolist()
    rest = zip(boxes, confidence, seen.class_id[columns].tolist(), hashes[columns].tolist(), strict=True)
    return [
        Sight((box[0], box[1], box[2], box[3]), sure, class_id, dhash, at_ns) for box, sure, class_id, dhash in rest
    ]
