"""Draws one mesh into a transparent patch: cull, sort, shade, fill."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
import numpy.typing as npt

from edge.scene.camera import NEAR_M, Camera
from edge.scene.light import F32, Light, Surface, shade
from edge.scene.mesh import Mesh

U8 = npt.NDArray[np.uint8]
_SHIFT = 3
_OPAQUE = 255
_DOUBLE_UP_TO_PX = 360_000


@dataclass(frozen=True, slots=True)
class Stand:
    """Where a body stands: x, y metres on the ground, heading in degrees (0 along +x, 90 away along +y)."""

    x: float
    y: float
    heading_deg: float

    def matrix(self) -> F32:
        """Body axes to world axes, columns forward, left, up."""
        a = math.radians(self.heading_deg)
        return np.array([[math.cos(a), -math.sin(a), 0], [math.sin(a), math.cos(a), 0], [0, 0, 1]], np.float32)

    def world(self, points: F32) -> F32:
        """Body points (N,3) to world."""
        moved: F32 = points @ self.matrix().T
        return moved + np.array([self.x, self.y, 0], np.float32)


@dataclass(frozen=True, slots=True)
class Patch:
    """RGBA pixels, straight alpha, with their top-left corner in the frame; `corners`: pictures by name, (4,2) px."""

    rgba: U8
    x: int
    y: int
    corners: dict[str, F32]

    @property
    def mask(self) -> npt.NDArray[np.bool_]:
        return self.rgba[..., 3] >= 128


@dataclass(frozen=True, slots=True)
class Body:
    """A mesh with its surface values and the pictures fixed to it (RGBA), by picture name."""

    mesh: Mesh
    surface: Surface
    pictures: dict[str, U8]


def paint(body: Body, stand: Stand, camera: Camera, light: Light) -> Patch | None:
    """The body seen from the camera, or None when it lies outside the picture."""
    mesh = body.mesh
    world = stand.world(mesh.vertices)
    px, depth = camera.project(world)
    seen = depth > NEAR_M * 1.2
    if not seen.any():
        return None
    w, h = camera.size_wh
    low = np.floor(px[seen].min(axis=0)).astype(int) - 2
    high = np.ceil(px[seen].max(axis=0)).astype(int) + 3
    x0, y0 = max(int(low[0]), 0), max(int(low[1]), 0)
    x1, y1 = min(int(high[0]), w), min(int(high[1]), h)
    if x1 - x0 < 2 or y1 - y0 < 2:
        return None
    double = 2 if (x1 - x0) * (y1 - y0) <= _DOUBLE_UP_TO_PX else 1
    canvas = np.zeros(((y1 - y0) * double, (x1 - x0) * double, 4), np.uint8)
    scaled = (px - np.array([x0, y0], np.float32)) * double
    _fill(canvas, body, stand, camera, light, scaled, seen, double)
    corners = _pictures(canvas, body, stand, camera, light, (x0, y0, double))
    if double == 2:
        canvas = _halved(canvas)
    return Patch(canvas, x0, y0, corners)


def _pictures(
    canvas: U8, body: Body, stand: Stand, camera: Camera, light: Light, origin: tuple[int, int, int]
) -> dict[str, F32]:
    """Lays the body's pictures that face the camera onto the canvas; returns their corners in frame pixels."""
    x0, y0, double = origin
    found: dict[str, F32] = {}
    for fixed in body.mesh.pictures:
        rgba = body.pictures.get(fixed.name)
        if rgba is None:
            continue
        world = stand.world(fixed.corners)
        centre = world.mean(axis=0)
        normal = stand.matrix() @ fixed.normal
        view = camera.position - centre
        view /= float(np.linalg.norm(view))
        px, depth = camera.project(world)
        if float(normal @ view) < 0.08 or np.min(depth) < 2 * NEAR_M:
            continue
        white = Surface(np.ones((1, 3), np.float32), *(np.zeros(1, np.float32) for _ in range(3)))
        gain = shade(light, white, np.zeros(1, np.intp), normal[None], view[None].astype(np.float32), centre[None])[0]
        _warp(canvas, rgba, (px - np.array([x0, y0], np.float32)) * double, gain)
        found[fixed.name] = px
    return found


