"""Light that vehicles give: beams on the road, glow around lamps, reflections on a wet road."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import cv2
import numpy as np
import numpy.typing as npt

from edge.scene.camera import Camera
from edge.scene.light import F32, Light
from edge.scene.materials import Material
from edge.scene.painter import Body, Patch, Stand

U8 = npt.NDArray[np.uint8]
Lit = tuple[Body, Stand, float]
_LEAST_BEAMS = 0.15


_BEAM = ((16.0, 2.6, 0.35), (9.0, 1.5, 0.5), (5.0, 0.9, 0.5))  # reach and half width in metres, strength
_WARM = (1.0, 0.95, 0.82)


def beams(picture: U8, sources: list[Lit], camera: Camera, light: Light) -> None:
    """Brightens the road ahead of every lit vehicle, in place."""
    if light.beams < _LEAST_BEAMS or not sources:
        return
    h, w = picture.shape[:2]
    field = np.zeros((h // 4 + 1, w // 4 + 1), np.uint8)
    for body, stand, strength in sources:
        for px, gain in _cones(body, stand, camera):
            shape = np.zeros_like(field)
            cv2.fillPoly(shape, [np.rint(px * 4).astype(np.int32)], gain * strength * 110, cv2.LINE_8, 4)
            cv2.add(field, shape, dst=field)
    rows, columns = np.flatnonzero(field.any(axis=1)), np.flatnonzero(field.any(axis=0))
    if not len(rows):
        return
    soft = cv2.resize(cv2.GaussianBlur(field, (0, 0), w / 220), (w, h), interpolation=cv2.INTER_LINEAR)
    pad = w // 60
    y0, y1 = max(0, 4 * int(rows[0]) - pad), min(h, 4 * int(rows[-1]) + pad + 4)
    x0, x1 = max(0, 4 * int(columns[0]) - pad), min(w, 4 * int(columns[-1]) + pad + 4)
    spot, shine = picture[y0:y1, x0:x1], cv2.convertScaleAbs(soft[y0:y1, x0:x1], alpha=light.beams)
    lit = cv2.add(spot, cv2.multiply(spot, cv2.merge([shine] * 3), scale=1.6 / 110))
    spot[:] = cv2.add(lit, cv2.merge([cv2.convertScaleAbs(shine, alpha=46 / 110 * tint) for tint in _WARM]))


def _cones(body: Body, stand: Stand, camera: Camera) -> Iterator[tuple[F32, float]]:
    """Lit areas of the road in pixels, nested, with their strengths."""
    front = body.mesh.length_m / 2 + 0.4
    for y in (0.35 * body.mesh.width_m, -0.35 * body.mesh.width_m):
        for reach, wide, gain in _BEAM:
            flat = [
                (front, y - 0.3, 0),
                (front + reach, y - wide, 0),
                (front + reach, y + wide, 0),
                (front, y + 0.3, 0),
            ]
            px = camera.polygon(stand.world(np.array(flat, np.float32)))
            if len(px):
                yield px, gain


def glows(picture: U8, sources: list[Lit], camera: Camera, light: Light, wet: float) -> None:
    """Adds the glow of head and tail lamps that face the camera, in place."""
    for body, stand, strength in sources:
        level = strength * (0.25 + 0.75 * light.beams)
        for material, rgb, size_m in (
            (Material.HEAD, (1.0, 0.96, 0.86), 0.55),
            (Material.TAIL, (1.0, 0.12, 0.06), 0.28),
        ):
            for at, facing in _lamps(body, stand, camera, material):
                px, depth = camera.project(at[None])
                if depth[0] < 1.0 or facing < 0.05:
                    continue
                radius = camera.focal_px * size_m / float(depth[0]) * (0.5 + 0.8 * facing)
                gain = level * (0.35 + 0.65 * facing) * 230
                _add_glow(picture, (float(px[0, 0]), float(px[0, 1])), (radius, radius), rgb, gain)
                if wet > 0:
                    low, _ = camera.project(np.array([[at[0], at[1], -at[2]]], np.float32))
                    _add_glow(
                        picture,
                        (float(low[0, 0]), float(low[0, 1])),
                        (radius * 0.5, radius * 2.2),
                        rgb,
                        gain * 0.45 * wet,
                    )


def _lamps(body: Body, stand: Stand, camera: Camera, material: Material) -> list[tuple[F32, float]]:
    mesh = body.mesh
    found = []
    for side in (1, -1):
        chosen = (mesh.material == material) & (mesh.centre[:, 1] * side >= 0)
        if not chosen.any():
            continue
        at = stand.world(mesh.centre[chosen].mean(axis=0, keepdims=True))[0]
        normal = stand.matrix() @ mesh.normal[chosen].mean(axis=0)
        view = camera.position - at
        found.append((at, float(normal @ view) / max(float(np.linalg.norm(view)), 1e-3)))
    return found


@lru_cache(maxsize=1)
def _disc() -> F32:
    axis = np.linspace(-1, 1, 65, dtype=np.float32)
    radius = np.sqrt(axis[:, None] ** 2 + axis[None] ** 2)
    core = np.exp(-((radius / 0.16) ** 2)) + 0.30 * np.exp(-((radius / 0.42) ** 2))
    glow: F32 = (core * np.clip(1 - radius, 0, 1) ** 0.5).astype(np.float32)
    return glow


def _add_glow(
    picture: U8, at: tuple[float, float], radii: tuple[float, float], rgb: tuple[float, float, float], gain: float
) -> None:
    h, w = picture.shape[:2]
    rx, ry = (max(2, min(int(r), 400)) for r in radii)
    x0, y0 = int(at[0]) - rx, int(at[1]) - ry
    left, top, right, bottom = max(x0, 0), max(y0, 0), min(x0 + 2 * rx, w), min(y0 + 2 * ry, h)
    if left >= right or top >= bottom:
        return
    sprite = cv2.resize(_disc(), (2 * rx, 2 * ry), interpolation=cv2.INTER_LINEAR)[
        top - y0 : bottom - y0, left - x0 : right - x0
    ]
    colour = np.clip(sprite[..., None] * np.array(rgb, np.float32) * gain, 0, 255).astype(np.uint8)
    spot = picture[top:bottom, left:right]
    spot[:] = cv2.add(spot, colour)


def mirror(picture: U8, patch: Patch, wet: float) -> None:
    """A faint upside-down copy below the patch, as a wet road shows it, in place."""
    mask = patch.mask
    rows = np.flatnonzero(mask.any(axis=1))
    if not len(rows):
        return
    foot = int(rows[-1]) + 1
    flipped = patch.rgba[:foot][::-1]
    flipped = cv2.blur(np.ascontiguousarray(flipped), (3, 2 * max(1, foot // 14) + 1)).astype(np.uint8)
    y0 = patch.y + foot
    h = min(flipped.shape[0], picture.shape[0] - y0)
    if h <= 0:
        return
    spot = picture[y0 : y0 + h, patch.x : patch.x + flipped.shape[1]]
    fade = np.linspace(0.34, 0.05, h, dtype=np.float32)[:, None, None] * wet
    share = flipped[:h, :, 3:].astype(np.float32) / 255 * fade
    spot[:] = (spot * (1 - share) + flipped[:h, :, :3] * share).astype(np.uint8)
