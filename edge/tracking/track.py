"""One track's memory: its life, its class by vote, its views by hash, and whether it stands still. Bounded in size."""

from __future__ import annotations

from dataclasses import dataclass, field

from edge.tracking.settings import TrackerSettings
from edge.types import CLASSES, Box, TrackSnapshot, TrackState
from edge.vision.dhash import hamming

_MOST_VOTES = 200.0


@dataclass(frozen=True, slots=True)
class Sight:
    """One detection of a track; not `whole` when something stands before a part of it."""

    box: Box
    confidence: float
    class_id: int
    dhash: int
    at_ns: int
    whole: bool = True


@dataclass(slots=True)
class Track:
    """What the tracker remembers of one vehicle between frames."""

    track_id: int
    started_ns: int
    seen_ns: int
    box: Box
    confidence: float
    dhash: int
    state: TrackState = TrackState.TENTATIVE
    hits: int = 0
    missing_ns: int = 0
    poses: list[int] = field(default_factory=list)
    votes: list[float] = field(default_factory=lambda: [0.0] * len(CLASSES))
    _spot: tuple[float, float] = (0.0, 0.0)
    _spot_ns: int = 0

    @property
    def class_id(self) -> int:
        """The class with most votes; of equal ones the first."""
        return max(range(len(CLASSES)), key=self.votes.__getitem__)

    @property
    def confirmed(self) -> bool:
        """Whether the track was ever confirmed and has not ended."""
        return self.state in {TrackState.CONFIRMED, TrackState.LOST}

    def see(self, sight: Sight, settings: TrackerSettings) -> None:
        """Take one detection."""
        self.box, self.confidence, self.dhash, self.seen_ns = sight.box, sight.confidence, sight.dhash, sight.at_ns
        self.hits += 1
        self.missing_ns = 0
        self._vote(sight.class_id, sight.confidence)
        if sight.whole:
            self._remember(sight.dhash, settings)
            self._place(sight.box, sight.at_ns, settings)
        if self.state is TrackState.LOST:
            self.state = TrackState.CONFIRMED

    def ripe(self, settings: TrackerSettings) -> bool:
        """Return whether a tentative track has earned its confirmation."""
        seen_s = (self.seen_ns - self.started_ns) / 1e9
        return self.state is TrackState.TENTATIVE and self.hits > 1 and seen_s >= settings.confirm_s

    def still(self, settings: TrackerSettings) -> bool:
        """Return whether the vehicle stayed on one spot up to when it was last seen."""
        return self.hits > 1 and (self.seen_ns - self._spot_ns) / 1e9 >= settings.still_s

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
        )

    def _vote(self, class_id: int, confidence: float) -> None:
        self.votes[class_id] += confidence
        if sum(self.votes) > _MOST_VOTES:  # halving keeps the vote open for a vehicle that stands for hours
            self.votes = [vote / 2 for vote in self.votes]

    def _remember(self, dhash: int, settings: TrackerSettings) -> None:
        if all(hamming(dhash, pose) >= settings.pose_bits for pose in self.poses):
            if len(self.poses) >= settings.poses:
                self.poses.pop(0)
            self.poses.append(dhash)

    def _place(self, box: Box, at_ns: int, settings: TrackerSettings) -> None:
        x, y = (box[0] + box[2]) / 2, box[3]
        width, height = box[2] - box[0], box[3] - box[1]
        room = settings.still_travel * (max(width, 1.0) * max(height, 1.0)) ** 0.5
        if self.hits == 1 or abs(x - self._spot[0]) > room or abs(y - self._spot[1]) > room:
            self._spot, self._spot_ns = (x, y), at_ns
