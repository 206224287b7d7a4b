"""Golden frames: rendered scenes that no training saw, the same bytes on every machine, made when they are needed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np

from edge.ports import Frame
from edge.scene import random_scene
from edge.types import CLASSES, F32, U8, VEHICLES
from edge.vision.frame import PlanarFrame

FRAMES = 48
SIZE_WH = (640, 360)
PLAIN_VISIBLE = 0.7
PLAIN_PX = 32
APART = 13
"""Scenes between two that share a frame of far ones; it has no divisor in common with FRAMES, so all pairs differ."""


@dataclass(frozen=True, slots=True, eq=False)
class GoldenFrame:
    """One scene. `plain` (N,4) float32: the vehicles nobody could miss, boxes in pixels of the frame."""

    frame: Frame
    plain: F32


def golden_frames(count: int = FRAMES) -> Iterator[GoldenFrame]:
    """Yield scenes of the renderer's proof list: day, dusk, night, infra-red and rain, in every kind of road."""
    for seed in range(count):
        yield _golden(seed)[0]


def trial_frames() -> Iterator[GoldenFrame]:
    """Yield the golden frames, then as many that show four of them at half their size each.

    Builds lose what is small first, and the scenes show little of that. Nothing in the far ones counts as plain.
    """
    small = []
    for seed in range(FRAMES):
        golden, picture = _golden(seed)
        small.append(np.asarray(cv2.resize(picture, (SIZE_WH[0] // 2, SIZE_WH[1] // 2), interpolation=cv2.INTER_AREA)))
        yield golden
    for first in range(FRAMES):
        one, two, three, four = (small[(first + place * APART) % FRAMES] for place in range(4))
        picture = np.vstack([np.hstack([one, two]), np.hstack([three, four])]).astype(np.uint8)
        yield GoldenFrame(_frame(picture, FRAMES + first), np.zeros((0, 4), np.float32))


def _golden(seed: int) -> tuple[GoldenFrame, U8]:
    picture, truth = random_scene(seed, list_name="proof", size_wh=SIZE_WH)
    plain = [
        actor.box
        for actor in truth.actors
        if actor.kind in VEHICLES.intersection(CLASSES)
        and actor.visible_fraction >= PLAIN_VISIBLE
        and min(actor.box[2] - actor.box[0], actor.box[3] - actor.box[1]) >= PLAIN_PX
    ]
    return GoldenFrame(_frame(picture, seed), np.asarray(plain, np.float32).reshape(-1, 4)), picture


def _frame(picture: U8, seq: int) -> Frame:
    return PlanarFrame.from_rgb(picture, camera_id="golden", seq=seq, wall_ns=0, mono_ns=0, pts_ns=0)
