"""A few rendered minutes through the class that the service calls; all of them are played by `edge eval camera`."""

from __future__ import annotations

import pytest

from edge.commands.eval_camera import ALIKE, EACH
from edge.scene.view_cases import FAULTS, LOOK_ALIKES
from edge.workshop.camera_health import Played, cases, play, score


@pytest.mark.slow
@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_in_a_rendered_scene_is_noticed_within_a_minute(name: str) -> None:
    ((kind, after_s),) = play(name, 1).found
    assert kind == name
    assert 0 <= after_s < 60


@pytest.mark.slow
@pytest.mark.parametrize("name", ["rain", "lorry", "headlights"])
def test_what_only_looks_like_a_fault_is_none(name: str) -> None:
    assert play(name, 1).found == ()


def test_a_fault_missed_lowers_recall_and_one_found_elsewhere_precision() -> None:
    kind, other = FAULTS[:2]
    rows = (
        Played(kind, 0, ((kind, 42.0),), ()),
        Played(kind, 1, (), ()),
        Played(other, 0, ((other, 50.0), (kind, 55.0)), ()),
        Played("rain", 0, (), ()),
    )
    first, second = score(rows)[:2]
    assert (first.n, first.others, first.recall, first.precision) == (2, 2, 0.5, 0.5)
    assert (second.recall, second.precision, second.noticed_s(50)) == (1.0, 1.0, 50.0)


def test_ten_of_each_fault_and_twenty_look_alikes_are_played_by_default() -> None:
    names = [name for name, _ in cases(EACH, ALIKE)]
    assert all(names.count(name) >= 10 for name in FAULTS)
    assert sum(names.count(name) for name in LOOK_ALIKES) >= 20
