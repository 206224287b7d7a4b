"""People, cyclists and motorcyclists as meshes of limbs."""

from __future__ import annotations

import math
from functools import lru_cache

from edge.scene.materials import Material
from edge.scene.mesh import F32, Builder, Mesh
from edge.scene.shapes import BikeShape, PersonShape
from edge.scene.solids import ball, disc, end_picture, ring, tower, tread, tube

STEPS = 12
Xyz = tuple[float, float, float]


def _limb(b: Builder, a: Xyz, c: Xyz, radii: tuple[float, float], material: int, rank: float = 0) -> None:
    tube(b, a, c, radii, material, b.part(rank))


@lru_cache(maxsize=256)
def person(s: PersonShape, step: int) -> Mesh:
    """A walking person at one of STEPS phases of the gait."""
    b = Builder()
    h, w = s.height_m, s.stout
    turn = 2 * math.pi * step / STEPS
    hip = 0.52 * h
    for side in (1, -1):
        _walking_limbs(b, s, side, math.sin(turn) * side, max(0.0, math.cos(turn) * side) * 0.10)
    torso = b.part(0)
    shoulder = 0.80 * h
    rows = [
        (hip - 0.06, 0.14, 0.10),
        (hip + 0.08, 0.15, 0.105),
        (0.68 * h, 0.17, 0.115),
        (shoulder - 0.02, 0.19, 0.11),
        (shoulder + 0.03, 0.12, 0.07),
    ]
    body = tower([_oval(d * w, wide * w, z, 1.0) for z, wide, d in rows])
    body.wall(b, Material.SHIRT, torso)
    body.lid(b, Material.SHIRT, torso)
    if s.skirt:
        hem = b.part(0)
        skirt = tower([_oval(d, wide, z, 0.9) for z, wide, d in [(0.28 * h, 0.22, 0.2), (hip + 0.05, 0.16, 0.12)]])
        skirt.wall(b, Material.TROUSERS, hem)
    if s.bag:
        ball(b, (-0.17, 0.0, 0.70 * h), (0.10, 0.15, 0.2), Material.SEAT, b.part(0))
    _head(b, (0.01, 0.0, 0.925 * h), h / 1.75, Material.HAIR)
    return b.build()


def _oval(deep: float, wide: float, z: float, round_: float) -> F32:
    """A flat oval about the origin; `round_`: how far its ends are rounded."""
    corners = (deep * round_, wide * 0.8)
    return ring(deep, -deep, wide, z, nose=corners, tail=corners, bulge_m=0, along=1)


def _walking_limbs(b: Builder, s: PersonShape, side: int, reach: float, lift: float) -> None:
    """A leg and an arm; `reach` -1..1: how far the leg is ahead, `lift`: the foot above the ground in metres."""
    h, w = s.height_m, s.stout
    top = (0.0, side * 0.09 * w, 0.52 * h)
    knee = (0.16 * reach + 0.05, side * 0.09 * w, 0.29 * h + 0.3 * lift)
    x, y, z = (0.30 * reach - 0.6 * lift, side * 0.09 * w, 0.05 + lift)
    _limb(b, top, knee, (0.085 * w, 0.062), Material.TROUSERS)
    _limb(b, knee, (x, y, z), (0.062, 0.045), Material.TROUSERS)
    _limb(b, (x - 0.04, y, z - 0.01), (x + 0.14, y, z - 0.02), (0.045, 0.035), Material.SHOE)
    elbow = (-0.14 * reach, side * 0.24 * w, 0.62 * h)
    hand = (-0.24 * reach + 0.08, side * 0.25 * w, 0.49 * h)
    _limb(b, (0.0, side * 0.20 * w, 0.80 * h - 0.02), elbow, (0.055, 0.045), Material.SHIRT)
    _limb(b, elbow, hand, (0.042, 0.032), Material.SKIN)


