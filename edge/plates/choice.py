"""Which pictures of a track deserve a look: the few best ones, apart in time, as late as can be waited for."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from types import MappingProxyType

from edge.ports import Look
from edge.types import U8, Box, NoPlate, TrackSnapshot, TrackState
from edge.vision.sharpness import sharpness

MOST_LOOKS = 4
ENOUGH = 2
"""Looks that can agree on a plate."""
RESERVE = 2
"""Looks kept back while a vehicle stands or is out of sight: in a queue it stands often, and comes nearer each time."""
AWAY_NS = 1_000_000_000
"""A vehicle out of sight for so long may not come back before its pass is told."""
NEAREST_PX = MappingProxyType({"car": 100.0, "truck": 150.0, "bus": 150.0, "motorcycle": 90.0})
"""Least size (see `size_px`) at which a vehicle's plate can be read: it is about a third of a car's height wide."""
FRONTAL = 1.7
"""Width over height of a vehicle seen from in front or behind, at most; a broader box shows its side."""
BORDER = 0.01
"""Share of the frame's side: a box that ends so near to the border may be cut by it. Detectors are not more exact."""
SLOT_NS = 200_000_000
"""Only the best picture of so long a time is kept: neighbours share their blur and noise and their mistakes."""
APART_NS = SLOT_NS // 2
"""Least time between two pictures kept."""
PATIENCE_NS = 1_500_000_000
"""A vehicle that stands for so long is looked at where it stands: somebody waits at the barrier."""
STILL = 0.05
"""Movement and growth, over the box's width, below which a vehicle stands, and shows the same view again."""
FALLING = 0.6
"""A vehicle that has become this much smaller than it was has passed its best moment."""
ROOF = 0.25
"""Upper share of a vehicle that never carries a plate."""
SHARP = 0.1
"""Sharpness beyond which more detail reads no better."""
LEEWAY = 0.8
"""A picture so much smaller may still be the better one, when it is sharper."""
BETTER = 1.05
"""A picture replaces another only when it is clearly better; each one costs a crop."""


@dataclass(frozen=True, slots=True)
class View:
    """Where and when a vehicle was first seen so: pictures of one view share their mistakes, one of them is enough."""

    box: Box
    at_ns: int

    def shows(self, box: Box, at_ns: int) -> bool:
        """Say whether a vehicle in `box` is still seen so: hardly any time has gone by, or it has hardly moved."""
        return at_ns < self.at_ns + SLOT_NS or self.still(box)

    def still(self, box: Box) -> bool:
        """Say whether a vehicle in `box` has hardly moved or grown since."""
        width = self.box[2] - self.box[0]
        grown = abs(box[2] - box[0] - width)
        return max(math.dist(_middle(box), _middle(self.box)), grown) < STILL * width


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """A picture that may be looked at. `quality` orders the pictures of one track."""

    look: Look
    picture: U8
    size_px: float
    quality: float
    view: View


