"""What happens in the scripted sequences, case by case."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from edge.scene.actors import Actor, drawn, plate_look
from edge.scene.camera import Camera, Pose
from edge.scene.gate_plan import GatePlan
from edge.scene.ingredients import SceneList
from edge.scene.materials import Material
from edge.scene.paths import Drive, Go, Path, Wait
from edge.scene.rides import entry, leaving, shifted, through
from edge.scene.right_of_way import Road
from edge.scene.story import Ride
from edge.scene.traffic import USUAL
from edge.scene.witness import share_in_picture

Rng = np.random.Generator
_VIEW_WH = (640, 360)
_KINDS = ("car", "truck", "bus", "motorcycle")
_IN, _OUT, _ALONG = ("in-near", "in-far"), ("out-near", "out-far", "side-out"), ("street-near", "street-far")
_GIVE_WAY_S = 7.0


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
        return Camera(self.pose, _VIEW_WH)

    def middle_x(self, y: float) -> float:
        """Where the ground at `y` lies in the picture's middle column."""
        return self.pose.x + (y - self.pose.y) * float(np.tan(np.radians(self.pose.yaw_deg)))

    def before(self, x: float, y: float, nearer_y: float) -> float:
        """The x at `nearer_y` that the camera sees just before the point (x, y)."""
        return self.pose.x + (x - self.pose.x) * (nearer_y - self.pose.y) / (y - self.pose.y)

    def some(self, way: str, at_s: float, kind: str = "") -> Ride:
        """A newcomer on one of the plan's ways at about `at_s`."""
        kind = kind or {"footway": "person", "cycle": "bicycle"}.get(way) or str(self.rng.choice(_KINDS, p=USUAL))
        actor = self.new(kind, towing=0.12)
        if way in _IN:
            return whole(entry(self.plan, actor, way, at_s, wait_s=float(self.rng.choice((0.0, 1.5, 3.0)))))
        if way in _OUT:
            tail = actor.tow.draw_m + actor.tow.length_m if actor.tow else 0.0
            return leaving(self.plan, actor, way, at_s, tail_m=tail)
        speed = {"person": 1.4, "bicycle": 4.6}.get(kind) or self.between(6.0, 10.0)
        return through(self.plan, actor, way, at_s, min(speed, 5.0) if way == "side-in" else speed)

    def fill(self, count: int, ways: Sequence[str], span_s: tuple[float, float] | None = None) -> None:
        """Up to `count` others who give way to those there; who finds no gap stays away."""
        first, last = span_s or (0.0, self.seconds)
        for at_s in np.linspace(first, last, count) + self.rng.uniform(-1.5, 1.5, count):
            ride = self.some(str(self.rng.choice(ways)), float(at_s))
            self.road.add(replace(ride, beams=self.beams), _GIVE_WAY_S)


def whole(ride: Ride) -> Ride:
    """The ride from the very start of its path, so that it comes into no picture out of nowhere."""
    drive = ride.drive
    return replace(ride, drive=shifted(replace(drive, from_m=0.0), drive.from_m, drive.start_s))


def _place(path: Path, x: float) -> float:
    """Where a straight street path passes x."""
    (start, _), (end, _) = path.points
    return path.length_m * (x - start) / (end - start)


def _street(script: Script) -> tuple[Path, Path, float, float]:
    """The street's near and far lanes, and two places on them, one hidden behind the other."""
    near, far = (script.plan.way(name) for name in _ALONG)
    near_y, far_y = near.points[0][1], far.points[0][1]
    x = script.middle_x(far_y) + script.between(-2.0, 2.0)
    return near, far, _place(near, script.before(x, far_y, near_y)), _place(far, x)


def _halt(actor: Actor, path: Path, place: float, arrives_s: float, stays_s: float, speed: float = 7.0) -> Ride:
    """Along a path with a stop at a place."""
    drive = Drive(0.0, 0.0, speed, (Go(place, speed, stop=True), Wait(stays_s), Go(path.length_m, speed)))
    return Ride(actor, path, shifted(drive, place - 0.1, arrives_s))


def _creep(actor: Actor, path: Path, place: float, at_s: float, speed: float, over_m: float = 9.0) -> Ride:
    """Along a path, slowly around a place, which it passes at `at_s`."""
    legs = (Go(place - over_m, 8.0), Go(place + over_m, speed), Go(path.length_m, 8.0))
    return Ride(actor, path, shifted(Drive(0.0, 0.0, 8.0, legs), place, at_s))


def _parked(script: Script, actor: Actor, path: Path, place: float) -> Ride:
    return Ride(actor, path, Drive(-1.0, place, 0.0, (Wait(script.seconds + 2.0),)))


