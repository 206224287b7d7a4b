"""What is asked of the network: cells in a plate's middle say it, cells outside do not, others may do as they like."""

from __future__ import annotations

import numpy as np
import pytest

from edge.types import F32
from edge.workshop.finder.targets import CORNERS, NONE, PLATE, PLATE_POWER, UNASKED, Canvas, targets


def plate(x1: float, y1: float, x2: float, y2: float) -> F32:
    return np.array([[x1, y1], [x2, y1], [x2, y2], [x1, y2]], np.float32)


def canvas(*quads: F32, unasked: F32 | None = None) -> Canvas:
    shown = Canvas(np.zeros((128, 192), np.uint8), np.array(quads, np.float32).reshape(-1, 4, 2))
    shown.known = np.full(len(quads), CORNERS, np.int8)
    if unasked is not None:
        shown.unasked = unasked
    return shown


def test_the_middle_of_a_plate_says_it_and_its_rim_is_not_asked() -> None:
    asked = targets(canvas(plate(40, 40, 120, 72)))
    assert asked.score[7, 10] == PLATE
    assert asked.score[7, 5] == UNASKED
    assert asked.score[7, 2] == NONE
    assert asked.score[12, 10] == NONE
    assert {tuple(cell) for cell in asked.cells.tolist()} == set(zip(*np.nonzero(asked.score == PLATE), strict=True))
    middles = (asked.cells[:, ::-1] + 0.5) * 8
    assert (middles >= (60, 48)).all()
    assert (middles <= (100, 64)).all()


def test_a_tiny_plate_has_the_cell_its_middle_lies_in() -> None:
    asked = targets(canvas(plate(50, 50, 62, 55)))
    assert asked.cells.tolist() == [[6, 7]]
    assert asked.weight.tolist() == [1.0]


def test_a_large_plate_weighs_more_than_a_small_one_but_not_by_its_cells() -> None:
    asked = targets(canvas(plate(20, 20, 180, 100)))
    assert len(asked.cells) > 20
    assert float(asked.weight.sum()) == pytest.approx(len(asked.cells) ** PLATE_POWER, rel=1e-4)


def test_every_cell_knows_its_own_plate() -> None:
    first, second = plate(16, 16, 80, 40), plate(100, 80, 180, 110)
    asked = targets(canvas(first, second))
    for (row, column), quad in zip(asked.cells.tolist(), asked.quads, strict=True):
        assert np.array_equal(quad, first if column < 11 and row < 7 else second)


def test_a_turned_plates_cells_lie_inside_it() -> None:
    turned = np.array([[40, 30], [130, 75], [122, 91], [32, 46]], np.float32)
    asked = targets(canvas(turned))
    middles = (asked.cells[:, ::-1] + 0.5) * 8
    along = (turned[1] - turned[0]) / np.linalg.norm(turned[1] - turned[0])
    away = (middles - turned.mean(axis=0)) @ np.array([-along[1], along[0]])
    assert len(middles) >= 3
    assert float(np.abs(away).max()) <= 6


@pytest.mark.parametrize(
    ("quad", "seen"),
    [
        (plate(-20, 40, 40, 60), plate(0, 40, 40, 60)),
        (plate(150, 40, 206, 60), plate(150, 40, 192, 60)),
        (plate(40, -8, 90, 16), plate(40, 0, 90, 16)),
        (
            np.array([[-20, 40], [40, 60], [40, 80], [-20, 60]], np.float32),
            np.array([[0, 40 + 20 / 3], [40, 60], [40, 80], [0, 60 + 20 / 3]], np.float32),
        ),
    ],
)
def test_of_a_cut_plate_is_asked_what_is_seen(quad: F32, seen: F32) -> None:
    asked = targets(canvas(quad))
    assert len(asked.cells) > 0
    assert np.allclose(asked.quads, seen, atol=1e-3)


@pytest.mark.parametrize(
    "quad", [plate(-30, 40, 30, 60), plate(165, 40, 219, 60), plate(40, 40, 47, 43), plate(40, 40, 80, 42)]
)
def test_cut_and_tiny_plates_are_neither_asked_for_nor_denied(quad: F32) -> None:
    asked = targets(canvas(quad))
    assert len(asked.cells) == 0
    assert (asked.score == PLATE).sum() == 0
    if quad[2, 1] - quad[0, 1] > 10:
        assert (asked.score == UNASKED).sum() > 0


def test_a_plate_mostly_out_of_the_picture_is_none() -> None:
    asked = targets(canvas(plate(-80, 40, 40, 90)))
    assert (asked.score == NONE).all()


def test_what_nobody_marked_is_not_asked_but_a_plate_in_it_is() -> None:
    asked = targets(canvas(plate(60, 60, 100, 76), unasked=np.array([[40, 40, 150, 100]], np.float32)))
    assert asked.score[6, 6] == UNASKED
    assert asked.score[8, 9] == PLATE
    assert asked.score[2, 2] == NONE


def test_an_empty_road_asks_for_nothing() -> None:
    asked = targets(canvas())
    assert (asked.score == NONE).all()
    assert asked.quads.shape == (0, 4, 2)
    assert asked.cells.shape == (0, 2)