def _head(b: Builder, at: Xyz, scale: float, cover: int) -> None:
    _limb(
        b, (at[0] - 0.01, 0.0, at[2] - 0.17 * scale), (at[0], 0.0, at[2] - 0.08 * scale), (0.055, 0.05), Material.SKIN
    )
    ball(
        b,
        (at[0] + 0.015, at[1], at[2] - 0.015),
        (0.09 * scale, 0.075 * scale, 0.11 * scale),
        Material.SKIN,
        b.part(0.1),
    )
    ball(b, (at[0] - 0.025, at[1], at[2] + 0.035), (0.095 * scale, 0.085 * scale, 0.095 * scale), cover, b.part(0.1))


@lru_cache(maxsize=256)
def bike(s: BikeShape, step: int, plate_wh_m: tuple[float, float]) -> Mesh:
    """A bicycle or motorcycle with its rider; a motorcycle carries the picture `rear`."""
    b = Builder()
    r, base = s.wheel_m, s.base_m
    for x in (base / 2, -base / 2):
        _hoop(b, s, x)
    bar_z = s.seat_m + (0.22 if s.motor else 0.12)
    head = (base / 2 - 0.22, 0.0, bar_z - 0.1)
    for y in (-0.07, 0.07) if s.motor else (0.0,):
        _limb(b, (base / 2, y, r), (head[0], y, bar_z), (0.025, 0.03) if s.motor else (0.016, 0.02), Material.CHROME)
    bar, wide = (head[0] - 0.05, bar_z + 0.02), 0.32 if s.motor else 0.26
    _limb(b, (bar[0], -wide, bar[1]), (bar[0], wide, bar[1]), (0.016, 0.016), Material.TRIM)
    (_motor if s.motor else _frame)(b, s, head)
    _rider(b, s, head, bar_z, step)
    if s.motor:
        _tail(b, s, plate_wh_m)
        ball(b, (head[0] + 0.1, 0.0, bar_z - 0.08), (0.07, 0.09, 0.09), Material.HEAD, b.part(0.2))
    return b.build()


def _hoop(b: Builder, s: BikeShape, x: float) -> None:
    """A wheel: fat with a small dark hub, or thin and mostly open."""
    r, hoop = s.wheel_m, b.part(0)
    fat = 0.055 if s.motor else 0.018
    rim, inner = (0.62, 0.45) if s.motor else (0.93, 0.88)
    tread(b, (x, 0, r), r, 2 * fat, Material.TYRE, hoop)
    for side in (1, -1):
        disc(b, (x, side * fat, r), r, side, Material.TYRE, hoop, 1)
        disc(b, (x, side * (fat + 0.002), r), rim * r, side, Material.RIM, hoop, 2)
        hub = Material.DARK if s.motor else Material.SECOND
        disc(b, (x, side * (fat + 0.004), r), inner * r, side, hub, hoop, 3)


def _tail(b: Builder, s: BikeShape, plate_wh_m: tuple[float, float]) -> None:
    """Number plate and tail lamp."""
    mount, x = b.part(0.2), -s.base_m / 2 - 0.3
    round_ = (0.01, 0.01)
    tail = tower(
        [ring(x + 0.02, x - 0.02, 0.07, z, nose=round_, tail=round_, bulge_m=0, along=1) for z in (0.45, 0.78)]
    )
    tail.wall(b, Material.TRIM, mount)
    end_picture(b, tail, "rear", (0.0, 0.58), plate_wh_m, -1, mount)
    ball(b, (x, 0.0, 0.80), (0.04, 0.08, 0.035), Material.TAIL, b.part(0.2))


