"""Vehicles, not only tracks: who comes back keeps its identity, and who is somebody else gets one of his own."""

from __future__ import annotations

import gc
import tracemalloc

import numpy as np
import pytest

from edge.tracking import Tracker, TrackerSettings
from edge.types import TrackUpdate
from tests.tracking.scenes import BLUE, CAR, RED, TRUCK, at, car, drive, feed

GREEN = RED ^ 0xFFFF0000FFFF0000  # 32 bits from either


def alike(dhash: int, bits: int) -> int:
    """Return a hash that differs in so many bits."""
    return dhash ^ ((1 << bits) - 1)


def leave_to_the_right(tracker: Tracker, begin: float, dhash: int = RED) -> None:
    for t in np.arange(0, 0.8, 0.1).tolist():
        feed(tracker, begin + t, (car(900 + 320 * t, 300), CAR, dhash))
    for t in np.arange(0.8, 3.2, 0.2).tolist():
        feed(tracker, begin + t)


def come_back_from_the_right(tracker: Tracker, begin: float, dhash: int, class_id: int = CAR) -> TrackUpdate:
    for t in np.arange(0, 0.5, 0.1).tolist():
        update = feed(tracker, begin + t, (car(1120 - 200 * t, 300), class_id, dhash))
    return update


def vehicles(update: TrackUpdate) -> list[tuple[int, int]]:
    return [(track.track_id, track.vehicle_id) for track in update.active]


def test_a_vehicle_that_comes_back_within_a_minute_is_the_same_vehicle_on_another_track() -> None:
    tracker = Tracker()
    leave_to_the_right(tracker, 0)
    assert vehicles(come_back_from_the_right(tracker, 40, alike(RED, 6))) == [(2, 1)]


@pytest.mark.parametrize(
    ("begin", "dhash", "class_id"), [(70, RED, CAR), (40, GREEN, CAR), (40, RED, 3)], ids=["late", "unlike", "kind"]
)
def test_who_comes_too_late_or_looks_otherwise_or_is_of_another_kind_is_another(
    begin: float, dhash: int, class_id: int
) -> None:
    tracker = Tracker()
    leave_to_the_right(tracker, 0)
    assert vehicles(come_back_from_the_right(tracker, begin, dhash, class_id)) == [(2, 2)]


def test_of_two_like_vehicles_that_are_gone_neither_is_guessed() -> None:
    tracker = Tracker()
    for t in np.arange(0, 0.8, 0.1).tolist():
        left = 900 + 320 * t
        feed(tracker, t, (car(left, 240), CAR, RED), (car(left, 360), CAR, alike(RED, 1)))
    for t in np.arange(0.8, 3.2, 0.2).tolist():
        feed(tracker, t)
    assert vehicles(come_back_from_the_right(tracker, 30, alike(RED, 2))) == [(3, 3)]


def test_a_return_is_told_once_when_the_track_is_confirmed() -> None:
    tracker = Tracker()
    leave_to_the_right(tracker, 0)
    told = [feed(tracker, 20 + t, (car(1120 - 200 * t, 300), CAR, RED)).joined for t in np.arange(0, 0.6, 0.1).tolist()]
    assert [pairs for pairs in told if pairs] == [((2, 1),)]


def test_a_scene_cut_forgets_who_was_gone() -> None:
    tracker = Tracker()
    leave_to_the_right(tracker, 0)
    tracker.reset(at(10))
    assert vehicles(come_back_from_the_right(tracker, 12, RED)) == [(2, 2)]


def test_the_same_plate_is_the_same_vehicle_whatever_it_looks_like() -> None:
    tracker = Tracker()
    leave_to_the_right(tracker, 0)
    tracker.know(1, ["CF207358"])
    come_back_from_the_right(tracker, 30, BLUE)
    tracker.know(2, ["CF207358"])
    update = feed(tracker, 30.5, (car(1020, 300), CAR, BLUE))
    assert update.joined == ((2, 1),)
    assert vehicles(update) == [(2, 1)]


