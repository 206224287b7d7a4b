"""A video with the boxes of tracked vehicles as truth, in the text format of the MOT challenge."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from edge.errors import ConfigError
from edge.types import F32
from edge.workshop.labelled import Example, marked
from edge.workshop.region import REGION_FILE, Region, read_region
from edge.workshop.texts import read_text
from edge.workshop.video import pictures_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TRUTH_FILE = "gt/gt.txt"
VIDEOS = frozenset({".mp4", ".mkv", ".avi", ".mov", ".ts"})
NOTE = "the tracked boxes name no class: they count as car, and only the figures of `vehicle` mean something"


def read_tracks(path: Path) -> dict[int, F32]:
    """Read a `gt.txt` (Milan et al., MOT16, 2016): for each frame from 1 its boxes (N,6) float32 in pixels.

    A row is 0 x1 y1 x2 y2 and whether it counts: boxes with the flag 0 need not be found.

    Raises:
        ConfigError: the file cannot be read or a line is not `frame,id,left,top,width,height,…`.
    """
    found: dict[int, list[tuple[float, ...]]] = {}
    lines = read_text(path, f"give the folder with {TRUTH_FILE}").splitlines()
    for number, line in enumerate(lines, start=1):
        try:
            frame, box = _numbered(line)
        except ValueError as error:
            raise ConfigError(f"{path}:{number}: {error}; a box is frame,id,left,top,width,height,…") from error
        found.setdefault(frame, []).append(box)
    return {frame: np.asarray(rows, np.float32) for frame, rows in found.items()}


def _numbered(line: str) -> tuple[int, tuple[float, ...]]:
    frame, _, left, top, width, height, *more = (float(word) for word in line.split(",")[:7])
    if not all(map(math.isfinite, (frame, left, top, width, height, *more))):
        raise ValueError("a value is not finite")
    return int(frame), (0.0, left, top, left + width, top + height, float(more != [0.0]))


def video_examples(video: Path, labels: Path, every: int = 1) -> Iterator[Example]:
    """Yield every K-th frame of a video with its boxes; outside a `region.json` beside them nothing counts.

    Raises:
        ConfigError: the labels are missing or wrong.
        SourceBroken: the video cannot be decoded.
    """
    tracks = read_tracks(labels / TRUTH_FILE)
    beside = labels / REGION_FILE
    region: Region | None = read_region(beside) if beside.is_file() else None
    for number, picture in pictures_of(video, every):
        rows = tracks.get(number + 1, np.empty((0, 6), np.float32))
        yield marked(picture, rows[:, :5], rows[:, 5] == 0, f"{video.stem} {number:06d}", region)