def _big(script: Script) -> Actor:
    """A long closed lorry or bus."""
    while True:
        actor = script.new(str(script.rng.choice(("truck", "bus"))))
        mesh = actor.mesh(0)
        if mesh.length_m > 6.8 and mesh.height_m > 2.85 and getattr(actor.shape, "load", "box") in ("box", "tarp"):
            return actor


def _small(script: Script) -> Actor:
    """A car that a lorry can hide."""
    while True:
        actor = script.new("car")
        if actor.length_m < 4.7 and actor.mesh(0).height_m < 1.8:
            return actor


def lorry(script: Script) -> None:
    """A vehicle is hidden behind a lorry for a while and comes out again."""
    cases = (
        _lorry_stops,
        _past_a_parked_lorry,
        _lorry_alongside,
        _lorry_at_boom,
        _lorry_creeps,
        _behind_a_parked_lorry,
    )
    cases[script.variant % len(cases)](script)
    script.fill(5, (*_IN, *_OUT, "street-far", "footway", "cycle"))


def _lorry_stops(script: Script) -> None:
    near, far, before, behind = _street(script)
    stays = script.between(4.0, 9.0)
    script.add(_halt(_small(script), far, behind, 6.0, 12.0 + stays))
    script.add(_halt(_big(script), near, before, script.between(9.0, 11.0), stays))


def _lorry_creeps(script: Script) -> None:
    near, far, before, behind = _street(script)
    script.add(_halt(_small(script), far, behind, 6.0, 17.0))
    script.add(_creep(_big(script), near, before, script.between(13.0, 15.0), script.between(1.1, 1.6)))


def _past_a_parked_lorry(script: Script) -> None:
    near, far, before, behind = _street(script)
    script.add(_parked(script, _big(script), near, before))
    script.add(_creep(_small(script), far, behind, script.between(10.0, 12.0), script.between(1.2, 1.8)))
    script.add(_creep(_small(script), far, behind, script.between(21.0, 23.0), script.between(1.6, 2.2)))


def _behind_a_parked_lorry(script: Script) -> None:
    near, far, before, behind = _street(script)
    script.add(_parked(script, _big(script), near, before))
    script.add(_halt(_small(script), far, behind, 8.0, script.between(4.0, 12.0), 5.0))


def _lorry_alongside(script: Script) -> None:
    """Both drive the same way, the lorry a little faster."""
    near, far, before, behind = _street(script)
    near = Path(near.points[::-1])
    nearer = (near.points[0][1] - script.pose.y) / (far.points[0][1] - script.pose.y)
    speed, meet = script.between(2.0, 2.8), script.between(13.0, 16.0)
    script.add(_creep(_small(script), far, behind, meet, speed, 12.0))
    faster = (speed + script.between(1.6, 2.0)) * nearer
    script.add(_creep(_big(script), near, near.length_m - before, meet, faster, 14.0))


def _lorry_at_boom(script: Script) -> None:
    script.pose = min(script.poses, key=lambda pose: abs(pose.x - 0.7 * script.plan.entry_x))
    leaves = script.between(13.0, 16.0)
    _line_up(script, (_big(script), _small(script)), _IN, (leaves, leaves + 9.0))


def _line_up(script: Script, actors: tuple[Actor, ...], ways: Sequence[str], leaves_s: Sequence[float]) -> None:
    """Everybody waits nose to tail before the boom, and moves up when who is first goes on at `leaves_s`.

    Who is told to leave before it can have moved up follows through without a stop.
    """
    gap_m = script.between(0.6, 1.3)
    for number, actor in enumerate(actors):
        path = script.plan.way(ways[number])
        boom = path.reaches_y(script.plan.boom_y + 0.55)
        ahead = [gap_m + a.length_m + (a.tow.draw_m + a.tow.length_m if a.tow else 0.0) for a in actors[:number]]
        places = [boom - sum(ahead[place:]) - actor.length_m / 2 for place in range(number + 1)]
        drive = Drive(0.0, 0.0, 6.5, (Go(places[0], 5.0, stop=True),))
        drive = replace(drive, start_s=2.5 + 2.6 * number - drive.end_s)
        for gone, place in enumerate(places[1:]):
            wait = max(leaves_s[gone] + 0.8 * (number - gone) - drive.end_s, 0.1)
            drive = replace(drive, legs=(*drive.legs, Wait(wait), Go(place, 3.0, stop=True)))
        on = (Go(boom + 3.0, 2.7), Go(path.length_m + 14.0, 3.6))
        if number and leaves_s[number] < drive.end_s:
            drive = replace(drive, legs=(*drive.legs[:-1], Go(places[-1], 2.7), *on))
        else:
            drive = replace(drive, legs=(*drive.legs, Wait(max(leaves_s[number] - drive.end_s, 0.1)), *on))
        script.add(Ride(actor, path, drive))


