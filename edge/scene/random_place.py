"""Random places for training scenes: roads, what lies on the ground, what stands beside it."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from edge.scene.ground import Ground, Region, strip
from edge.scene.ingredients import Earth
from edge.scene.light import Rgb
from edge.scene.props import Prop

Rng = np.random.Generator
Xy = tuple[float, float]
Roads = tuple[tuple[tuple[Xy, ...], float, int], ...]
"""Paths with a width in metres and a number of lanes each; the first is the main road."""

Lane = tuple[npt.NDArray[np.float64], float]
"""A road as points (N,2), no further apart than it is wide, and its width, in metres."""


def roads(rng: Rng) -> Roads:
    """Paths with a width and a number of lanes: a main road and perhaps a side road."""
    angle = math.radians(float(rng.normal(0, 24)))
    shift = float(rng.uniform(-4, 4))
    bend = float(rng.normal(0, 0.004))
    ts = np.arange(-12.0, 91.0, 4.0)
    main = tuple((float(shift + t * math.sin(angle) + bend * t * t), float(6 + t * math.cos(angle))) for t in ts)
    lanes = int(rng.integers(1, 4))
    found = [(main, lanes * float(rng.uniform(2.9, 3.6)), lanes)]
    if rng.random() < 0.55:
        start = main[int(rng.integers(2, 12))]
        turn = angle + math.radians(float(rng.uniform(45, 135))) * (1 if rng.random() < 0.5 else -1)
        side = tuple(
            (float(start[0] + t * math.sin(turn)), float(start[1] + t * math.cos(turn)))
            for t in np.arange(0.0, 50.0, 4.0)
        )
        found.append((side, float(rng.uniform(3.2, 6.5)), 1 if rng.random() < 0.5 else 2))
    return tuple(found)


def ground(earth: Earth, network: Roads, rng: Rng) -> Ground:
    """What lies on the ground: perhaps a yard, the roads with kerbs, tracks and marks, blots."""
    regions: list[Region] = []
    if rng.random() < 0.4:
        x, y = float(rng.uniform(-15, 15)), float(rng.uniform(6, 30))
        w, d = float(rng.uniform(6, 20)), float(rng.uniform(6, 16))
        regions.append(
            Region((((x - w, y - d), (x + w, y - d), (x + w, y + d), (x - w, y + d)),), earth.side_road, 0.16)
        )
    for index, (path, width, lanes) in enumerate(reversed(network)):
        colour = earth.road if index == len(network) - 1 else earth.side_road
        kerbs = tuple(strip(path, 0.22, shift_m=edge * (width / 2 + 0.1)) for edge in (-1, 1))
        regions += [Region(kerbs, earth.kerb, 0.06), Region((strip(path, width),), colour, 0.09)]
        dark: Rgb = (colour[0] * 0.86, colour[1] * 0.86, colour[2] * 0.86)
        tracks = [(lane + 0.5) * width / lanes - width / 2 + side for lane in range(lanes) for side in (-0.75, 0.75)]
        regions.append(Region(tuple(strip(path, 0.45, shift_m=t) for t in tracks), dark, 0.1, wear=0.55))
        wear = float(rng.uniform(0, 0.9))
        if rng.random() < 0.8:
            regions += _dashes(path, width, lanes, earth, wear)
    if rng.random() < 0.5:
        regions += _blots(network[0][0], earth, rng)
    return Ground(
        earth.verge,
        earth.rough * float(rng.uniform(0.3, 0.95)),
        tuple(regions),
        earth.seed + int(rng.integers(0, 6)) * 3,
    )


def _dashes(path: tuple[Xy, ...], width: float, lanes: int, earth: Earth, wear: float) -> list[Region]:
    points = np.array(path)
    pieces = []
    for lane in range(1, lanes):
        shift = lane * width / lanes - width / 2
        for a, c in zip(points[:-1], (points[:-1] + points[1:]) / 2, strict=True):
            pieces.append(strip(((float(a[0]), float(a[1])), (float(c[0]), float(c[1]))), 0.12, shift_m=shift))
    edges = [strip(path, 0.11, shift_m=edge * (width / 2 - 0.2)) for edge in (-1, 1)]
    return [Region(tuple(pieces + edges), earth.marks, 0.1, wear)]


def _blots(path: tuple[Xy, ...], earth: Earth, rng: Rng) -> list[Region]:
    """Oil, patches of new asphalt, puddle rims."""
    out = []
    for _ in range(int(rng.integers(1, 5))):
        x, y = path[int(rng.integers(2, 10))]
        angle = np.linspace(0, 2 * np.pi, 9)[:-1]
        radius = float(rng.uniform(0.2, 1.2)) * rng.uniform(0.6, 1.2, 8)
        shade = float(rng.uniform(0.5, 1.2))
        offset = float(rng.uniform(-2, 2))
        corners = tuple(
            (float(x + offset + r * np.cos(a)), float(y + 1.6 * r * np.sin(a)))
            for a, r in zip(angle, radius, strict=True)
        )
        out.append(Region((corners,), (earth.road[0] * shade, earth.road[1] * shade, earth.road[2] * shade), 0.2, 0.3))
    return out


_MENU = (
    "tree",
    "tree",
    "bush",
    "house",
    "wall",
    "fence",
    "palisade",
    "lamp",
    "sign",
    "box",
    "hut",
    "bollard",
    "container",
)
_BIG = frozenset({"house", "tree", "container"})


def props(earth: Earth, network: Roads, rng: Rng) -> tuple[Prop, ...]:
    """What stands beside the roads and behind them, perhaps a boom across the main one."""
    paths = [(np.array(p), w) for p, w, _ in network]
    out = [*_backdrop(earth, rng), *beside(earth, paths, rng)]
    if rng.random() < 0.35:
        out += _boom(*paths[0], rng)
    return tuple(out)


def beside(earth: Earth, paths: Sequence[Lane], rng: Rng, reach_m: float = 22.0) -> tuple[Prop, ...]:
    """Return up to eleven things that stand beside roads, at most `reach_m` to the left and right."""
    out = []
    for _ in range(int(rng.integers(2, 12))):
        kind = _MENU[int(rng.integers(len(_MENU)))]
        big = kind in _BIG
        x, y = float(rng.uniform(-reach_m, reach_m)), float(rng.uniform(14 if big else 7, 55 if big else 30))
        size, room = _prop_size(kind, rng)
        if any(np.hypot(*(p - [x, y]).T).min() <= w / 2 + room for p, w in paths):
            continue
        heading = float(rng.choice([0.0, 90.0])) + float(rng.normal(0, 8))
        out.append(Prop(kind, x, y, heading, size, _tints(kind, earth, rng), int(rng.integers(40))))
    return tuple(out)


def _tints(kind: str, earth: Earth, rng: Rng) -> tuple[Rgb, Rgb]:
    mains: dict[str, Rgb] = dict.fromkeys(("house", "wall", "hut"), earth.wall) | dict.fromkeys(
        ("tree", "bush"), earth.leaf
    )
    seconds: dict[str, Rgb] = {
        "tree": (0.22, 0.16, 0.11),
        "house": earth.roof,
        "hut": earth.roof,
        "bush": earth.leaf,
        "sign": (0.6, 0.12, 0.1),
        "bollard": (0.6, 0.12, 0.1),
    }
    gain = float(rng.uniform(0.75, 1.2))
    r, g, b = (min(1.0, level * gain) for level in mains.get(kind, (0.45, 0.46, 0.48)))
    return (r, g, b), seconds.get(kind, (0.35, 0.36, 0.37))


def _boom(path: npt.NDArray[np.float64], width: float, rng: Rng) -> list[Prop]:
    """A boom across the road and its post."""
    at = path[int(rng.integers(3, 6))]
    side = 1 if rng.random() < 0.5 else -1
    raised = float(rng.choice([0.0, 70.0, 85.0]))
    x, y = float(at[0] + side * (width / 2 + 0.4)), float(at[1])
    arm = (width, raised, 1.0)
    return [
        Prop("boom", x, y, 0.0 if side < 0 else 180.0, arm, ((0.85, 0.85, 0.83), (0.7, 0.08, 0.06))),
        Prop("box", x, y, 0.0, (0.4, 0.4, 1.05), ((0.75, 0.55, 0.1), (0.2, 0.2, 0.2))),
    ]


def _backdrop(earth: Earth, rng: Rng) -> list[Prop]:
    """What closes the view: a row of trees, of houses, a long wall, or nothing."""
    pick = rng.random()
    far = float(rng.uniform(34, 70))
    wood: Rgb = (0.22, 0.16, 0.11)
    if pick < 0.3:
        return [
            Prop(
                "tree",
                x + float(rng.normal(0, 1.5)),
                far + float(rng.normal(0, 4)),
                0.0,
                (6.0, 0.0, 7.0),
                (earth.leaf, wood),
                int(rng.integers(12)),
            )
            for x in np.arange(-40.0, 41.0, float(rng.uniform(5, 12)))
        ]
    if pick < 0.6:
        walls = [
            (w * float(rng.uniform(0.6, 1.2)), w * float(rng.uniform(0.6, 1.1)), w * float(rng.uniform(0.5, 1.1)))
            for w in (0.6, 0.7, 0.55, 0.65)
        ]
        spots = np.arange(-42.0, 43.0, 17.0)
        return [
            Prop(
                "house",
                float(x),
                far + float(rng.normal(0, 3)),
                float(rng.normal(0, 6)),
                (float(rng.choice([10.0, 14.0])), 8.0, float(rng.choice([3.5, 6.5, 9.5]))),
                (walls[i % 4], earth.roof),
                int(rng.integers(6)),
            )
            for i, x in enumerate(spots)
        ]
    if pick < 0.75:
        return [Prop("wall", 0.0, far, float(rng.normal(0, 4)), (80.0, 0.25, 2.0), (earth.wall, earth.kerb), 1)]
    return []


def _prop_size(kind: str, rng: Rng) -> tuple[tuple[float, float, float], float]:
    u = rng.uniform
    step = 0.5
    sizes = {
        "tree": ((u(3, 8), 0, u(4, 9)), 1.0),
        "bush": ((u(1, 6), u(0.8, 1.5), u(0.6, 1.6)), 1.5),
        "house": ((u(6, 20), u(5, 10), u(3, 9)), 8.0),
        "wall": ((u(4, 16), 0.25, u(1.2, 2.6)), 4.0),
        "fence": ((u(5, 15), 0.1, u(1.2, 2.2)), 4.0),
        "palisade": ((u(5, 15), 0.1, u(1.6, 2.4)), 4.0),
        "lamp": ((u(0.8, 1.8), 0.1, u(4, 7)), 0.5),
        "sign": ((u(0.5, 0.9), 0.1, u(1.8, 2.8)), 0.5),
        "box": ((u(0.5, 1.2), u(0.4, 0.8), u(0.8, 1.6)), 0.6),
        "hut": ((u(1.5, 3), u(1.5, 3), u(2.2, 2.8)), 1.8),
        "bollard": ((0.16, 0.16, u(0.7, 1.1)), 0.3),
        "container": ((u(5, 7), 2.4, 2.6), 4.0),
    }
    (a, b, c), room = sizes[kind]
    return (
        max(step, round(float(a) / step) * step) if a > 1 else round(float(a), 2),
        round(float(b), 1),
        max(step, round(float(c) / step) * step) if c > 1 else round(float(c), 1),
    ), room
