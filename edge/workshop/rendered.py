"""Labelled gate scenes from the renderer: a set on disk to train on, and examples of the proof list to measure by."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from edge.errors import UsageError
from edge.scene import random_scene
from edge.types import CLASSES, F32
from edge.workshop.evaluate import Example

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from edge.scene import ActorTruth

SET_NAME = "rendered"
SIZES_WH = ((640, 360), (640, 360), (480, 360))  # as cameras show it: two wide pictures to one of the old shape
PROOF_WH = (1280, 720)
JPEG_QUALITY = 92
KEEP_VISIBLE = 0.25  # less than this of an object is no label
MUST_FIND_VISIBLE = 0.5  # less than this of an object need not be found
SMALLEST = 8 / 640  # of the picture's width: smaller objects are no label


def render_set(out: Path, count: int, seed: int) -> None:
    """Write `count` scenes of the training list as a set under `out`; those already there are kept.

    Raises:
        UsageError: the folder cannot be written.
    """
    folder = out / SET_NAME
    try:
        for name in ("images", "labels"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        (folder / "classes.txt").write_text("\n".join(CLASSES) + "\n", encoding="utf-8")
        for number in range(seed, seed + count):
            picture = folder / "images" / f"{number:06d}.jpg"
            if not picture.exists():
                _write_scene(picture, folder / "labels" / f"{number:06d}.txt", number)
    except OSError as error:
        raise UsageError(f"{out}: cannot be written ({error.strerror or error}); give another folder") from error


def _write_scene(picture: Path, label: Path, number: int) -> None:
    size_wh = SIZES_WH[number % len(SIZES_WH)]
    rgb, truth = random_scene(number, list_name="training", size_wh=size_wh)
    lines = []
    for row in boxes_of(truth.actors, size_wh[0], KEEP_VISIBLE):
        x1, y1, x2, y2 = row[1:] / np.array(size_wh * 2)
        lines.append(f"{int(row[0])} {(x1 + x2) / 2:.5f} {(y1 + y2) / 2:.5f} {x2 - x1:.5f} {y2 - y1:.5f}")
    label.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    done, coded = cv2.imencode(".jpg", cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    if not done:
        raise UsageError(f"{picture}: the scene cannot be coded as JPEG; check the OpenCV installation")
    picture.write_bytes(coded.tobytes())  # last: a picture on disk always has its label


def boxes_of(actors: tuple[ActorTruth, ...], width_px: int, least_visible: float) -> F32:
    """Return the visible boxes (N,5) `class x1 y1 x2 y2` px of the actors that show enough of themselves."""
    rows = [
        (CLASSES.index(actor.kind), *actor.box)
        for actor in actors
        if actor.visible_fraction >= least_visible
        and min(actor.box[2] - actor.box[0], actor.box[3] - actor.box[1]) >= SMALLEST * width_px
    ]
    return np.asarray(rows, np.float32).reshape(-1, 5)


def proof_examples(count: int) -> Iterator[Example]:
    """Yield `count` scenes of the proof list at camera size; what is mostly hidden or tiny need not be found."""
    for seed in range(count):
        rgb, truth = random_scene(seed, list_name="proof", size_wh=PROOF_WH)
        every = boxes_of(truth.actors, 0, 0.0)
        asked = {tuple(row) for row in boxes_of(truth.actors, PROOF_WH[0], MUST_FIND_VISIBLE)}
        yield Example(rgb, every, np.array([tuple(row) not in asked for row in every], bool))
