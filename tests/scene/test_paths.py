"""Paths are smooth and drives keep to their speeds."""

from __future__ import annotations

import numpy as np
import pytest

from edge.scene.paths import Drive, Go, Path, Wait

STRAIGHT = Path(((0, 0), (0, 10), (0, 40)))


def speeds(drive: Drive, step_s: float = 0.05) -> list[float]:
    found = []
    t_s = drive.start_s
    while (at := drive.place(t_s)) is not None:
        found.append(at[1])
        t_s += step_s
    return found


def test_a_path_passes_through_its_points_and_goes_straight_on_beyond_them() -> None:
    bent = Path(((0, 0), (5, 5), (10, 5), (15, 0)))
    spots = np.array([bent.at(s) for s in np.arange(0, bent.length_m, 0.05)])
    for point in bent.points:
        assert np.min(np.linalg.norm(spots - point, axis=1)) < 0.1
    assert STRAIGHT.at(45.0) == pytest.approx((0, 45))
    assert STRAIGHT.at(-5.0) == pytest.approx((0, -5))


def test_a_vehicle_heads_along_its_path() -> None:
    assert STRAIGHT.stand(20.0, 2.6).heading_deg == pytest.approx(90)


def test_a_path_that_never_gets_there_says_so() -> None:
    with pytest.raises(ValueError, match="never reaches"):
        STRAIGHT.reaches_y(99.0)


def test_a_drive_stops_where_told_waits_and_goes_on() -> None:
    drive = Drive(2.0, 0.0, 5.0, (Go(20.0, 5.0, stop=True), Wait(3.0), Go(40.0, 4.0)))
    assert drive.place(1.9) is None
    still = [t for t in np.arange(2.0, drive.end_s, 0.05) if abs((drive.place(t) or (0, 1))[1]) < 1e-6]
    assert still[-1] - still[0] == pytest.approx(3.0, abs=0.15)
    assert (drive.place(still[5]) or (0, 0))[0] == pytest.approx(20.0, abs=0.05)
    assert (drive.place(drive.end_s) or (0, 0))[0] == pytest.approx(40.0, abs=0.1)


def test_a_drive_neither_leaps_nor_speeds() -> None:
    drive = Drive(0.0, 0.0, 6.0, (Go(30.0, 6.0), Go(40.0, 2.5), Go(90.0, 7.0)))
    found = np.array(speeds(drive))
    assert np.max(found) <= 7.001
    assert np.max(np.diff(found) / 0.05) <= drive.pull_m_s2 + 0.2
    assert np.min(np.diff(found) / 0.05) >= -(drive.brake_m_s2 + 0.4)


def test_driving_to_a_smaller_place_is_reversing() -> None:
    drive = Drive(0.0, 10.0, 0.0, (Go(4.0, 1.5, stop=True),))
    assert min(speeds(drive)) == pytest.approx(-1.5, abs=0.1)
    assert (drive.place(drive.end_s) or (0, 0))[0] == pytest.approx(4.0, abs=0.05)
