"""A short look through the camera: what its picture is like, and how large plates are where vehicles cross lines."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from edge.config import Line
from edge.pipeline import Step
from edge.plates.choice import plate_region
from edge.ports import Frame, PlateFinder
from edge.types import F32, U8, VEHICLES, Point, TrackSnapshot, TrackState
from edge.vision.camera_watch import CameraView
from edge.vision.motion import LUMA_WH
from edge.vision.quads import size
from edge.vision.sharpness import blur

NEAR = 0.15
"""A vehicle that comes so near to a line (in picture heights) tells about plates there, though it does not cross."""
_STRIDE = 0.01
"""A nearer picture is kept when the vehicle is so much nearer: each one costs a crop."""
_WAY_NS = 600_000_000
"""The way of a vehicle is taken over so much time."""
_STOOD = 0.005
"""A way shorter than this share of the line has no direction."""
_STEADY_NS = 1_000_000_000
_MOMENTS = 9


@dataclass(frozen=True, slots=True)
class AtLine:
    """One vehicle where it was nearest to one line.

    `apart`: how far away, in picture heights, 0 when it crossed. `angle_deg`: between its way and the line, 0 to 90,
    None while it stands. `plate_px`: width of its plate, None when none was found; `tilt_deg`: how far that plate is
    from level.
    """

    line_id: str
    apart: float
    angle_deg: float | None
    plate_px: float | None
    tilt_deg: float | None


@dataclass(frozen=True, slots=True)
class Seen:
    """What a look came to. `blur` as in edge.vision.sharpness; `mode`: day, dusk, night or infra-red."""

    seconds: float
    vehicles: int
    at_lines: tuple[AtLine, ...]
    blur: float
    mode: str


@dataclass(slots=True)
class _Nearest:
    apart: float = math.inf
    angle_deg: float | None = None
    picture: U8 | None = None


@dataclass(slots=True)
class _Way:
    """Where a vehicle's anchor was lately, in display pixels."""

    points: deque[tuple[int, Point]] = field(default_factory=deque)
    nearest: dict[str, _Nearest] = field(default_factory=dict)


class Look:
    """Takes every frame of an analysis with what it came to; `finish` looks for plates. One thread at a time."""

    def __init__(self, lines: Sequence[Line], finder: PlateFinder) -> None:
        self._lines = tuple(lines)
        self._finder = finder
        self._view = CameraView()
        self._ways: dict[int, _Way] = {}
        self._moments: deque[U8] = deque(maxlen=_MOMENTS)
        self._first_ns: int | None = None
        self._last_ns = 0
        self._kept_ns: int | None = None

    def add(self, frame: Frame, step: Step) -> None:
        """Take one frame."""
        if self._first_ns is None:
            self._first_ns = frame.mono_ns
        self._last_ns = frame.mono_ns
        self._view.step(frame, frame.luma(*LUMA_WH))
        if self._kept_ns is None or frame.mono_ns - self._kept_ns >= _STEADY_NS:
            self._kept_ns = frame.mono_ns
            self._moments.append(frame.luma(*frame.size_wh))
        for track in step.tracks.active:
            if track.state is TrackState.CONFIRMED and track.class_name in VEHICLES:
                self._follow(frame, track)

    def finish(self) -> Seen:
        """Find the plates and return what was seen.

        Raises:
            EngineFailed: passed on from the finder.
        """
        at_lines = [
            self._at_line(line_id, nearest)
            for way in self._ways.values()
            for line_id, nearest in way.nearest.items()
            if nearest.apart <= NEAR
        ]
        usual = np.median(np.stack(self._moments), axis=0) if self._moments else np.zeros((2, 2))
        seconds = 0.0 if self._first_ns is None else (self._last_ns - self._first_ns) / 1e9
        return Seen(seconds, len(self._ways), tuple(at_lines), blur(usual.astype(np.uint8)), self._view.mode)

    def _follow(self, frame: Frame, track: TrackSnapshot) -> None:
        way = self._ways.setdefault(track.vehicle_id or track.track_id, _Way())
        before = way.points[-1][1] if way.points else track.anchor
        way.points.append((frame.mono_ns, track.anchor))
        while len(way.points) > 2 and frame.mono_ns - way.points[0][0] > _WAY_NS:  # noqa: PLR2004 - a way has two ends
            way.points.popleft()
        for line in self._lines:
            start, end = (_pixels(point, frame.size_wh) for point in line.points)
            nearest = way.nearest.setdefault(line.id, _Nearest())
            crossed = _meet(before, track.anchor, start, end)
            apart = 0.0 if crossed else _apart(track.anchor, start, end) / frame.size_wh[1]
            if apart <= NEAR and nearest.apart > 0 and (crossed or apart < nearest.apart - _STRIDE):
                nearest.apart = apart
                nearest.angle_deg = _angle(way.points[0][1], track.anchor, start, end)
                nearest.picture = frame.crop(plate_region(track.box, frame.size_wh))

    def _at_line(self, line_id: str, nearest: _Nearest) -> AtLine:
        found = self._finder.find(nearest.picture).quads if nearest.picture is not None else np.empty((0, 4, 2))
        if not len(found):
            return AtLine(line_id, nearest.apart, nearest.angle_deg, None, None)
        return AtLine(line_id, nearest.apart, nearest.angle_deg, size(found[0])[0], _tilt(found[0]))


def _pixels(point: Point, size_wh: tuple[int, int]) -> Point:
    return point[0] * size_wh[0], point[1] * size_wh[1]


def _side(point: Point, start: Point, end: Point) -> float:
    return (end[0] - start[0]) * (point[1] - start[1]) - (end[1] - start[1]) * (point[0] - start[0])


def _meet(a: Point, b: Point, start: Point, end: Point) -> bool:
    """Say whether the way from `a` to `b` goes over the line."""
    over = _side(a, start, end) * _side(b, start, end) < 0
    return over and _side(start, a, b) * _side(end, a, b) <= 0


def _apart(point: Point, start: Point, end: Point) -> float:
    dx, dy = end[0] - start[0], end[1] - start[1]
    along = ((point[0] - start[0]) * dx + (point[1] - start[1]) * dy) / max(dx * dx + dy * dy, 1e-9)
    along = min(max(along, 0.0), 1.0)
    return math.dist(point, (start[0] + along * dx, start[1] + along * dy))


def _angle(a: Point, b: Point, start: Point, end: Point) -> float | None:
    """Return the angle between the way from `a` to `b` and the line, 0 to 90 degrees; None for no way to speak of."""
    if math.dist(a, b) < _STOOD * math.dist(start, end):
        return None
    turn = math.atan2(b[1] - a[1], b[0] - a[0]) - math.atan2(end[1] - start[1], end[0] - start[0])
    return math.degrees(math.asin(min(abs(math.sin(turn)), 1.0)))


def _tilt(quad: F32) -> float:
    """Return how far a plate's writing is from level, in degrees."""
    across = quad[1] + quad[2] - quad[0] - quad[3]
    return abs(math.degrees(math.atan2(float(across[1]), float(across[0]))))
