"""A part of the pixels tier: rendered seconds of the proof list through the pipeline, as `edge eval gate` does it."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from edge.scene.camera import Camera
from edge.scene.commissioned import mounted, shows
from edge.scene.lists import LISTS
from edge.scene.replays import REPLAYS, SCENARIOS, SIZE_WH, played

ASKED = {"day", "night", "rain", "queue", "tailgate", "turn-back", "two-lanes", "hidden", "slow", "dirty"}


@pytest.mark.slow
def test_what_is_told_of_two_lanes_by_day_and_of_a_night_is_what_happened(tmp_path: Path) -> None:
    chosen = ["two-lanes-00", "night-01"]
    order = [sys.executable, "-m", "edge", "eval", "gate", "--tier", "pixels", "--only", *chosen, "--json"]
    done = subprocess.run(
        [*order, "--seconds", "36", "--cache", str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    *replays, total = map(json.loads, done.stdout.splitlines())
    assert {one["replay"] for one in replays} == set(chosen)
    assert total["passes"] >= 12
    assert (total["direction_accuracy"], total["false_passes"], total["plate_wrong_vehicle"]) == (1.0, 0, 0)
    assert total["visits_per_pass"] <= 1.02
    assert total["plate_exact_voted"] >= max(total["plate_exact_single"], 0.9)
    assert total["provisional_p95_s"] <= 1.0
    assert total["tiers"]["pixels"]["passes"] == total["passes"]


def test_every_scenario_that_is_asked_for_is_in_both_lists() -> None:
    assert set(SCENARIOS) >= ASKED
    for replays in REPLAYS.values():
        assert {one.scenario for one in replays} == set(SCENARIOS)


@pytest.mark.parametrize("name", sorted(LISTS))
def test_no_camera_of_the_replays_hangs_where_one_of_the_other_list_does(name: str) -> None:
    poses = {one.name: played(LISTS[name], one, SIZE_WH, 8.0).story.camera.pose for one in REPLAYS[name]}
    others = [other for list_name in LISTS if list_name != name for other in LISTS[list_name].poses]
    assert len(set(poses.values())) == len(poses)
    assert not set(poses.values()) & set(others)


@pytest.mark.parametrize("source", LISTS.values(), ids=lambda source: source.name)
def test_a_camera_is_mounted_so_that_plates_on_the_line_can_be_read(source: object) -> None:
    for plan in source.plans:  # type: ignore[attr-defined]  # a SceneList
        for seed in range(5):
            camera = Camera(mounted(plan, np.random.default_rng(seed)), SIZE_WH)
            assert shows(plan, camera)
            for x in (plan.entry_x, plan.exit_x):
                ends, _ = camera.project(
                    np.array([(x - 0.26, plan.line_y, 0.5), (x + 0.26, plan.line_y, 0.5)], np.float32)
                )
                assert math.dist(*ends) >= 70
