"""Our tracker in the contest, and what it is without its hashes or without everything else."""

from __future__ import annotations

import math
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from edge.tracking import Tracker, TrackerSettings
from edge.workshop.tracks.contest import Answer

if TYPE_CHECKING:
    from edge.workshop.tracks.contest import Sight

NAME = "ours"
WITHOUT_HASH, HASH_ALONE = "ours-motion", "ours-hash"
ABLATION = (WITHOUT_HASH, HASH_ALONE)
WAIT_S = TrackerSettings().lost_s
"""For how long a track that went missing in plain sight is waited for."""
_ALL_BITS = 64


def settings_of(name: str) -> TrackerSettings:
    """Return the settings of `ours` or of one of ABLATION: what is left out neither costs nor forbids anything."""
    usual = TrackerSettings()
    if name == WITHOUT_HASH:
        rest = usual.weight_iou + usual.weight_motion
        return replace(
            usual,
            weight_iou=usual.weight_iou / rest,
            weight_motion=usual.weight_motion / rest,
            weight_hash=0.0,
            far_bits=_ALL_BITS,
            lost_bits=_ALL_BITS,
            way_bits=_ALL_BITS,
            return_bits=-1,
        )
    if name == HASH_ALONE:
        return replace(
            usual,
            weight_iou=0.0,
            weight_motion=0.0,
            weight_hash=1.0,
            gate_sigma=math.inf,
            area_ratio=math.inf,
            still_area_ratio=math.inf,
            lost_reach=math.inf,
            way_s=0.0,
            place_s=0.0,
            return_reach=math.inf,
        )
    return usual


class Ours:
    """`ours` or one of ABLATION as a contestant. Its time has that of the hashes in it where it looks at them."""

    wants_picture = False

    def __init__(self, name: str) -> None:
        self.name = name
        self._tracker = Tracker(settings_of(name))

    def step(self, sight: Sight) -> Answer:
        """Track one frame; tracks not yet confirmed are not told of."""
        began = time.perf_counter_ns()
        update = self._tracker.step(sight.found, sight.hashes, sight.at_ns, sight.size_wh)
        spent_ns = time.perf_counter_ns() - began + (0 if self.name == WITHOUT_HASH else sight.hash_ns)
        told = update.vehicles
        boxes = np.array([track.box for track in told], np.float32).reshape(-1, 4)
        return Answer(np.array([track.vehicle_id for track in told], np.int64), boxes, spent_ns)
