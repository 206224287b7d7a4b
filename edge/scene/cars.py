"""Bodies of cars, vans, pick-ups, lorries, buses and trailers as meshes, one shape row each."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise

import numpy as np

from edge.scene.materials import Material
from edge.scene.mesh import Builder, Mesh
from edge.scene.shapes import CarShape
from edge.scene.solids import Tower, disc, end_patch, end_picture, rect, ring, side_patch, tower, trapezoid, tread

Knots = tuple[list[float], list[float]]


@lru_cache(maxsize=128)
def car(shape: CarShape, plate_wh_m: tuple[float, float]) -> Mesh:
    """The car's mesh; pictures `front` and `rear` are its plates of `plate_wh_m` metres."""
    s, b = shape, Builder()
    low, body, cabin = b.part(0), b.part(1, rounded=True), b.part(2, rounded=True)
    lower = _lower_body(s)
    lower.wall(b, Material.PAINT, body)
    lower.lid(b, Material.PAINT, body, crown_m=0.035)
    glass = _cabin(s)
    glass.wall(b, Material.PAINT, cabin)
    glass.lid(b, Material.PAINT, cabin, crown_m=0.03)
    _windows(b, s, glass, cabin)
    _face(b, s, lower, body)
    _back(b, s, lower, body)
    _flanks(b, s, lower, body, low)
    if s.style == "pickup":
        _bed(b, s, lower, body)
    _mirrors(b, s)
    plate_z = s.clear_m + 0.26
    end_picture(b, lower, "front", (0.0, plate_z), plate_wh_m, 1, body)
    share = {"pickup": 0.30, "suv": 0.66}.get(s.style, 0.52)
    rear_z = s.clear_m + share * (s.deck_m - s.clear_m)
    end_picture(b, lower, "rear", (0.0, rear_z), plate_wh_m, -1, body)
    return b.build()


def _lower_body(s: CarShape) -> Tower:
    half, front, rear = s.width_m / 2, s.length_m / 2, -s.length_m / 2
    screen = front - s.bonnet_m
    tops: Knots = (
        [rear, rear + 0.25, rear + s.boot_m, screen, screen + 0.25, front - 0.35, front],
        [s.deck_m - 0.03, s.deck_m, s.belt_m, s.belt_m, s.belt_m - 0.02, s.nose_m + 0.05, s.nose_m],
    )
    levels = [  # share of height, width share, front and rear set-back
        (0.0, 0.90, 0.14, 0.10),
        (0.10, 0.965, 0.04, 0.03),
        (0.30, 0.995, 0.0, 0.0),
        (0.55, 1.0, 0.01, 0.01),
        (0.80, 0.985, 0.05, 0.03),
        (0.94, 0.955, 0.10, 0.06),
        (1.0, 0.90, 0.17, 0.10),
    ]
    rings = []
    for share, width, ahead, behind in levels:
        zs = [s.clear_m + share * (z - s.clear_m) for z in tops[1]]
        blunt = 0.24 if s.style == "van" else 0.34
        rings.append(
            ring(
                front - ahead,
                rear + behind,
                half * width,
                (tops[0], zs),
                nose=(blunt, 0.42 * half),
                tail=(0.2, 0.3 * half),
                bulge_m=0.06,
                along=12,
            )
        )
    return tower(rings)


def _cabin_ends(s: CarShape) -> tuple[float, float, float, float]:
    """X of windscreen base, roof front, roof rear, rear window base."""
    base_front = s.length_m / 2 - s.bonnet_m
    base_rear = -s.length_m / 2 + s.boot_m
    return base_front, base_front - s.screen_m, base_rear + s.back_m, base_rear


def _cabin(s: CarShape) -> Tower:
    base_front, roof_front, roof_rear, base_rear = _cabin_ends(s)
    half = s.width_m / 2
    lean = 0.80 if s.style in ("sedan", "hatch") else 0.87
    levels = [  # share of height, width share
        (-0.06, 0.915),
        (0.0, 0.90),
        (0.5, 0.5 * (0.905 + lean)),
        (0.86, lean),
        (1.0, lean - 0.10),
    ]
    rise = s.height_m - 0.03 - s.belt_m
    rings = []
    for share, width in levels:
        run = min(share, 1.0)
        ahead = 0.05 if share == 1.0 else 0.0
        rings.append(
            ring(
                base_front + (roof_front - base_front) * run + 0.06 * max(0.0, 1 - abs(2 * run - 1)) - ahead,
                base_rear + (roof_rear - base_rear) * run - 0.03 * max(0.0, 1 - abs(2 * run - 1)) + ahead,
                half * width,
                s.belt_m + rise * share,
                nose=(0.16, 0.36 * half),
                tail=(0.14, 0.28 * half),
                bulge_m=0.07,
            )
        )
    return tower(rings)


