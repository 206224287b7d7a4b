"""Things that stand: fences, walls, huts, houses, trees, bushes, lamp posts, signs, booms."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from edge.scene.light import Rgb
from edge.scene.materials import Material, surface
from edge.scene.mesh import F32, Builder, Mesh
from edge.scene.painter import Body, Stand
from edge.scene.solids import box, boxes, panes, tube

Span = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Prop:
    """`kind`: fence, palisade, wall, hut, house, tree, bush, lamp, sign, box, bollard, container, boom.

    `size` is length along its own x axis, depth, height; `tint` the colours of its main and second material.
    """

    kind: str
    x: float
    y: float
    heading_deg: float
    size: tuple[float, float, float]
    tint: tuple[Rgb, Rgb]
    seed: int = 0

    def stand(self) -> Stand:
        return Stand(self.x, self.y, self.heading_deg)

    def body(self) -> Body:
        tints = {Material.PAINT: self.tint[0], Material.SECOND: self.tint[1]}
        if self.kind in ("tree", "bush"):
            leaf = np.array(self.tint[0])
            tints[Material.CARGO] = _rgb(leaf * 1.45 + 0.02)
            tints[Material.SEAT] = _rgb(leaf * 0.55)
        dull = surface(tints)
        for m in (Material.PAINT, Material.SECOND, Material.CARGO, Material.SEAT):
            dull.gloss[m] = 0.05
            dull.mirror[m] = 0.03
        return Body(mesh(self.kind, self.size, self.seed), dull, {})


def _rgb(values: npt.NDArray[np.float64]) -> Rgb:
    r, g, b = (float(np.clip(v, 0, 1)) for v in values)
    return (r, g, b)


@lru_cache(maxsize=256)
def mesh(kind: str, size: tuple[float, float, float], seed: int) -> Mesh:
    """The mesh of one kind of prop."""
    b = Builder()
    _MAKERS[kind](b, size, np.random.default_rng([seed, 3]))
    return b.build()


Size = tuple[float, float, float]
Rng = np.random.Generator


def _fence(b: Builder, size: Size, rng: Rng) -> None:
    length, _, high = size
    part = b.part(0)
    posts = [(x - 0.035, x + 0.035, -0.035, 0.035, 0.0, high) for x in np.arange(-length / 2, length / 2 + 0.01, 2.5)]
    boxes(b, posts, Material.PAINT, b.part(0))
    for z in (0.1, 0.5 * high, high - 0.04):
        box(b, (-length / 2, length / 2), (-0.02, 0.02), (z - 0.015, z + 0.015), Material.PAINT, part)
    wires = [(x - 0.008, x + 0.008, -0.008, 0.008, 0.1, high - 0.04) for x in np.arange(-length / 2, length / 2, 0.16)]
    boxes(b, wires, Material.SECOND, part)
    del rng


def _palisade(b: Builder, size: Size, rng: Rng) -> None:
    length, _, high = size
    part = b.part(0)
    for z in (0.25 * high, 0.85 * high):
        box(b, (-length / 2, length / 2), (-0.05, -0.01), (z - 0.04, z + 0.04), Material.SECOND, part)
    pales = [
        (x - 0.035, x + 0.035, -0.01, 0.03, 0.06, high + 0.03 * float(rng.standard_normal()))
        for x in np.arange(-length / 2, length / 2, 0.19)
    ]
    boxes(b, pales, Material.PAINT, part)


def _wall(b: Builder, size: Size, rng: Rng) -> None:
    length, deep, high = size
    box(b, (-length / 2, length / 2), (-deep / 2, deep / 2), (0, high), Material.PAINT, b.part(0))
    cap = b.part(1)
    box(
        b,
        (-length / 2, length / 2),
        (-deep / 2 - 0.04, deep / 2 + 0.04),
        (high - 0.02, high + 0.08),
        Material.SECOND,
        cap,
    )
    for x in np.arange(-length / 2, length / 2 + 0.1, 4.0):
        box(b, (x - 0.2, x + 0.2), (-deep / 2 - 0.06, deep / 2 + 0.06), (0, high + 0.12), Material.PAINT, b.part(1))
    del rng


def _house(b: Builder, size: Size, rng: Rng) -> None:
    length, deep, high = size
    part = b.part(0)
    box(b, (-length / 2, length / 2), (-deep / 2, deep / 2), (0, high), Material.PAINT, part)
    step = float(rng.uniform(2.0, 3.6))
    windows = [
        (x, x + 0.55 * step, y, z, z + 1.35)
        for z in np.arange(1.0, high - 1.4, 2.9)
        for x in np.arange(-length / 2 + 0.8, length / 2 - 1.6, step)
        for y in (-deep / 2 - 0.03, deep / 2 + 0.03)
    ]
    panes(b, windows, Material.GLASS, part)
    roof = b.part(1)
    box(
        b,
        (-length / 2 - 0.3, length / 2 + 0.3),
        (-deep / 2 - 0.3, deep / 2 + 0.3),
        (high, high + 0.35),
        Material.SECOND,
        roof,
    )


def _hut(b: Builder, size: Size, rng: Rng) -> None:
    length, deep, high = size
    part = b.part(0)
    box(b, (-length / 2, length / 2), (-deep / 2, deep / 2), (0, high), Material.PAINT, part)
    low, top = 0.45 * high, 0.82 * high
    panes(
        b,
        [(-0.36 * length, 0.36 * length, y, low, top) for y in (-deep / 2 - 0.02, deep / 2 + 0.02)],
        Material.GLASS,
        part,
    )
    wing = 0.34 * deep
    for x in (-length / 2, length / 2):
        boxes(b, [(x - 0.02, x + 0.02, -wing, wing, low, top)], Material.GLASS, part, 1)
    box(
        b,
        (-length / 2 - 0.3, length / 2 + 0.3),
        (-deep / 2 - 0.3, deep / 2 + 0.3),
        (high, high + 0.16),
        Material.SECOND,
        b.part(1),
    )
    del rng


def _leaves(b: Builder, centre: F32, radii: F32, count: int, leaf_m: float, rng: Rng) -> None:
    part = b.part(1)
    way = rng.standard_normal((count, 3)).astype(np.float32)
    way /= np.linalg.norm(way, axis=1, keepdims=True)
    at = centre + way * radii * rng.uniform(0.72, 1.05, (count, 1)).astype(np.float32)
    across = np.cross(way, rng.standard_normal((count, 3))).astype(np.float32)
    across /= np.linalg.norm(across, axis=1, keepdims=True)
    down = np.cross(way, across) + 0.5 * way * rng.standard_normal((count, 1)).astype(np.float32)
    kinds = np.sort(rng.choice([Material.PAINT, Material.PAINT, Material.CARGO, Material.SEAT], count))
    span = (leaf_m * rng.uniform(0.5, 1.3, (count, 1))).astype(np.float32)
    corners = np.stack([at - span * across, at - span * down, at + span * across, at + span * down], axis=1)
    for kind in np.unique(kinds):
        b.loose(corners[kinds == kind], int(kind), part, inside=centre)


def _tree(b: Builder, size: Size, rng: Rng) -> None:
    wide, _, high = size
    lean = rng.uniform(-0.2, 0.2, 2)
    fork = (float(lean[0]), float(lean[1]), 0.5 * high)
    tube(b, (0, 0, 0), fork, (0.035 * high, 0.022 * high), Material.SECOND, b.part(0))
    for _ in range(int(rng.integers(4, 8))):
        offset = rng.uniform(-0.28, 0.28, 3) * np.array([wide, wide, high * 0.6])
        centre = np.array([fork[0], fork[1], 0.68 * high]) + offset
        blob = rng.uniform(0.20, 0.33, 3) * np.array([wide, wide, high * 0.55])
        _leaves(b, centre.astype(np.float32), blob.astype(np.float32), 130, 0.045 * wide, rng)


def _bush(b: Builder, size: Size, rng: Rng) -> None:
    length, deep, high = size
    for x in np.arange(-length / 2, length / 2 + 0.01, max(0.6 * high, 0.4)):
        centre = np.array([x, 0, 0.45 * high], np.float32)
        _leaves(b, centre, np.array([0.6 * high, deep / 2, 0.5 * high], np.float32), 70, 0.11 * high, rng)


def _lamp(b: Builder, size: Size, rng: Rng) -> None:
    arm, _, high = size
    tube(b, (0, 0, 0), (0, 0, high), (0.08, 0.05), Material.PAINT, b.part(0), around=6)
    tube(b, (0, 0, high), (arm, 0, high + 0.1), (0.04, 0.04), Material.PAINT, b.part(0), around=6)
    box(b, (arm - 0.3, arm + 0.25), (-0.13, 0.13), (high + 0.02, high + 0.16), Material.SECOND, b.part(1))
    del rng


def _sign(b: Builder, size: Size, rng: Rng) -> None:
    wide, _, high = size
    tube(b, (0, 0, 0), (0, 0, high), (0.035, 0.035), Material.RIM, b.part(0), around=6)
    plate = b.part(1)
    box(b, (-wide / 2, wide / 2), (-0.02, 0.02), (high - 0.8 * wide, high + 0.2 * wide), Material.PAINT, plate)
    face = (-0.34 * wide, 0.34 * wide)
    panes(b, [(*face, y, high - 0.5 * wide, high - 0.1 * wide) for y in (-0.03, 0.03)], Material.SECOND, plate)
    del rng


def _box(b: Builder, size: Size, rng: Rng) -> None:
    length, deep, high = size
    box(b, (-length / 2, length / 2), (-deep / 2, deep / 2), (0, high), Material.PAINT, b.part(0))
    box(
        b,
        (-length / 2 - 0.03, length / 2 + 0.03),
        (-deep / 2 - 0.03, deep / 2 + 0.03),
        (high, high + 0.06),
        Material.SECOND,
        b.part(1),
    )
    del rng


def _bollard(b: Builder, size: Size, rng: Rng) -> None:
    wide, _, high = size
    for i, (low, top) in enumerate(((0, 0.3), (0.3, 0.55), (0.55, 0.8), (0.8, 1.0))):
        tube(
            b,
            (0, 0, low * high),
            (0, 0, top * high),
            (wide / 2, wide / 2),
            Material.PAINT if i % 2 == 0 else Material.SECOND,
            b.part(i),
        )
    del rng


def _container(b: Builder, size: Size, rng: Rng) -> None:
    length, deep, high = size
    part = b.part(0)
    box(b, (-length / 2, length / 2), (-deep / 2, deep / 2), (0, high), Material.PAINT, part)
    ribs = np.arange(-length / 2 + 0.2, length / 2 - 0.1, 0.3)
    rows = [(x, x + 0.1, y, 0.15, high - 0.15) for x in ribs for y in (-deep / 2 - 0.02, deep / 2 + 0.02)]
    panes(b, rows, Material.SECOND, part)
    del rng


def _boom(b: Builder, size: Size, rng: Rng) -> None:
    """An arm along +x from the origin at hub height; `size`: length, raise in degrees, hub height."""
    length, raised, hub = size
    turn = np.radians(raised)
    pieces = 9
    for i in range(pieces):
        a, c = (0.2 + (length - 0.2) * (i + k) / pieces for k in (0, 1))
        start = (a * float(np.cos(turn)), 0.0, hub + a * float(np.sin(turn)))
        end = (c * float(np.cos(turn)), 0.0, hub + c * float(np.sin(turn)))
        tube(b, start, end, (0.045, 0.045), Material.PAINT if i % 2 else Material.SECOND, b.part(0), around=6)
    tube(
        b,
        (-0.5 * float(np.cos(turn)), 0, hub - 0.5 * float(np.sin(turn))),
        (0.2 * float(np.cos(turn)), 0, hub + 0.2 * float(np.sin(turn))),
        (0.09, 0.06),
        Material.TRIM,
        b.part(0),
        around=6,
    )
    del rng


_MAKERS = {
    "fence": _fence,
    "palisade": _palisade,
    "wall": _wall,
    "hut": _hut,
    "house": _house,
    "tree": _tree,
    "bush": _bush,
    "lamp": _lamp,
    "sign": _sign,
    "box": _box,
    "bollard": _bollard,
    "container": _container,
    "boom": _boom,
}
