"""What happens at the gate in the replays, case by case: vehicles that come in, stay a while and leave again."""

from __future__ import annotations

from dataclasses import replace

from edge.scene.actors import Actor
from edge.scene.rides import entry, leaving, turning
from edge.scene.script import IN, KINDS, OUT, Script, large, whole
from edge.scene.story import Ride
from edge.scene.traffic import USUAL

_LATER_S = 12.0
_NEAR = IN[0]


def visit(
    script: Script, actor: Actor, at_s: float, *, way: str = "", wait_s: float = 0.0, latest_s: float = 6.0
) -> None:
    """One vehicle comes in at about `at_s`, stays out of sight and leaves; who finds no gap in time stays away."""
    coming = whole(entry(script.plan, actor, way or str(script.rng.choice(IN)), at_s, wait_s=wait_s))
    came = script.road.add(replace(coming, beams=script.beams), latest_s)
    if came is not None:
        leave(script, actor, came.drive.end_s + script.between(2.0, 8.0))


def leave(script: Script, actor: Actor, at_s: float, way: str = "") -> Ride | None:
    """The vehicle leaves at about `at_s`, if the sequence lasts long enough to see it clear the line."""
    tail = actor.tow.draw_m + actor.tow.length_m if actor.tow else 0.0
    ride = leaving(script.plan, actor, way or str(script.rng.choice(OUT[:2])), at_s, tail_m=tail)
    return script.road.add(replace(ride, beams=script.beams), _LATER_S) if at_s < script.seconds - 6.0 else None


def someone(script: Script, kind: str = "", *, towing: float = 0.0) -> Actor:
    """Return a newcomer, of the usual kinds if none is given; nobody drives into a site without a plate."""
    kind = kind or str(script.rng.choice(KINDS, p=USUAL))
    while True:
        actor = script.new(kind, towing=towing)
        if actor.rear is not None:
            return actor


def usual(script: Script) -> None:
    """Some come and leave again, one every few seconds; others pass along the street."""
    for at_s in _times(script, 7.0):
        visit(script, someone(script, towing=0.02), at_s, wait_s=float(script.rng.choice((0.0, 1.5, 3.0))))
    script.fill(3, ("street-far", "footway", "cycle"))


def queue(script: Script) -> None:
    """Three wait nose to tail before the boom, which lets them in one by one."""
    for first_s in (9.0, 39.0):
        for place in range(3):
            actor = someone(script, "car" if place else str(script.rng.choice(KINDS)))
            visit(script, actor, first_s + 4.6 * place, way=_NEAR, wait_s=1.5 if place else 3.0, latest_s=9.0)
    script.fill(2, ("street-far", "footway"))


def tailgate(script: Script) -> None:
    """Behind one that the boom was opened for, another follows closely."""
    for first_s in _times(script, 15.0):
        visit(script, someone(script, "car"), first_s, way=_NEAR, wait_s=2.0)
        visit(script, someone(script, "car"), first_s + 2.2, way=_NEAR, latest_s=3.0)


def turn_back(script: Script) -> None:
    """Some turn round on the line: their nose is over it for a moment, and they are no pass."""
    for number, at_s in enumerate(_times(script, 9.0)):
        if number % 2:
            script.passer(turning(script.plan, someone(script, "car"), at_s, script.beams))
        else:
            visit(script, someone(script), at_s)


def two_lanes(script: Script) -> None:
    """One comes in while another leaves beside it, again and again."""
    for at_s in _times(script, 8.0):
        visit(script, someone(script), at_s, way=_NEAR)
        other = someone(script)
        if leave(script, other, at_s + script.between(-0.6, 0.6), OUT[0]) is not None and at_s < 25.0:
            visit(script, other, at_s + 24.0)


def hidden(script: Script) -> None:
    """A lorry leaves beside a car that comes in, and hides it for a moment."""
    for at_s in _times(script, 11.0):
        visit(script, someone(script, "car"), at_s, way="in-far")
        leave(script, large(script), at_s - 1.0, OUT[0])


def dirty(script: Script) -> None:
    """Plates with mud on them."""
    for at_s in _times(script, 7.0):
        actor = someone(script, "car")
        dirt = script.between(0.5, 0.9)
        front, rear = (look and replace(look, dirt=dirt) for look in (actor.front, actor.rear))
        visit(script, replace(actor, front=front, rear=rear, dirt=1.0), at_s)


def _times(script: Script, every_s: float) -> tuple[float, ...]:
    """When somebody comes: from the start until it would be too late to see him leave."""
    times, at_s = [], 7.0
    while at_s < script.seconds - 8.0:
        times.append(at_s)
        at_s += every_s * script.between(0.85, 1.15)
    return tuple(times)
