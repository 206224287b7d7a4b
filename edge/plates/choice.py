"""Which pictures of a track deserve a look: the few best ones, apart in time, as late as can be waited for."""

from __future__ import annotations

from dataclasses import dataclass, field

from edge.ports import Look
from edge.types import U8, VEHICLES, Box, TrackSnapshot, TrackState
from edge.vision.sharpness import sharpness

MOST_LOOKS = 3
NARROWEST_PX = 140
"""A vehicle narrower than this shows a plate of under 40 px, with characters too small to read."""
BORDER_PX = 2
SLOT_NS = 200_000_000
"""Only the best picture of so long a time is kept: neighbours share their blur and noise and their mistakes."""
APART_NS = SLOT_NS // 2
"""Least time between two pictures kept."""
PATIENCE_NS = 1_500_000_000
"""Longest wait for a better picture before a look is taken anyway: somebody stands at the barrier."""
FALLING = 0.85
"""A track whose pictures have become this much worse than its best has passed its best moment."""
ROOF = 0.25
"""Upper share of a vehicle that never carries a plate."""
SHARP = 0.1
"""Sharpness beyond which more detail reads no better."""
LEEWAY = 0.8
"""A picture so much smaller may still be the better one, when it is sharper."""
BETTER = 1.05
"""A picture replaces another only when it is clearly better; each one costs a crop."""


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """A picture that may be looked at. `quality` orders the pictures of one track; `slot_ns` is when its slot began."""

    look: Look
    picture: U8
    quality: float
    slot_ns: int


@dataclass(slots=True)
class Shortlist:
    """The best pictures of one track so far, at most as many as there are looks left."""

    left: int = MOST_LOOKS
    kept: list[Candidate] = field(default_factory=list)
    _since_ns: int = 0
    _newest_ns: int | None = None
    _widest_px: float = 0.0
    _widest_ns: int = 0

    def wants(self, box: Box, at_ns: int) -> bool:
        """Say whether a picture of this box could get on the list, before anything is cut out of the frame."""
        fresh = self._newest_ns is not None and at_ns < self._newest_ns + APART_NS
        if self.left == 0 or (fresh and self._slot(at_ns) is None):
            return False
        rival = self._rival(at_ns)
        return rival is None or box[2] - box[0] > LEEWAY * (rival.look.box[2] - rival.look.box[0])

    def take(self, look: Look, picture: U8) -> None:
        """Put a picture on the list if it is better than the one it would displace."""
        quality = _quality(picture)
        running, rival = self._slot(look.at_ns), self._rival(look.at_ns)
        if rival is not None and quality <= BETTER * rival.quality:
            return
        if rival is not None:
            self.kept.remove(rival)
        elif not self.kept:
            self._since_ns = look.at_ns
        slot_ns = running.slot_ns if running else look.at_ns
        self.kept.append(Candidate(look, picture, quality, slot_ns))
        self._newest_ns = look.at_ns

    def due(self, at_ns: int, width_px: float) -> list[Candidate]:
        """Return the pictures to look at now and take them off the list.

        Args:
            at_ns: now.
            width_px: width of the track's box now, 0 when it has ended: nothing better will come.
        """
        if width_px > self._widest_px:
            self._widest_px, self._widest_ns = width_px, at_ns
        ranked = sorted(self.kept, key=lambda candidate: -candidate.quality)
        past_best = width_px < FALLING * self._widest_px and at_ns - self._widest_ns >= APART_NS
        if width_px and not past_best:
            ranked = ranked[:1] if at_ns - self._since_ns >= PATIENCE_NS else []
        if ranked:
            self.kept = [candidate for candidate in self.kept if candidate not in ranked]
            self.left -= len(ranked)
            self._since_ns = at_ns
        return ranked

    def _slot(self, at_ns: int) -> Candidate | None:
        """The picture kept in the slot that is still running."""
        return next((candidate for candidate in self.kept if at_ns < candidate.slot_ns + SLOT_NS), None)

    def _rival(self, at_ns: int) -> Candidate | None:
        """The picture a new one would displace: that of its slot, else the worst of a full list."""
        running = self._slot(at_ns)
        if running is not None or len(self.kept) < self.left:
            return running
        return min(self.kept, key=lambda candidate: candidate.quality)


def may_show_plate(track: TrackSnapshot, size_wh: tuple[int, int]) -> bool:
    """Say whether a track's picture can show a readable plate: a vehicle, near enough, not cut off by the frame.

    The upper border does not count: a lorry's roof carries no plate.
    """
    x1, _, x2, y2 = track.box
    whole = x1 >= BORDER_PX and x2 <= size_wh[0] - BORDER_PX and y2 <= size_wh[1] - BORDER_PX
    vehicle = track.state is TrackState.CONFIRMED and track.class_name in VEHICLES
    return vehicle and whole and x2 - x1 >= NARROWEST_PX


def plate_region(box: Box, size_wh: tuple[int, int]) -> Box:
    """Return the part of a vehicle's box to look at: without the roof, a little wider and lower, inside the frame.

    Detectors cut boxes tight, and a plate on the bumper lies right at their lower edge.
    """
    x1, y1, x2, y2 = box
    aside, below = 0.04 * (x2 - x1), 0.04 * (y2 - y1)
    return (
        max(0.0, x1 - aside),
        y1 + ROOF * (y2 - y1),
        min(float(size_wh[0]), x2 + aside),
        min(float(size_wh[1]), y2 + below),
    )


def _quality(picture: U8) -> float:
    """Room for characters, discounted for blur."""
    return float(picture.shape[1] * min(1.0, sharpness(picture) / SHARP) ** 0.5)
