"""Preparations keep a picture a picture; what each is for shows in the pixels."""

from __future__ import annotations

import numpy as np
import pytest

from edge.types import U8
from edge.workshop.preparation import HIGH_PX, PREPARATIONS


def dull(high: int = 30) -> U8:
    """A plate with little contrast: dark strokes at 110 on 140, brighter to the right."""
    picture = np.full((high, 4 * high, 3), 140, np.uint8)
    picture[high // 4 : -high // 4, 5::12] = 110
    picture[:, 2 * high :] += 40
    return picture


@pytest.mark.parametrize("name", PREPARATIONS)
def test_every_preparation_gives_rgb_and_leaves_its_input_alone(name: str) -> None:
    picture = dull()
    before = picture.copy()
    prepared = PREPARATIONS[name](picture)
    assert prepared.dtype == np.uint8
    assert prepared.shape[2] == 3
    assert np.array_equal(picture, before)


def test_low_pictures_are_enlarged_and_high_ones_are_not() -> None:
    assert PREPARATIONS["bicubic"](dull(30)).shape[0] == HIGH_PX
    assert PREPARATIONS["bicubic"](dull(120)).shape[0] == 120


def test_equalising_spreads_the_brightness() -> None:
    assert np.ptp(PREPARATIONS["equalise"](dull())) > 2 * np.ptp(dull())
    assert np.ptp(PREPARATIONS["clahe"](dull())) > np.ptp(dull())


def test_a_threshold_leaves_black_and_white_under_uneven_light() -> None:
    ink = PREPARATIONS["threshold"](dull(96))
    assert set(np.unique(ink)) == {0, 255}
    left, right = np.hsplit(ink[24:-24, :, 0], 2)
    assert set(np.unique(left)) == set(np.unique(right)) == {0, 255}
