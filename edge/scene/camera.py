"""A pinhole camera over a ground plane.

World axes: x to the right, y away from the viewer, z up, metres. Image axes: pixels, origin top-left.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

F32 = npt.NDArray[np.float32]
NEAR_M = 0.25


@dataclass(frozen=True, slots=True)
class Pose:
    """Where a camera hangs and how it looks: metres, degrees, focal length as a share of the picture's width."""

    x: float
    y: float
    z: float
    yaw_deg: float
    pitch_deg: float
    roll_deg: float
    focal_norm: float


@dataclass(frozen=True, slots=True)
class Camera:
    """A pose together with a picture size."""

    pose: Pose
    size_wh: tuple[int, int]

    @property
    def focal_px(self) -> float:
        return self.pose.focal_norm * self.size_wh[0]

    @property
    def position(self) -> F32:
        return np.array([self.pose.x, self.pose.y, self.pose.z], np.float32)

    def project(self, points: F32) -> tuple[F32, F32]:
        """World points (N,3) to pixels (N,2) and depth along the optical axis (N,), metres.

        Points nearer than NEAR_M are projected as if at NEAR_M; callers drop them by their depth.
        """
        local = (points - self.position) @ _axes(self.pose).T
        depth = local[:, 2]
        scale = self.focal_px / np.maximum(depth, NEAR_M)
        px = local[:, :2] * scale[:, None]
        px += np.array(self.size_wh, np.float32) / 2
        return px.astype(np.float32, copy=False), depth.astype(np.float32, copy=False)

    def ground(self, polygon: npt.ArrayLike) -> F32:
        """A polygon on the ground ((N,2) metres) to pixels, cut at the near plane; (0,2) when all of it is behind."""
        flat = np.asarray(polygon, np.float32)
        points = np.concatenate([flat, np.zeros((len(flat), 1), np.float32)], axis=1)
        return self.polygon(points)

    def polygon(self, points: F32) -> F32:
        """A world polygon (N,3) to pixels, cut at the near plane."""
        local = (points - self.position) @ _axes(self.pose).T
        kept = _cut_near(local.astype(np.float32))
        if len(kept) == 0:
            return np.zeros((0, 2), np.float32)
        px = kept[:, :2] * (self.focal_px / kept[:, 2:3]) + np.array(self.size_wh, np.float32) / 2
        return np.clip(px, -20000, 20000).astype(np.float32)

    def rays(self) -> tuple[F32, F32, F32, F32]:
        """Per pixel (H,W): ground x and y, distance to it (inf above the horizon), metres; sine of the elevation."""
        return _rays(self)


@lru_cache(maxsize=64)
def _axes(pose: Pose) -> F32:
    """Rows: right, down, forward."""
    yaw, pitch, roll = (math.radians(v) for v in (pose.yaw_deg, pose.pitch_deg, pose.roll_deg))
    forward = np.array([math.sin(yaw) * math.cos(pitch), math.cos(yaw) * math.cos(pitch), -math.sin(pitch)])
    right = np.array([math.cos(yaw), -math.sin(yaw), 0.0])
    down = np.cross(forward, right)
    turned_right = math.cos(roll) * right + math.sin(roll) * down
    turned_down = math.cos(roll) * down - math.sin(roll) * right
    return np.stack([turned_right, turned_down, forward]).astype(np.float32)


def _cut_near(local: F32) -> F32:
    """Sutherland-Hodgman against the near plane."""
    kept: list[F32] = []
    for here, there in zip(local, np.roll(local, -1, axis=0), strict=True):
        inside = here[2] >= NEAR_M
        if inside:
            kept.append(here)
        if inside != (there[2] >= NEAR_M):
            share = (NEAR_M - here[2]) / (there[2] - here[2])
            kept.append(here + share * (there - here))
    return np.array(kept, np.float32).reshape(-1, 3)


def _rays(camera: Camera) -> tuple[F32, F32, F32, F32]:
    w, h = camera.size_wh
    u = (np.arange(w, dtype=np.float32) + 0.5 - w / 2) / camera.focal_px
    v = (np.arange(h, dtype=np.float32) + 0.5 - h / 2) / camera.focal_px
    axes = _axes(camera.pose)
    dx, dy, dz = (axes[0, i] * u[None, :] + axes[1, i] * v[:, None] + axes[2, i] for i in range(3))
    norm = np.sqrt(u[None, :] ** 2 + v[:, None] ** 2 + 1)
    below = dz < -1e-3
    reach = np.where(below, -camera.pose.z / np.minimum(dz, -1e-3), np.inf).astype(np.float32)
    finite = np.where(below, reach, 0)
    return (
        np.clip(camera.pose.x + dx * finite, -2000, 2000).astype(np.float32),
        np.clip(camera.pose.y + dy * finite, -2000, 2000).astype(np.float32),
        (reach * norm).astype(np.float32),
        (dz / norm).astype(np.float32),
    )