def _warp(canvas: U8, rgba: U8, corners: F32, gain: F32) -> None:
    h, w = canvas.shape[:2]
    low = np.maximum(np.floor(corners.min(axis=0)).astype(int) - 1, 0)
    high = np.minimum(np.ceil(corners.max(axis=0)).astype(int) + 2, [w, h])
    if (high - low).min() < 2:
        return
    wide = float(np.linalg.norm(corners[1] - corners[0]))
    while rgba.shape[1] > 2.2 * max(wide, 8):
        rgba = cv2.resize(rgba, (rgba.shape[1] // 2, max(1, rgba.shape[0] // 2)), interpolation=cv2.INTER_AREA).astype(
            np.uint8
        )
    ph, pw = rgba.shape[:2]
    source = np.array([[0, 0], [pw, 0], [pw, ph], [0, ph]], np.float32) - 0.5
    warp = cv2.getPerspectiveTransform(source, corners - low.astype(np.float32) - 0.5)
    size = (int(high[0] - low[0]), int(high[1] - low[1]))
    colour = cv2.warpPerspective(rgba[..., :3], warp, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    cover = cv2.warpPerspective(np.ascontiguousarray(rgba[..., 3]), warp, size, flags=cv2.INTER_LINEAR)
    share = cover[..., None].astype(np.float32) / 255
    spot = canvas[low[1] : high[1], low[0] : high[0]]
    spot[..., :3] = np.clip(spot[..., :3] * (1 - share) + colour * gain * share, 0, 255).astype(np.uint8)
    np.maximum(spot[..., 3], cover, out=spot[..., 3])


def _fill(
    canvas: U8, body: Body, stand: Stand, camera: Camera, light: Light, px: F32, seen: npt.NDArray[np.bool_], scale: int
) -> None:
    mesh, turn = body.mesh, stand.matrix()
    centre = stand.world(mesh.centre)
    normal = (mesh.normal @ turn.T).astype(np.float32)
    view = camera.position - centre
    distance = np.sqrt((view * view).sum(axis=1))
    view /= np.maximum(distance, 1e-3)[:, None]
    shown = np.flatnonzero(((normal * view).sum(axis=1) > 0.0) & seen[mesh.quads].all(axis=1))
    parts = stand.world(mesh.part_centre) - camera.position
    part_distance = np.sqrt((parts * parts).sum(axis=1))
    part = mesh.part[shown]
    order = np.lexsort((-distance[shown], mesh.layer[shown], part, -part_distance[part], mesh.part_rank[part]))
    shown = shown[order]
    colour = shade(light, body.surface, mesh.material[shown], normal[shown], view[shown], centre[shown])
    bytes_ = np.clip(colour * 255, 0, 255).astype(np.uint8)
    corners = np.clip(np.rint(px * (1 << _SHIFT)), -200000, 200000).astype(np.int32)[mesh.quads[shown]]
    soft_px = 0.05 * scale * camera.focal_px / float(np.median(distance))
    for start, end, rounded in _runs(mesh, shown):
        if rounded and soft_px >= 1.5:
            _skin(canvas, corners[start:end], bytes_[start:end], soft_px)
        else:
            _quads(canvas, corners[start:end], bytes_[start:end])


def _runs(mesh: Mesh, shown: npt.NDArray[np.intp]) -> list[tuple[int, int, bool]]:
    """Stretches of the drawing order that are all skin of one rounded part, and those between."""
    part = mesh.part[shown]
    skin = mesh.part_round[part] & (mesh.layer[shown] == 0)
    key = np.where(skin, part, -1)
    cuts = [0, *(np.flatnonzero(np.diff(key)) + 1).tolist(), len(key)]
    return [(a, b, bool(skin[a])) for a, b in pairwise(cuts) if b > a]


def _quads(canvas: U8, corners: npt.NDArray[np.int32], colour: U8) -> None:
    for quad, (r, g, b) in zip(corners, colour.tolist(), strict=True):
        cv2.fillConvexPoly(canvas, quad, (r, g, b, 255), cv2.LINE_8, _SHIFT)


def _skin(canvas: U8, corners: npt.NDArray[np.int32], colour: U8, soft_px: float) -> None:
    """Quads of one smooth surface: drawn apart, then their colours run into each other, but not beyond the outline."""
    h, w = canvas.shape[:2]
    low = np.clip((corners.min(axis=(0, 1)) >> _SHIFT) - 1, 0, [w, h])
    high = np.clip((corners.max(axis=(0, 1)) >> _SHIFT) + 2, 0, [w, h])
    if (high - low).min() < 2:
        return
    sheet = np.zeros((int(high[1] - low[1]), int(high[0] - low[0]), 4), np.uint8)
    _quads(sheet, corners - (low << _SHIFT).astype(np.int32), colour)
    size = 2 * max(1, round(soft_px)) + 1
    drawn = (sheet[..., 3] > 0).astype(np.uint8)
    run = cv2.blur(
        cv2.blur(sheet, (size, size), borderType=cv2.BORDER_CONSTANT), (size, size), borderType=cv2.BORDER_CONSTANT
    )
    share = np.ascontiguousarray(run[..., 3])
    full = cv2.divide(run, cv2.merge([share] * 4), scale=255)
    cv2.copyTo(full.astype(np.uint8, copy=False), drawn, canvas[low[1] : high[1], low[0] : high[0]])


def _halved(canvas: U8) -> U8:
    """Half size with colours weighted by their alpha, so that the empty background does not darken the rim."""
    small = cv2.resize(canvas, (canvas.shape[1] // 2, canvas.shape[0] // 2), interpolation=cv2.INTER_AREA)
    alpha = np.ascontiguousarray(small[..., 3])
    rim = np.nonzero(alpha - np.uint8(1) < _OPAQUE - 1)
    share = alpha[rim][:, None].astype(np.uint16)
    small[rim[0], rim[1], :3] = np.minimum(small[rim][:, :3].astype(np.uint16) * _OPAQUE // share, _OPAQUE)
    return small.astype(np.uint8, copy=False)
