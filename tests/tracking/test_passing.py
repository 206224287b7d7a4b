"""Vehicles that pass or hide each other, drive out where others come in, or are found twice: each stays who it is."""

from __future__ import annotations

import math

import numpy as np
import pytest

from edge.tracking import Tracker, TrackerSettings, border
from edge.tracking.joint import joint, places
from edge.types import Box, TrackUpdate
from tests.tracking.scenes import BLUE, CAR, PERSON, RED, SIZE, TRUCK, Look, car, feed

SETTINGS = TrackerSettings()


def outline(*boxes: Box) -> Box:
    left, top, right, bottom = zip(*boxes, strict=True)
    return min(left), min(top), max(right), max(bottom)


def who(update: TrackUpdate, box: Box) -> int:
    return next(track.vehicle_id for track in update.vehicles if np.allclose(track.box, box, atol=2))


def boxes(*some: Box) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    return np.array(some, np.float64).reshape(-1, 4)


def test_a_box_around_two_known_vehicles_holds_both() -> None:
    known = boxes(car(300, 300), car(400, 280))
    around = outline(car(300, 300), car(400, 280))
    assert joint(known, boxes(around, car(300, 300)), SETTINGS).tolist() == [[True, False], [True, False]]


def test_a_box_that_fits_one_of_two_vehicles_as_well_is_that_ones() -> None:
    """One stands before the other and hides it: the outline of both is the box of the nearer one."""
    lorry, behind = (300.0, 200.0, 640.0, 420.0), (360.0, 260.0, 500.0, 360.0)
    assert not joint(boxes(lorry, behind), boxes(lorry), SETTINGS).any()


def test_a_box_far_larger_than_two_vehicles_is_a_third_one() -> None:
    known = boxes(car(300, 300), car(440, 300))
    assert not joint(known, boxes((200, 0, 800, 420)), SETTINGS).any()


def test_one_vehicle_alone_is_never_in_a_joint_box() -> None:
    assert not joint(boxes(car(300, 300)), boxes((250, 250, 500, 450)), SETTINGS).any()
    assert joint(boxes(), boxes(car(0, 0)), SETTINGS).shape == (0, 1)


def test_the_edges_of_a_joint_box_place_who_should_reach_farthest() -> None:
    left, right = (300.0, 310.0, 440.0, 410.0), (420.0, 290.0, 560.0, 390.0)
    measured, doubt = places(boxes(left, right), np.array((310.0, 300.0, 580.0, 400.0)), SIZE)
    assert measured.tolist() == [[310, 300, 450, 400], [440, 300, 580, 400]]
    assert (doubt[:, :2] < doubt[:, 2:]).all()


def test_an_edge_that_the_border_of_the_picture_makes_tells_nothing() -> None:
    left, right = (-60.0, 300.0, 80.0, 400.0), (60.0, 300.0, 200.0, 400.0)
    measured, doubt = places(boxes(left, right), np.array((0.0, 300.0, 210.0, 400.0)), SIZE)
    assert measured[0, 0] == left[0]
    assert doubt[0, 0] > doubt[1, 0]


def meeting(second: float) -> tuple[Box, Box]:
    """Two cars of like size meet in the middle of the picture, at four seconds."""
    return car(200 + 100 * second, 300), car(1000 - 100 * second, 270)


def test_two_that_meet_in_one_box_keep_their_numbers() -> None:
    tracker = Tracker()
    for step in range(81):
        second = step / 10
        one, other = meeting(second)
        if abs(second - 4) < 1.2:
            update = feed(tracker, second, (outline(one, other), CAR, RED ^ 0xFFFF))
            assert {track.vehicle_id for track in update.vehicles} <= {1, 2}
        else:
            update = feed(tracker, second, (one, CAR, RED), (other, CAR, RED))
        if second == 1:
            before = who(update, one), who(update, other)
    assert (who(update, one), who(update, other)) == before


def test_two_that_stand_in_one_box_are_told_apart_for_seconds() -> None:
    tracker = Tracker()
    near, far = car(400, 300), car(370, 220, 70)
    for step in range(30):
        update = feed(tracker, step / 10, (near, CAR, RED), (far, CAR, RED))
    before = who(update, near), who(update, far)
    for step in range(30, 110):
        update = feed(tracker, step / 10, (outline(near, far), CAR, RED))
    assert (who(update, near), who(update, far)) == before
    update = feed(tracker, 11.0, (near, CAR, RED), (far, CAR, RED))
    assert (who(update, near), who(update, far)) == before


def test_who_is_in_a_joint_box_for_too_long_is_given_up() -> None:
    tracker = Tracker(TrackerSettings(held_s=2.0, parked_s=3.0))
    near, far = car(400, 300), car(370, 220, 70)
    for step in range(30):
        feed(tracker, step / 10, (near, CAR, RED), (far, CAR, RED))
    for step in range(30, 110):
        update = feed(tracker, step / 10, (outline(near, far), CAR, RED))
    assert len(update.vehicles) == 1


