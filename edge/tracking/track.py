"""One track's memory: its life, its class by vote, its views by hash, and whether it stands still. Bounded in size."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from edge.tracking import border
from edge.tracking.geometry import Mask, box_area
from edge.tracking.settings import TrackerSettings
from edge.types import CLASSES, Box, TrackSnapshot, TrackState
from edge.vision.boxes import part_of_smaller, shared_area
from edge.vision.dhash import hamming

_MOST_VOTES = 200.0
_LEAST_HITS = 2


@dataclass(frozen=True, slots=True)
class Sight:
    """One detection of a track."""

    box: Box
    confidence: float
    class_id: int
    dhash: int
    at_ns: int


@dataclass(slots=True)
class Track:
    """What the tracker remembers of one vehicle between frames."""

    track_id: int
    birth: Sight
    box: Box = (0.0, 0.0, 0.0, 0.0)
    confidence: float = 0.0
    dhash: int = 0
    bits: int = 0
    seen_ns: int = 0
    vehicle_id: int = 0
    jumped_ns: int | None = None
    plates: frozenset[str] = frozenset()
    follows: int | None = None
    heritage: frozenset[str] = frozenset()
    """The earlier track that it continues, and the plates of that."""
    largest: float = 0.0
    """Area of the largest box it had, px."""
    reach: tuple[float, float, float, float] = border.STAYS
    """How far into the picture it reaches over the borders by which it drives out; see `border.limits`."""
    nested: int | None = None
    """The known track in or around which it was first seen."""
    way: tuple[float, float] = (0.0, 0.0)
    """Velocity when it was last seen, px/s; see `Motion.ways`."""
    state: TrackState = TrackState.TENTATIVE
    hits: int = 0
    evidence: float = 0.0
    best: float = 0.0
    missing_ns: int = 0
    held: bool = False
    held_ns: int = 0
    """Whether it is in one box with another, and for how long it has been since it was last seen."""
    gap_ns: int = 0
    """The longest time for which it was missed and found again."""
    poses: list[Sight] = field(default_factory=list)
    votes: list[float] = field(default_factory=lambda: [0.0] * len(CLASSES))
    _spot: tuple[float, float] = (0.0, 0.0)
    _spot_ns: int = 0

    @property
    def started_ns(self) -> int:
        """When the track was first seen."""
        return self.birth.at_ns

    @property
    def last(self) -> Sight:
        """How it was last seen."""
        return Sight(self.box, self.confidence, self.class_id, self.dhash, self.seen_ns)

    @property
    def class_id(self) -> int:
        """The class with most votes; of equal ones the first."""
        return max(range(len(CLASSES)), key=self.votes.__getitem__)

    @property
    def confirmed(self) -> bool:
        """Whether the track was ever confirmed and has not ended."""
        return self.state in {TrackState.CONFIRMED, TrackState.LOST}

    def see(self, sight: Sight, bits: int, settings: TrackerSettings, *, whole: bool = True) -> None:
        """Take one detection, `bits` from the nearest view; not `whole` when something stands before a part of it."""
        if whole and self.hits and self._jumps(sight, bits, settings):
            self.jumped_ns = sight.at_ns
        self.box, self.confidence, self.dhash, self.seen_ns = sight.box, sight.confidence, sight.dhash, sight.at_ns
        self.bits = bits
        self.hits += 1
        self.evidence += max(sight.confidence - settings.doubt, 0.0)
        self.best = max(self.best, sight.confidence)
        self.gap_ns, self.missing_ns = max(self.gap_ns, self.missing_ns), 0
        self.held, self.held_ns = False, 0
        self.largest = max(self.largest, box_area(sight.box))
        self._vote(sight.class_id, sight.confidence)
        if whole:
            self._remember(sight, settings)
            self._place(sight.box, sight.at_ns, settings)
        if self.state is TrackState.LOST:
            self.state = TrackState.CONFIRMED

    def ripe(self, settings: TrackerSettings) -> bool:
        """Return whether a tentative track has earned its confirmation."""
        seen_s = (self.seen_ns - self.started_ns) / 1e9
        if self.state is not TrackState.TENTATIVE or self.hits < _LEAST_HITS or seen_s < settings.confirm_s:
            return False
        sure = self.evidence >= settings.confirm_evidence and self.best >= settings.confirm_best
        return sure or (self.hits >= settings.confirm_driven and self._travelled() >= settings.confirm_travel)

    def still(self, settings: TrackerSettings) -> bool:
        """Return whether the vehicle stayed on one spot up to when it was last seen."""
        return self.hits > 1 and (self.seen_ns - self._spot_ns) / 1e9 >= settings.still_s

    def disproved(self) -> bool:
        """Return whether the plates say that this is not the vehicle it was taken for."""
        return bool(self.plates and self.heritage) and self.plates.isdisjoint(self.heritage)

    @property
    def leaving(self) -> bool:
        """Whether it was driving out of the picture."""
        return min(self.reach) < math.inf

    def touches(self, other: Track) -> bool:
        """Return whether two tracks were last seen in the same place."""
        return shared_area(self.box, other.box) > 0

    def snapshot(self) -> TrackSnapshot:
        """Return the track as others may see it."""
        return TrackSnapshot(
            self.track_id,
            self.state,
            self.box,
            self.class_id,
            self.confidence,
            self.dhash,
            self.hits,
            self.started_ns,
            self.seen_ns,
            self.vehicle_id,
            self.bits,
            self.jumped_ns,
        )

    def parted(self, track_id: int) -> Track:
        """Return what a track becomes that was seen to be another vehicle: a new one, as it stands now."""
        fresh = replace(self, track_id=track_id, vehicle_id=track_id, birth=self.last, follows=None, jumped_ns=None)
        fresh.plates = fresh.heritage = frozenset()
        fresh.poses, fresh.votes = [self.last], list(self.votes)
        self.poses = []  # which of the views were its own is not known
        return fresh

    def _travelled(self) -> float:
        """Return how far the anchor is from where it was first seen, in sizes."""
        (x1, _, x2, y2), (left, _, right, bottom) = self.birth.box, self.box
        return math.hypot((x1 + x2 - left - right) / 2, y2 - bottom) / math.sqrt(box_area(self.box))

    def _jumps(self, sight: Sight, bits: int, settings: TrackerSettings) -> bool:
        """Return whether looks or place changed as if this were another vehicle."""
        if bits >= settings.jump_bits or bits <= settings.alike_bits or self.missing_ns:
            return bits >= settings.jump_bits
        return part_of_smaller(self.box, sight.box) < settings.jump_overlap

    def _vote(self, class_id: int, confidence: float) -> None:
        self.votes[class_id] += confidence
        if sum(self.votes) > _MOST_VOTES:  # halving keeps the vote open for a vehicle that stands for hours
            self.votes = [vote / 2 for vote in self.votes]

    def _remember(self, sight: Sight, settings: TrackerSettings) -> None:
        if all(hamming(sight.dhash, pose.dhash) >= settings.pose_bits for pose in self.poses):
            if len(self.poses) >= settings.poses:
                self.poses.pop(0)
            self.poses.append(sight)

    def _place(self, box: Box, at_ns: int, settings: TrackerSettings) -> None:
        x, y = (box[0] + box[2]) / 2, box[3]
        width, height = box[2] - box[0], box[3] - box[1]
        room = settings.still_travel * (max(width, 1.0) * max(height, 1.0)) ** 0.5
        if self.hits == 1 or abs(x - self._spot[0]) > room or abs(y - self._spot[1]) > room:
            self._spot, self._spot_ns = (x, y), at_ns


def in_state(tracks: Sequence[Track], state: TrackState) -> Mask:
    """Return which tracks are in a state, (T,)."""
    return np.array([track.state is state for track in tracks], np.bool_)


def standing(tracks: Sequence[Track], settings: TrackerSettings) -> Mask:
    """Return which tracks stand still, (T,)."""
    return np.array([track.still(settings) for track in tracks], np.bool_)