def test_two_tracks_with_one_plate_in_one_place_are_one_vehicle() -> None:
    tracker, lorry = Tracker(), (300.0, 200.0, 700.0, 500.0)
    for t in (0, 0.2, 0.4):
        feed(tracker, t, (lorry, TRUCK, RED))
    for t in (0.6, 0.8, 1.0):
        feed(tracker, t, (lorry, TRUCK, RED), ((560.0, 330.0, 760.0, 510.0), CAR, BLUE))
    tracker.know(1, ["CF748906"])
    tracker.know(2, ["CF748906"])
    update = feed(tracker, 1.2, (lorry, TRUCK, RED), ((560.0, 330.0, 760.0, 510.0), CAR, BLUE))
    assert vehicles(update) == [(1, 1), (2, 1)]


@pytest.mark.parametrize("known", [1, 2], ids=["the old one read last", "the new one read last"])
def test_another_plate_proves_a_like_vehicle_to_be_another(known: int) -> None:
    tracker, plates = Tracker(), {1: ["CF207358"], 2: ["CA776317"]}
    leave_to_the_right(tracker, 0)
    assert vehicles(come_back_from_the_right(tracker, 20, RED)) == [(2, 1)]
    tracker.know(3 - known, plates[3 - known])
    tracker.know(known, plates[known])
    assert vehicles(feed(tracker, 20.5, (car(1020, 300), CAR, RED))) == [(2, 2)]


def test_a_track_that_went_over_to_another_vehicle_is_parted() -> None:
    tracker = Tracker()
    drive(tracker, np.arange(0, 1, 0.1).tolist())
    assert tracker.part(1) == 2
    update = feed(tracker, 1.0, (car(300, 300), CAR, RED))
    assert [track.track_id for track in update.ended] == [1]
    assert [track.track_id for track in update.started] == [2]
    assert vehicles(update) == [(2, 2)]


def test_what_has_ended_or_was_never_confirmed_is_not_parted() -> None:
    tracker = Tracker()
    assert tracker.part(1) is None
    feed(tracker, 0, (car(100, 300), CAR, RED))
    assert tracker.part(1) is None


def test_a_jump_of_the_looks_is_noted_and_a_slow_turn_is_none() -> None:
    tracker = Tracker()
    for step in range(16):  # two bits a frame: a vehicle that turns
        update = feed(tracker, step / 10, (car(300 + step, 300), CAR, RED ^ ((1 << 2 * step) - 1)))
    assert update.active[0].jumped_ns is None
    update = feed(tracker, 1.6, (car(317, 300), CAR, BLUE))
    assert update.active[0].jumped_ns == at(1.6)


def test_the_distance_of_the_looks_is_told() -> None:
    tracker = Tracker()
    feed(tracker, 0, (car(300, 300), CAR, RED))
    assert feed(tracker, 0.1, (car(302, 300), CAR, alike(RED, 5))).active[0].bits == 5


def test_who_is_gone_is_remembered_in_bounded_memory() -> None:
    tracker, now = Tracker(), 0.0
    for number in range(80):
        leave_to_the_right(tracker, now, RED ^ number * 0x0101010101010101)
        now += 4
    assert len(tracker._gallery._gone) <= TrackerSettings().return_s / 4 + 1


@pytest.mark.slow
def test_a_week_of_traffic_leaves_no_more_in_memory_than_a_day() -> None:
    tracker, rng = Tracker(), np.random.default_rng(11)
    held: list[int] = []
    tracemalloc.start()
    try:
        for day in range(7):
            for visit in range(24 * 3):  # every twenty minutes somebody drives by the car that is parked all week
                _drive_by(tracker, day * 86_400 + visit * 1200, rng)
                assert len(tracker._tracks) <= 3
            gc.collect()
            held.append(tracemalloc.get_traced_memory()[0])
    finally:
        tracemalloc.stop()
    assert tracker._tracks[0].started_ns == 0
    assert held[-1] <= held[0] + 100_000


def _drive_by(tracker: Tracker, begin: float, rng: np.random.Generator) -> None:
    dhash, parked = int(rng.integers(2**63)), (car(60, 560), CAR, alike(RED, int(rng.integers(6))))
    for t in np.arange(0, 4, 0.4).tolist():
        feed(tracker, begin + t, parked, (car(200 + 240 * t, 200), CAR, dhash))
    for t in (5, 7, 9):
        feed(tracker, begin + t, parked)
    tracker.skip(at(begin + 1190))
