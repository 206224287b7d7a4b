"""The usual rides at the gate: in, out, along the street, and round on the line."""

from __future__ import annotations

from dataclasses import replace

from edge.scene.actors import Actor
from edge.scene.gate_plan import GatePlan
from edge.scene.paths import Drive, Go, Path, Wait
from edge.scene.story import Ride


def shifted(drive: Drive, place_m: float, at_s: float) -> Drive:
    """The same drive, moved in time so that it is at `place_m` at `at_s`."""
    return replace(drive, start_s=drive.start_s + at_s - drive.reaches_s(place_m))


def entry(
    plan: GatePlan,
    actor: Actor,
    name: str,
    at_s: float,
    *,
    wait_s: float = 0.0,
    beams: float = 0.0,
    queue_s: float = 0.0,
    behind_m: float = 0.0,
) -> Ride:
    """Comes from the street, stops at the boom for `wait_s` and has its front on the main line at `at_s`.

    `queue_s`: a stop before that, `behind_m` behind the boom's stop line.
    """
    path = plan.way(name)
    half = actor.length_m / 2
    boom = path.reaches_y(plan.boom_y + 0.55) - half
    line = path.reaches_y(plan.line_y) - half
    legs: list[Go | Wait] = []
    if queue_s:
        legs += [Go(boom - behind_m, 5.2, stop=True), Wait(queue_s)]
    legs += [Go(boom, 4.2, stop=True), Wait(wait_s)] if wait_s else [Go(boom, 4.0)]
    legs += [Go(line + 1.0, 2.7), Go(path.length_m + 14, 3.3)]
    return Ride(actor, path, shifted(Drive(0.0, _start(path), 6.5, tuple(legs)), line, at_s), beams)


def _start(path: Path) -> float:
    """Where a path comes into sight: about 17 m to either side."""
    s = 0.0
    while abs(path.at(s)[0]) > 17:
        s += 0.5
    return s


def leaving(plan: GatePlan, actor: Actor, name: str, at_s: float, *, beams: float = 0.0, tail_m: float = 0.0) -> Ride:
    """Comes from behind the camera and has its rear (and `tail_m` of trailer) on its line at `at_s`."""
    path = plan.way(name)
    half = actor.length_m / 2 + tail_m
    line_y = plan.side_line_y if name.startswith("side") else plan.line_y
    line = path.reaches_y(line_y) + half
    drive = Drive(0.0, -4.0, 3.0, (Go(line, 2.7), Go(line + 6, 3.4), Go(path.length_m, 6.5)))
    return Ride(actor, path, shifted(drive, line, at_s), beams)


def through(plan: GatePlan, actor: Actor, name: str, at_s: float, speed: float, beams: float = 0.0) -> Ride:
    """Passes along the street; in the middle of its path at `at_s`."""
    path = plan.way(name)
    drive = Drive(0.0, 0.0, speed, (Go(path.length_m, speed),))
    return Ride(actor, path, shifted(drive, path.length_m / 2, at_s), beams)


def turning(plan: GatePlan, actor: Actor, at_s: float, beams: float) -> Ride:
    """Comes up to the line, turns round on it and goes back: its nose is over the line for a moment only."""
    path = plan.way("turn")
    apex = path.reaches_y(min(y for _, y in path.points) + 0.02)
    legs = (Go(apex - 7.0, 4.2), Go(apex + 5.0, 1.9), Go(path.length_m, 5.5))
    return Ride(actor, path, shifted(Drive(0.0, _start(path), 6.0, legs), apex, at_s), beams)