@dataclass(slots=True)
class Shortlist:
    """The best pictures of one track so far, each of another view, at most as many as there are looks left."""

    left: int = MOST_LOOKS
    kept: list[Candidate] = field(default_factory=list)
    _spent: list[View] = field(default_factory=list)
    _newest_ns: int | None = None
    _largest_px: float = 0.0
    _rest: View | None = None

    def wants(self, box: Box, at_ns: int) -> bool:
        """Say whether a picture of a vehicle in `box` could get on the list, before it is cut out of the frame."""
        same = self._same_view(box, at_ns)
        fresh = self._newest_ns is not None and at_ns < self._newest_ns + APART_NS
        seen = any(view.shows(box, at_ns) for view in self._spent)
        if self.left == 0 or seen or (fresh and same is None):
            return False
        rival = same or self._worst()
        return rival is None or size_px(box) > LEEWAY * rival.size_px

    def take(self, look: Look, box: Box, picture: U8) -> None:
        """Put a picture on the list if it beats the one it would displace: that of its view, else the worst."""
        size = size_px(box)
        quality = size * math.sqrt(min(1.0, sharpness(picture) / SHARP))
        same = self._same_view(box, look.at_ns)
        rival = same or self._worst()
        if rival is not None and quality <= BETTER * rival.quality:
            return
        if rival is not None:
            self.kept.remove(rival)
        view = same.view if same else View(box, look.at_ns)
        self.kept.append(Candidate(look, picture, size, quality, view))
        self._newest_ns = look.at_ns

    def due(self, box: Box, at_ns: int) -> list[Candidate]:
        """Return the pictures to look at now and take them off the list: past the best moment, or while it stands."""
        size = size_px(box)
        self._largest_px = max(self._largest_px, size)
        if size < FALLING * self._largest_px:
            return self.rest()
        if self._rest is None or not self._rest.still(box):
            self._rest = View(box, at_ns)
        if at_ns - self._rest.at_ns < PATIENCE_NS or self.left <= RESERVE:
            return []
        return self._release([candidate for candidate in self.kept if candidate.view.still(box)][:1])

    def hurry(self) -> list[Candidate]:
        """Return the pictures to look at because somebody waits for the answer: all of them, once two can agree."""
        return self.rest() if len(self.kept) >= min(ENOUGH, self.left) else []

    def away(self) -> list[Candidate]:
        """Return the pictures to look at while the vehicle is out of sight, best first: all but the reserve."""
        best = sorted(self.kept, key=lambda candidate: -candidate.quality)
        return self._release(best[: max(0, self.left - RESERVE)])

    def rest(self) -> list[Candidate]:
        """Return all that is left to look at, best first: nothing better will come."""
        return self._release(sorted(self.kept, key=lambda candidate: -candidate.quality))

    def _release(self, ready: list[Candidate]) -> list[Candidate]:
        self.kept = [candidate for candidate in self.kept if candidate not in ready]
        self.left -= len(ready)
        self._spent += [candidate.view for candidate in ready]
        return ready

    def _same_view(self, box: Box, at_ns: int) -> Candidate | None:
        return next((candidate for candidate in self.kept if candidate.view.shows(box, at_ns)), None)

    def _worst(self) -> Candidate | None:
        """The picture that must go for a new view, None while there is room."""
        if len(self.kept) < self.left:
            return None
        return min(self.kept, key=lambda candidate: candidate.quality)


def _middle(box: Box) -> tuple[float, float]:
    return ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2)


def size_px(box: Box) -> float:
    """Return how large a vehicle shows its front or back: its height, less where the box is broad with its side."""
    width, height = box[2] - box[0], box[3] - box[1]
    return height * min(1.0, FRONTAL * height / width) if width > 0 else 0.0


def has_plates(track: TrackSnapshot) -> bool:
    """Say whether a track is known to be of a vehicle that has plates."""
    return track.state is TrackState.CONFIRMED and track.class_name in NEAREST_PX


def hindrance(track: TrackSnapshot, frame_wh: tuple[int, int]) -> NoPlate | None:
    """Return why a vehicle's picture cannot show a readable plate, None where it can: near enough, and not cut off.

    The upper border does not count: a lorry's roof carries no plate.
    """
    x1, _, x2, y2 = track.box
    beside, below = BORDER * frame_wh[0], BORDER * frame_wh[1]
    whole = x1 >= beside and x2 <= frame_wh[0] - beside and y2 <= frame_wh[1] - below
    if size_px(track.box) < NEAREST_PX[track.class_name]:
        return NoPlate.TOO_SMALL
    return None if whole else NoPlate.CUT


def plate_region(box: Box, frame_wh: tuple[int, int]) -> Box:
    """Return the part of a vehicle's box to look at: without the roof, a little wider and lower, inside the frame.

    Detectors cut boxes tight, and a plate on the bumper lies right at their lower edge.
    """
    x1, y1, x2, y2 = box
    aside, below = 0.04 * (x2 - x1), 0.04 * (y2 - y1)
    right, bottom = min(float(frame_wh[0]), x2 + aside), min(float(frame_wh[1]), y2 + below)
    return (max(0.0, x1 - aside), y1 + ROOF * (y2 - y1), right, bottom)
