"""Meshes out of stacked plan rings ("towers"), patches laid on them, discs and tubes.

Local axes of a body: x forward, y to its left, z up, metres; the origin lies on the ground under its middle.
A tower is a stack of closed plan outlines, each symmetrical about y = 0 and listed from the middle of the front along
the left side to the rear and back along the right side, so point i mirrors point N-1-i.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

F32 = npt.NDArray[np.float32]
I32 = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Picture:
    """A plane picture fixed to a body: corners (4,3) top-left, top-right, bottom-right, bottom-left; `name` says which."""

    name: str
    corners: F32
    normal: F32
    part: int


@dataclass(frozen=True, slots=True)
class Mesh:
    """Quads (F,4) with a material, a part and a layer within the part each; part ranks say which part is drawn first."""

    vertices: F32
    quads: I32
    material: npt.NDArray[np.intp]
    part: npt.NDArray[np.intp]
    layer: npt.NDArray[np.intp]
    normal: F32
    centre: F32
    part_rank: F32
    part_round: npt.NDArray[np.bool_]
    part_centre: F32
    pictures: tuple[Picture, ...]
    length_m: float
    width_m: float
    height_m: float


@dataclass(slots=True)
class Builder:
    """Collects the pieces of one mesh."""

    vertices: list[F32] = field(default_factory=list)
    quads: list[I32] = field(default_factory=list)
    columns: list[tuple[int, int, int, int]] = field(default_factory=list)
    insides: list[F32] = field(default_factory=list)
    ranks: list[float] = field(default_factory=list)
    rounds: list[bool] = field(default_factory=list)
    pictures: list[Picture] = field(default_factory=list)
    count: int = 0

    def part(self, rank: float, *, rounded: bool = False) -> int:
        """Opens a part; parts of a lower rank are drawn first, equal ranks from far to near.

        The skin (layer 0) of a `rounded` part is shaded smoothly, as sheet metal is.
        """
        self.ranks.append(rank)
        self.rounds.append(rounded)
        return len(self.ranks) - 1

    def grid(
        self, points: F32, material: int, part: int, layer: int = 0, *, closed: bool = False, inside: F32 | None = None
    ) -> None:
        """A (K,N,3) grid of points as quads; they face away from `inside`, or from the middle of their part."""
        rows, columns = points.shape[:2]
        index = np.arange(rows * columns, dtype=np.int32).reshape(rows, columns)
        right = np.roll(index, -1, axis=1)
        wide = columns if closed else columns - 1
        quads = np.stack([index[:-1], right[:-1], right[1:], index[1:]], axis=2)[:, :wide].reshape(-1, 4)
        self._add(points.reshape(-1, 3), quads, (material, part, layer), inside)

    def loose(self, corners: F32, material: int, part: int, layer: int = 0, *, inside: F32 | None = None) -> None:
        """Single quads (Q,4,3) that share no corners; `inside` one point, or one a quad."""
        quads = np.arange(4 * len(corners), dtype=np.int32).reshape(-1, 4)
        self._add(corners.reshape(-1, 3), quads, (material, part, layer), inside)

    def fan(self, outline: F32, material: int, part: int, layer: int = 0, *, inside: F32 | None = None) -> None:
        """A flat convex outline (N,3), N even, as N/2-1 quads between its two halves."""
        n = len(outline)
        index = np.arange(n, dtype=np.int32)
        half = n // 2
        quads = np.stack(
            [index[: half - 1], index[1:half], index[n - 2 : half - 1 : -1], index[n - 1 : half : -1]], axis=1
        )
        self._add(outline, quads, (material, part, layer), inside)

    def _add(self, points: F32, quads: I32, row: tuple[int, int, int], inside: F32 | None) -> None:
        self.vertices.append(points.astype(np.float32))
        self.quads.append((quads + self.count).astype(np.int32))
        self.columns.append((len(quads), *row))
        nowhere = np.full(3, np.nan, np.float32)
        self.insides.append(np.broadcast_to(nowhere if inside is None else np.asarray(inside, np.float32), (len(quads), 3)))
        self.count += len(points)

    def build(self) -> Mesh:
        vertices = np.concatenate(self.vertices).astype(np.float32)
        quads = np.concatenate(self.quads)
        counts = [c[0] for c in self.columns]
        material, part, layer = (np.repeat([c[i] for c in self.columns], counts).astype(np.intp) for i in (1, 2, 3))
        corner = vertices[quads]
        across = np.cross(corner[:, 2] - corner[:, 0], corner[:, 3] - corner[:, 1])
        length = np.linalg.norm(across, axis=1, keepdims=True)
        kept = length[:, 0] > 1e-7
        centre = corner.mean(axis=1)
        part_centre = np.stack([centre[part == i].mean(axis=0) for i in range(len(self.ranks))])
        inside = np.concatenate(self.insides)
        inside = np.where(np.isnan(inside), part_centre[part], inside)
        inward = ((centre - inside) * across).sum(axis=1) < 0
        across[inward] *= -1
        size = vertices.max(axis=0) - vertices.min(axis=0)
        return Mesh(
            vertices=vertices,
            quads=quads[kept],
            material=material[kept],
            part=part[kept],
            layer=layer[kept],
            normal=(across / np.maximum(length, 1e-7))[kept].astype(np.float32),
            centre=centre[kept].astype(np.float32),
            part_rank=np.array(self.ranks, np.float32),
            part_round=np.array(self.rounds, np.bool_),
            part_centre=part_centre.astype(np.float32),
            pictures=tuple(self.pictures),
            length_m=float(size[0]),
            width_m=float(size[1]),
            height_m=float(vertices[:, 2].max()),
        )


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
        wide = left[:, 1] / max(float(left[:, 1].max()), 1e-3)
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
        np.stack(
            [front_m - nose[0] + nose[0] * np.cos(angles), half_width_m - near + near * np.sin(angles)], axis=1
        ),
        np.stack(
            [np.linspace(front_m - nose[0], rear_m + tail[0], along + 2)[1:-1], np.full(along, half_width_m)], axis=1
        ),
        np.stack(
            [rear_m + tail[0] - tail[0] * np.sin(angles), half_width_m - far + far * np.cos(angles)], axis=1
        ),
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
    return Tower(np.stack(rings))


def bilinear(corners: npt.ArrayLike, rows: int, columns: int) -> F32:
    """A (rows+1, columns+1, 2) grid over four corners: bottom-left, bottom-right, top-right, top-left."""
    bl, br, tr, tl = np.asarray(corners, np.float32)
    v = np.linspace(0, 1, rows + 1, dtype=np.float32)[:, None, None]
    u = np.linspace(0, 1, columns + 1, dtype=np.float32)[None, :, None]
    return ((1 - v) * ((1 - u) * bl + u * br) + v * ((1 - u) * tl + u * tr)).astype(np.float32)


def disc(builder: Builder, centre: tuple[float, float, float], radius_m: float, side: int, material: int, part: int, layer: int, points: int = 20) -> None:
    """An upright disc facing `side` (1 left, -1 right)."""
    angle = np.linspace(0, 2 * np.pi, points, endpoint=False) * (-side)
    outline = np.stack(
        [centre[0] + radius_m * np.cos(angle), np.full(points, centre[1]), centre[2] + radius_m * np.sin(angle)], axis=1
    )
    builder.fan(outline.astype(np.float32), material, part, layer, inside=np.array([centre[0], centre[1] - side, centre[2]], np.float32))


def tread(builder: Builder, centre: tuple[float, float, float], radius_m: float, width_m: float, material: int, part: int) -> None:
    """The running surface of a wheel whose middle is `centre`."""
    angle = np.linspace(0, 2 * np.pi, 14)
    rows = []
    for y in (centre[1] - width_m / 2, centre[1] + width_m / 2):
        rows.append(
            np.stack([centre[0] + radius_m * np.cos(angle), np.full(14, y), centre[2] + radius_m * np.sin(angle)], axis=1)
        )
    builder.grid(np.stack(rows).astype(np.float32), material, part, inside=np.array(centre, np.float32))


def tube(builder: Builder, start: npt.ArrayLike, end: npt.ArrayLike, radii: tuple[float, float], material: int, part: int, around: int = 8) -> None:
    """A limb from `start` to `end` (3,), round, with closed ends."""
    a, b = np.asarray(start, np.float32), np.asarray(end, np.float32)
    axis = (b - a) / max(float(np.linalg.norm(b - a)), 1e-4)
    aside = np.cross(axis, np.array([0.0, 1.0, 0.01]) if abs(axis[1]) < 0.9 else np.array([1.0, 0.0, 0.01]))
    aside /= np.linalg.norm(aside)
    other = np.cross(axis, aside)
    angle = np.linspace(0, 2 * np.pi, around, endpoint=False)
    circle = np.cos(angle)[:, None] * aside + np.sin(angle)[:, None] * other
    caps = [(a - axis * radii[0] * 0.6, 0.45 * radii[0]), (a, radii[0]), (b, radii[1]), (b + axis * radii[1] * 0.6, 0.45 * radii[1])]
    builder.grid(np.stack([p + circle * r for p, r in caps]).astype(np.float32), material, part, closed=True, inside=(a + b) / 2)


def ball(builder: Builder, centre: npt.ArrayLike, radii: tuple[float, float, float], material: int, part: int) -> None:
    """An ellipsoid."""
    turn = np.linspace(0, 2 * np.pi, 10, endpoint=False)
    rows = []
    for rise in np.linspace(-1.45, 1.45, 7):
        rows.append(np.stack([np.cos(turn) * np.cos(rise), np.sin(turn) * np.cos(rise), np.full(10, np.sin(rise))], axis=1))
    points = np.stack(rows) * np.array(radii) + np.asarray(centre)
    builder.grid(points.astype(np.float32), material, part, closed=True, inside=np.asarray(centre, np.float32))


def side_patch(builder: Builder, on: Tower, corners: npt.ArrayLike, side: int, look: tuple[int, int, int], size: tuple[int, int] = (2, 4)) -> None:
    """A four-cornered patch ((x,z) bottom-rear, bottom-front, top-front, top-rear) on the side wall; look: material, part, layer."""
    grid = bilinear(corners, *size)
    points = on.on_side(grid[..., 0], grid[..., 1], side)
    points[..., 1] += 0.004 * side * look[2]
    builder.grid(points, *look)


def end_patch(builder: Builder, on: Tower, corners: npt.ArrayLike, end: int, look: tuple[int, int, int], size: tuple[int, int] = (2, 6)) -> None:
    """A four-cornered patch ((y,z) as seen from inside) on the front (end 1) or rear wall; look: material, part, layer."""
    grid = bilinear(corners, *size)
    points = on.on_end(grid[..., 0], grid[..., 1], end)
    points[..., 0] += 0.004 * end * look[2]
    builder.grid(points, *look)


def end_picture(builder: Builder, on: Tower, name: str, middle: tuple[float, float], size_m: tuple[float, float], end: int, part: int) -> None:
    """A flat picture of `size_m` (width, height) centred at (y, z) on the front or rear wall."""
    y, z = middle
    w, h = size_m[0] / 2, size_m[1] / 2
    ys = np.array([y + end * -w, y, y + end * w], np.float32)
    x = float((end * on.on_end(ys, np.full(3, z, np.float32), end)[:, 0]).max()) + 0.015
    # Seen from outside, the left edge of the front is the body's right (y < 0).
    corners = [(end * x, y - end * w, z + h), (end * x, y + end * w, z + h), (end * x, y + end * w, z - h), (end * x, y - end * w, z - h)]
    builder.pictures.append(Picture(name, np.array(corners, np.float32), np.array([end, 0, 0], np.float32), part))


def side_picture(builder: Builder, on: Tower, name: str, middle: tuple[float, float], size_m: tuple[float, float], side: int, part: int) -> None:
    """A flat picture centred at (x, z) on the left (1) or right (-1) wall."""
    x, z = middle
    w, h = size_m[0] / 2, size_m[1] / 2
    y = float(on.on_side(np.array([x], np.float32), np.array([z], np.float32), 1)[0, 1]) + 0.012
    # Seen from outside the left wall, forward is to the left.
    corners = [(x + side * w, side * y, z + h), (x - side * w, side * y, z + h), (x - side * w, side * y, z - h), (x + side * w, side * y, z - h)]
    builder.pictures.append(Picture(name, np.array(corners, np.float32), np.array([0, side, 0], np.float32), part))
