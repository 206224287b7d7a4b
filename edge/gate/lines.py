"""Crossings: a vehicle's anchor goes from one side of a tripwire to the other, and does not merely tremble on it.

Distances are measured in display pixels (so the picture's aspect is honoured) and judged in extents: how far the box
reaches across the line. A side counts once the anchor is clear of the line by a share of the extent; a crossing needs
both sides seen, the line itself (not its extension) passed, and the box moved rather than merely cut shorter.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from edge.config import Line
from edge.types import Crossing, Direction, TrackSnapshot, TrackState, TrackUpdate

_BORDER = 0.004  # a box this near the border, in picture widths, is cut off by it
_KEPT_NS = 3_000_000_000  # who comes back later crosses for himself


@dataclass(frozen=True, slots=True)
class CrossingSettings:
    """When a crossing counts. Shares are of the box's extent across the line."""

    clear: float = 0.3
    """An anchor this far beyond the line is on that side."""
    nose: float = 0.15
    """An anchor this far beyond the line for `hold_s` is on that side too: it crept over and stopped."""
    hold_s: float = 0.6
    turn: float = 0.75
    """Coming back from less far than this is a turn on the line, and no crossing either way."""
    moved: float = 0.1
    """Some edge other than the bottom must have moved this far: else the box was only hidden from below."""
    sure: float = 0.5
    """Below this confidence the direction is unknown rather than wrong."""
    gap_s: float = 2.0
    """A vehicle unseen for longer than this on its way over may be another one."""


@dataclass(frozen=True, slots=True)
class _Look:
    """One sight of a track from one line: signed distance of the anchor in px, extent in px, place along the line."""

    at_ns: int
    track: TrackSnapshot
    distance: float
    extent: float
    along: float
    cut: bool  # the box ends at the picture's border: the vehicle is farther out than it shows

    @property
    def side(self) -> int:
        """1 to the right of the arrow, -1 to its left."""
        return 1 if self.distance > 0 else -1


@dataclass(slots=True)
class _Memory:
    """What is known of one track at one line."""

    side: int = 0
    clear: _Look | None = None  # the last look that was clear on `side`
    looks: int = 0  # how many looks were clear on `side`
    last: _Look | None = None
    over: tuple[_Look, _Look] | None = None  # the looks before and after the anchor last went over
    beyond_since_ns: int | None = None
    crossed: bool = False  # `side` was reached by a crossing, not by being born there
    peak: float = 0.0  # how far beyond the line it has been since, in extents

    def settle(self, side: int, look: _Look, *, crossed: bool = False) -> None:
        """Be on another side from now on."""
        self.side, self.looks, self.peak, self.crossed, self.beyond_since_ns = side, 0, 0.0, crossed, None
        self.stay(look)

    def stay(self, look: _Look) -> None:
        """Be clear on the known side once more."""
        self.clear = look
        self.looks += 1
        self.peak = max(self.peak, abs(look.distance) / look.extent)


