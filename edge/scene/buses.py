"""Buses and trailers as meshes."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise

import numpy as np

from edge.scene.materials import Material
from edge.scene.mesh import Builder, Mesh
from edge.scene.shapes import BusShape, TrailerShape
from edge.scene.solids import Tower, end_patch, end_picture, rect, ring, side_patch, tower, trapezoid
from edge.scene.trucks import Wh, axle, block


@lru_cache(maxsize=64)
def bus(s: BusShape, plate_wh_m: Wh) -> Mesh:
    """A bus or minibus; pictures: `front` and `rear` plates, on a flat nose `board` over the windscreen."""
    b = Builder()
    low, part = b.part(0), b.part(1, rounded=True)
    half, front, rear = s.width_m / 2, s.length_m / 2, -s.length_m / 2
    body = _shell(s)
    body.wall(b, Material.PAINT, part)
    body.lid(b, Material.PAINT, part, crown_m=0.05)
    high = s.height_m - 0.30
    glass = (Material.GLASS, part, 2)
    belt = s.window_low_m
    end_patch(b, body, trapezoid(0.90 * half, 0.86 * half, belt - 0.05, high - 0.12), 1, glass, (5, 8))
    end_patch(b, body, rect(-0.72 * half, 0.72 * half, belt + 0.15, high - 0.05), -1, glass, (3, 6))
    end_patch(b, body, rect(-0.6 * half, 0.6 * half, 0.62, 0.86), 1, (Material.TRIM, part, 1), (2, 6))
    for side in (1, -1):
        a, c = sorted((side * 0.64 * half, side * 0.92 * half))
        end_patch(b, body, rect(a, c, 0.66, 0.86), 1, (Material.HEAD, part, 2), (2, 3))
        end_patch(b, body, rect(a, c, 0.8, 1.2), -1, (Material.TAIL, part, 2), (2, 2))
        _flank(b, s, body, side, part)
    for x in (front - 0.25 * s.length_m + 0.25, rear + 0.24 * s.length_m):
        axle(b, x, half, s.wheel_m, low, part)
    end_picture(b, body, "front", (0.0, 0.50), plate_wh_m, 1, part)
    end_picture(b, body, "rear", (0.0, 0.72), plate_wh_m, -1, part)
    if s.nose != "sloped":
        end_picture(b, body, "board", (0.0, high + 0.02), (1.2 * half, 0.22), 1, part)
    return b.build()


def _rake(s: BusShape) -> float:
    """How far the windscreen leans back, metres."""
    return 0.9 if s.nose == "sloped" else 0.18


def _shell(s: BusShape) -> Tower:
    rake, belt, top = _rake(s), s.window_low_m, s.height_m
    levels = [  # height, width share, front and rear set-back
        (0.30, 0.97, 0.06, 0.05),
        (0.45, 1.0, 0.0, 0.0),
        (belt - 0.12, 1.0, 0.06 if s.nose == "sloped" else 0.02, 0.0),
        (belt + 0.5 * (top - belt), 0.985, 0.55 * rake, 0.03),
        (top - 0.22, 0.965, 0.9 * rake, 0.06),
        (top - 0.05, 0.93, rake + 0.05, 0.14),
        (top, 0.85, rake + 0.15, 0.24),
    ]
    half, front, rear = s.width_m / 2, s.length_m / 2, -s.length_m / 2
    return tower(
        [
            ring(
                front - ahead, rear + behind, half * wide, z, nose=(0.28, 0.4), tail=(0.12, 0.2), bulge_m=0.1, along=18
            )
            for z, wide, ahead, behind in levels
        ]
    )


def _flank(b: Builder, s: BusShape, body: Tower, side: int, part: int) -> None:
    """Stripes and windows of one side."""
    front, rear, belt = s.length_m / 2, -s.length_m / 2, s.window_low_m
    stripe, glass = (Material.SECOND, part, 1), (Material.GLASS, part, 2)
    side_patch(b, body, rect(rear + 0.1, front - 0.5, 0.95 * belt - 0.1, 0.95 * belt - 0.02), side, stripe, (1, 14))
    side_patch(b, body, rect(rear + 0.1, front - 0.3, 0.36, 0.55), side, stripe, (1, 14))
    edges = np.linspace(rear + 0.35, front - 0.45 - (0.6 * _rake(s) if s.nose == "sloped" else 0), s.windows + 1)
    for x0, x1 in pairwise(edges):
        side_patch(b, body, rect(x0 + 0.04, x1 - 0.04, belt, s.height_m - 0.30), side, glass, (3, 3))


@lru_cache(maxsize=32)
def trailer(s: TrailerShape, plate_wh_m: Wh) -> Mesh:
    """A small trailer; its origin is its middle; picture: `rear`."""
    b = Builder()
    low, part = b.part(0), b.part(1)
    half, front, rear = s.width_m / 2, s.length_m / 2, -s.length_m / 2
    bar = block(front + s.draw_m, front - 0.1, 0.05, 0.42, 0.50, nose=(0.02, 0.02), tail=(0.02, 0.02), along=2)
    bar.wall(b, Material.TRIM, low)
    bar.lid(b, Material.TRIM, low)
    box = block(front, rear, half, 0.48, s.height_m, along=8)
    box.wall(b, Material.PAINT, part)
    box.lid(b, Material.PAINT if s.cover else Material.DARK, part, crown_m=0.05 if s.cover else 0.0)
    r = s.wheel_m
    axle(b, -0.05, half + 0.14, r, low, part, arch=False)
    for side in (1, -1):
        a, c = sorted((side * 0.70 * half, side * 0.95 * half))
        end_patch(b, box, rect(a, c, 0.55, 0.68), -1, (Material.TAIL, part, 1), (1, 2))
        for x in np.arange(rear + 0.25, front - 0.1, 0.5):
            side_patch(b, box, rect(x, x + 0.04, 0.52, s.height_m - 0.05), side, (Material.TRIM, part, 1), (2, 1))
    end_picture(b, box, "rear", (0.0, 0.62), plate_wh_m, -1, part)
    return b.build()
