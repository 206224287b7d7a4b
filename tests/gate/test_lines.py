"""Crossings: both sides seen, the line itself passed, and the vehicle really moved."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.config import Line
from edge.gate.lines import CrossingSettings, Tripwires
from edge.types import Box, Crossing, Direction, TrackSnapshot, TrackState, TrackUpdate

SIZE = (1280, 720)
WALL_NS = 1_700_000_000_000_000_000
ACROSS = Line(id="gate", points=((0.2, 0.5), (0.8, 0.5)), road="main")  # y 360, from x 256 to x 1024, inside below
Look = tuple[float, Box]


def at(seconds: float) -> int:
    return round(seconds * 1e9)


def box(x: float, y: float, width: float = 140, height: float = 100) -> Box:
    """Return a box whose anchor is (x, y)."""
    return (x - width / 2, y - height, x + width / 2, y)


def snapshot(seconds: float, where: Box, hits: int, track_id: int = 1, class_id: int = 0) -> TrackSnapshot:
    state = TrackState.CONFIRMED if hits > 2 else TrackState.TENTATIVE
    return TrackSnapshot(track_id, state, where, class_id, 0.9, 0, hits, 0, at(seconds))


def follow(
    looks: Sequence[Look], line: Line = ACROSS, wires: Tripwires | None = None, track_id: int = 1
) -> list[tuple[float, Crossing]]:
    """Feed one track and return its crossings with the second at which each was told."""
    wires = wires or Tripwires([line])
    told = []
    for hits, (t, where) in enumerate(looks, 1):
        update = TrackUpdate(at(t), (snapshot(t, where, hits, track_id),))
        told += [(t, crossing) for crossing in wires.step(update, WALL_NS + at(t), SIZE)]
    return told


def drive(start: float, end: float, seconds: float, fps: float = 12.5, x: float = 640, t: float = 0.0) -> list[Look]:
    """Drive the anchor along y from `start` to `end`, ending there."""
    count = max(round(seconds * fps), 1)
    return [(t + i / fps, box(x, start + (end - start) * i / count)) for i in range(count + 1)]


@pytest.mark.parametrize("fps", [25, 12.5, 5, 2])
def test_a_vehicle_driving_over_the_line_crosses_once_at_the_moment_it_went_over(fps: float) -> None:
    told = follow(drive(200, 520, 4, fps))
    assert len(told) == 1
    crossing = told[0][1]
    assert (crossing.line_id, crossing.road_id, crossing.direction) == ("gate", "main", Direction.IN)
    assert crossing.at_ns == pytest.approx(at(2.0), abs=1e6)
    assert crossing.wall_ns - WALL_NS == crossing.at_ns


@pytest.mark.parametrize("speed", [60.0, 150.0, 400.0])
def test_a_crossing_is_told_within_a_second(speed: float) -> None:
    told = follow(drive(200, 560, 360 / speed, 12.5))
    assert len(told) == 1
    assert told[0][0] - told[0][1].at_ns / 1e9 <= 1.0


@pytest.mark.parametrize(
    ("start", "end", "inward", "expected"),
    [
        (200, 520, "right", Direction.IN),
        (520, 200, "right", Direction.OUT),
        (200, 520, "left", Direction.OUT),
        (520, 200, "left", Direction.IN),
    ],
)
def test_the_direction_follows_the_arrow_and_its_inner_side(
    start: float, end: float, inward: str, expected: Direction
) -> None:
    line = Line(id="gate", points=ACROSS.points, road="main", inward=inward)
    assert [crossing.direction for _, crossing in follow(drive(start, end, 3), line)] == [expected]


def test_turning_the_arrow_round_turns_the_direction_round() -> None:
    line = Line(id="gate", points=ACROSS.points[::-1], road="main")
    assert [crossing.direction for _, crossing in follow(drive(200, 520, 3), line)] == [Direction.OUT]


def test_the_extension_of_the_line_beyond_its_ends_does_not_count() -> None:
    assert not follow(drive(200, 520, 3, x=1100))
    assert follow(drive(200, 520, 3, x=1000))


def test_a_vehicle_that_went_round_the_end_crosses_when_it_comes_back_through() -> None:
    around = [*drive(200, 520, 3, x=1150), (3.2, box(900, 520)), *drive(520, 200, 3, x=640, t=3.4)]
    assert [crossing.direction for _, crossing in follow(around)] == [Direction.OUT]


def test_a_parked_car_that_trembles_on_the_line_never_crosses() -> None:
    rng = np.random.default_rng(2)
    looks = [(t / 10, box(640 + rng.normal(0, 4), 360 + rng.normal(0, 8))) for t in range(3000)]
    assert not follow(looks)


def test_a_car_that_arrives_and_parks_on_the_line_crosses_at_most_once() -> None:
    rng = np.random.default_rng(4)
    parked = [(3 + t / 10, box(640, 363 + rng.normal(0, 5))) for t in range(3000)]
    assert len(follow([*drive(200, 362, 2.5), *parked])) <= 1


def test_a_parked_car_hidden_from_below_by_passing_traffic_does_not_cross() -> None:
    whole, hidden = (500.0, 280.0, 700.0, 400.0), (500.0, 280.0, 700.0, 310.0)
    looks = [(t / 10, hidden if 20 < t % 100 < 80 else whole) for t in range(600)]
    assert not follow(looks)


def test_a_vehicle_first_seen_on_the_line_has_not_crossed_it() -> None:
    assert not follow(drive(365, 600, 2))


def test_a_turn_on_the_line_is_told_as_turned_back() -> None:
    told = [crossing for _, crossing in follow([*drive(200, 410, 2), *drive(410, 200, 2, t=2.1)])]
    assert [(crossing.direction, crossing.turned_back) for crossing in told] == [
        (Direction.IN, False),
        (Direction.OUT, True),
    ]


def test_a_nose_over_the_line_that_draws_back_is_no_crossing() -> None:
    assert not follow([*drive(200, 370, 2), *drive(370, 200, 2, t=2.1)])


def test_a_vehicle_that_cleared_the_line_and_comes_back_crosses_twice() -> None:
    told = [crossing for _, crossing in follow([*drive(200, 560, 3), *drive(560, 200, 3, t=3.1)])]
    assert [(crossing.direction, crossing.turned_back) for crossing in told] == [
        (Direction.IN, False),
        (Direction.OUT, False),
    ]


def test_a_vehicle_that_creeps_over_and_stops_is_told_though_it_never_gets_clear() -> None:
    stop = [(2.1 + t / 10, box(640, 380)) for t in range(20)]
    told = follow([*drive(200, 380, 2), *stop])
    assert [crossing.direction for _, crossing in told] == [Direction.IN]


def test_a_line_near_the_lower_border_counts_although_the_box_is_cut_off() -> None:
    line = Line(id="low", points=((0.2, 0.93), (0.8, 0.93)), road="main")  # y 670: 50 px to the border
    looks = [(t, (570.0, y - 250, 710.0, min(y, 720.0))) for t, (_, (_, _, _, y)) in enumerate(drive(400, 760, 2, 10))]
    assert [crossing.direction for _, crossing in follow([(t / 10, where) for t, where in looks], line)] == [
        Direction.IN
    ]


def test_a_way_over_that_nobody_saw_has_an_unknown_direction() -> None:
    looks = [*drive(200, 300, 1), (9.0, box(640, 500)), (9.1, box(640, 505))]
    assert [crossing.direction for _, crossing in follow(looks)] == [Direction.UNKNOWN]


def test_a_track_that_continues_another_on_the_line_crosses_for_it() -> None:
    wires, whole = Tripwires([ACROSS]), drive(200, 520, 3.2)
    told: list[Crossing] = []
    for number, (t, where) in enumerate(whole):
        track_id, hits = (1, number + 1) if number < 20 else (2, number - 19)
        seen = snapshot(t, where, hits, track_id)
        confirmed = (track_id, hits) == (2, 3)
        update = TrackUpdate(at(t), (seen,), (seen,) * confirmed, joined=((2, 1),) * confirmed)
        told += wires.step(update, WALL_NS + at(t), SIZE)
    assert [(crossing.track_id, crossing.direction) for crossing in told] == [(2, Direction.IN)]


def test_a_track_that_proves_only_later_to_be_another_keeps_what_it_crossed_itself() -> None:
    wires = Tripwires([ACROSS])
    wires.step(TrackUpdate(at(0), (snapshot(0, box(640, 200), 9, 1),)), WALL_NS, SIZE)
    told = follow(drive(200, 520, 3.2, t=0.1), wires=wires, track_id=2)
    later = TrackUpdate(at(3.4), (snapshot(3.4, box(640, 520), 50, 2),), joined=((2, 1),))
    assert len(told) == 1
    assert not wires.step(later, WALL_NS, SIZE)
    assert not wires.step(TrackUpdate(at(3.5), later.active), WALL_NS, SIZE)


def test_a_slanted_line_is_measured_in_pixels_and_not_in_shares_of_the_picture() -> None:
    line = Line(id="slant", points=((0.25, 0.0), (0.75, 1.0)), road="main")
    (x1, y1), (x2, y2) = ((x * SIZE[0], y * SIZE[1]) for x, y in line.points)
    normal = np.array([-(y2 - y1), x2 - x1]) / math.hypot(x2 - x1, y2 - y1)
    middle = np.array([(x1 + x2) / 2, (y1 + y2) / 2])
    looks = [(i / 12.5, box(*(middle + normal * (-200 + 10 * i)))) for i in range(41)]
    told = follow(looks, line)
    assert [crossing.direction for _, crossing in told] == [Direction.IN]
    assert told[0][1].at_ns == pytest.approx(at(20 / 12.5), abs=2e7)
    assert told[0][1].confidence == pytest.approx(1.0)


def test_tracks_not_yet_confirmed_cross_nothing() -> None:
    wires = Tripwires([ACROSS])
    for number, (t, where) in enumerate(drive(200, 520, 1)):
        seen = TrackSnapshot(1, TrackState.TENTATIVE, where, 0, 0.9, 0, number + 1, 0, at(t))
        assert not wires.step(TrackUpdate(at(t), (seen,)), WALL_NS, SIZE)


def test_ended_tracks_are_forgotten() -> None:
    wires = Tripwires([ACROSS])
    for number in range(200):
        t = number * 1.0
        track = snapshot(t, box(640, 200), 3, number)
        wires.step(TrackUpdate(at(t), (track,)), WALL_NS, SIZE)
        wires.step(TrackUpdate(at(t + 0.5), ended=(track,)), WALL_NS, SIZE)
    assert len(wires._memories) < 10


steps = st.lists(st.tuples(st.floats(-120, 120), st.floats(-60, 60)), min_size=1, max_size=60)


@settings(max_examples=200, deadline=None)
@given(steps=steps, start=st.floats(150, 600))
def test_crossings_alternate_and_follow_the_anchor(steps: list[tuple[float, float]], start: float) -> None:
    """However a track wanders: each crossing has a cause, and one way is followed by the other."""
    y, x, looks = start, 640.0, []
    for number, (dy, dx) in enumerate(steps):
        y, x = min(max(y + dy, 110), 715), min(max(x + dx, 300), 980)
        looks.append((number / 10, box(x, y)))
    told = [crossing for _, crossing in follow(looks)]
    known = [crossing.direction for crossing in told if crossing.direction is not Direction.UNKNOWN]
    assert all(one is not other for one, other in itertools.pairwise(known))
    assert [crossing.at_ns for crossing in told] == sorted(crossing.at_ns for crossing in told)
    heights = [where[3] for _, where in looks]
    clear = CrossingSettings().nose * 100
    for crossing in told:
        before = [h for (t, _), h in zip(looks, heights, strict=True) if at(t) <= crossing.at_ns]
        after = [h for (t, _), h in zip(looks, heights, strict=True) if at(t) >= crossing.at_ns]
        assert min(before) < 360 - clear or max(before) > 360 + clear
        assert min(after) < 360 - clear or max(after) > 360 + clear


def test_a_vehicle_has_cleared_a_line_once_coming_back_would_be_a_crossing_of_its_own() -> None:
    wires = Tripwires([ACROSS])
    assert wires.cleared(1, "gate")
    follow(drive(200, 400, 2), wires=wires)
    assert not wires.cleared(1, "gate")
    follow([(t + 2, where) for t, where in drive(400, 460, 1)], wires=wires)
    assert wires.cleared(1, "gate")
