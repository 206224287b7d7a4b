"""What training sees of the gate."""

from __future__ import annotations

import numpy as np

from edge.scene.gate_days import LORRIES, clutter, gate_day
from edge.scene.lists import TRAINING
from edge.scene.traffic import USUAL
from edge.types import CLASSES


def test_the_same_seed_gives_the_same_pictures_and_labels() -> None:
    first, second = (list(gate_day(3, (320, 180), 2)) for _ in range(2))
    for (picture, truth), (again, same) in zip(first, second, strict=True):
        assert np.array_equal(picture, again)
        assert truth == same


def test_every_label_is_a_class_of_ours_and_lies_in_the_picture() -> None:
    actors = [actor for _, truth in gate_day(4, (320, 180), 4) for actor in truth.actors]
    assert actors
    assert {actor.kind for actor in actors} <= set(CLASSES)
    assert all(0 <= actor.box[0] < actor.box[2] <= 320 and 0 <= actor.box[1] < actor.box[3] <= 180 for actor in actors)


def test_some_days_are_seen_in_infra_red() -> None:
    pictures = [next(iter(gate_day(seed, (160, 90), 1)))[0] for seed in range(12)]
    gray = [np.array_equal(picture.min(axis=2), picture.max(axis=2)) for picture in pictures]
    assert any(gray)
    assert not all(gray)


def test_where_lorries_come_more_vehicles_are_large() -> None:
    def large(shares: tuple[float, ...]) -> int:
        days = (gate_day(seed, (160, 90), 3, shares=shares) for seed in range(6))
        return sum(actor.kind in ("truck", "bus") for day in days for _, truth in day for actor in truth.actors)

    assert large(LORRIES) > large(USUAL)


def test_other_things_stand_beside_the_roads_of_one_plan_and_none_on_them() -> None:
    plan = TRAINING.plans[0]
    days = [clutter(plan, TRAINING.earths[0], seed) for seed in range(8)]
    assert len({tuple((thing.kind, thing.x) for thing in day) for day in days if day}) > 4
    assert all(
        not plan.road[0] <= thing.x <= plan.road[1] or thing.y > plan.street_y[1] for day in days for thing in day
    )
