"""A gate camera as a fitter would mount it: the line whole and in the middle, plates large enough on every lane."""

from __future__ import annotations

import math

import numpy as np

from edge.scene.camera import Camera, Pose
from edge.scene.gate_plan import GatePlan
from edge.scene.light import Lamp, Rgb

_PLATE_M = 0.52
_PLATE_PX = 84.0  # frontal plates over the middle of the line, in a picture 1280 px wide
_WIDTH_PX = 1280
_ASIDE_M = 1.8  # from the middle of the road to where the camera hangs
_SEEN = (0.02, 0.98)
_LINE_AT = (0.42, 0.66)
_FLOOD: Rgb = (1.9, 1.85, 1.7)


def mounted(plan: GatePlan, rng: np.random.Generator) -> Pose:
    """A camera on a pole over the road, inside the site, aimed at the main line.

    Raises:
        ValueError: from no such place is the line seen as it should be.
    """
    for _ in range(200):
        pose = _drawn(plan, rng)
        if shows(plan, Camera(pose, (_WIDTH_PX, 720))):
            return pose
    raise ValueError(f"{plan.name}: no pole over the road shows the main line as a gate camera should")


def _drawn(plan: GatePlan, rng: np.random.Generator) -> Pose:
    left, right = plan.road
    x = (left + right) / 2 + float(rng.uniform(-_ASIDE_M, _ASIDE_M))
    z, focal = float(rng.uniform(4.3, 5.4)), float(rng.uniform(1.1, 1.5))
    target = ((left + right) / 2 + float(rng.uniform(-0.4, 0.4)), plan.line_y + float(rng.uniform(-0.3, 0.8)), 0.6)
    away = focal * _WIDTH_PX * _PLATE_M / (_PLATE_PX * float(rng.uniform(0.95, 1.1)))
    across, down = target[0] - x, z - target[2]
    along = math.sqrt(max(away**2 - across**2 - down**2, 4.0))
    yaw = math.degrees(math.atan2(across, along))
    pitch = math.degrees(math.atan2(down, math.hypot(across, along)))
    return Pose(x, target[1] - along, z, yaw, pitch, float(rng.uniform(-1.5, 1.5)), focal)


def shows(plan: GatePlan, camera: Camera) -> bool:
    """Whether the line lies across the middle, and the vehicles of both lanes are seen on either side of it."""
    left, right = plan.road
    ends, depth = camera.project(np.array([(left, plan.line_y, 0.0), (right, plan.line_y, 0.0)], np.float32))
    ends /= np.array(camera.size_wh, np.float32)
    low, high = (_SEEN[0], _LINE_AT[0]), (_SEEN[1], _LINE_AT[1])
    if (depth <= 1).any() or (ends < low).any() or (ends > high).any():
        return False
    spots = [
        (x + aside, plan.line_y + y, z)
        for x in (plan.entry_x, plan.exit_x)
        for aside in (-0.9, 0.9)
        for y, z in ((4.0, 1.5), (0.0, 0.0), (-1.6, 0.0))
    ]
    seen, depth = camera.project(np.array(spots, np.float32))
    seen /= np.array(camera.size_wh, np.float32)
    return bool((depth > 1).all() and (seen > 0).all() and (seen < 1).all())


def floodlight(pose: Pose) -> Lamp:
    """The lamp below the camera by which plates are read in the dark."""
    return Lamp((pose.x, pose.y, pose.z - 0.5), _FLOOD, 9.0)
