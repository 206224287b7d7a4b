"""A scripted sequence while it is written: who drives so far, and the rides that scripts are made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from edge.scene.actors import Actor, drawn
from edge.scene.camera import Camera, Pose
from edge.scene.gate_plan import GatePlan
from edge.scene.ingredients import SceneList
from edge.scene.paths import Drive, Go, Path, Wait
from edge.scene.rides import entry, leaving, shifted, through
from edge.scene.right_of_way import Road
from edge.scene.story import Ride
from edge.scene.traffic import USUAL

Rng = np.random.Generator
VIEW_WH = (640, 360)
"""The picture for which sequences are written; a larger one shows the same."""
KINDS = ("car", "truck", "bus", "motorcycle")
IN, OUT, ALONG = ("in-near", "in-far"), ("out-near", "out-far", "side-out"), ("street-near", "street-far")
GIVE_WAY_S = 7.0


class Blocked(Exception):
    """A ride that the case depends on does not fit on the road; another draw may."""


@dataclass(slots=True)
class Script:
    """A sequence while it is written: where, seen by which camera, and who drives so far; `variant` is its seed."""

    source: SceneList
    plan: GatePlan
    pose: Pose
    poses: tuple[Pose, ...]
    rng: Rng
    variant: int
    seconds: float
    beams: float
    road: Road = field(default_factory=Road)
    _number: int = 0

    def new(self, kind: str, *, towing: float = 0.0) -> Actor:
        """A vehicle or person of the list that nobody has seen yet."""
        self._number += 1
        return drawn(self.source, kind, self._number, self.rng, towing)

    def add(self, ride: Ride, latest_s: float = 0.0) -> Ride:
        """Take a ride that the case depends on; raises Blocked when it does not fit."""
        found = self.road.add(replace(ride, beams=self.beams), latest_s)
        if found is None:
            raise Blocked
        return found

    def between(self, low: float, high: float) -> float:
        return float(self.rng.uniform(low, high))

    def camera(self) -> Camera:
        return Camera(self.pose, VIEW_WH)

    def middle_x(self, y: float) -> float:
        """Where the ground at `y` lies in the picture's middle column."""
        return self.pose.x + (y - self.pose.y) * float(np.tan(np.radians(self.pose.yaw_deg)))

    def before(self, x: float, y: float, nearer_y: float) -> float:
        """The x at `nearer_y` that the camera sees just before the point (x, y)."""
        return self.pose.x + (x - self.pose.x) * (nearer_y - self.pose.y) / (y - self.pose.y)

    def some(self, way: str, at_s: float, kind: str = "") -> Ride:
        """A newcomer on one of the plan's ways at about `at_s`."""
        kind = kind or {"footway": "person", "cycle": "bicycle"}.get(way) or str(self.rng.choice(KINDS, p=USUAL))
        actor = self.new(kind, towing=0.12)
        if way in IN:
            return whole(entry(self.plan, actor, way, at_s, wait_s=float(self.rng.choice((0.0, 1.5, 3.0)))))
        if way in OUT:
            tail = actor.tow.draw_m + actor.tow.length_m if actor.tow else 0.0
            return leaving(self.plan, actor, way, at_s, tail_m=tail)
        speed = {"person": 1.4, "bicycle": 4.6}.get(kind) or self.between(6.0, 10.0)
        return through(self.plan, actor, way, at_s, min(speed, 5.0) if way == "side-in" else speed)

    def passer(self, ride: Ride) -> None:
        """Take a ride that nothing depends on: it gives way to those there, or stays away."""
        self.road.add(replace(ride, beams=self.beams), GIVE_WAY_S)

    def fill(self, count: int, ways: Sequence[str], span_s: tuple[float, float] | None = None) -> None:
        """Up to `count` others who give way to those there; who finds no gap stays away."""
        first, last = span_s or (0.0, self.seconds)
        for at_s in np.linspace(first, last, count) + self.rng.uniform(-1.5, 1.5, count):
            self.passer(self.some(str(self.rng.choice(ways)), float(at_s)))


def whole(ride: Ride) -> Ride:
    """The ride from the very start of its path, so that it comes into no picture out of nowhere."""
    drive = ride.drive
    return replace(ride, drive=shifted(replace(drive, from_m=0.0), drive.from_m, drive.start_s))


def place_at(path: Path, x: float) -> float:
    """Where a straight street path passes x."""
    (start, _), (end, _) = path.points
    return path.length_m * (x - start) / (end - start)


def halting(actor: Actor, path: Path, place: float, arrives_s: float, stays_s: float, speed: float = 7.0) -> Ride:
    """Along a path with a stop at a place."""
    drive = Drive(0.0, 0.0, speed, (Go(place, speed, stop=True), Wait(stays_s), Go(path.length_m, speed)))
    return Ride(actor, path, shifted(drive, place - 0.1, arrives_s))


def creeping(actor: Actor, path: Path, place: float, at_s: float, speed: float, over_m: float = 9.0) -> Ride:
    """Along a path, slowly around a place, which it passes at `at_s`."""
    legs = (Go(place - over_m, 8.0), Go(place + over_m, speed), Go(path.length_m, 8.0))
    return Ride(actor, path, shifted(Drive(0.0, 0.0, 8.0, legs), place, at_s))


def parked(script: Script, actor: Actor, path: Path, place: float) -> Ride:
    """Stands there all the time."""
    return Ride(actor, path, Drive(-1.0, place, 0.0, (Wait(script.seconds + 2.0),)))


def large(script: Script) -> Actor:
    """A long closed lorry or bus."""
    while True:
        actor = script.new(str(script.rng.choice(("truck", "bus"))))
        mesh = actor.mesh(0)
        if mesh.length_m > 6.8 and mesh.height_m > 2.85 and getattr(actor.shape, "load", "box") in ("box", "tarp"):
            return actor


def small(script: Script) -> Actor:
    """A car that a lorry can hide."""
    while True:
        actor = script.new("car")
        if actor.length_m < 4.7 and actor.mesh(0).height_m < 1.8:
            return actor