def queue(script: Script) -> None:
    """Three to five wait nose to tail and move up one after the other; sometimes two go through at once."""
    count = 3 + int(script.rng.integers(0, 3))
    actors = tuple(script.new("car" if number else str(script.rng.choice(_KINDS))) for number in range(count))
    first = 2.5 + 2.6 * count + script.between(0.5, 2.0)
    steps = script.rng.uniform(6.0, 7.5, count - 1)
    if script.variant % 2:
        steps[0] = 1.0
    leaves = first + np.cumsum([0.0, *steps])
    _line_up(script, actors, [str(script.rng.choice(_IN))] * count, [float(v) for v in leaves])
    script.fill(5, ("out-near", "out-far", "street-far", "footway", "cycle"))


def _twin(script: Script) -> tuple[Actor, Actor]:
    """Two white cars of one make, apart only by their plates."""
    one = _small(script)
    looks = [plate_look(script.source, script.rng, two_lines=False) for _ in range(2)]
    tints = tuple((m, script.source.paints[0] if m == Material.PAINT else rgb) for m, rgb in one.tints)
    other = script.new("car")
    first, second = (
        replace(one, number=number, tints=tints, front=look, rear=look, dirt=0.0)
        for number, look in zip((one.number, other.number), looks, strict=True)
    )
    return first, second


def twins(script: Script) -> None:
    """Two white cars of one make meet: one stops and the other goes past, or takes its place."""
    cases: tuple[Callable[[Script, Actor, Actor], None], ...] = (
        _twins_abreast,
        _twins_opposed,
        _twins_in_line,
        _twins_part,
    )
    cases[script.variant % len(cases)](script, *_twin(script))
    script.fill(4, (*_IN, *_OUT, *_ALONG, "footway", "cycle"))


def _twins_abreast(script: Script, one: Actor, other: Actor) -> None:
    """Both along the street the same way, close together; the near one stops and the far one goes past behind it."""
    near, far, before, behind = _street(script)
    near = Path(near.points[::-1])
    speed, meet = script.between(3.5, 5.0), script.between(9.0, 11.0)
    script.add(_halt(one, near, near.length_m - before, meet, script.between(4.0, 7.0), speed))
    script.add(_creep(other, far, behind, meet + script.between(0.5, 1.5), speed, 14.0))


def _twins_opposed(script: Script, one: Actor, other: Actor) -> None:
    """One waits at the boom, the other comes out beside it."""
    at = script.between(14.0, 17.0)
    script.add(whole(entry(script.plan, one, "in-near", at + 3.0, wait_s=script.between(7.0, 9.0))))
    script.add(leaving(script.plan, other, "out-near", at - 4.0))


def _twins_in_line(script: Script, one: Actor, other: Actor) -> None:
    """One goes in and the other moves up to where it stood."""
    leaves = script.between(10.0, 12.0)
    _line_up(script, (one, other), ("in-near", "in-near"), (leaves, leaves + script.between(9.0, 12.0)))


def _twins_part(script: Script, one: Actor, other: Actor) -> None:
    """One turns in, the other follows it closely and drives straight on."""
    turns = script.add(whole(entry(script.plan, one, "in-near", script.between(15.0, 18.0), wait_s=3.0)))
    street = script.plan.way("street-near")
    off = turns.path.reaches_y(street.points[0][1] - 1.5)
    at_s, x = turns.drive.reaches_s(off), turns.path.at(off)[0]
    speed = script.between(4.5, 6.0)
    past = Drive(0.0, 0.0, speed, (Go(street.length_m, speed),))
    script.add(Ride(other, street, shifted(past, _place(street, x), at_s + 0.6)), 6.0)


def boom(script: Script) -> None:
    """A vehicle waits at the closed boom all the time, while others pass behind, beside and before it."""
    stays = script.seconds - script.between(24.0, 28.0)
    script.add(whole(entry(script.plan, script.new("car"), "in-near", 9.0 + stays, wait_s=stays)))
    y = script.plan.boom_y - 1.3
    walk = Path(((-7.0, y), (9.0, y)))
    for at_s in np.arange(25.0, script.seconds - 40.0, 45.0):
        walker = Drive(float(at_s) + script.between(0.0, 20.0), 0.0, 1.3, (Go(walk.length_m, 1.3),))
        path = walk if script.rng.random() < 0.5 else Path(walk.points[::-1])
        script.road.add(Ride(script.new("person"), path, walker), _GIVE_WAY_S)
    script.fill(round(script.seconds / 9), ("out-near", "out-near", "out-far", "side-out", *_ALONG, "footway", "cycle"))


