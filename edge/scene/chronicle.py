"""From the frames' truth to what happened: crossings, passes, visits, anomalies."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta

from edge.scene.truth import (
    AnomalyTruth,
    CrossingTruth,
    FrameTruth,
    LineTruth,
    PassTruth,
    PlateTruth,
    Point,
    VisitTruth,
)

CLEAR_PX = 30.0
READABLE_PX = 70.0
AROUND_S = 8.0
VEHICLES = frozenset({"car", "truck", "bus", "motorcycle"})


def crossings(
    frames: Iterable[FrameTruth], lines: tuple[LineTruth, ...], size_wh: tuple[int, int]
) -> tuple[CrossingTruth, ...]:
    """Every crossing by an anchor that was clear of the line by CLEAR_PX before and after, in order of time."""
    found: list[CrossingTruth] = []
    sides: dict[tuple[int, str], int] = {}
    last: dict[tuple[int, str], tuple[int, float]] = {}
    over: dict[tuple[int, str], int] = {}
    for frame in frames:
        for actor in frame.actors:
            for line in lines:
                key = (actor.actor, line.name)
                distance, along = _from_line(line, actor.anchor, size_wh)
                before = last.get(key)
                if before is not None and before[1] * distance < 0 and 0.0 <= along <= 1.0:
                    share = before[1] / (before[1] - distance)
                    over[key] = round(before[0] + share * (frame.media_ns - before[0]))
                last[key] = (frame.media_ns, distance)
                if abs(distance) < CLEAR_PX:
                    continue
                side = 1 if distance > 0 else -1
                if sides.get(key, side) != side and key in over:
                    inward = (side > 0) == (line.inward == "right")
                    found.append(
                        CrossingTruth(
                            actor.actor, actor.kind, line.name, line.road, "in" if inward else "out", over.pop(key)
                        )
                    )
                sides[key] = side
                over.pop(key, None)
    return tuple(sorted(found, key=lambda c: c.media_ns))


def _from_line(line: LineTruth, at: Point, size_wh: tuple[int, int]) -> tuple[float, float]:
    """Signed distance in pixels, positive to the right of the arrow as seen in the picture, and place along it 0..1."""
    w, h = size_wh
    ax, ay, bx, by = line.start[0] * w, line.start[1] * h, line.end[0] * w, line.end[1] * h
    dx, dy = bx - ax, by - ay
    length = (dx * dx + dy * dy) ** 0.5
    return ((at[1] - ay) * dx - (at[0] - ax) * dy) / length, ((at[0] - ax) * dx + (at[1] - ay) * dy) / length**2


def is_wide(plate: PlateTruth) -> bool:
    """Whether a plate is wide enough to be read."""
    return plate.width_px >= READABLE_PX


def passes(
    found: tuple[CrossingTruth, ...],
    frames: Sequence[FrameTruth],
    readable: Callable[[PlateTruth], bool] = is_wide,
) -> tuple[PassTruth, ...]:
    """The crossings of vehicles with the plates that were visible and `readable` within AROUND_S of them."""
    out = []
    for crossing in found:
        if crossing.kind not in VEHICLES:
            continue
        texts = {
            plate.text
            for frame in frames
            if abs(frame.media_ns - crossing.media_ns) <= AROUND_S * 1e9
            for actor in frame.actors
            if actor.actor == crossing.actor
            for plate in actor.plates
            if plate.visible and readable(plate)
        }
        out.append(PassTruth(crossing, tuple(sorted(texts))))
    return tuple(out)


def visits(found: tuple[PassTruth, ...]) -> tuple[VisitTruth, ...]:
    """Each entry joined with the next exit of the same actor."""
    inside: dict[int, PassTruth] = {}
    out = []
    for one in found:
        actor = one.crossing.actor
        if one.crossing.direction == "in":
            inside[actor] = one
        elif actor in inside:
            entry = inside.pop(actor)
            plates = tuple(sorted({*entry.plates, *one.plates}))
            out.append(VisitTruth(actor, one.crossing.kind, entry.crossing, one.crossing, plates))
    return tuple(out)


def anomalies(
    found: tuple[PassTruth, ...], lines: tuple[LineTruth, ...], wall_start: str, closes: str
) -> tuple[AnomalyTruth, ...]:
    """After-hours passes (at or after `closes`, HH:MM of the start's day) and passes that a road does not allow."""
    allows = {line.name: line.allows for line in lines}
    start = datetime.fromisoformat(wall_start)
    hour, minute = (int(v) for v in closes.split(":"))
    closing = start.replace(hour=hour, minute=minute, second=0, microsecond=0)
    out = []
    for one in found:
        crossing = one.crossing
        if allows[crossing.line] not in ("both", crossing.direction):
            out.append(AnomalyTruth("wrong-road", crossing))
        if start + timedelta(microseconds=crossing.media_ns / 1000) >= closing:
            out.append(AnomalyTruth("after-hours", crossing))
    return tuple(out)
