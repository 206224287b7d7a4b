"""Text lines out of a probability map."""

from __future__ import annotations

import math

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.inference.textboxes import STEP_PX, UNCLIP, network_size, slant_deg, text_areas
from edge.types import F32
from edge.vision import quads


def _map(centre: tuple[float, float], wide: float, high: float, angle: float, value: float = 0.9) -> F32:
    corners = cv2.boxPoints((centre, (wide, high), angle))
    out = np.zeros((256, 320), np.float32)
    cv2.fillPoly(out, [np.round(corners).astype(np.int32)], (value,))
    return out


@pytest.mark.parametrize("angle", [0.0, 10.0, -20.0])
def test_a_marked_core_grows_back_to_its_line(angle: float) -> None:
    (area,) = text_areas(_map((150, 120), 100, 16, angle), (320, 256))
    grown = 2 * 100 * 16 * UNCLIP / (2 * (100 + 16))
    width_px, height_px = quads.size(area.quad)
    assert width_px == pytest.approx(100 + grown, abs=6)
    assert height_px == pytest.approx(16 + grown, abs=6)
    np.testing.assert_allclose(area.quad.mean(axis=0), [150.5, 120.5], atol=1.5)
    assert slant_deg(area.quad) == pytest.approx(abs(angle), abs=2)
    assert area.score == pytest.approx(0.9, abs=0.15)


def test_boxes_come_in_pixels_of_the_picture_that_was_scaled() -> None:
    (small,) = text_areas(_map((150, 120), 100, 16, 0), (320, 256))
    (large,) = text_areas(_map((150, 120), 100, 16, 0), (960, 512))
    np.testing.assert_allclose(large.quad, small.quad * [3, 2], rtol=1e-5)


def test_faint_and_tiny_marks_are_no_lines() -> None:
    assert text_areas(_map((150, 120), 100, 16, 0, 0.25), (320, 256)) == ()
    assert text_areas(_map((150, 120), 100, 16, 0, 0.4), (320, 256)) == ()
    assert text_areas(_map((150, 120), 2, 1, 0), (320, 256)) == ()
    assert text_areas(np.zeros((64, 64), np.float32), (64, 64)) == ()


def test_two_lines_are_two_and_the_larger_comes_first() -> None:
    both = np.maximum(_map((80, 60), 60, 12, 0), _map((200, 180), 120, 14, 0))
    first, second = text_areas(both, (320, 256))
    assert quads.size(first.quad)[0] > quads.size(second.quad)[0]


@given(wide=st.integers(1, 4000), high=st.integers(1, 4000), pixels=st.integers(50_000, 300_000))
@settings(deadline=None)
def test_the_input_size_fits_the_network_and_the_budget(wide: int, high: int, pixels: int) -> None:
    size = network_size(wide, high, pixels)
    assert all(side % STEP_PX == 0 and side > 0 for side in size)
    steps = STEP_PX * STEP_PX
    assert size[0] * size[1] <= pixels + (size[0] + size[1]) * STEP_PX / 2 + steps or min(size) == STEP_PX
    assert size[0] <= 2 * wide + STEP_PX
    assert size[1] <= 2 * high + STEP_PX


@given(angle=st.floats(-40, 40), seed=st.integers(0, 99))
@settings(max_examples=50, deadline=None)
def test_corners_are_put_in_order_whatever_order_they_come_in(angle: float, seed: int) -> None:
    turn = math.radians(angle)
    level = np.array([[-60, -10], [60, -10], [60, 10], [-60, 10]]) @ np.array(
        [[math.cos(turn), math.sin(turn)], [-math.sin(turn), math.cos(turn)]]
    )
    quad = (level + 200).astype(np.float32)
    shuffled = quad[np.random.default_rng(seed).permutation(4)]
    np.testing.assert_allclose(quads.upright(shuffled), quad)
    assert quads.size(quad) == pytest.approx((120, 20), rel=1e-4)


def test_a_tilted_area_is_shown_straight() -> None:
    picture = np.zeros((200, 300, 3), np.uint8)
    corners = cv2.boxPoints(((150, 100), (120, 40), 15))
    cv2.fillPoly(picture, [np.round(corners).astype(np.int32)], (255, 255, 255))
    shown = quads.rectify(picture, quads.upright(np.asarray(corners, np.float32)), 120, 40)
    assert shown.shape == (40, 120, 3)
    assert np.min(shown[3:-3, 3:-3]) == 255
