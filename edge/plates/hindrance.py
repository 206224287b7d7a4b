"""Why a vehicle has no plate: what its best view and the looks at it were like."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from edge.types import U8, NoPlate
from edge.vision.sharpness import sharpness

BLURRED = 0.02
"""Sharpness below which no plate can be read: of 150 street pictures of vehicles 95 % lie above .1; of the same
blurred until strokes run together, half lie below this."""
SATURATED = 250
GLARE = 0.15
"""Share of a picture that is burnt out: of the same pictures 1 in 100 has so much."""


def flaw_of(picture: U8) -> NoPlate:
    """Return what a look at a picture (H,W,3) uint8 RGB, in which no plate was found, suffered from."""
    grey = np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), np.uint8)
    if float(np.mean(grey >= SATURATED)) >= GLARE:
        return NoPlate.GLARE
    return NoPlate.BLURRED if sharpness(grey) < BLURRED else NoPlate.NOT_FOUND


def commonest(flaws: Sequence[NoPlate]) -> NoPlate:
    """Return the flaw of most looks; of equally common ones the first of the list of reasons."""
    return max(NoPlate, key=flaws.count)
