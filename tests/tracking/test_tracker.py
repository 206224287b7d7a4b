"""Identity: one vehicle, one track, whatever happens to the frames in between."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.tracking import Tracker, TrackerSettings
from edge.types import Box, TrackState
from tests.tracking.scenes import BLUE, CAR, PERSON, RED, SIZE, TRUCK, Look, at, car, drive, feed, frame, ids, started


@pytest.mark.parametrize("fps", [25, 12.5, 5, 2])
def test_a_vehicle_that_drives_through_is_one_track_at_any_frame_rate(fps: float) -> None:
    updates = drive(Tracker(), np.arange(0, 4, 1 / fps).tolist())
    assert started(updates) == [1]
    assert ids(updates[-1].active) == [1]


def test_one_look_alone_confirms_nothing() -> None:
    tracker = Tracker()
    update = feed(tracker, 0, (car(100, 300), CAR, RED))
    assert [track.state for track in update.active] == [TrackState.TENTATIVE]
    assert not update.started
    later = feed(tracker, 1.0)
    assert not later.ended, "what was never confirmed is not reported as ended"


@pytest.mark.parametrize("fps", [25, 10, 3])
def test_empty_frames_end_a_track_by_time_and_not_by_their_number(fps: float) -> None:
    tracker = Tracker()
    drive(tracker, [0, 0.1, 0.2, 0.3], speed=150)
    ends = [t for t in np.arange(0.4, 8, 1 / fps).tolist() if feed(tracker, t).ended]
    assert len(ends) == 1
    assert 0.3 + TrackerSettings().lost_s < ends[0] <= 0.3 + TrackerSettings().lost_s + 2 / fps


def test_a_lost_track_keeps_its_id_when_it_returns() -> None:
    tracker = Tracker()
    drive(tracker, np.arange(0, 1, 0.08).tolist(), speed=100)
    lost = feed(tracker, 1.5)
    assert ids(lost.lost) == [1]
    back = feed(tracker, 2.2, (car(300, 300), CAR, RED))
    assert ids(back.active) == [1]
    assert back.active[0].state is TrackState.CONFIRMED


def test_a_stranger_where_a_track_was_lost_is_another_track() -> None:
    tracker = Tracker()
    drive(tracker, np.arange(0, 1, 0.08).tolist(), speed=100)
    feed(tracker, 2.0)
    update = feed(tracker, 3.0, (car(420, 310), CAR, BLUE))
    assert ids(update.active) == [2]


def test_a_like_vehicle_far_off_the_way_of_a_lost_one_is_another_track() -> None:
    tracker, alike = Tracker(), RED ^ 0xFFFFF  # 20 bits: two vehicles of one colour in one light
    for t in np.arange(0, 1, 0.08).tolist():
        feed(tracker, t, (car(500, 180 - 60 * t, 140), CAR, RED))
    feed(tracker, 1.6)
    for t in (2.36, 2.44, 2.52):
        update = feed(tracker, t, (car(330, 500, 210), CAR, alike))
    assert ids(update.active) == [2]


def test_a_vehicle_behind_a_lorry_is_waited_for() -> None:
    tracker, lorry = Tracker(), (250.0, 200.0, 700.0, 500.0)
    looks = [
        feed(tracker, t, (car(100 + 150 * t, 320, 80), CAR, RED), (lorry, TRUCK, BLUE)) for t in (0, 0.2, 0.4, 0.6)
    ]
    for step in range(1, 100):  # ten seconds behind it
        update = feed(tracker, 0.6 + step * 0.1, (lorry, TRUCK, BLUE))
        assert not update.ended
    back = feed(tracker, 10.7, (lorry, TRUCK, BLUE), (car(330, 320, 80), CAR, RED))
    assert sorted(ids(back.active)) == sorted(ids(looks[0].active))


def hidden_by(front: Box, whole: Box) -> Box:
    """Return what is left of `whole` beside `front`, which moves before it from the left."""
    return (min(max(whole[0], front[2]), whole[2]), whole[1], whole[2], whole[3])


@pytest.mark.parametrize("fps", [12.5, 5])
def test_a_parked_car_half_and_then_wholly_hidden_by_a_passing_lorry_keeps_its_id(fps: float) -> None:
    tracker, parked = Tracker(), car(500, 300)
    for t in np.arange(0, 4, 1 / fps).tolist():
        feed(tracker, t, (parked, CAR, RED))
    for t in np.arange(4, 9, 1 / fps).tolist():
        right = 350 + (t - 4) * 120
        lorry = (right - 700, 150.0, right, 520.0)
        rest = hidden_by(lorry, parked)
        shown = [(rest, CAR, BLUE)] if rest[2] - rest[0] > 25 else []
        feed(tracker, t, (lorry, TRUCK, BLUE), *shown)
    seen = feed(tracker, 9.2, (parked, CAR, RED))
    assert ids(seen.active) == [1]


def test_the_next_in_the_queue_is_not_taken_for_the_one_that_drove_off_unseen() -> None:
    tracker = Tracker()
    for t in np.arange(0, 4, 0.1).tolist():
        feed(tracker, t, (car(500, 300), TRUCK, RED))
    for t in np.arange(4, 8, 0.1).tolist():
        feed(tracker, t)
    update = feed(tracker, 8.1, (car(510, 310, 70), CAR, BLUE))
    assert ids(update.active) == [2]


def test_a_box_does_not_shrink_on_while_it_is_hidden() -> None:
    tracker = Tracker()
    for t in np.arange(0, 1, 0.1).tolist():
        feed(tracker, t, (car(300 + 100 * t, 300), CAR, RED))
    for t in np.arange(1, 1.5, 0.1).tolist():
        whole = car(300 + 100 * t, 300)
        feed(tracker, t, ((whole[0], whole[1], whole[2] - (t - 1) * 200, whole[3]), CAR, RED))
    for t in np.arange(1.5, 3, 0.1).tolist():
        feed(tracker, t)
    left, top, right, bottom = tracker._motion.boxes[0]
    assert right - left > 40
    assert bottom - top > 60


def test_vehicles_that_pass_each_other_keep_their_ids() -> None:
    tracker = Tracker()
    for t in np.arange(0, 4, 0.08).tolist():
        looks = [(car(100 + 200 * t, 300), CAR, RED), (car(900 - 200 * t, 330), CAR, BLUE)]
        update = feed(tracker, t, *looks)
        assert {snapshot.dhash: snapshot.track_id for snapshot in update.active} == {RED: 1, BLUE: 2}


def test_a_parked_car_keeps_one_identity_for_an_hour_in_bounded_memory() -> None:
    tracker, rng = Tracker(), np.random.default_rng(3)
    for t in np.arange(0, 4, 0.2).tolist():
        feed(tracker, t, (car(400, 300), CAR, RED))
    assert not tracker.unsettled
    for step in range(750):  # every five seconds for more than an hour, a third of the looks missed
        dx, dy = rng.normal(0, 3, 2)
        dhash = RED ^ sum(1 << int(bit) for bit in rng.choice(64, 6, replace=False))
        look = [] if rng.random() < 0.33 else [(car(400 + dx, 300 + dy), CAR, dhash)]
        update = feed(tracker, 4 + step * 5, *look)
        assert not update.started
        assert not update.ended
    assert len(tracker._tracks) == 1
    assert len(tracker._tracks[0].poses) <= TrackerSettings().poses


def test_nothing_ends_while_nobody_looks() -> None:
    tracker = Tracker()
    drive(tracker, [0, 0.2, 0.4], speed=0)
    update = tracker.skip(at(600))
    assert not update.ended
    assert not update.active
    assert ids(feed(tracker, 600.2, (car(100, 300), CAR, RED)).active) == [1]


def test_a_track_is_unsettled_until_it_stands_still() -> None:
    tracker = Tracker()
    unsettled = [tracker.unsettled]
    drive(tracker, [0, 0.2, 0.4])
    unsettled.append(tracker.unsettled)
    for t in np.arange(0.6, 4, 0.2).tolist():
        feed(tracker, t, (car(180, 300), CAR, RED))
    unsettled.append(tracker.unsettled)
    assert unsettled == [False, True, False]


def test_the_class_is_voted_over_the_track() -> None:
    tracker = Tracker()
    for step in range(12):
        update = feed(tracker, step * 0.1, (car(100 + step * 10, 300), TRUCK if step % 4 == 0 else CAR, RED))
    assert [track.class_name for track in update.active] == ["car"]


def test_a_person_never_continues_a_car() -> None:
    tracker = Tracker()
    drive(tracker, [0, 0.1, 0.2], speed=10)
    update = feed(tracker, 0.3, (car(103, 300), PERSON, RED))
    assert ids(update.active) == [2]


def test_one_vehicle_called_car_and_truck_at_once_is_one_track() -> None:
    tracker = Tracker()
    for t in (0, 0.1, 0.2, 0.3):
        update = feed(tracker, t, (car(100, 300), CAR, RED), (car(102, 301), TRUCK, RED))
    assert len(update.active) == 1


def test_half_a_vehicle_found_once_more_starts_no_track() -> None:
    tracker = Tracker()
    for t in (0, 0.1, 0.2, 0.3):
        half: Box = (150.0 + 50 * t, 310.0, 238.0 + 50 * t, 399.0)
        update = feed(tracker, t, (car(100 + 50 * t, 300), CAR, RED), (half, CAR, BLUE))
    assert ids(update.active) == [1]


def test_a_bus_that_stops_behind_a_car_is_a_track_of_its_own() -> None:
    tracker = Tracker()
    for t in (0, 0.1, 0.2, 0.3):
        feed(tracker, t, (car(400, 400), CAR, RED))
    for t in (0.4, 0.5, 0.6, 0.7):
        update = feed(tracker, t, (car(400, 400), CAR, RED), ((300.0, 100.0, 700.0, 510.0), TRUCK, BLUE))
    assert len(update.active) == 2


def test_weak_detections_continue_a_track_and_start_none() -> None:
    tracker = Tracker()
    drive(tracker, [0, 0.1, 0.2], speed=100)
    update = feed(tracker, 0.3, (car(130, 300), CAR, RED), (car(800, 300), CAR, BLUE), confidence=0.25)
    assert ids(update.active) == [1]


@pytest.mark.parametrize("cut", ["reset", "size", "finish"])
def test_a_scene_cut_ends_every_track_and_ids_go_on(cut: str) -> None:
    tracker = Tracker()
    drive(tracker, [0, 0.1, 0.2])
    if cut == "size":
        update = tracker.step(*frame([]), at(0.3), (640, 360))
    else:
        update = tracker.reset(at(0.3)) if cut == "reset" else tracker.finish(at(0.3))
    assert ids(update.ended) == [1]
    assert [track.state for track in update.ended] == [TrackState.ENDED]
    again = tracker.step(*frame([(car(120, 300), CAR, RED)]), at(0.4), (640, 360) if cut == "size" else SIZE)
    assert ids(again.active) == [2]


def test_time_that_goes_back_is_refused() -> None:
    tracker = Tracker()
    feed(tracker, 1.0)
    with pytest.raises(ValueError, match=r"time went back by 0\.500 s"):
        feed(tracker, 0.5)


def test_hashes_must_be_parallel_to_detections() -> None:
    detections, _ = frame([(car(0, 0), CAR, RED)])
    with pytest.raises(ValueError, match="0 hashes for 1 detections"):
        Tracker().step(detections, np.empty(0, np.uint64), 0, SIZE)


def test_a_vehicle_that_left_the_picture_is_given_up_soon() -> None:
    tracker = Tracker()
    for t in np.arange(0, 1.2, 0.1).tolist():
        left = 900 + 300 * t
        feed(tracker, t, ((left, 300.0, min(left + 140, 1280.0), 400.0), CAR, RED))
    ends = [t for t in np.arange(1.2, 5, 0.1).tolist() if feed(tracker, t).ended]
    assert len(ends) == 1
    assert ends[0] - 1.1 < TrackerSettings().leave_s + 0.25


boxes = st.builds(
    car,
    st.floats(0, 1000, width=32),
    st.floats(0, 500, width=32),
    st.floats(20, 300, width=32),
)
looks = st.lists(st.tuples(boxes, st.integers(0, 5), st.integers(0, 2**64 - 1)), max_size=7)
scenes = st.lists(st.tuples(st.floats(0.02, 3.0), looks), min_size=1, max_size=8)


@settings(max_examples=60, deadline=None)
@given(scene=scenes, seed=st.integers(0, 2**32 - 1))
def test_the_order_of_detections_changes_nothing(scene: list[tuple[float, list[Look]]], seed: int) -> None:
    rng, one, other, now = np.random.default_rng(seed), Tracker(), Tracker(), 0.0
    for gap, rows in scene:
        now += gap
        shuffled = [rows[i] for i in rng.permutation(len(rows))]
        assert feed(one, now, *rows) == feed(other, now, *shuffled)


@settings(max_examples=60, deadline=None)
@given(scene=scenes)
def test_ids_never_repeat_and_every_started_track_ends_exactly_once(scene: list[tuple[float, list[Look]]]) -> None:
    tracker, now, begun, over = Tracker(), 0.0, [], []
    for gap, rows in scene * 2:
        now += gap
        update = feed(tracker, now, *rows)
        begun += ids(update.started)
        over += ids(update.ended)
        assert len(set(ids(update.active))) == len(update.active) <= len(rows)
        assert not set(ids(update.active)) & set(over)
    over += ids(tracker.finish(at(now + 1)).ended)
    assert len(set(begun)) == len(begun)
    assert sorted(over) == sorted(begun)
