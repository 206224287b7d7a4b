"""The pictures of the decoder trial tell their own number, and are nowhere alike."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from edge.scene.pattern import number_at, trial_picture
from edge.types import U8


def luma(number: int, size_wh: tuple[int, int]) -> U8:
    return np.asarray(cv2.cvtColor(trial_picture(number, size_wh), cv2.COLOR_RGB2GRAY), np.uint8)


@pytest.mark.parametrize("size_wh", [(842, 474), (320, 180), (362, 202)])
def test_every_picture_tells_its_number_above_and_below(size_wh: tuple[int, int]) -> None:
    for number in (0, 1, 22, 39, 63):
        assert number_at(luma(number, size_wh), top=True) == number
        assert number_at(luma(number, size_wh), top=False) == number


def test_a_picture_without_a_number_tells_none() -> None:
    assert number_at(np.zeros((180, 320), np.uint8), top=True) is None
    assert number_at(np.full((180, 320), 255, np.uint8), top=False) is None


def test_neighbours_differ_in_every_strip_of_rows() -> None:
    one, next_one = luma(7, (842, 474)).astype(int), luma(8, (842, 474)).astype(int)
    strips = np.abs(one - next_one)[30:-30].reshape(-1, 18, 842).mean(axis=(1, 2))
    assert strips.min() > 8