class Tripwires:
    """The lines of one camera."""

    def __init__(self, lines: Sequence[Line], settings: CrossingSettings | None = None) -> None:
        self._settings = settings or CrossingSettings()
        self._lines = tuple(lines)
        self._memories: dict[int, dict[str, _Memory]] = {}
        self._closing: dict[int, int] = {}

    def step(self, update: TrackUpdate, wall_ns: int, size_wh: tuple[int, int]) -> tuple[Crossing, ...]:
        """Return the crossings that `update`, from a frame of `size_wh` px taken at `wall_ns`, completes.

        A crossing is told once, when it is sure, and stamped with the moment, interpolated, when the anchor went over.
        """
        self._inherit(update)
        found = []
        for track in update.active:
            memories = self._memories.setdefault(track.track_id, {})
            for line in self._lines:
                memory = memories.setdefault(line.id, _Memory())
                crossing = self._watch(line, memory, _look(line, track, update.at_ns, size_wh))
                if crossing is not None:
                    found.append(replace(crossing, wall_ns=wall_ns - (update.at_ns - crossing.at_ns)))
        self._forget(update)
        return tuple(found)

    def cleared(self, track_id: int, line_id: str) -> bool:
        """Say whether a vehicle is so far beyond a line that coming back would be a crossing of its own."""
        memory = self._memories.get(track_id, {}).get(line_id)
        return memory is None or not memory.crossed or memory.peak >= self._settings.turn

    def _inherit(self, update: TrackUpdate) -> None:
        """Let a new track go on where an earlier one of its vehicle was, unless it has been on a way of its own."""
        fresh = {track.track_id for track in update.started}
        for heir, old in update.joined:
            if heir in fresh and old in self._memories:
                self._memories[heir] = self._memories.pop(old)

    def _watch(self, line: Line, memory: _Memory, look: _Look) -> Crossing | None:
        """Take one look; return the crossing that it completes."""
        if memory.last is not None and memory.last.side != look.side:
            memory.over = (memory.last, look)
        memory.last = look
        reached = self._reached(memory, look)
        if reached in {0, memory.side}:
            if reached:
                memory.stay(look)
            return None
        if memory.side == 0:
            memory.settle(reached, look)
            return None
        if look.track.state is TrackState.TENTATIVE or not self._moved(memory, look):
            return None
        return self._cross(line, memory, look)

    def _reached(self, memory: _Memory, look: _Look) -> int:
        """Return the side on which `look` certainly is, or 0."""
        beyond = abs(look.distance) / look.extent
        if memory.side in {0, look.side} or beyond < self._settings.nose:
            memory.beyond_since_ns = None
        elif memory.beyond_since_ns is None:
            memory.beyond_since_ns = look.at_ns
        since_ns = memory.beyond_since_ns
        held = since_ns is not None and look.at_ns - since_ns >= self._settings.hold_s * 1e9
        needed = self._settings.nose if look.cut else self._settings.clear
        return look.side if beyond >= needed or held else 0

    def _moved(self, memory: _Memory, look: _Look) -> bool:
        """Return whether the box as a whole moved; the bottom alone moves when something drives by in front."""
        if memory.clear is None:
            return True
        then, now = memory.clear.track.box, look.track.box
        size = math.sqrt(max((then[2] - then[0]) * (then[3] - then[1]), 1.0))
        return max(abs(then[edge] - now[edge]) for edge in (0, 1, 2)) >= self._settings.moved * size

    def _cross(self, line: Line, memory: _Memory, look: _Look) -> Crossing | None:
        if memory.over is None:
            return None
        before, after = memory.over
        share = abs(before.distance) / max(abs(before.distance) + abs(after.distance), 1e-9)
        on_line = 0.0 <= before.along + share * (after.along - before.along) <= 1.0
        turned_back = memory.crossed and memory.peak < self._settings.turn
        confidence = self._confidence(memory, look, after.at_ns - before.at_ns)
        memory.settle(look.side, look, crossed=on_line and not turned_back)
        if not on_line and not turned_back:
            return None
        at_ns = before.at_ns + round(share * (after.at_ns - before.at_ns))
        direction = _direction(line, look.side) if confidence >= self._settings.sure else Direction.UNKNOWN
        return Crossing(look.track.track_id, line.id, line.road, direction, at_ns, 0, confidence, turned_back)

    def _confidence(self, memory: _Memory, look: _Look, gap_ns: int) -> float:
        """Judge the direction: enough looks before, no long gap on the way over, and not along the line."""
        seen = 0.6 + 0.4 * min(memory.looks / 3, 1.0)
        whole = 1.0 if gap_ns <= self._settings.gap_s * 1e9 else 0.4
        if memory.clear is None:
            return seen * whole
        way = math.dist(memory.clear.track.anchor, look.track.anchor)
        square = abs(look.distance - memory.clear.distance) / max(way, 1e-9)
        return seen * whole * (0.7 + 0.3 * min(square, 1.0))

    def _forget(self, update: TrackUpdate) -> None:
        """Drop what is known of ended tracks a while after their end, and of those that never became one."""
        for track in update.ended:
            self._closing[track.track_id] = update.at_ns
        for track in update.active:
            if track.state is TrackState.TENTATIVE:
                self._closing[track.track_id] = update.at_ns
            else:
                self._closing.pop(track.track_id, None)
        for track_id in [track_id for track_id, at_ns in self._closing.items() if update.at_ns - at_ns > _KEPT_NS]:
            del self._closing[track_id]
            self._memories.pop(track_id, None)


def _look(line: Line, track: TrackSnapshot, at_ns: int, size_wh: tuple[int, int]) -> _Look:
    """Measure where the anchor is: positive distances lie to the right of the arrow as the picture shows it."""
    (x1, y1), (x2, y2) = ((x * size_wh[0], y * size_wh[1]) for x, y in line.points)
    length = max(math.hypot(x2 - x1, y2 - y1), 1e-9)
    along_x, along_y = (x2 - x1) / length, (y2 - y1) / length
    x, y = track.anchor[0] - x1, track.anchor[1] - y1
    left, top, right, bottom = track.box
    extent = abs(along_y) * (right - left) + abs(along_x) * (bottom - top)
    distance = y * along_x - x * along_y
    room = (left, top, size_wh[0] - right, size_wh[1] - bottom)
    cut = min(room) < _BORDER * max(size_wh)
    return _Look(at_ns, track, distance, max(extent, 1.0), (x * along_x + y * along_y) / length, cut)


def _direction(line: Line, side: int) -> Direction:
    return Direction.IN if (side > 0) == (line.inward == "right") else Direction.OUT
