"""Shadows on the ground: the sun's, and the dark under every body."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from edge.scene.camera import Camera
from edge.scene.light import F32, Light
from edge.scene.painter import Body, Stand

U8 = npt.NDArray[np.uint8]


def cast(picture: U8, bodies: list[tuple[Body, Stand]], camera: Camera, light: Light) -> None:
    """Darkens the picture in place where the bodies keep the light off the ground."""
    sun = np.array(light.sun, np.float32)
    sun /= float(np.linalg.norm(sun)) or 1.0
    direct = float(np.mean(light.sun_rgb)) * max(float(sun[2]), 0.0)
    whole = direct + float(np.mean(light.sky_rgb)) + 1e-3
    for body, stand in bodies:
        low = body.mesh.vertices[body.mesh.vertices[:, 2] < 0.35 * body.mesh.height_m]
        if not len(low):
            continue
        dark = _outline(stand.world(low)[:, :2], camera)
        _darken(picture, dark, 0.62, _softness(stand, camera, 0.16))
        if direct / whole > 0.12 and sun[2] > 0.12:
            world = stand.world(body.mesh.vertices)
            reach = np.minimum(world[:, 2:3] / sun[2], 9.0)
            shade = _outline(world[:, :2] - sun[:2] * reach, camera)
            _darken(picture, shade, 0.8 * direct / whole, _softness(stand, camera, 0.05))


def _softness(stand: Stand, camera: Camera, blur_m: float) -> float:
    distance = max(float(np.hypot(stand.x - camera.pose.x, stand.y - camera.pose.y)), 2.0)
    return max(0.8, blur_m * camera.focal_px / distance)


def _outline(points: F32, camera: Camera) -> F32:
    hull = cv2.convexHull(points.astype(np.float32)).reshape(-1, 2)
    return camera.ground(hull)


def _darken(picture: U8, outline: F32, strength: float, blur_px: float) -> None:
    if len(outline) < 3:
        return
    h, w = picture.shape[:2]
    pad = int(3 * blur_px) + 2
    x0, y0 = (max(0, int(v) - pad) for v in outline.min(axis=0))
    x1, y1 = min(w, int(np.max(outline[:, 0])) + pad), min(h, int(np.max(outline[:, 1])) + pad)
    if x1 - x0 < 2 or y1 - y0 < 2:
        return
    step = max(1, int(blur_px / 2))
    size = ((x1 - x0) // step + 1, (y1 - y0) // step + 1)
    mask = np.zeros((size[1], size[0]), np.uint8)
    scaled = (outline - np.array([x0, y0], np.float32)) / step
    cv2.fillPoly(mask, [np.rint(scaled * 16).astype(np.int32)], int(255 * strength), cv2.LINE_AA, 4)
    mask = cv2.GaussianBlur(mask, (0, 0), max(0.6, blur_px / step)).astype(np.uint8)
    if step > 1:
        mask = cv2.resize(mask, (size[0] * step, size[1] * step), interpolation=cv2.INTER_LINEAR).astype(np.uint8)
    keep = 255 - mask[: y1 - y0, : x1 - x0]
    spot = picture[y0:y1, x0:x1]
    spot[:] = cv2.multiply(spot, cv2.merge([keep, keep, keep]), scale=1 / 255)
