"""What happens in the scripted sequences, case by case."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from edge.scene.actors import Actor, plate_look
from edge.scene.materials import Material
from edge.scene.paths import Drive, Go, Path, Wait
from edge.scene.rides import entry, leaving, shifted
from edge.scene.script import (
    ALONG,
    GIVE_WAY_S,
    IN,
    KINDS,
    OUT,
    Blocked,
    Script,
    creeping,
    halting,
    large,
    parked,
    place_at,
    small,
    whole,
)
from edge.scene.story import Ride
from edge.scene.witness import share_in_picture


def _street(script: Script) -> tuple[Path, Path, float, float]:
    """The street's near and far lanes, and two places on them, one hidden behind the other."""
    near, far = (script.plan.way(name) for name in ALONG)
    near_y, far_y = near.points[0][1], far.points[0][1]
    x = script.middle_x(far_y) + script.between(-2.0, 2.0)
    return near, far, place_at(near, script.before(x, far_y, near_y)), place_at(far, x)


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
    script.fill(5, (*IN, *OUT, "street-far", "footway", "cycle"))


def _lorry_stops(script: Script) -> None:
    near, far, before, behind = _street(script)
    stays = script.between(4.0, 9.0)
    script.add(halting(small(script), far, behind, 6.0, 12.0 + stays))
    script.add(halting(large(script), near, before, script.between(9.0, 11.0), stays))


def _lorry_creeps(script: Script) -> None:
    near, far, before, behind = _street(script)
    script.add(halting(small(script), far, behind, 6.0, 17.0))
    script.add(creeping(large(script), near, before, script.between(13.0, 15.0), script.between(1.1, 1.6)))


def _past_a_parked_lorry(script: Script) -> None:
    near, far, before, behind = _street(script)
    script.add(parked(script, large(script), near, before))
    script.add(creeping(small(script), far, behind, script.between(10.0, 12.0), script.between(1.2, 1.8)))
    script.add(creeping(small(script), far, behind, script.between(21.0, 23.0), script.between(1.6, 2.2)))


def _behind_a_parked_lorry(script: Script) -> None:
    near, far, before, behind = _street(script)
    script.add(parked(script, large(script), near, before))
    script.add(halting(small(script), far, behind, 8.0, script.between(4.0, 12.0), 5.0))


def _lorry_alongside(script: Script) -> None:
    """Both drive the same way, the lorry a little faster."""
    near, far, before, behind = _street(script)
    near = Path(near.points[::-1])
    nearer = (near.points[0][1] - script.pose.y) / (far.points[0][1] - script.pose.y)
    speed, meet = script.between(2.0, 2.8), script.between(13.0, 16.0)
    script.add(creeping(small(script), far, behind, meet, speed, 12.0))
    faster = (speed + script.between(1.6, 2.0)) * nearer
    script.add(creeping(large(script), near, near.length_m - before, meet, faster, 14.0))


def _lorry_at_boom(script: Script) -> None:
    script.pose = min(script.poses, key=lambda pose: abs(pose.x - 0.7 * script.plan.entry_x))
    leaves = script.between(13.0, 16.0)
    _line_up(script, (large(script), small(script)), IN, (leaves, leaves + 9.0))


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
    actors = tuple(script.new("car" if number else str(script.rng.choice(KINDS))) for number in range(count))
    first = 2.5 + 2.6 * count + script.between(0.5, 2.0)
    steps = script.rng.uniform(6.0, 7.5, count - 1)
    if script.variant % 2:
        steps[0] = 1.0
    leaves = first + np.cumsum([0.0, *steps])
    _line_up(script, actors, [str(script.rng.choice(IN))] * count, [float(v) for v in leaves])
    script.fill(5, ("out-near", "out-far", "street-far", "footway", "cycle"))


def _twin(script: Script) -> tuple[Actor, Actor]:
    """Two white cars of one make, apart only by their plates."""
    one = small(script)
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
    script.fill(4, (*IN, *OUT, *ALONG, "footway", "cycle"))


def _twins_abreast(script: Script, one: Actor, other: Actor) -> None:
    """Both along the street the same way, close together; the near one stops and the far one goes past behind it."""
    near, far, before, behind = _street(script)
    near = Path(near.points[::-1])
    speed, meet = script.between(3.5, 5.0), script.between(9.0, 11.0)
    script.add(halting(one, near, near.length_m - before, meet, script.between(4.0, 7.0), speed))
    script.add(creeping(other, far, behind, meet + script.between(0.5, 1.5), speed, 14.0))


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
    script.add(Ride(other, street, shifted(past, place_at(street, x), at_s + 0.6)), 6.0)


def boom(script: Script) -> None:
    """A vehicle waits at the closed boom all the time, while others pass behind, beside and before it."""
    stays = script.seconds - script.between(24.0, 28.0)
    script.add(whole(entry(script.plan, script.new("car"), "in-near", 9.0 + stays, wait_s=stays)))
    y = script.plan.boom_y - 1.3
    walk = Path(((-7.0, y), (9.0, y)))
    for at_s in np.arange(25.0, script.seconds - 40.0, 45.0):
        walker = Drive(float(at_s) + script.between(0.0, 20.0), 0.0, 1.3, (Go(walk.length_m, 1.3),))
        path = walk if script.rng.random() < 0.5 else Path(walk.points[::-1])
        script.passer(Ride(script.new("person"), path, walker))
    script.fill(round(script.seconds / 9), ("out-near", "out-near", "out-far", "side-out", *ALONG, "footway", "cycle"))


def shake(script: Script) -> None:
    """Vehicles come and go."""
    script.fill(10, (*IN, *OUT, *ALONG, "footway"))


def busy(script: Script) -> None:
    """As much of everything as the roads hold."""
    ways = (*IN, *IN, *OUT, *ALONG, *ALONG, "side-in", "footway", "cycle")
    script.fill(round(script.seconds / 1.6), ways, (-3.0, script.seconds + 3.0))


def crossing(script: Script) -> None:
    """One in, one out, some along the street, all at the mouth of the gate at the same time; twice."""
    for meet in (script.between(9.0, 11.0), script.between(21.0, 23.0)):
        script.add(script.some(str(script.rng.choice(IN)), meet + 5.0, "car"), GIVE_WAY_S)
        script.add(script.some(str(script.rng.choice(OUT[:2])), meet - 3.5, "car"), GIVE_WAY_S)
        script.add(script.some("street-near", meet, "motorcycle"), GIVE_WAY_S)
        script.add(script.some("street-far", meet), GIVE_WAY_S)
        script.add(script.some(str(script.rng.choice(("footway", "cycle", "side-out"))), meet), GIVE_WAY_S)


def return_(script: Script) -> None:
    """A vehicle leaves the picture, or hides, and comes back at the same place in the same pose."""
    cases = (_backs_off_the_street, _backs_behind_a_lorry, _backs_from_the_boom, _backs_into_the_site)
    cases[script.variant % len(cases)](script)
    script.fill(4, (*OUT, "street-far", "footway", "cycle"))


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
    actor, path = script.new("car"), script.plan.way(str(script.rng.choice(ALONG)))
    out, seen = _seen(script, actor, path)
    legs = (*_again(script, out, seen + script.between(1.0, 4.0), 5.0), Go(path.length_m, 6.0))
    script.add(Ride(actor, path, shifted(Drive(0.0, 0.0, 6.0, legs), seen, 4.0)))


def _backs_behind_a_lorry(script: Script) -> None:
    near, far, before, behind = _street(script)
    script.add(parked(script, large(script), near, before))
    actor = small(script)
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
