"""The materials a mesh may name, and the surface values that a paint choice gives them."""

from __future__ import annotations

from enum import IntEnum

import numpy as np

from edge.scene.light import Rgb, Surface


class Material(IntEnum):
    """Rows of a Surface."""

    PAINT = 0
    SECOND = 1
    GLASS = 2
    TRIM = 3
    TYRE = 4
    RIM = 5
    HEAD = 6
    TAIL = 7
    AMBER = 8
    CHROME = 9
    CARGO = 10
    DARK = 11
    SKIN = 12
    SHIRT = 13
    TROUSERS = 14
    HAIR = 15
    SHOE = 16
    SEAT = 17


# albedo, gloss, mirror
_BASE: dict[Material, tuple[Rgb, float, float]] = {
    Material.PAINT: ((0.6, 0.6, 0.6), 0.9, 0.75),
    Material.SECOND: ((0.2, 0.2, 0.2), 0.4, 0.4),
    Material.GLASS: ((0.035, 0.045, 0.05), 1.0, 2.6),
    Material.TRIM: ((0.055, 0.055, 0.06), 0.2, 0.25),
    Material.TYRE: ((0.045, 0.045, 0.048), 0.05, 0.05),
    Material.RIM: ((0.5, 0.51, 0.53), 0.5, 0.3),
    Material.HEAD: ((0.75, 0.78, 0.8), 0.9, 0.8),
    Material.TAIL: ((0.42, 0.03, 0.03), 0.7, 0.5),
    Material.AMBER: ((0.75, 0.35, 0.05), 0.6, 0.4),
    Material.CHROME: ((0.45, 0.46, 0.48), 0.9, 1.0),
    Material.CARGO: ((0.8, 0.8, 0.78), 0.1, 0.15),
    Material.DARK: ((0.02, 0.02, 0.022), 0.0, 0.0),
    Material.SKIN: ((0.45, 0.3, 0.22), 0.05, 0.02),
    Material.SHIRT: ((0.5, 0.2, 0.2), 0.02, 0.0),
    Material.TROUSERS: ((0.12, 0.14, 0.2), 0.02, 0.0),
    Material.HAIR: ((0.05, 0.04, 0.035), 0.05, 0.02),
    Material.SHOE: ((0.06, 0.05, 0.05), 0.1, 0.02),
    Material.SEAT: ((0.05, 0.05, 0.05), 0.2, 0.1),
}


def surface(changes: dict[Material, Rgb], *, head: float = 0.0, tail: float = 0.0, dirt: float = 0.0) -> Surface:
    """Material columns with some albedos changed; `head` and `tail` light the lamps; `dirt` 0..1 dulls the paint."""
    rows = [_BASE[m] for m in Material]
    albedo = np.array([changes.get(m, rows[m][0]) for m in Material], np.float32)
    gloss = np.array([r[1] for r in rows], np.float32)
    mirror = np.array([r[2] for r in rows], np.float32)
    dust = np.array([0.42, 0.38, 0.32], np.float32)
    for m in (Material.PAINT, Material.SECOND, Material.CARGO, Material.RIM):
        albedo[m] += (dust - albedo[m]) * (0.45 * dirt)
        gloss[m] *= 1 - 0.8 * dirt
        mirror[m] *= 1 - 0.7 * dirt
    glow = np.zeros(len(Material), np.float32)
    glow[Material.HEAD] = 1.6 * head
    glow[Material.TAIL] = 1.8 * tail
    return Surface(albedo, gloss, mirror, glow)