def shake(script: Script) -> None:
    """Vehicles come and go."""
    script.fill(10, (*_IN, *_OUT, *_ALONG, "footway"))


def busy(script: Script) -> None:
    """As much of everything as the roads hold."""
    ways = (*_IN, *_IN, *_OUT, *_ALONG, *_ALONG, "side-in", "footway", "cycle")
    script.fill(round(script.seconds / 1.6), ways, (-3.0, script.seconds + 3.0))


def crossing(script: Script) -> None:
    """One in, one out, some along the street, all at the mouth of the gate at the same time; twice."""
    for meet in (script.between(9.0, 11.0), script.between(21.0, 23.0)):
        script.add(script.some(str(script.rng.choice(_IN)), meet + 5.0, "car"), _GIVE_WAY_S)
        script.add(script.some(str(script.rng.choice(_OUT[:2])), meet - 3.5, "car"), _GIVE_WAY_S)
        script.add(script.some("street-near", meet, "motorcycle"), _GIVE_WAY_S)
        script.add(script.some("street-far", meet), _GIVE_WAY_S)
        script.add(script.some(str(script.rng.choice(("footway", "cycle", "side-out"))), meet), _GIVE_WAY_S)


def return_(script: Script) -> None:
    """A vehicle leaves the picture, or hides, and comes back at the same place in the same pose."""
    cases = (_backs_off_the_street, _backs_behind_a_lorry, _backs_from_the_boom, _backs_into_the_site)
    cases[script.variant % len(cases)](script)
    script.fill(4, (*_OUT, "street-far", "footway", "cycle"))


def _seen(script: Script, actor: Actor, path: Path) -> tuple[float, float]:
    """Where along its path an actor is last out of the picture, and where first all but wholly in it."""
    out = 0.0
    for s in np.arange(0.0, path.length_m, 0.5):
        share = share_in_picture(actor.placed(path.stand(float(s), 0.6 * actor.length_m)), script.camera())
        if share == 0.0:
            out = float(s)
        elif share > 0.95:
            return out, float(s)
    raise Blocked


def _again(script: Script, out: float, turn: float, speed: float) -> tuple[Go | Wait, ...]:
    """Up to a place, back out of sight, and once more."""
    away = script.between(4.0, 14.0)
    return (Go(turn, speed, stop=True), Wait(script.between(1.5, 3.0)), Go(out - 1.0, 3.2, stop=True), Wait(away))


def _backs_off_the_street(script: Script) -> None:
    actor, path = script.new("car"), script.plan.way(str(script.rng.choice(_ALONG)))
    out, seen = _seen(script, actor, path)
    legs = (*_again(script, out, seen + script.between(1.0, 4.0), 5.0), Go(path.length_m, 6.0))
    script.add(Ride(actor, path, shifted(Drive(0.0, 0.0, 6.0, legs), seen, 4.0)))


def _backs_behind_a_lorry(script: Script) -> None:
    near, far, before, behind = _street(script)
    script.add(_parked(script, _big(script), near, before))
    actor = _small(script)
    legs = (
        Go(behind, 4.0, stop=True),
        Wait(script.between(4.0, 12.0)),
        Go(behind - 8.5, 2.5, stop=True),
        Wait(2.0),
        Go(far.length_m, 6.0),
    )
    script.add(Ride(actor, far, shifted(Drive(0.0, 0.0, 6.0, legs), behind - 0.1, 9.0)))


def _backs_from_the_boom(script: Script) -> None:
    actor, path = script.new("car"), script.plan.way("in-near")
    out, _ = _seen(script, actor, path)
    stop = path.reaches_y(script.plan.boom_y + 0.55) - actor.length_m / 2
    legs = (*_again(script, out, stop, 5.0), Go(stop, 5.0, stop=True), Wait(1.5), Go(path.length_m + 14.0, 3.4))
    script.add(Ride(actor, path, shifted(Drive(0.0, 0.0, 6.5, legs), stop - 0.1, 6.0)))


def _backs_into_the_site(script: Script) -> None:
    actor, path = script.new("car"), script.plan.way("out-near")
    out, seen = _seen(script, actor, path)
    legs = (*_again(script, out, seen + script.between(0.5, 2.0), 3.0), Go(seen + 6.0, 3.0), Go(path.length_m, 6.0))
    script.add(Ride(actor, path, shifted(Drive(0.0, 0.0, 3.0, legs), seen, 5.0)))