def _windows(b: Builder, s: CarShape, glass: Tower, part: int) -> None:
    base_front, roof_front, roof_rear, base_rear = _cabin_ends(s)
    rise = s.height_m - 0.03 - s.belt_m
    low, high = s.belt_m + 0.05 * rise, s.belt_m + 0.83 * rise
    half = s.width_m / 2
    at_low, at_high = 0.05, 0.83
    front_low = base_front + (roof_front - base_front) * at_low
    front_high = base_front + (roof_front - base_front) * at_high
    rear_low = base_rear + (roof_rear - base_rear) * at_low
    rear_high = base_rear + (roof_rear - base_rear) * at_high
    look = (Material.GLASS, part, 1)
    end_patch(b, glass, trapezoid(0.80 * half, 0.70 * half, low, high), 1, look, (4, 8))
    end_patch(b, glass, trapezoid(0.74 * half, 0.66 * half, low + 0.04, high - 0.02), -1, look, (4, 8))
    stops_low = _stops(front_low - 0.24, rear_low + 0.20, s)
    stops_high = _stops(front_high - 0.20, rear_high + 0.20, s)
    for side in (1, -1):
        for (x0, x1), (t0, t1) in zip(stops_low, stops_high, strict=True):
            material = Material.PAINT if s.style == "van" and x1 < 0.2 * s.length_m - 0.4 else Material.GLASS
            if material == Material.GLASS:
                side_patch(
                    b,
                    glass,
                    [(x0, low + 0.02), (x1, low + 0.02), (t1, high), (t0, high)],
                    side,
                    (material, part, 1),
                    (3, 4),
                )


def _stops(front: float, rear: float, s: CarShape) -> list[tuple[float, float]]:
    """Window spans along the side, rear to front, with pillars between."""
    edges = np.linspace(rear, front, s.pillars + 1)
    return [(float(a) + 0.035, float(c) - 0.035) for a, c in pairwise(edges)]


def _face(b: Builder, s: CarShape, lower: Tower, part: int) -> None:
    half = s.width_m / 2
    nose = s.nose_m
    top = s.clear_m + 0.90 * (nose - s.clear_m)
    mid = s.clear_m + 0.66 * (nose - s.clear_m)
    tall = {"slim": 0.10, "tall": 0.17, "round": 0.14}[s.lights]
    inner, outer = 0.56 * half, 0.93 * half
    grille = 0.50 * half
    end_patch(b, lower, rect(-grille, grille, mid - 0.02, top), 1, (Material.TRIM, part, 1))
    for z in (mid + 0.02, (mid + top) / 2 + 0.01):
        end_patch(b, lower, rect(-grille, grille, z, z + 0.018), 1, (Material.CHROME, part, 2), (1, 4))
    end_patch(
        b,
        lower,
        rect(-0.06, 0.06, (mid + top) / 2 - 0.03, (mid + top) / 2 + 0.05),
        1,
        (Material.CHROME, part, 3),
        (1, 2),
    )
    intake = s.clear_m + 0.10 * (nose - s.clear_m)
    end_patch(b, lower, trapezoid(0.66 * half, 0.70 * half, intake - 0.02, intake + 0.14), 1, (Material.TRIM, part, 1))
    for side in (1, -1):
        a, c = sorted((side * inner, side * outer))
        end_patch(b, lower, rect(a, c, top - tall, top + 0.01), 1, (Material.DARK, part, 1), (2, 4))
        end_patch(
            b, lower, rect(a + 0.02, c - 0.02, top - tall + 0.015, top - 0.005), 1, (Material.HEAD, part, 2), (2, 4)
        )
        fog = side * 0.74 * half
        end_patch(
            b, lower, rect(fog - 0.06, fog + 0.06, intake + 0.03, intake + 0.11), 1, (Material.CHROME, part, 2), (1, 2)
        )


