"""What lies on the ground: roads, marks, verge; textures follow the perspective."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from edge.scene.camera import Camera
from edge.scene.light import F32, Light, Rgb
from edge.scene.noise import sample, tile

U8 = npt.NDArray[np.uint8]
Xy = tuple[float, float]
_CORNERS = 3


@dataclass(frozen=True, slots=True)
class Region:
    """Paved or painted areas of one look: polygons in metres, colour, roughness, `wear` (0 new paint .. 1 gone)."""

    corners: tuple[tuple[Xy, ...], ...]
    rgb: Rgb
    rough: float = 0.12
    wear: float = 0.0
    paved: bool = True


@dataclass(frozen=True, slots=True)
class Ground:
    """Everything flat: the verge's colour and roughness, regions from the lowest to the highest, a texture seed."""

    verge_rgb: Rgb
    verge_rough: float
    regions: tuple[Region, ...]
    seed: int


@dataclass(frozen=True, slots=True)
class Floor:
    """The ground as one camera sees it, without light: albedo (3,H,W); all others (H,W).

    World x and y, distance, share of sky, share of paving, sine of the elevation.
    """

    albedo: F32
    x: F32
    y: F32
    distance: F32
    sky: F32
    paved: F32
    rise: F32


def strip(path: tuple[Xy, ...], width_m: float, *, shift_m: float = 0.0) -> tuple[Xy, ...]:
    """A band of `width_m` along a path, moved sideways by `shift_m` (positive to the right of the path)."""
    points = np.array(path, np.float64)
    along = np.gradient(points, axis=0)
    along /= np.maximum(np.linalg.norm(along, axis=1, keepdims=True), 1e-9)
    right = np.stack([along[:, 1], -along[:, 0]], axis=1)
    a = points + right * (shift_m - width_m / 2)
    b = points + right * (shift_m + width_m / 2)
    return tuple((float(x), float(y)) for x, y in np.concatenate([a, b[::-1]]))


def floor(ground: Ground, camera: Camera) -> Floor:
    """Projects the ground into the camera."""
    x, y, distance, rise = camera.rays()
    far = np.minimum(distance, np.float32(1e6))
    near = np.minimum(18 / np.maximum(far, 1), 1)
    fine = np.minimum(7 / np.maximum(far, 1), 1)
    broad = sample(tile(ground.seed, (4, 8, 16)), x, y, 23.0)
    mid = sample(tile(ground.seed + 1, (16, 32, 64)), x, y, 7.0) * near
    dust = sample(tile(ground.seed + 2, (64, 128)), x, y, 1.7) * fine
    grit = 0.5 * broad + 0.6 * mid + 0.8 * dust
    shade = 1 + ground.verge_rough * grit
    tint = 1 + 0.5 * ground.verge_rough * (0.6 * broad + 0.4 * mid)
    albedo = [shade * level for level in ground.verge_rgb]
    albedo[0] *= tint
    paved = np.zeros_like(far)
    for region in ground.regions:
        found = coverage([camera.ground(c) for c in region.corners], camera.size_wh)
        if found is None:
            continue
        share, spot = found
        if region.wear:
            share = share * np.clip(1.15 - region.wear * (1.0 + 0.9 * mid[spot] + 0.5 * dust[spot]), 0, 1)
        rough = 1 + region.rough * grit[spot]
        for plane, level in zip(albedo, region.rgb, strict=True):
            window = plane[spot]
            window += (rough * level - window) * share
        if region.paved:
            np.maximum(paved[spot], share, out=paved[spot])
    sky = np.clip(rise * 400, 0, 1)
    return Floor(np.maximum(np.stack(albedo), np.float32(0.01)), x, y, far, sky, paved, rise)