def _motor(b: Builder, s: BikeShape, head: Xyz) -> None:
    seat, base = s.seat_m, s.base_m
    ball(b, (0.16, 0.0, seat + 0.02), (0.30, 0.15, 0.15), Material.PAINT, b.part(0))
    ball(b, (0.05, 0.0, 0.42), (0.30, 0.17, 0.20), Material.TRIM, b.part(0))
    ball(b, (-0.32, 0.0, seat), (0.36, 0.13, 0.08), Material.SEAT, b.part(0))
    ball(b, (-base / 2 - 0.02, 0.0, seat - 0.08), (0.26, 0.11, 0.09), Material.PAINT, b.part(0))
    _limb(b, (0.1, 0.15, 0.32), (-base / 2 - 0.1, 0.17, 0.36), (0.035, 0.05), Material.CHROME)
    ball(b, (base / 2 + 0.02, 0.0, 2 * s.wheel_m * 0.97), (0.2, 0.07, 0.05), Material.PAINT, b.part(0))
    ball(b, (head[0] + 0.06, 0.0, seat + 0.12), (0.13, 0.17, 0.17), Material.PAINT, b.part(0))
    if s.box:
        ball(b, (-base / 2 - 0.08, 0.0, seat + 0.26), (0.24, 0.24, 0.22), Material.SECOND, b.part(0))


def _frame(b: Builder, s: BikeShape, head: Xyz) -> None:
    crank, seat = (-0.06, 0.0, 0.28), (-0.22, 0.0, s.seat_m - 0.04)
    rear = (-s.base_m / 2, 0.0, s.wheel_m)
    for a, c in ((crank, head), (crank, seat), (seat, head), (rear, crank), (rear, (-0.2, 0.0, s.seat_m - 0.12))):
        _limb(b, a, c, (0.022, 0.022), Material.PAINT)
    ball(b, (-0.24, 0.0, s.seat_m), (0.13, 0.07, 0.035), Material.SEAT, b.part(0))


def _rider(b: Builder, s: BikeShape, head: Xyz, bar_z: float, step: int) -> None:
    w = s.stout
    hip = (-0.26 if s.motor else -0.22, 0.0, s.seat_m + 0.10)
    lean = 0.20 if s.motor else 0.34
    shoulder = (hip[0] + lean, 0.0, hip[2] + 0.50)
    turn = 2 * math.pi * step / STEPS
    for side in (1, -1):
        if s.motor:
            knee, foot = (0.18, side * 0.21 * w, s.seat_m - 0.06), (-0.02, side * 0.19, 0.30)
        else:
            spin = turn + (math.pi if side < 0 else 0.0)
            foot = (-0.06 + 0.17 * math.cos(spin), side * 0.10, 0.30 + 0.17 * math.sin(spin))
            knee = ((hip[0] + foot[0]) / 2 + 0.24, side * 0.10, (hip[2] + foot[2]) / 2 + 0.06)
        _limb(b, (hip[0], side * 0.09, hip[2]), knee, (0.085 * w, 0.065), Material.TROUSERS)
        _limb(b, knee, foot, (0.06, 0.045), Material.TROUSERS)
        _limb(
            b,
            (foot[0] - 0.05, foot[1], foot[2] - 0.04),
            (foot[0] + 0.13, foot[1], foot[2] - 0.05),
            (0.045, 0.035),
            Material.SHOE,
        )
        hand = (head[0] - 0.04, side * (0.30 if s.motor else 0.24), bar_z + 0.03)
        elbow = ((shoulder[0] + hand[0]) / 2 - 0.03, side * 0.28 * w, (shoulder[2] + hand[2]) / 2 - 0.05)
        _limb(b, (shoulder[0], side * 0.19 * w, shoulder[2]), elbow, (0.058, 0.048), Material.SHIRT)
        _limb(b, elbow, hand, (0.045, 0.035), Material.SHIRT if s.motor else Material.SKIN)
    for share, radius in ((0.05, 0.15), (0.35, 0.155), (0.65, 0.165), (0.9, 0.15)):
        middle = (hip[0] + share * (shoulder[0] - hip[0]), 0.0, hip[2] + share * (shoulder[2] - hip[2]))
        ball(b, middle, (0.12 * w, radius * w, 0.14), Material.SHIRT, b.part(0))
    _head(b, (shoulder[0] + 0.05, 0.0, shoulder[2] + 0.24), 1.15 if s.motor else 1.0, Material.SECOND)
