"""Rendered scenes with the corners of every plate in them: a set on disk to train the finder on.

A folder of gates holds `images/` and `corners.csv`: file, visible (1 or 0), then x and y of the four corners. A plate
that is not visible, because something hides it or it faces away, is neither a plate to be found nor none.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np

from edge.errors import ConfigError, UsageError
from edge.scene import random_scene
from edge.scene.gate_days import gate_day
from edge.types import F32, U8
from edge.vision.quads import outlines
from edge.workshop.finder.sources import Gate
from edge.workshop.pictures import write_jpeg

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from edge.scene import FrameTruth

TABLE = "corners.csv"
COLUMNS = ("file", "visible", "x0", "y0", "x1", "y1", "x2", "y2", "x3", "y3")
SIZE_WH = (960, 540)
MOMENTS = 12  # pictures of one gate in one light: its background is drawn once
STILLS = 4  # random roads to one gate


def render_gates(out: Path, count: int, seed: int) -> None:
    """Write about `count` scenes of the training list that show a plate, and the table of their corners.

    Raises:
        UsageError: the folder cannot be written.
    """
    try:
        (out / "images").mkdir(parents=True, exist_ok=True)
        with (out / TABLE).open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(COLUMNS)
            written = 0
            for name, picture, truth in _scenes(seed):
                plates = [plate for actor in truth.actors for plate in actor.plates]
                if not any(plate.visible for plate in plates):
                    continue
                write_jpeg(out / "images" / name, picture)
                for plate in plates:
                    corners = (f"{value:.2f}" for corner in plate.corners for value in corner)
                    writer.writerow((name, int(plate.visible), *corners))
                written += 1
                if written >= count:
                    return
    except OSError as error:
        raise UsageError(f"{out}: cannot be written ({error.strerror or error}); give another folder") from error


def _scenes(seed: int) -> Iterator[tuple[str, U8, FrameTruth]]:
    while True:
        for moment, (picture, truth) in enumerate(gate_day(seed, SIZE_WH, MOMENTS)):
            yield f"gate_{seed:06d}_{moment:02d}.jpg", picture, truth
        for number in range(seed * STILLS, (seed + 1) * STILLS):
            yield f"road_{number:06d}.jpg", *random_scene(number, list_name="training", size_wh=SIZE_WH)
        seed += 1


def read_gates(data: Path) -> list[Gate]:
    """Read a set that `render_gates` wrote.

    Raises:
        ConfigError: the table is missing or a line of it is wrong.
    """
    path = data / TABLE
    shown: dict[str, list[F32]] = defaultdict(list)
    hidden: dict[str, list[F32]] = defaultdict(list)
    try:
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                quad = np.array([float(row[name]) for name in COLUMNS[2:]], np.float32).reshape(4, 2)
                (shown if row["visible"] == "1" else hidden)[row["file"]].append(quad)
    except OSError as error:
        raise ConfigError(
            f"{path}: {error.strerror or error}; make it with `edge models render --view plates`"
        ) from error
    except (KeyError, TypeError, ValueError) as error:
        raise ConfigError(f"{path}: is not as `edge models render` wrote it ({error}); make the set again") from error
    return [
        Gate(data / "images" / name, np.stack(quads), outlines(np.array(hidden[name], np.float32).reshape(-1, 4, 2)))
        for name, quads in shown.items()
    ]
