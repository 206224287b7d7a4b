"""Fittings lie on the plate, between and beside its characters, in the measure of the characters."""

from __future__ import annotations

import numpy as np
import pytest

from edge.types import F32, U8
from edge.workshop.plates.fittings import MOST_RADIUS, add_fittings, spot

HIGH, WIDE = 60, 200
ROW = np.array([[40, 30], [80, 30], [120, 30], [160, 30]], np.float32)
NOWHERE = np.zeros((0, 2), np.float32)


def _fitted(seed: int, centres: F32 = ROW) -> U8:
    plate = np.full((HIGH, WIDE), 200, np.uint8)
    add_fittings(plate, centres, np.random.default_rng(seed))
    return plate


@pytest.mark.parametrize("centres", [ROW, ROW[:1], NOWHERE], ids=["a row", "one character", "unknown places"])
def test_the_same_seed_draws_the_same_and_something_is_drawn(centres: F32) -> None:
    changed = [float((_fitted(seed, centres) != 200).mean()) for seed in range(60)]
    assert np.array_equal(_fitted(7, centres), _fitted(7, centres))
    assert sum(share > 0 for share in changed) > 50
    assert max(changed) < 0.4
    assert float(np.median(changed)) < 0.1


def test_many_fittings_stand_in_the_row_between_two_characters_or_one_step_beside_it() -> None:
    rng = np.random.default_rng(1)
    spots = [spot((HIGH, WIDE), ROW, rng) for _ in range(600)]
    in_row = [at for at in spots if at.high == 60]  # one and a half steps of 40 px; others have 0.6 of the height
    assert 150 < len(in_row) < 400
    along = [(at.x - 40) / 40 for at in in_row]
    between = [abs(share % 1 - 0.5) < 0.2 for share in along if 0 < share < 3]
    assert np.mean(between) > 0.9
    assert min(along) < 0
    assert max(along) > 3
    assert all(abs(at.y - 30) <= 0.45 * 60 + 1 for at in in_row)


def test_rows_are_never_joined() -> None:
    rng = np.random.default_rng(1)
    last_and_first = np.array([[150, 15], [50, 45]], np.float32)
    assert all(spot((HIGH, WIDE), last_and_first, rng).high == 0.6 * HIGH for _ in range(100))


def test_a_bolt_covers_no_whole_character() -> None:
    area = np.pi * (MOST_RADIUS * 60) ** 2
    assert area < 0.3 * 60 * 40
    assert all((_fitted(seed) != 200).sum() < 4 * 1.2 * area for seed in range(60))


@pytest.mark.parametrize("shape", [(8, 8), (8, 40), (14, 9)])
def test_the_smallest_plates_take_fittings(shape: tuple[int, int]) -> None:
    for seed in range(80):
        plate = np.full(shape, 200, np.uint8)
        places = np.array([[2, 4], [5, 4]], np.float32)
        add_fittings(plate, places, np.random.default_rng(seed))
        assert plate.shape == shape