def driving_out(speed: float = -300.0) -> list[Look]:
    """What is seen of a car that drives out over the left border."""
    lefts = [400 + speed * step / 10 for step in range(20)]
    cars = [car(left, 300) for left in lefts]
    return [((max(x1, 0.0), y1, x2, y2), CAR, RED) for x1, y1, x2, y2 in cars if x2 > 12]


def test_who_comes_in_where_another_drives_out_is_another() -> None:
    """A moment later and in the same place: the box grows instead of going on to shrink."""
    tracker = Tracker()
    gone = driving_out()
    for step, look in enumerate(gone):
        feed(tracker, step / 10, look)
    for step in range(12):
        front = 20 + 30 * step
        update = feed(tracker, (len(gone) + step) / 10, ((max(front - 140.0, 0.0), 300, front, 400), CAR, RED))
    assert [track.vehicle_id for track in update.active] == [2]


def test_who_stops_half_out_of_the_picture_stays_who_he_is() -> None:
    tracker = Tracker()
    for step, look in enumerate(driving_out()[:17]):
        feed(tracker, step / 10, look)
    last = driving_out()[16]
    for step in range(17, 60):
        update = feed(tracker, step / 10, last)
    assert [track.track_id for track in update.active] == [1]


def test_the_reach_of_who_drives_out_only_shrinks() -> None:
    before = np.full((1, 4), np.inf)
    speeds = np.array([[-300.0, 0.0, -300.0, 0.0]])
    reach = border.limits(before, boxes((0, 300, 50, 400)), np.array([14000.0]), speeds, SIZE, SETTINGS)
    assert reach.tolist() == [[50, math.inf, math.inf, math.inf]]
    again = border.limits(reach, boxes((0, 300, 60, 400)), np.array([14000.0]), -speeds, SIZE, SETTINGS)
    assert again.tolist() == reach.tolist()
    assert border.turned_back(reach + 10, boxes((0, 300, 70, 400), (0, 300, 55, 400))).tolist() == [[True, False]]


@pytest.mark.parametrize(
    ("box", "speed"), [((0, 300, 130, 400), -300.0), ((0, 300, 50, 400), 0.0), ((200, 300, 250, 400), -300.0)]
)
def test_who_is_mostly_in_the_picture_or_stands_or_is_amid_it_does_not_drive_out(box: Box, speed: float) -> None:
    speeds = np.array([[speed, 0.0, speed, 0.0]])
    before = np.full((1, 4), np.inf)
    assert np.isinf(border.limits(before, boxes(box), np.array([14000.0]), speeds, SIZE, SETTINGS)).all()


WHOLE, FRONT = (300.0, 300.0, 540.0, 400.0), (455.0, 310.0, 540.0, 400.0)


def test_a_part_found_for_the_whole_or_the_whole_for_a_part_goes_on_for_it() -> None:
    """A pole hides the middle of a lorry: now its front is found, now all of it, and for two frames both."""
    tracker = Tracker()
    for step in range(10):
        feed(tracker, step / 10, (FRONT, TRUCK, RED))
    for step in range(10, 12):
        update = feed(tracker, step / 10, (FRONT, TRUCK, RED), (WHOLE, TRUCK, BLUE))
        assert len(update.vehicles) == 1
    for step in range(12, 20):
        update = feed(tracker, step / 10, (WHOLE, TRUCK, BLUE))
    assert [track.vehicle_id for track in update.active] == [1]


@pytest.mark.parametrize(
    ("second", "class_id"),
    [((300.0, 250.0, 540.0, 470.0), TRUCK), (WHOLE, CAR), (WHOLE, PERSON)],
    ids=["nearer", "class", "kind"],
)
def test_who_stands_elsewhere_or_is_of_another_class_is_another(second: Box, class_id: int) -> None:
    tracker = Tracker()
    for step in range(10):
        feed(tracker, step / 10, (FRONT, TRUCK, RED))
    for step in range(10, 12):
        feed(tracker, step / 10, (FRONT, TRUCK, RED), (second, class_id, BLUE))
    for step in range(12, 20):
        update = feed(tracker, step / 10, (second, class_id, BLUE))
    assert [track.vehicle_id for track in update.active] == [2]


def test_two_found_one_in_the_other_for_long_are_two() -> None:
    tracker = Tracker()
    for step in range(10):
        feed(tracker, step / 10, (FRONT, TRUCK, RED))
    for step in range(10, 25):
        update = feed(tracker, step / 10, (FRONT, TRUCK, RED), (WHOLE, TRUCK, BLUE))
    assert sorted(track.vehicle_id for track in update.active) == [1, 2]
