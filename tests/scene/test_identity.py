"""The scripted sequences: repeatable, apart by list, and hard in the way they say, told from the truth alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations, pairwise

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from edge.scene.actors import Actor, drawn
from edge.scene.identity import EPISODES, SCENARIOS, Episode, in_pieces, poses_for, story
from edge.scene.materials import Material
from edge.scene.props import Prop
from edge.scene.rides import through
from edge.scene.right_of_way import Road
from edge.scene.story import Stage, Story

SMALL_WH = (160, 90)
ROWS = [(name, episode) for name, (_, episodes) in EPISODES.items() for episode in episodes]
VEHICLES = {"car", "truck", "bus", "motorcycle"}
F64 = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Seen:
    """A story seen every `step_s`: the visible share of each actor (T,), its anchor (T,2) and box (T,4) or nan."""

    played: Story
    step_s: float
    share: dict[int, F64]
    anchor: dict[int, F64]
    box: dict[int, F64]
    dark: bool

    def actor(self, number: int) -> Actor:
        return next(ride.actor for ride in self.played.rides if ride.actor.number == number)

    @property
    def vehicles(self) -> list[int]:
        return [number for number in self.share if self.actor(number).kind in VEHICLES]


def watch(list_name: str, episode: Episode, seconds: float | None = None) -> Seen:
    played = story(EPISODES[list_name][0], episode, SMALL_WH, seconds)
    stage, step_s = Stage(played), 0.4 if played.seconds < 100 else 1.0
    truths = [stage.frame(round(t_s * played.fps))[1] for t_s in np.arange(0, played.seconds, step_s)]
    numbers = sorted({one.actor for truth in truths for one in truth.actors})
    share = {number: np.zeros(len(truths)) for number in numbers}
    anchor = {number: np.full((len(truths), 2), np.nan) for number in numbers}
    box = {number: np.full((len(truths), 4), np.nan) for number in numbers}
    for at, truth in enumerate(truths):
        for one in truth.actors:
            share[one.actor][at] = one.visible_fraction * one.in_picture
            anchor[one.actor][at] = one.anchor
            box[one.actor][at] = one.box
    return Seen(played, step_s, share, anchor, box, all(truth.dark for truth in truths))


def gaps_s(seen: Seen, number: int, gone: float, plain: float) -> list[float]:
    """How long an actor was below `gone` each time between two moments above `plain`."""
    share = seen.share[number]
    return [
        float((share[a + 1 : b] < gone).sum() * seen.step_s)
        for a, b in pairwise(np.flatnonzero(share > plain))
        if (share[a + 1 : b] < gone).any()
    ]


def rests(seen: Seen, number: int) -> npt.NDArray[np.bool_]:
    """When an actor is seen where it was a step before (T,)."""
    moved = np.linalg.norm(np.diff(seen.anchor[number], axis=0), axis=1)
    return np.append(False, moved < 0.01) & (seen.share[number] > 0.15)


def touch(seen: Seen, a: int, b: int) -> npt.NDArray[np.bool_]:
    """When the boxes of two that can be seen overlap (T,)."""
    first, second = seen.box[a], seen.box[b]
    with np.errstate(invalid="ignore"):
        apart = (first[:, :2] >= second[:, 2:]).any(axis=1) | (second[:, :2] >= first[:, 2:]).any(axis=1)
    return ~apart & (seen.share[a] > 0.2) & (seen.share[b] > 0.2)


def a_vehicle_is_hidden_and_comes_out(seen: Seen) -> bool:
    return any(gap >= 1.0 for number in seen.vehicles for gap in gaps_s(seen, number, 0.2, 0.8))


def two_of_a_kind_are_seen_together(seen: Seen) -> bool:
    def paint(actor: Actor) -> object:
        return dict(actor.tints)[Material.PAINT]

    for a, b in combinations(seen.vehicles, 2):
        one, other = seen.actor(a), seen.actor(b)
        if one.shape == other.shape and paint(one) == paint(other):
            together = (seen.share[a] > 0.5) & (seen.share[b] > 0.5)
            near = np.abs(seen.anchor[a] - seen.anchor[b])[:, 0] < 0.25 * SMALL_WH[0]
            return bool(one.front != other.front and (together & near).sum() * seen.step_s >= 1.2)
    return False


def one_waits_all_the_while(seen: Seen) -> bool:
    waits = {number: rests(seen, number).sum() * seen.step_s for number in seen.vehicles}
    waiting = max(waits, key=lambda number: waits[number])
    met = sum(bool(touch(seen, waiting, number).any()) for number in seen.share if number != waiting)
    drives_on = np.max(seen.share[waiting][-3:]) < 0.2
    return bool(waits[waiting] >= seen.played.seconds - 45 and met >= seen.played.seconds / 100 and drives_on)


def it_is_dark_and_lamps_are_on(seen: Seen) -> bool:
    return seen.dark and all(ride.beams > 0.9 for ride in seen.played.rides) and many(seen, 6)


def many(seen: Seen, count: int) -> bool:
    return sum(bool(np.max(seen.share[number]) > 0.6) for number in seen.vehicles) >= count


def the_camera_sways(seen: Seen) -> bool:
    return seen.played.shake_px * 640 / SMALL_WH[0] > 1.0 and many(seen, 4)


def paths_cross(seen: Seen) -> bool:
    kinds = {seen.actor(number).kind for number in seen.vehicles}
    meetings = sum(bool(touch(seen, a, b).any()) for a, b in combinations(seen.share, 2))
    return "motorcycle" in kinds and meetings >= 3 and many(seen, 6)


def one_leaves_and_comes_back(seen: Seen) -> bool:
    return any(3 <= gap <= 60 for number in seen.vehicles for gap in gaps_s(seen, number, 0.1, 0.8))


def three_wait_and_move_up(seen: Seen) -> bool:
    waiting = [rests(seen, number) for number in seen.vehicles]
    together = np.max(np.sum(waiting, axis=0)) >= 3
    moved_up = sum((np.diff(one.astype(int)) == 1).sum() >= 2 for one in waiting)
    return bool(together) and moved_up >= 1


def there_is_a_crowd(seen: Seen) -> bool:
    kinds = {seen.actor(number).kind for number in seen.share}
    at_once = np.sum([share > 0.3 for share in seen.share.values()], axis=0)
    return len(kinds) >= 4 and many(seen, 10) and bool(np.max(at_once) >= 5)


PROMISES: dict[str, Callable[[Seen], bool]] = {
    "lorry": a_vehicle_is_hidden_and_comes_out,
    "twins": two_of_a_kind_are_seen_together,
    "boom": one_waits_all_the_while,
    "headlights": it_is_dark_and_lamps_are_on,
    "shake": the_camera_sways,
    "crossing": paths_cross,
    "return": one_leaves_and_comes_back,
    "queue": three_wait_and_move_up,
    "busy": there_is_a_crowd,
}


def test_the_same_list_scenario_and_seed_give_the_same_bytes_and_another_seed_others() -> None:
    source = EPISODES["proof"][0]
    first, again = (Stage(story(source, Episode("lorry", 0), SMALL_WH)).frame(150) for _ in range(2))
    assert first[0].tobytes() == again[0].tobytes()
    assert first[1] == again[1]
    assert Stage(story(source, Episode("lorry", 6), SMALL_WH)).frame(150)[0].tobytes() != first[0].tobytes()


def test_a_larger_picture_shows_the_same_story() -> None:
    source = EPISODES["tuning"][0]
    small, large = (story(source, Episode("return", 0), size) for size in (SMALL_WH, (1280, 720)))
    assert small.rides == large.rides


def test_the_proof_has_every_scenario_at_least_twice() -> None:
    names = [episode.scenario for episode in EPISODES["proof"][1]]
    assert len(names) >= 24
    assert all(names.count(scenario) >= 2 for scenario in SCENARIOS)
    assert {episode.scenario for episode in EPISODES["tuning"][1]} == set(SCENARIOS)


FIRSTS = {next(one for name, one in ROWS if name == "proof" and one.scenario == scenario) for scenario in PROMISES}
"""One of each scenario; the others are watched by `make tracks`."""


@pytest.mark.parametrize(("list_name", "episode"), ROWS, ids=[f"{name}-{episode.name}" for name, episode in ROWS])
def test_a_sequence_is_made_of_its_own_list_alone(list_name: str, episode: Episode) -> None:
    source = EPISODES[list_name][0]
    rows = {*source.cars, *source.trucks, *source.buses, *source.bikes, *source.people}
    played = story(source, episode)
    assert played.seed in source.seeds
    assert played.camera.pose in {pose for plan in source.plans for pose in poses_for(source, plan)}
    for ride in played.rides:
        actor = ride.actor
        assert actor.shape in rows
        assert actor.tow is None or actor.tow in source.trailers
        for look in (actor.front, actor.rear, actor.tow_plate):
            assert look is None or (look.layout in source.layouts and source.owns_text(look.text))


def test_the_two_lists_share_no_seed_and_no_gate() -> None:
    tuning, proof = ({story(source, one).seed for one in episodes} for source, episodes in EPISODES.values())
    assert not tuning & proof
    assert not {plan.name for plan in EPISODES["tuning"][0].plans} & {plan.name for plan in EPISODES["proof"][0].plans}


@pytest.mark.parametrize(
    ("list_name", "episode"),
    [
        pytest.param(
            list_name,
            episode,
            marks=pytest.mark.slow if episode in FIRSTS else pytest.mark.soak,
            id=f"{list_name}-{episode.name}",
        )
        for list_name, episode in ROWS
    ],
)
def test_a_sequence_holds_what_its_scenario_promises(list_name: str, episode: Episode) -> None:
    assert PROMISES[episode.scenario](watch(list_name, episode))


def test_a_shorter_wait_at_the_boom_is_a_wait_all_the_same() -> None:
    assert one_waits_all_the_while(watch("tuning", Episode("boom", 0), seconds=90.0))


def outlines(played: Story, t_s: float) -> list[tuple[int, tuple[tuple[float, float], tuple[float, float], float]]]:
    found = []
    for ride in played.rides:
        placed = ride.placed(t_s)
        for piece in placed.pieces if placed else ():
            stand, mesh = piece.stand, piece.body.mesh
            wide = 0.7 if ride.actor.kind in ("person", "bicycle", "motorcycle") else mesh.width_m
            found.append(
                (ride.actor.number, ((stand.x, stand.y), (mesh.length_m - 0.2, wide - 0.2), stand.heading_deg))
            )
    return found


@pytest.mark.parametrize("scenario", ["busy", "queue", "crossing", "twins"])
def test_nobody_drives_through_anybody(scenario: str) -> None:
    played = story(EPISODES["tuning"][0], Episode(scenario, 1))
    for t_s in np.arange(0, played.seconds, 0.5):
        for (a, one), (b, other) in combinations(outlines(played, float(t_s)), 2):
            if a != b:
                assert cv2.rotatedRectangleIntersection(one, other)[0] == cv2.INTERSECT_NONE, (t_s, a, b)


def test_a_boom_is_up_over_whoever_is_under_it() -> None:
    played = story(EPISODES["tuning"][0], Episode("busy", 1))
    plan = EPISODES["tuning"][0].plans[1]
    under = 0
    for t_s in np.arange(0, played.seconds, 0.2):
        for lane_x, barrier in zip((plan.entry_x, plan.exit_x), played.barriers, strict=True):
            for _, ((x, y), (length, _), _) in outlines(played, float(t_s)):
                if abs(x - lane_x) < 0.8 and abs(y - plan.boom_y) < length / 2:
                    under += 1
                    assert any(
                        start + barrier.swing_s / 2 < t_s < end - barrier.swing_s / 2 for start, end in barrier.up
                    )
    assert under > 20


def test_who_comes_into_the_way_waits_or_stays_away() -> None:
    source, plan = EPISODES["tuning"][0], EPISODES["tuning"][0].plans[0]
    rng = np.random.default_rng(1)
    first, second, third = (
        through(plan, drawn(source, "car", number, rng, 0.0), "street-near", 10.0, 6.0) for number in (1, 2, 3)
    )
    road = Road()
    assert road.add(first) == first
    assert road.add(second) is None
    later = road.add(third, latest_s=4.0)
    assert later is not None
    assert 0.5 < later.drive.start_s - third.drive.start_s < 2.0


def test_a_long_wall_becomes_a_row_of_short_ones_of_the_same_length() -> None:
    wall = Prop("wall", 2.0, 31.8, 90, (60.0, 0.25, 1.7), ((1, 1, 1), (0, 0, 0)), 1)
    pieces = in_pieces(wall)
    assert sum(piece.size[0] for piece in pieces) == pytest.approx(60)
    assert {round(piece.x, 6) for piece in pieces} == {2.0}
    assert np.mean([piece.y for piece in pieces]) == pytest.approx(31.8)
    assert [round(b.y - a.y, 6) for a, b in pairwise(pieces)] == [5.0] * 11
    hut = Prop("hut", 0, 0, 0, (9.0, 2.0, 2.0), ((1, 1, 1), (0, 0, 0)), 1)
    assert in_pieces(hut) == (hut,)
