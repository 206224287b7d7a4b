"""A video with the boxes of tracked vehicles as truth, in the text format of the MOT challenge."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from edge.workshop.labelled import Example, marked
from edge.workshop.region import REGION_FILE, Region, read_region
from edge.workshop.tracks.mot_text import TRUTH_FILE, Truth, read_truth
from edge.workshop.video import pictures_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

VIDEOS = frozenset({".mp4", ".mkv", ".avi", ".mov", ".ts"})
NOTE = "the tracked boxes name no class: they count as car, and only the figures of `vehicle` mean something"


def video_examples(video: Path, labels: Path, every: int = 1) -> Iterator[Example]:
    """Yield every K-th frame of a video with its boxes; outside a `region.json` beside them nothing counts.

    Raises:
        ConfigError: the labels are missing or wrong.
        SourceBroken: the video cannot be decoded.
    """
    tracks = read_truth(labels / TRUTH_FILE)
    beside = labels / REGION_FILE
    region: Region | None = read_region(beside) if beside.is_file() else None
    for number, picture in pictures_of(video, every):
        true = tracks.get(number + 1, Truth.empty())
        boxes = np.insert(true.xyxy, 0, 0, axis=1)  # as cars, whatever they are
        yield marked(picture, boxes, ~true.counts, f"{video.stem} {number:06d}", region)
