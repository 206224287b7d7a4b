"""What meshes are put together from: stacked plan rings ("towers"), patches laid on them, wheels, limbs, boxes.

A tower is a stack of closed plan outlines, each symmetrical about y = 0 and listed from the middle of the front along
the left side to the rear and back along the right side, so point i mirrors point N-1-i.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from edge.scene.mesh import F32, Builder, Picture

Span = tuple[float, float]
Xyz = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Tower:
    """Rings (K,N,3) from the lowest to the highest."""

    rings: F32

    @property
    def top(self) -> F32:
        top: F32 = self.rings[-1]
        return top

    def wall(self, builder: Builder, material: int, part: int) -> None:
        builder.grid(self.rings, material, part, closed=True)

    def lid(self, builder: Builder, material: int, part: int, crown_m: float = 0.0, across: int = 6) -> None:
        """The top surface, arched by `crown_m` in the middle."""
        half = self.top.shape[0] // 2
        left, right = self.top[:half], self.top[: half - 1 : -1]
        share = np.linspace(0, 1, across + 1, dtype=np.float32)[:, None, None]
        points = right[None] + (left - right)[None] * share
        wide = left[:, 1] / max(float(np.max(left[:, 1])), 1e-3)
        points[..., 2] += crown_m * (1 - (2 * share[..., 0] - 1) ** 2) * wide**2
        builder.grid(points.astype(np.float32), material, part)

    def on_side(self, x: F32, z: F32, side: int) -> F32:
        """Points of the side wall (`side` 1 left, -1 right) at given x and z."""
        half = self.rings.shape[1] // 2
        order = slice(None, None, -1)
        ys, zs = [], []
        for ring in self.rings:
            profile = ring[:half][order]
            ys.append(np.interp(x, profile[:, 0], profile[:, 1]))
            zs.append(np.interp(x, profile[:, 0], profile[:, 2]))
        y = _through(np.array(zs), np.array(ys), z)
        return np.stack([x, side * y, z], axis=-1).astype(np.float32)

    def on_end(self, y: F32, z: F32, end: int) -> F32:
        """Points of the front (`end` 1) or rear (-1) wall at given y and z."""
        half = self.rings.shape[1] // 2
        xs, zs = [], []
        for ring in self.rings:
            profile = ring[:half] if end > 0 else ring[:half][::-1]
            cut = int(np.argmax(profile[:, 1])) + 1
            xs.append(np.interp(np.abs(y), profile[:cut, 1], profile[:cut, 0]))
            zs.append(np.interp(np.abs(y), profile[:cut, 1], profile[:cut, 2]))
        x = _through(np.array(zs), np.array(xs), z)
        return np.stack([x, y, z], axis=-1).astype(np.float32)


def _through(levels: F32, values: F32, wanted: F32) -> F32:
    """Per column of (K,P) level and value tables, the value at the wanted level (P,)."""
    flat = wanted.ravel()
    tables = zip(flat, levels.reshape(len(levels), -1).T, values.reshape(len(values), -1).T, strict=True)
    return np.array([np.interp(w, lv, v) for w, lv, v in tables], np.float32).reshape(wanted.shape)


def ring(
    front_m: float,
    rear_m: float,
    half_width_m: float,
    z: float | tuple[npt.ArrayLike, npt.ArrayLike],
    *,
    nose: tuple[float, float] = (0.25, 0.3),
    tail: tuple[float, float] = (0.15, 0.25),
    bulge_m: float = 0.05,
    along: int = 8,
) -> F32:
    """One rounded plan outline (N,3) from x = `rear_m` to `front_m`.

    `nose`, `tail`: corner radii (along, across); `bulge_m`: how far the middle of the front stands out;
    `z`: a height, or (xs, zs) knots along x.
    """
    angles = np.linspace(0, np.pi / 2, 5)
    near, far = nose[1], tail[1]
    ends = np.array([0.06, 0.4, 0.8])
    front_y = ends * (half_width_m - near)
    rear_y = ends[::-1] * (half_width_m - far)
    left = [
        np.stack([np.full(3, front_m), front_y], axis=1),
        np.stack([front_m - nose[0] + nose[0] * np.cos(angles), half_width_m - near + near * np.sin(angles)], axis=1),
        np.stack(
            [np.linspace(front_m - nose[0], rear_m + tail[0], along + 2)[1:-1], np.full(along, half_width_m)], axis=1
        ),
        np.stack([rear_m + tail[0] - tail[0] * np.sin(angles), half_width_m - far + far * np.cos(angles)], axis=1),
        np.stack([np.full(3, rear_m), rear_y], axis=1),
    ]
    points = np.concatenate(left)
    reach = max(half_width_m, 1e-3)
    span = max(front_m - rear_m, 1e-3)
    forward = np.clip((points[:, 0] - (front_m - 0.3 * span)) / (0.3 * span), 0, 1)
    points[:, 0] -= bulge_m * (points[:, 1] / reach) ** 2 * forward
    height = np.full(len(points), z) if isinstance(z, int | float) else np.interp(points[:, 0], z[0], z[1])  # type: ignore[arg-type]  # ArrayLike of floats
    half = np.column_stack([points, height])
    mirror = half[::-1] * np.array([1.0, -1.0, 1.0])
    return np.concatenate([half, mirror]).astype(np.float32)


def tower(rings: list[F32]) -> Tower:
    """Stack rings, the lowest first."""
    return Tower(np.stack(rings))


def bilinear(corners: npt.ArrayLike, rows: int, columns: int) -> F32:
    """A (rows+1, columns+1, 2) grid over four corners: bottom-left, bottom-right, top-right, top-left."""
    bl, br, tr, tl = np.asarray(corners, np.float32)
    v = np.linspace(0, 1, rows + 1, dtype=np.float32)[:, None, None]
    u = np.linspace(0, 1, columns + 1, dtype=np.float32)[None, :, None]
    grid: F32 = ((1 - v) * ((1 - u) * bl + u * br) + v * ((1 - u) * tl + u * tr)).astype(np.float32)
    return grid


def disc(
    builder: Builder,
    centre: tuple[float, float, float],
    radius_m: float,
    side: int,
    material: int,
    part: int,
    layer: int,
    points: int = 20,
) -> None:
    """An upright disc facing `side` (1 left, -1 right)."""
    angle = np.linspace(0, 2 * np.pi, points, endpoint=False) * (-side)
    outline = np.stack(
        [centre[0] + radius_m * np.cos(angle), np.full(points, centre[1]), centre[2] + radius_m * np.sin(angle)], axis=1
    )
    builder.fan(
        outline.astype(np.float32),
        material,
        part,
        layer,
        inside=np.array([centre[0], centre[1] - side, centre[2]], np.float32),
    )


def tread(
    builder: Builder, centre: tuple[float, float, float], radius_m: float, width_m: float, material: int, part: int
) -> None:
    """The running surface of a wheel whose middle is `centre`."""
    angle = np.linspace(0, 2 * np.pi, 14)
    x, z = centre[0] + radius_m * np.cos(angle), centre[2] + radius_m * np.sin(angle)
    rows = [np.stack([x, np.full(14, y), z], axis=1) for y in (centre[1] - width_m / 2, centre[1] + width_m / 2)]
    builder.grid(np.stack(rows).astype(np.float32), material, part, inside=np.array(centre, np.float32))


def tube(
    builder: Builder,
    start: npt.ArrayLike,
    end: npt.ArrayLike,
    radii: tuple[float, float],
    material: int,
    part: int,
    around: int = 8,
) -> None:
    """A limb from `start` to `end` (3,), round, with closed ends."""
    a, b = np.asarray(start, np.float32), np.asarray(end, np.float32)
    axis = (b - a) / max(float(np.linalg.norm(b - a)), 1e-4)
    aside = np.cross(axis, np.array([0.0, 1.0, 0.01]) if abs(axis[1]) < 0.9 else np.array([1.0, 0.0, 0.01]))
    aside /= np.linalg.norm(aside)
    other = np.cross(axis, aside)
    angle = np.linspace(0, 2 * np.pi, around, endpoint=False)
    circle = np.cos(angle)[:, None] * aside + np.sin(angle)[:, None] * other
    caps = [
        (a - axis * radii[0] * 0.6, 0.45 * radii[0]),
        (a, radii[0]),
        (b, radii[1]),
        (b + axis * radii[1] * 0.6, 0.45 * radii[1]),
    ]
    builder.grid(
        np.stack([p + circle * r for p, r in caps]).astype(np.float32),
        material,
        part,
        closed=True,
        inside=((a + b) / 2).astype(np.float32),
    )


def ball(builder: Builder, centre: npt.ArrayLike, radii: tuple[float, float, float], material: int, part: int) -> None:
    """An ellipsoid."""
    turn = np.linspace(0, 2 * np.pi, 10, endpoint=False)
    rows = [
        np.stack([np.cos(turn) * np.cos(rise), np.sin(turn) * np.cos(rise), np.full(10, np.sin(rise))], axis=1)
        for rise in np.linspace(-1.45, 1.45, 7)
    ]
    points = np.stack(rows) * np.array(radii) + np.asarray(centre)
    builder.grid(points.astype(np.float32), material, part, closed=True, inside=np.asarray(centre, np.float32))


def side_patch(
    builder: Builder,
    on: Tower,
    corners: npt.ArrayLike,
    side: int,
    look: tuple[int, int, int],
    size: tuple[int, int] = (2, 4),
) -> None:
    """A patch on the side wall; corners (x, z): bottom-rear, bottom-front, top-front, top-rear.

    `look`: material, part, layer; `size`: pieces down and along.
    """
    grid = bilinear(corners, *size)
    points = on.on_side(grid[..., 0], grid[..., 1], side)
    points[..., 1] += 0.004 * side * look[2]
    builder.grid(points, *look)


def end_patch(
    builder: Builder,
    on: Tower,
    corners: npt.ArrayLike,
    end: int,
    look: tuple[int, int, int],
    size: tuple[int, int] = (2, 6),
) -> None:
    """A patch on the front (end 1) or rear wall; corners (y, z), bottom first; otherwise as for a side."""
    grid = bilinear(corners, *size)
    points = on.on_end(grid[..., 0], grid[..., 1], end)
    points[..., 0] += 0.004 * end * look[2]
    builder.grid(points, *look)


def end_picture(
    builder: Builder,
    on: Tower,
    name: str,
    middle: tuple[float, float],
    size_m: tuple[float, float],
    end: int,
    part: int,
) -> None:
    """A flat picture of `size_m` (width, height) centred at (y, z) on the front or rear wall."""
    y, z = middle
    w, h = size_m[0] / 2, size_m[1] / 2
    ys = np.array([y + end * -w, y, y + end * w], np.float32)
    x = float(np.max(end * on.on_end(ys, np.full(3, z, np.float32), end)[:, 0])) + 0.015
    # Seen from outside, the left edge of the front is the body's right (y < 0).
    corners = [
        (end * x, y - end * w, z + h),
        (end * x, y + end * w, z + h),
        (end * x, y + end * w, z - h),
        (end * x, y - end * w, z - h),
    ]
    builder.pictures.append(Picture(name, np.array(corners, np.float32), np.array([end, 0, 0], np.float32), part))


def side_picture(
    builder: Builder,
    on: Tower,
    name: str,
    middle: tuple[float, float],
    size_m: tuple[float, float],
    side: int,
    part: int,
) -> None:
    """A flat picture centred at (x, z) on the left (1) or right (-1) wall."""
    x, z = middle
    w, h = size_m[0] / 2, size_m[1] / 2
    y = float(on.on_side(np.array([x], np.float32), np.array([z], np.float32), 1)[0, 1]) + 0.012
    # Seen from outside the left wall, forward is to the left.
    corners = [
        (x + side * w, side * y, z + h),
        (x - side * w, side * y, z + h),
        (x - side * w, side * y, z - h),
        (x + side * w, side * y, z - h),
    ]
    builder.pictures.append(Picture(name, np.array(corners, np.float32), np.array([0, side, 0], np.float32), part))


def rect(a: float, c: float, low: float, high: float) -> list[tuple[float, float]]:
    """The corners of an upright patch from `a` to `c` across and from `low` to `high`."""
    return [(a, low), (c, low), (c, high), (a, high)]


def box(b: Builder, x: Span, y: Span, z: Span, material: int, part: int, layer: int = 0) -> None:
    """An upright box without a floor, its long sides cut into metre-long pieces."""
    pieces = max(1, int((x[1] - x[0]) // 1.2))
    cuts = np.linspace(*x, pieces + 1)
    boxes(b, [(x0, x1, *y, *z) for x0, x1 in pairwise(cuts)], material, part, layer)


# Corners of a unit box, x y z each 0 or 1: front, back, left, right, top.
_SIDES = np.array(
    [
        [[0, 0, 0], [1, 0, 0], [1, 0, 1], [0, 0, 1]],
        [[0, 1, 0], [1, 1, 0], [1, 1, 1], [0, 1, 1]],
        [[0, 0, 0], [0, 1, 0], [0, 1, 1], [0, 0, 1]],
        [[1, 0, 0], [1, 1, 0], [1, 1, 1], [1, 0, 1]],
        [[0, 0, 1], [1, 0, 1], [1, 1, 1], [0, 1, 1]],
    ],
    np.float32,
)


def boxes(b: Builder, rows: Sequence[tuple[float, ...]], material: int, part: int, layer: int = 0) -> None:
    """Many upright boxes at once, a row (x0, x1, y0, y1, z0, z1) each."""
    spans = np.array(rows, np.float32).reshape(-1, 3, 2)
    low, size = spans[:, None, None, :, 0], (spans[..., 1] - spans[..., 0])[:, None, None]
    corners = (low + _SIDES[None] * size).reshape(-1, 4, 3)
    b.loose(corners, material, part, layer, inside=np.repeat(spans.mean(axis=2), len(_SIDES), axis=0))


def panes(b: Builder, rows: Sequence[tuple[float, ...]], material: int, part: int) -> None:
    """Upright panes across y at once, a row (x0, x1, y, z0, z1) each; they face away from y = 0."""
    if not rows:
        return
    x0, x1, y, z0, z1 = np.array(rows, np.float32).T
    corners = np.stack([np.stack(c, axis=1) for c in ((x0, y, z0), (x1, y, z0), (x1, y, z1), (x0, y, z1))], axis=1)
    inside = (corners.mean(axis=1) * np.array([1, 0, 1])).astype(np.float32)
    b.loose(corners, material, part, 1, inside=inside)


def trapezoid(low_half: float, high_half: float, low: float, high: float) -> list[tuple[float, float]]:
    """The corners of an upright patch about the middle, as wide as given at its lower and its upper edge."""
    return [(-low_half, low), (low_half, low), (high_half, high), (-high_half, high)]
