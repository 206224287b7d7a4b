"""Lorries, buses and trailers as meshes."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from edge.scene.cars import wheel
from edge.scene.materials import Material
from edge.scene.mesh import Builder, Mesh
from edge.scene.shapes import TruckShape
from edge.scene.solids import (
    Tower,
    disc,
    end_patch,
    end_picture,
    rect,
    ring,
    side_patch,
    side_picture,
    tower,
    trapezoid,
    tread,
)

Wh = tuple[float, float]


def block(
    front: float,
    rear: float,
    half: float,
    low: float,
    high: float,
    *,
    nose: Wh = (0.05, 0.05),
    tail: Wh = (0.05, 0.05),
    along: int = 12,
) -> Tower:
    """An upright block with slightly rounded edges."""
    levels = [(low, 0.02), (low + 0.05, 0.0), (high - 0.04, 0.0), (high, 0.03)]
    return tower(
        [
            ring(front - set_back, rear + set_back, half - set_back, z, nose=nose, tail=tail, bulge_m=0.0, along=along)
            for z, set_back in levels
        ]
    )


def axle(b: Builder, x: float, half: float, r: float, low: int, body: int, *, arch: bool = True) -> None:
    """A pair of wheels, their treads in the part `low`, their faces in `body`."""
    for side in (1, -1):
        tread(b, (x, side * (half - 0.16), r), r, 0.3, Material.TYRE, low)
        if arch:
            disc(b, (x, side * (half + 0.008), r + 0.03), 1.14 * r, side, Material.DARK, body, 1)
        wheel(b, (x, side * (half + 0.014), r), side, body)


@lru_cache(maxsize=64)
def truck(s: TruckShape, plate_wh_m: Wh) -> Mesh:
    """A rigid lorry; pictures: `front`, `rear` plates, `left`, `right` and `doors` of the load."""
    b = Builder()
    low, cab_part, load_part = b.part(0), b.part(1, rounded=True), b.part(1)
    half, front, rear = s.width_m / 2, s.length_m / 2, -s.length_m / 2
    frame = block(front - 0.25, rear + 0.05, half * 0.82, 0.42, s.floor_m, along=16)
    frame.wall(b, Material.TRIM, low)
    cab = _cab(b, s, cab_part)
    behind = front - s.cab_m - 0.12
    load = _load(b, s, behind, load_part)
    r = s.wheel_m
    axle(b, front - 0.62 * s.cab_m - 0.25 * r, half * 0.97, r, low, cab_part)
    for i in range(s.axles - 1):
        axle(b, rear + 0.24 * s.length_m - 0.1 - i * 2.15 * r, half * 0.96, r, low, load_part, arch=False)
    end_picture(b, cab, "front", (0.0, 0.62), plate_wh_m, 1, cab_part)
    tail = block(rear + 0.14, rear + 0.02, half * 0.93, 0.55, 0.85, along=2)
    tail.wall(b, Material.TRIM, load_part)
    for side in (1, -1):
        a, c = sorted((side * 0.62 * half, side * 0.9 * half))
        end_patch(b, tail, rect(a, c, 0.62, 0.78), -1, (Material.TAIL, load_part, 1), (1, 2))
    end_picture(b, tail, "rear", (0.0, 0.70), plate_wh_m, -1, load_part)
    if load is not None:
        middle = ((behind + rear) / 2, (s.floor_m + s.height_m) / 2)
        size = (0.72 * (behind - rear), 0.5 * (s.height_m - s.floor_m))
        for name, side in (("left", 1), ("right", -1)):
            side_picture(b, load, name, middle, size, side, load_part)
        end_picture(
            b, load, "doors", (0.0, middle[1] + 0.2), (1.3 * half, 0.35 * (s.height_m - s.floor_m)), -1, load_part
        )
    return b.build()


def _cab(b: Builder, s: TruckShape, part: int) -> Tower:
    half, front = s.width_m / 2 * 0.96, s.length_m / 2
    top, belt = s.cab_height_m, _belt(s)
    levels = [  # height, width share, front set-back
        (0.40, 0.97, 0.06),
        (0.55, 1.0, 0.0),
        (belt, 1.0, 0.02),
        (top - 0.25, 0.96, 0.22),
        (top - 0.06, 0.92, 0.34),
        (top, 0.84, 0.46),
    ]
    nose, tail = (0.2, 0.3), (0.05, 0.06)
    cab = tower(
        [
            ring(front - ahead, front - s.cab_m, half * wide, z, nose=nose, tail=tail, bulge_m=0.08, along=6)
            for z, wide, ahead in levels
        ]
    )
    cab.wall(b, Material.PAINT, part)
    cab.lid(b, Material.PAINT, part, crown_m=0.04)
    glass, high = belt + 0.04, top - 0.28
    end_patch(b, cab, trapezoid(0.86 * half, 0.80 * half, glass, high), 1, (Material.GLASS, part, 1), (4, 8))
    _grille(b, cab, half, belt, part)
    for side in (1, -1):
        a, c = sorted((side * 0.60 * half, side * 0.93 * half))
        end_patch(b, cab, rect(a, c, 0.78, 0.96), 1, (Material.HEAD, part, 2), (2, 3))
        end_patch(b, cab, rect(a, c, 0.97, 1.02), 1, (Material.AMBER, part, 2), (1, 2))
        x0, x1 = front - 0.85 * s.cab_m, front - 0.42
        pane = [(x0, glass), (x1, glass), (x1 - 0.16, high), (x0, high)]
        side_patch(b, cab, pane, side, (Material.GLASS, part, 1), (3, 4))
        side_patch(b, cab, rect(x0 - 0.02, x0, 0.7, high), side, (Material.DARK, part, 1), (3, 1))
        _mirror(b, (front - 0.12, side * (half + 0.14)), glass)
    return cab


def _belt(s: TruckShape) -> float:
    """Lower edge of the cab's windows."""
    return 0.42 + 0.50 * (s.cab_height_m - 0.42)


