"""Meshes of quads, and the builder that collects them.

Local axes of a body: x forward, y to its left, z up, metres; the origin lies on the ground under its middle.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

F32 = npt.NDArray[np.float32]
I32 = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Picture:
    """A plane picture fixed to a body, by name; corners (4,3): top-left, top-right, bottom-right, bottom-left."""

    name: str
    corners: F32
    normal: F32
    part: int


@dataclass(frozen=True, slots=True)
class Mesh:
    """Quads (F,4), each with a material, a part and a layer in it; part ranks say which part is drawn first."""

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
        self.insides.append(
            np.broadcast_to(nowhere if inside is None else np.asarray(inside, np.float32), (len(quads), 3))
        )
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
            height_m=float(np.max(vertices[:, 2])),
        )
