"""Projection and its inverse agree."""

from __future__ import annotations

import numpy as np
import pytest

from edge.scene.camera import Camera, Pose

CAMERA = Camera(Pose(1.0, -2.0, 4.0, -12.0, 15.0, 3.0, 1.1), (640, 360))


def test_a_ground_point_projects_to_the_pixel_whose_ray_meets_it() -> None:
    x, y, distance, rise = CAMERA.rays()
    below = np.argwhere(rise < -0.05)[:: 9000 // 9]
    for row, column in below:
        px, _ = CAMERA.project(np.array([[x[row, column], y[row, column], 0.0]], np.float32))
        assert px[0] == pytest.approx((column + 0.5, row + 0.5), abs=0.05)
        assert distance[row, column] == pytest.approx(
            np.linalg.norm([x[row, column] - 1.0, y[row, column] + 2.0, 4.0]), rel=1e-3
        )


def test_rays_above_the_horizon_meet_no_ground() -> None:
    _, _, distance, rise = CAMERA.rays()
    assert np.isinf(distance[rise > 0]).all()
    assert np.isfinite(distance[rise < -0.01]).all()


def test_nearer_things_are_larger_and_higher_things_are_higher() -> None:
    px, depth = CAMERA.project(np.array([[0, 10, 0], [0, 20, 0], [0, 10, 2]], np.float32))
    assert depth[0] < depth[1]
    assert px[2, 1] < px[0, 1]
    assert px[1, 1] < px[0, 1]


def test_a_polygon_that_reaches_behind_the_camera_is_cut_and_one_wholly_behind_vanishes() -> None:
    through = CAMERA.ground([(-1, -20), (1, -20), (1, 20), (-1, 20)])
    behind = CAMERA.ground([(-1, -20), (1, -20), (1, -10), (-1, -10)])
    assert len(through) >= 3
    assert np.isfinite(through).all()
    assert behind.shape == (0, 2)
