"""Figures are what the field's own code makes of known answers."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from edge.types import Detections
from edge.workshop.evaluate import score
from edge.workshop.labelled import Example
from edge.workshop.region import Region

if TYPE_CHECKING:
    from edge.ports import Frame


class Canned:
    """A detector that answers from a list."""

    label = "canned"

    def __init__(self, answers: list[list[tuple[int, float, tuple[float, float, float, float]]]]) -> None:
        self._answers = iter(answers)

    def detect(self, frame: Frame) -> Detections:
        rows = next(self._answers)
        assert frame.size_wh == (100, 80)
        return Detections(
            np.array([row[2] for row in rows], np.float32).reshape(-1, 4),
            np.array([row[1] for row in rows], np.float32),
            np.array([row[0] for row in rows], np.int16),
        )


def example(*boxes: tuple[float, ...], optional: bool = False) -> Example:
    rows = np.asarray(boxes, np.float32).reshape(-1, 5)
    return Example(np.zeros((80, 100, 3), np.uint8), rows, np.full(len(rows), optional))


CAR = (0.0, 10.0, 10.0, 50.0, 40.0)
BUS = (2.0, 60.0, 10.0, 90.0, 70.0)


def test_perfect_answers_score_one() -> None:
    answers = [[(0, 0.9, CAR[1:]), (2, 0.8, BUS[1:])]]
    scores = score(Canned(answers), [example(CAR, BUS)], 0.5)
    assert (scores.map50, scores.map50_95, scores.vehicle.ap50) == pytest.approx((1.0, 1.0, 1.0))
    assert math.isnan(scores.classes[5].ap50)
    assert (scores.classes[0].recall, scores.classes[0].precision) == (1.0, 1.0)


def test_a_truck_found_as_bus_is_a_vehicle_found() -> None:
    scores = score(Canned([[(2, 0.9, CAR[1:])]]), [example((1.0, *CAR[1:]))], 0.5)
    assert scores.classes[1].ap50 == 0.0
    assert scores.vehicle.ap50 == pytest.approx(1.0)


def test_recall_and_precision_count_what_the_card_keeps() -> None:
    answers = [[(0, 0.9, CAR[1:]), (0, 0.6, (0.0, 50.0, 20.0, 70.0))], [(0, 0.2, CAR[1:])]]
    scores = score(Canned(answers), [example(CAR), example(CAR)], 0.5)
    assert (scores.classes[0].recall, scores.classes[0].precision) == (0.5, 0.5)
    assert scores.classes[0].boxes == 2


def test_what_need_not_be_found_is_neither_missed_nor_false() -> None:
    found = score(Canned([[(0, 0.9, CAR[1:])], [(0, 0.9, CAR[1:])]]), [example(CAR, optional=True), example(CAR)], 0.5)
    missed = score(Canned([[], [(0, 0.9, CAR[1:])]]), [example(CAR, optional=True), example(CAR)], 0.5)
    for scores in (found, missed):
        assert (scores.classes[0].boxes, scores.classes[0].recall, scores.classes[0].precision) == (1, 1.0, 1.0)


def test_sizes_are_counted_apart() -> None:
    small = (0.0, 70.0, 40.0, 80.0, 50.0)
    scores = score(Canned([[(0, 0.9, CAR[1:])]]), [example(CAR, small)], 0.5)
    assert [one.boxes for one in scores.sizes] == [1, 1, 0]
    assert (scores.sizes[0].recall, scores.sizes[1].recall) == (0.0, 1.0)
    assert scores.sizes[1].precision == 1.0
    assert math.isnan(scores.sizes[2].recall)
    assert (scores.every.recall, scores.every.f1) == pytest.approx((0.5, 2 / 3))


def test_what_meets_a_box_that_counts_is_found_though_its_own_centre_lies_beyond_the_border() -> None:
    region = Region(score=(np.array([[0, 0], [31, 0], [31, 80], [0, 80]], np.float32),))
    seen = replace(example(CAR), region=region)
    scores = score(Canned([[(0, 0.9, (14.0, 10.0, 54.0, 40.0))]]), [seen], 0.5)
    assert (scores.vehicle.recall, scores.vehicle.precision) == (1.0, 1.0)


def test_outside_the_region_nothing_is_false() -> None:
    region = Region(score=(np.array([[0, 0], [55, 0], [55, 80], [0, 80]], np.float32),))
    seen = replace(example(CAR), region=region)
    scores = score(Canned([[(0, 0.9, CAR[1:]), (2, 0.9, BUS[1:])]]), [seen], 0.5)
    assert scores.every.precision == 1.0


def test_kinds_that_were_not_labelled_are_not_false() -> None:
    seen = replace(example(CAR), kinds=frozenset({0}))
    scores = score(Canned([[(0, 0.9, CAR[1:]), (5, 0.9, BUS[1:])]]), [seen], 0.5)
    assert scores.every.precision == 1.0


def test_lights_are_counted_apart_and_false_boxes_of_every_class_count() -> None:
    person = (50.0, 50.0, 60.0, 70.0)
    answers = [[(1, 0.9, CAR[1:])], [(5, 0.9, person)], [(0, 0.9, CAR[1:]), (0, 0.1, BUS[1:])]]
    day, dark = replace(example(CAR), light="day"), replace(example(CAR), light="dark")
    found = {one.name: one for one in score(Canned(answers), [day, dark, day], 0.5).lights}
    assert (found["day"].pictures, found["day"].boxes, found["day"].recall) == (2, 2, 1.0)
    assert found["day"].false_per_100 == 0  # a car taken for a truck is a vehicle found
    assert (found["dark"].recall, found["dark"].false_per_100) == (0.0, 100.0)
