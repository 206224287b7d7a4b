"""Detections of one camera become tracks: one identity for one vehicle, for as long as it can be told apart."""

from __future__ import annotations

from edge.tracking.settings import TrackerSettings
from edge.tracking.tracker import Tracker

__all__ = ["Tracker", "TrackerSettings"]
