"""Changed pictures keep their boxes on the objects."""

from __future__ import annotations

import numpy as np
import pytest

from edge.workshop import augment

EFFECTS = (
    augment.weather,
    augment.colour,
    augment.night,
    augment.infrared,
    augment.rain,
    augment.blur,
    augment.noise,
    augment.lowres,
    augment.compress,
)


def picture_with_object() -> tuple[np.ndarray, np.ndarray]:
    picture = np.zeros((120, 160, 3), np.uint8)
    picture[40:80, 60:110] = 255
    return picture, np.array([[2, 60, 40, 110, 80]], np.float32)


@pytest.mark.parametrize("scale", [0.4, 0.9, 1.5])
@pytest.mark.parametrize("seed", range(6))
def test_a_box_stays_on_its_object(scale: float, seed: int) -> None:
    picture, boxes = picture_with_object()
    canvas = np.zeros((256, 416, 3), np.uint8)
    moved = augment.warp(picture, boxes, canvas, np.random.default_rng(seed), scale, (200.0, 130.0))
    bright = canvas[:, :, 0] > 128
    (left, *_, right), (top, *_, bottom) = (np.flatnonzero(bright.any(axis=axis)).tolist() for axis in (0, 1))
    seen = np.array([left, top, right + 1, bottom + 1])
    assert moved[0, 0] == 2
    np.testing.assert_allclose(moved[0, 1:], seen, atol=max(3.0, 5.0 * scale))


def test_a_box_pushed_out_of_the_picture_is_dropped() -> None:
    picture, boxes = picture_with_object()
    canvas = np.zeros((256, 416, 3), np.uint8)
    assert len(augment.warp(picture, boxes, canvas, np.random.default_rng(0), 1.0, (-100.0, 130.0))) == 0


def test_a_box_cut_by_the_edge_ends_there() -> None:
    picture, boxes = picture_with_object()
    canvas = np.zeros((256, 416, 3), np.uint8)
    moved = augment.warp(picture, boxes, canvas, np.random.default_rng(0), 1.0, (0.0, 130.0))
    assert moved[0, 1] == 0
    assert moved[0, 3] > 0


def test_an_empty_picture_stays_empty() -> None:
    picture, _ = picture_with_object()
    canvas = np.zeros((64, 64, 3), np.uint8)
    none = np.zeros((0, 5), np.float32)
    assert augment.warp(picture, none, canvas, np.random.default_rng(0), 0.5, (32.0, 32.0)).shape == (0, 5)


@pytest.mark.parametrize("effect", EFFECTS)
def test_an_effect_keeps_shape_and_type_and_follows_from_its_seed(effect: object) -> None:
    assert callable(effect)
    picture = np.random.default_rng(5).integers(0, 256, (90, 160, 3), np.uint8)
    first, second = effect(picture, np.random.default_rng(3)), effect(picture, np.random.default_rng(3))
    assert first.shape == picture.shape
    assert first.dtype == np.uint8
    np.testing.assert_array_equal(first, second)


def test_night_is_darker_and_infrared_has_no_colour() -> None:
    picture = np.random.default_rng(5).integers(0, 256, (90, 160, 3), np.uint8)
    assert augment.night(picture, np.random.default_rng(1)).mean() < 0.8 * picture.mean()
    grey = augment.infrared(picture, np.random.default_rng(1))
    np.testing.assert_array_equal(grey[..., 0], grey[..., 2])


def test_a_mirror_moves_the_boxes_with_the_picture() -> None:
    picture, boxes = picture_with_object()
    turned, moved = augment.mirrored(picture, boxes)
    assert moved.tolist() == [[2, 50, 40, 100, 80]]
    assert turned[40:80, 50:100].all()
    assert turned.sum() == picture.sum()


def test_what_is_left_of_a_vehicle_that_fills_the_picture_keeps_its_label() -> None:
    picture = np.full((400, 600, 3), 255, np.uint8)
    boxes = np.array([[2, 0, 0, 600, 400]], np.float32)
    canvas = np.zeros((256, 416, 3), np.uint8)
    moved = augment.warp(picture, boxes, canvas, np.random.default_rng(0), 1.0, (-150.0, -50.0))
    assert len(moved) == 1
    assert moved[0, 3] * moved[0, 4] < 0.25 * 600 * 400