def _grille(b: Builder, cab: Tower, half: float, belt: float, part: int) -> None:
    trim, chrome = (Material.TRIM, part, 1), (Material.CHROME, part, 2)
    end_patch(b, cab, trapezoid(0.7 * half, 0.78 * half, belt - 0.45, belt - 0.12), 1, trim, (2, 6))
    for z in (belt - 0.38, belt - 0.28, belt - 0.19):
        end_patch(b, cab, rect(-0.68 * half, 0.68 * half, z, z + 0.025), 1, chrome, (1, 5))
    end_patch(b, cab, rect(-0.97 * half, 0.97 * half, 0.44, 0.74), 1, trim, (2, 8))


def _mirror(b: Builder, at: tuple[float, float], low: float) -> None:
    own = b.part(1)
    pod, round_ = np.array([*at, 0], np.float32), (0.03, 0.03)
    mirror = tower(
        [ring(0.05, -0.05, 0.09, z, nose=round_, tail=round_, bulge_m=0, along=2) + pod for z in (low, low + 0.42)]
    )
    mirror.wall(b, Material.TRIM, own)
    mirror.lid(b, Material.TRIM, own)


def _load(b: Builder, s: TruckShape, behind: float, part: int) -> Tower | None:
    half, rear = s.width_m / 2, -s.length_m / 2
    if s.load in ("flat", "tipper"):
        high = s.floor_m + (0.45 if s.load == "flat" else 0.95)
        bed = block(behind, rear, half, s.floor_m, high)
        bed.wall(b, Material.SECOND if s.load == "tipper" else Material.CARGO, part)
        bed.lid(b, Material.DARK, part)
        for x in np.arange(rear + 0.3, behind - 0.1, 0.7):
            for side in (1, -1):
                side_patch(
                    b, bed, rect(x, x + 0.07, s.floor_m + 0.06, high - 0.05), side, (Material.TRIM, part, 1), (2, 1)
                )
        return None
    if s.load == "tank":
        return _tank(b, s, behind, part)
    box = block(behind, rear, half, s.floor_m, s.height_m)
    box.wall(b, Material.CARGO, part)
    box.lid(b, Material.CARGO, part, crown_m=0.06 if s.load == "tarp" else 0.0)
    step = 0.6 if s.load == "tarp" else 1.2
    for x in np.arange(rear + 0.4, behind - 0.2, step):
        for side in (1, -1):
            side_patch(
                b, box, rect(x, x + 0.02, s.floor_m + 0.1, s.height_m - 0.1), side, (Material.RIM, part, 1), (3, 1)
            )
    for side in (1, -1):
        side_patch(
            b,
            box,
            rect(rear + 0.06, behind - 0.06, s.floor_m + 0.02, s.floor_m + 0.12),
            side,
            (Material.SECOND, part, 1),
            (1, 12),
        )
    for y in (-0.35 * half, -0.012, 0.35 * half):
        end_patch(b, box, rect(y, y + 0.024, s.floor_m + 0.05, s.height_m - 0.08), -1, (Material.TRIM, part, 1), (4, 1))
    return box


def _tank(b: Builder, s: TruckShape, behind: float, part: int) -> Tower:
    half, rear = s.width_m / 2, -s.length_m / 2
    radius = (s.height_m - s.floor_m) / 2
    rings = []
    for angle in np.linspace(-1.3, 1.3, 9):
        wide = half * float(np.cos(angle)) ** 0.6
        rings.append(
            ring(
                behind,
                rear + 0.1,
                wide,
                s.floor_m + radius * (1 + float(np.sin(angle))),
                nose=(0.15, 0.1 * wide),
                tail=(0.15, 0.1 * wide),
                bulge_m=0.0,
                along=12,
            )
        )
    tank = tower(rings)
    tank.wall(b, Material.CHROME, part)
    tank.lid(b, Material.CHROME, part)
    return tank
