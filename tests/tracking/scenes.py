"""Scripted detections for the tracker: boxes, classes and hashes, without a picture."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from edge.tracking import Tracker
from edge.types import CLASSES, U64, Box, Detections, TrackSnapshot, TrackUpdate

SIZE = (1280, 720)
CAR, TRUCK, PERSON = CLASSES.index("car"), CLASSES.index("truck"), CLASSES.index("person")
RED, BLUE = 0x0123456789ABCDEF, 0xFEDCBA9876543210  # 64 bits apart
Look = tuple[Box, int, int]


def at(seconds: float) -> int:
    return round(seconds * 1e9)


def car(x: float, y: float, size: float = 100.0) -> Box:
    return (x, y, x + 1.4 * size, y + size)


def frame(looks: Iterable[Look], confidence: float = 0.9) -> tuple[Detections, U64]:
    rows = list(looks)
    boxes = np.array([box for box, _, _ in rows], np.float32).reshape(-1, 4)
    classes = np.array([class_id for _, class_id, _ in rows], np.int16)
    hashes = np.array([dhash for _, _, dhash in rows], np.uint64)
    return Detections(boxes, np.full(len(rows), confidence, np.float32), classes), hashes


def feed(tracker: Tracker, seconds: float, *looks: Look, confidence: float = 0.9) -> TrackUpdate:
    return tracker.step(*frame(looks, confidence), at(seconds), SIZE)


def drive(
    tracker: Tracker, times: Sequence[float], speed: float = 200.0, dhash: int = RED, x: float = 100.0
) -> list[TrackUpdate]:
    return [feed(tracker, t, (car(x + speed * (t - times[0]), 300), CAR, dhash)) for t in times]


def ids(snapshots: Iterable[TrackSnapshot]) -> list[int]:
    return [snapshot.track_id for snapshot in snapshots]


def started(updates: Iterable[TrackUpdate]) -> list[int]:
    return [track_id for update in updates for track_id in ids(update.started)]
