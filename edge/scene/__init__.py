"""The rendered gate scene and its truth: pure numpy and OpenCV, no I/O, no threads, no clock but the one passed in."""

from __future__ import annotations

from edge.scene.randomised import random_scene
from edge.scene.truth import CLASSES, ActorTruth, FrameTruth, PlateTruth

__all__ = ["CLASSES", "ActorTruth", "FrameTruth", "PlateTruth", "random_scene"]