def _back(b: Builder, s: CarShape, lower: Tower, part: int) -> None:
    half = s.width_m / 2
    deck = s.deck_m
    tall = s.style in ("van", "suv", "pickup")
    low = s.clear_m + (0.42 if tall else 0.55) * (deck - s.clear_m)
    high = s.clear_m + 0.93 * (deck - s.clear_m)
    inner = (0.80 if tall else 0.58) * half
    for side in (1, -1):
        a, c = sorted((side * inner, side * 0.985 * half))
        end_patch(b, lower, rect(a, c, low, high), -1, (Material.TAIL, part, 1), (3, 4))
        end_patch(b, lower, rect(a, c, low, low + 0.05), -1, (Material.AMBER, part, 2), (1, 3))
    bumper = s.clear_m + 0.12 * (deck - s.clear_m)
    end_patch(b, lower, rect(-0.85 * half, 0.85 * half, bumper - 0.03, bumper + 0.09), -1, (Material.TRIM, part, 1))
    seam = s.clear_m + 0.36 * (deck - s.clear_m)
    end_patch(b, lower, rect(-0.78 * half, 0.78 * half, seam, seam + 0.015), -1, (Material.DARK, part, 1), (1, 4))


def _flanks(b: Builder, s: CarShape, lower: Tower, body: int, low: int) -> None:
    half = s.width_m / 2
    axles = (s.length_m / 2 - 0.19 * s.length_m, -s.length_m / 2 + 0.20 * s.length_m)
    r = s.wheel_m
    for side in (1, -1):
        for x in axles:
            tread(b, (x, side * (half - 0.12), r), r, 0.2, Material.TYRE, low)
            y = side * (half + 0.012)
            disc(b, (x, side * (half + 0.006), r + 0.02), 1.17 * r, side, Material.DARK, body, 1)
            wheel(b, (x, y, r), side, body)
        sill = s.clear_m + 0.05
        side_patch(
            b, lower, rect(axles[1] + r, axles[0] - r, sill - 0.04, sill + 0.07), side, (Material.TRIM, body, 1), (1, 6)
        )
        for x in np.linspace(axles[0] - 1.25 * r, axles[1] + 0.9 * r, s.pillars + 1):
            side_patch(
                b,
                lower,
                rect(x - 0.008, x + 0.008, sill + 0.1, s.belt_m - 0.03),
                side,
                (Material.DARK, body, 2),
                (3, 1),
            )
        for x in np.linspace(axles[0] - 1.25 * r, axles[1] + 0.9 * r, s.pillars + 1)[1:]:
            side_patch(
                b,
                lower,
                rect(x + 0.06, x + 0.24, s.belt_m - 0.16, s.belt_m - 0.125),
                side,
                (Material.TRIM, body, 2),
                (1, 1),
            )


def wheel(b: Builder, at: tuple[float, float, float], side: int, part: int) -> None:
    """The visible face of a wheel: tyre, rim, five dark gaps, hub."""
    x, y, r = at
    disc(b, (x, y, r), r, side, Material.TYRE, part, 2)
    disc(b, (x, y + 0.002 * side, r), 0.68 * r, side, Material.RIM, part, 3)
    for turn in np.arange(5) * (2 * np.pi / 5):
        centre = (x + 0.42 * r * np.cos(turn), y + 0.004 * side, r + 0.42 * r * np.sin(turn))
        disc(b, centre, 0.15 * r, side, Material.DARK, part, 4, points=8)


def _bed(b: Builder, s: CarShape, lower: Tower, part: int) -> None:
    half, rear = s.width_m / 2, -s.length_m / 2
    z = s.deck_m + 0.04
    corners = rect(rear + 0.25, rear + s.boot_m - 0.1, -0.72 * half, 0.72 * half)
    points = np.array(
        [[(x, y, z) for x, y in (corners[0], corners[1])], [(x, y, z) for x, y in (corners[3], corners[2])]], np.float32
    )
    b.grid(points, Material.TRIM, part, 3)
    del lower


def _mirrors(b: Builder, s: CarShape) -> None:
    x = s.length_m / 2 - s.bonnet_m - 0.28
    for side in (1, -1):
        aside = np.array([x, side * (s.width_m / 2 + 0.05), 0], np.float32)
        pod = tower(
            [
                ring(0.09, -0.07, 0.10, z, nose=(0.08, 0.08), tail=(0.03, 0.05), along=2) + aside
                for z in (s.belt_m + 0.03, s.belt_m + 0.16)
            ]
        )
        own = b.part(2)
        pod.wall(b, Material.PAINT, own)
        pod.lid(b, Material.PAINT, own)