def coverage(polygons: list[F32], size_wh: tuple[int, int]) -> tuple[F32, tuple[slice, slice]] | None:
    """Share 0..1 of each pixel inside the polygons, for the smallest window that holds them; None when outside."""
    w, h = size_wh
    kept = [
        p
        for p in polygons
        if len(p) >= _CORNERS and np.all(np.max(p, axis=0) > 0) and np.all(np.min(p, axis=0) < (w, h))
    ]
    if not kept:
        return None
    points = np.concatenate(kept)
    left, top = (max(0, int(v) - 1) for v in points.min(axis=0))
    right, bottom = min(w, int(np.max(points[:, 0])) + 2), min(h, int(np.max(points[:, 1])) + 2)
    if left >= right or top >= bottom:
        return None
    mask = np.zeros((bottom - top, right - left), np.uint8)
    fixed = [np.rint((p - np.array([left, top], np.float32)) * 16).astype(np.int32) for p in kept]
    cv2.fillPoly(mask, fixed, 255, cv2.LINE_AA, 4)
    return (mask / np.float32(255)).astype(np.float32), (slice(top, bottom), slice(left, right))


def lit(view: Floor, light: Light, *, wet: float = 0.0, clouds_seed: int = 0) -> U8:
    """The floor and the sky under a light, RGB (H,W,3)."""
    field = _field(view, light)
    dark = 1 - 0.42 * wet * view.paved if wet else None
    graze = np.sqrt(np.clip(1 - view.distance / 60, 0.2, 1)) if wet else None
    haze = np.exp(view.distance * np.float32(-1 / 420))
    cloud = _cloud(view, clouds_seed) if view.sky.any() else None
    high = np.clip(view.rise * 2, 0, 1) if cloud is not None else None
    planes = []
    for c in range(3):
        plane = view.albedo[c] * field[c]
        horizon, zenith = light.horizon_rgb[c], light.zenith_rgb[c]
        if dark is not None and graze is not None:
            plane *= dark
            plane += (horizon * 0.9 - plane) * (wet * view.paved * (0.46 - 0.3 * graze))
        plane = horizon * 0.9 + (plane - horizon * 0.9) * haze
        if cloud is not None and high is not None:
            sky = horizon + (zenith - horizon) * high
            sky += (max(horizon * 1.05, zenith) - sky) * cloud
            plane += (sky - plane) * view.sky
        planes.append(np.clip(plane * 255, 0, 255).astype(np.uint8))
    return np.asarray(cv2.merge(planes), np.uint8)


def _field(view: Floor, light: Light) -> list[F32]:
    """Light that falls on the floor, one plane per channel."""
    sun = np.array(light.sun, np.float32)
    height = max(float(sun[2]) / (float(np.linalg.norm(sun)) or 1.0), 0.0)
    field = [np.full_like(view.x, light.sky_rgb[c] + light.sun_rgb[c] * height) for c in range(3)]
    for lamp in light.lamps:
        if not any(lamp.rgb):
            continue
        span = np.sqrt((view.x - lamp.at[0]) ** 2 + (view.y - lamp.at[1]) ** 2 + lamp.at[2] ** 2)
        share = lamp.at[2] / np.maximum(span, 0.1) / (1 + (span / lamp.reach_m) ** 2)
        for c in range(3):
            field[c] += share * lamp.rgb[c]
    if any(light.flash_rgb):
        near = 0.7 / (1 + (view.distance / 9.0) ** 2)
        for c in range(3):
            field[c] += near * light.flash_rgb[c]
    return field


def _cloud(view: Floor, seed: int) -> F32:
    rise = np.clip(view.rise, 0, 1)
    h, w = rise.shape
    u = np.broadcast_to(np.arange(w, dtype=np.float32)[None] * np.float32(9.0 / w), (h, w))
    noise = sample(tile(seed, (4, 8, 16, 32)), u, np.sqrt(rise) * 14, 12.0)
    out: F32 = np.clip(noise * 0.35 + 0.15, 0, 0.8).astype(np.float32, copy=False)
    return out
