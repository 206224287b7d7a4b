"""Replays: rides at the gate whose truth is known, the same for the same seed, each list of its own."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from edge.errors import ConfigError, UsageError
from edge.scene.identity import Episode
from edge.scene.lists import LISTS, PROOF
from edge.scene.replays import REPLAYS, SCENARIOS, played
from edge.scene.story import Stage
from edge.workshop.gate.rendered import chosen
from edge.workshop.gate.truth import ReplayTruth, TruePass, Witness, read_truth, write_truth

WH = (1280, 720)


def test_there_are_two_hundred_rides_in_every_scene_that_matters() -> None:
    stories = {one: played(PROOF, one).story for one in REPLAYS["proof"]}
    assert set(SCENARIOS) == {one.scenario for one in stories}
    at_gate = Counter(
        one.scenario
        for one, story in stories.items()
        for ride in story.rides
        if ride.actor.kind not in {"person", "bicycle"}
    )
    assert sum(at_gate.values()) >= 200
    assert min(at_gate.values()) >= 8


def test_the_same_replay_is_the_same_story_and_lists_do_not_meet() -> None:
    replay = Episode("day", 0)
    first, second = (played(PROOF, replay, (64, 36)) for _ in range(2))
    assert first.story.rides == second.story.rides
    assert first.lines == second.lines
    plates = {
        name: {
            ride.actor.front.text
            for one in REPLAYS[name][:4]
            for ride in played(source, one).story.rides
            if ride.actor.front
        }
        for name, source in LISTS.items()
    }
    assert plates["proof"]
    assert not plates["proof"] & plates["training"]


def test_a_line_of_every_replay_lies_well_inside_the_picture() -> None:
    for name, source in LISTS.items():
        for one in REPLAYS[name]:
            line = played(source, one).lines[0]
            assert line.end[0] - line.start[0] >= 0.35
            assert max(line.start[1], line.end[1]) <= 0.86


@pytest.mark.slow
def test_what_happens_is_told_as_passes_with_legible_plates_and_visits(tmp_path: Path) -> None:
    replay = Episode("slow", 0)
    staged = played(PROOF, replay, WH, 30.0)
    witness = Witness(staged.lines, WH)
    for _, truth in Stage(staged.story).frames():
        witness.add(truth)
    told = witness.tell(replay.name, replay.scenario, 5.0, 30.0)
    assert len(told.passes) >= 3
    assert [one.media_ns for one in told.passes] == sorted(one.media_ns for one in told.passes)
    assert all(set(one.plates) <= set(told.texts[one.vehicle]) for one in told.passes if one.plates)
    sides = [side for visit in told.visits for side in visit if side is not None]
    assert sorted(sides) == list(range(len(told.passes)))
    write_truth(tmp_path / "truth.json", told)
    assert read_truth(tmp_path / "truth.json") == told


def test_a_truth_that_is_none_is_refused_with_the_cure(tmp_path: Path) -> None:
    path = tmp_path / "truth.json"
    path.write_text("{}", encoding="utf-8")
    with pytest.raises(ConfigError, match="remove the folder, and the replay is rendered anew"):
        read_truth(path)
    good = ReplayTruth("a", "day", 5.0, 1.0, (TruePass(1, "car", "l", "in", 0, ()),), ((0, None),), {1: ("A",)})
    write_truth(path, good)
    assert read_truth(path) == good


def test_replays_are_chosen_by_name_or_scenario() -> None:
    assert [one.name for one in chosen("proof", ["queue", "day-01"])] == ["day-01", "queue-00", "queue-01"]
    with pytest.raises(UsageError, match="--only rian: not in the proof list; it has day-00"):
        chosen("proof", ["rian"])
