"""The script tier: every kind has its scenes, each shows what it says, and the product tells of it and no more."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from functools import cache

import pytest

from edge.commands.eval_camera import ALIKE, EACH
from edge.gate.rules.table import TABLE
from edge.types import Anomaly
from edge.vision.camera_watch import KINDS
from edge.workshop.camera_health import cases
from edge.workshop.gate.anomalies import KindScore, summed
from edge.workshop.gate.scores import GateScore
from edge.workshop.gate.script.composed import composed, written
from edge.workshop.gate.script.days import Days
from edge.workshop.gate.script.expected import expected
from edge.workshop.gate.script.judged import judge
from edge.workshop.gate.script.play import Told, play
from edge.workshop.gate.script.tier import Judged, script_tier

POSITIVES, NEGATIVES = 10, 20


@cache
def every() -> tuple[Days, ...]:
    return tuple(written())


@cache
def played() -> tuple[Days, Told]:
    days = composed(1)
    return days, play(days)


def all_right(runs: list[Judged]) -> None:
    assert [line for one in runs for line in one.wrong] == []
    figures = sum((one.passes for one in runs), GateScore()).figures
    right = ("visit_precision", "visit_recall", "direction_accuracy")
    assert {name: figures[name] for name in right} == dict.fromkeys(right, 1.0)
    assert figures["false_passes"] == 0


def scenes_of(kind: str) -> Counter[bool]:
    """Return how many scenes show a kind, and how many only look so; the views of cameras are rendered cases."""
    if kind in KINDS:
        return Counter(name == kind for name, _ in cases(EACH, ALIKE))
    return Counter(scene.shows for days in every() for scene in days.scenes if scene.kind == kind)


@pytest.mark.parametrize("kind", [*TABLE, *KINDS])
def test_every_kind_has_ten_scenes_that_show_it_and_twenty_that_only_look_so(kind: str) -> None:
    scenes = scenes_of(kind)
    assert scenes[True] >= POSITIVES, f"{kind}: write scenes that show it in edge/workshop/gate/script"
    assert scenes[False] >= NEGATIVES, f"{kind}: write scenes that only look so in edge/workshop/gate/script"


def test_a_scene_shows_its_kind_or_does_not_as_it_says() -> None:
    wrong = [
        (days.name, scene.kind, scene.name)
        for days in every()
        for scene in days.scenes
        if scene.kind and scene.shows != any(one.kind == scene.kind for one in expected(replace(days, scenes=(scene,))))
    ]
    assert wrong == []


def test_no_anomaly_is_expected_that_no_scene_brings() -> None:
    for days in every():
        alone = Counter(
            one.kind for scene in days.scenes for one in expected(replace(days, scenes=(scene,))) if one.who != "clock"
        )
        assert alone == Counter(one.kind for one in expected(days) if one.who != "clock"), days.name


def test_days_are_the_same_every_time_they_are_written() -> None:
    assert composed(3).rides == composed(3).rides


def test_a_day_of_every_kind_is_told_of_as_it_was() -> None:
    days, told = played()
    scores, wrong = judge(days, told)
    assert wrong == ()
    assert set(scores) == set(TABLE) - {"clock-untrusted"}


@pytest.mark.slow
def test_all_that_is_scripted_is_told_and_nothing_else() -> None:
    runs = list(script_tier(every()))
    all_right(runs)
    for kind, score in summed(one.anomalies for one in runs).items():
        assert (score.found, score.false) == (score.n, 0), kind
        assert score.n >= POSITIVES, kind
        assert score.negatives >= NEGATIVES, kind
    assert set(summed(one.anomalies for one in runs)) == set(TABLE)


def test_one_of_each_story_about_the_clock_is_told_of_as_it_was() -> None:
    all_right(list(script_tier(days for days in every() if days.name.endswith(" 0"))))


def test_an_anomaly_too_few_is_missed_and_one_too_many_is_false() -> None:
    days, told = played()
    gone, *rest = (one for one in told.anomalies if one.kind == "wrong-road")
    others = [one for one in told.anomalies if one.kind != "wrong-road"]
    late = replace(gone, wall_ns=gone.wall_ns + 5_000_000_000)
    for heard, missed, false in (([], 1, 0), ([gone, gone], 0, 1), ([late], 1, 1)):
        scores, wrong = judge(days, replace(told, anomalies=[*others, *rest, *heard]))
        score = scores["wrong-road"]
        assert (score.n - score.found, score.false) == (missed, false)
        assert len(wrong) == missed + false


def test_an_anomaly_of_somebody_else_is_no_find() -> None:
    days, told = played()
    wrong_way = next(one for one in told.anomalies if one.kind == "wrong-way")
    other = next(one for one in told.anomalies if one.pass_id and one.kind == "tailgating")
    swapped: list[Anomaly] = [
        replace(one, pass_id=other.pass_id) if one is wrong_way else one for one in told.anomalies
    ]
    scores, _ = judge(days, replace(told, anomalies=swapped))
    assert scores["wrong-way"].false == 1


def test_counts_of_kinds_add_up_and_where_nothing_was_told_there_is_no_precision() -> None:
    total = summed([{"a": KindScore(2, 1, 2, 1)}, {"a": KindScore(2, 3, 1, 0), "b": KindScore(negatives=5)}])
    assert total["a"].figures == {"precision": 0.75, "recall": 0.75, "n": 4, "negatives": 4}
    assert total["b"].figures == {"precision": None, "recall": None, "n": 0, "negatives": 5}
