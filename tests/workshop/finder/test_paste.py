"""A plate is drawn where its corners are, taken out without a trace, and seen as a camera may see it."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from edge.types import F32
from edge.vision import quads as four
from edge.workshop.finder.paste import matching_light, seen_corners, set_plate, take_out


def quad(x: float, y: float, wide: float, high: float) -> F32:
    return np.array([[x, y], [x + wide, y], [x + wide, y + high], [x, y + high]], np.float32)


def test_a_plate_fills_its_corners_and_nothing_else() -> None:
    picture = np.full((100, 160), 60, np.uint8)
    corners = np.array([[40, 30], [110, 38], [106, 62], [38, 52]], np.float32)
    for seed in range(20):  # one in two gets a frame around it
        drawn = picture.copy()
        set_plate(drawn, np.full((72, 330), 200, np.uint8), corners, (1.0, 0.0), np.random.default_rng(seed))
        inside = np.zeros_like(picture)
        cv2.fillPoly(inside, [np.rint((corners - corners.mean(0)) * 0.92 + corners.mean(0)).astype(np.int32)], (1,))
        assert abs(float(drawn[inside == 1].mean()) - 200) < 12
        far = np.ones_like(picture)
        framed = corners + np.array([[-6, -6], [6, -6], [6, 12], [-6, 12]])
        cv2.fillPoly(far, [np.rint(framed).astype(np.int32)], (0,))
        assert (drawn[far == 1] == 60).all()


def test_the_first_corner_is_where_the_text_begins() -> None:
    picture = np.full((60, 120), 128, np.uint8)
    plate = np.full((40, 100), 250, np.uint8)
    plate[:20, :50] = 0
    set_plate(picture, plate, quad(10, 10, 100, 40), (1.0, 0.0), np.random.default_rng(0))
    assert float(picture[15:25, 20:50].mean()) < 60
    assert float(picture[35:45, 70:100].mean()) > 190


def test_a_plate_partly_beyond_the_picture_is_drawn_as_far_as_it_goes() -> None:
    picture = np.full((60, 60), 50, np.uint8)
    set_plate(picture, np.full((30, 90), 220, np.uint8), quad(-30, 40, 60, 30), (1.0, 0.0), np.random.default_rng(1))
    assert float(picture[45:58, 2:24].mean()) > 180
    set_plate(picture, np.full((30, 90), 220, np.uint8), quad(-90, -40, 60, 20), (1.0, 0.0), np.random.default_rng(1))


def test_what_is_taken_out_leaves_its_surroundings() -> None:
    picture = np.full((80, 120), 90, np.uint8)
    picture[30:50, 40:90] = 250
    take_out(picture, (40, 30, 90, 50), np.random.default_rng(2))
    assert abs(float(picture[30:50, 40:90].mean()) - 90) < 6
    assert (picture[:20] == 90).all()


@pytest.mark.parametrize("aspect", [4.7, 2.0, 1.2])
def test_corners_keep_the_order_in_which_a_plate_is_read(aspect: float) -> None:
    rng = np.random.default_rng(3)
    shapes = []
    for _ in range(300):
        corners = seen_corners(aspect, rng)
        across = np.roll(corners, -1, axis=0) - corners
        turn = across[:, 0] * np.roll(across, -1, axis=0)[:, 1] - across[:, 1] * np.roll(across, -1, axis=0)[:, 0]
        assert (turn > 0).all()
        assert abs(float(corners.mean())) < 1e-5
        width, height = four.size(corners)
        shapes.append(width / height)
    assert 0.6 * aspect < float(np.median(shapes)) < 1.1 * aspect
    assert float(np.ptp(shapes)) > 0.3 * aspect


def test_a_plate_takes_the_light_of_its_place() -> None:
    rng = np.random.default_rng(4)
    plate = np.tile(np.array([[20, 240]], np.uint8), (20, 50))
    dark = np.tile(np.array([[20, 60]], np.uint8), (10, 20))
    means = []
    for _ in range(200):
        factor, offset = matching_light(plate, dark, rng)
        means.append(float(plate.mean()) * factor + offset)
    assert 30 < float(np.median(means)) < 60
    assert max(means) > 160
