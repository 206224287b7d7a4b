"""The picture of what a detector gets wrong: the plainest faults, and never a big file."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from edge.errors import UsageError
from edge.ports import Frame
from edge.types import Detections
from edge.workshop.failures import MOST_BYTES, SHARES, TILE_WH, find_failures, plainest, write_sheet
from edge.workshop.faults import Fault
from edge.workshop.labelled import Example

SCENE = np.random.default_rng(1).integers(0, 255, (360, 640, 3), np.uint8)


class Blind:
    """Finds one person that is not there, and nothing else."""

    label = "blind"

    def detect(self, frame: Frame) -> Detections:
        del frame
        return Detections(np.array([[5, 5, 40, 90]], np.float32), np.array([0.7], np.float32), np.array([5], np.int16))


def example(*boxes: tuple[float, ...]) -> Example:
    rows = np.asarray(boxes, np.float32).reshape(-1, 5)
    return Example(SCENE, rows, np.zeros(len(rows), bool), "scene")


def tile(kind: str, confidence: float = 0.0, side: float = 10.0) -> tuple[Fault, np.ndarray]:
    noise = np.random.default_rng(round(side)).integers(0, 255, (TILE_WH[1], TILE_WH[0], 3), np.uint8)
    return Fault(kind, "car", "", confidence, (0.0, 0.0, side, side)), noise


def test_every_fault_gets_a_tile_whatever_its_place_and_size() -> None:
    corners = [(0.0, 0.0, 0.0, 640.0, 360.0), (0.0, 600.0, 330.0, 639.0, 359.0), (0.0, 300.0, 0.0, 310.0, 5.0)]
    found = find_failures(Blind(), [example(*corners)], 0.25)
    assert sorted(fault.kind for fault, _ in found) == ["false", "miss", "miss", "miss"]
    assert {shown.shape for _, shown in found} == {(TILE_WH[1], TILE_WH[0], 3)}


def test_the_largest_misses_and_the_surest_false_boxes_are_chosen() -> None:
    tiles = [tile("miss", side=10.0 + n) for n in range(20)] + [tile("false", 0.3 + n / 100) for n in range(20)]
    chosen = [one[0] for one in plainest(tiles)]
    assert len(chosen) == sum(SHARES.values())
    assert chosen[0].box[2] == 29.0
    assert next(fault.confidence for fault in chosen if fault.kind == "false") == pytest.approx(0.49)


def test_the_picture_is_never_big_even_where_the_tiles_are_noise(tmp_path: Path) -> None:
    size = write_sheet([tile("miss", side=10.0 + n) for n in range(12)], tmp_path / "failures.jpg")
    assert size == (tmp_path / "failures.jpg").stat().st_size
    assert size <= MOST_BYTES
    shown = cv2.imread(str(tmp_path / "failures.jpg"))
    assert shown is not None
    assert shown.shape[1] > 4 * TILE_WH[0]


def test_a_folder_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be written"):
        write_sheet([tile("miss")], tmp_path / "none" / "failures.jpg")
