"""Golden frames: rendered scenes that no training saw, the same bytes on every machine, made when they are needed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from edge.ports import Frame
from edge.scene import random_scene
from edge.types import CLASSES, F32, VEHICLES
from edge.vision.frame import PlanarFrame

FRAMES = 48
SIZE_WH = (640, 360)
PLAIN_VISIBLE = 0.7
PLAIN_PX = 32


@dataclass(frozen=True, slots=True, eq=False)
class GoldenFrame:
    """One scene. `plain` (N,4) float32: the vehicles nobody could miss, boxes in pixels of the frame."""

    frame: Frame
    plain: F32


def golden_frames(count: int = FRAMES) -> Iterator[GoldenFrame]:
    """Yield scenes of the renderer's proof list: day, dusk, night, infra-red and rain, in every kind of road."""
    for seed in range(count):
        picture, truth = random_scene(seed, list_name="proof", size_wh=SIZE_WH)
        plain = [
            actor.box
            for actor in truth.actors
            if actor.kind in VEHICLES.intersection(CLASSES)
            and actor.visible_fraction >= PLAIN_VISIBLE
            and min(actor.box[2] - actor.box[0], actor.box[3] - actor.box[1]) >= PLAIN_PX
        ]
        frame = PlanarFrame.from_rgb(picture, camera_id="golden", seq=seed, wall_ns=0, mono_ns=0, pts_ns=0)
        yield GoldenFrame(frame, np.asarray(plain, np.float32).reshape(-1, 4))
