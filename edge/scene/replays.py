"""Replays: rendered minutes at the gate with their true passes and visits, for `edge eval gate`."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from edge.scene import gate_site, replay_cases
from edge.scene.camera import Camera
from edge.scene.commissioned import floodlight, mounted
from edge.scene.identity import Episode, cut_up, lens, light_over
from edge.scene.ingredients import SceneList
from edge.scene.lists import LISTS
from edge.scene.right_of_way import Road, booms
from edge.scene.script import Script
from edge.scene.story import Story
from edge.scene.truth import LineTruth

SIZE_WH = (1280, 720)
_SECONDS = 70.0


@dataclass(frozen=True, slots=True)
class Scenario:
    """What happens, in which light and rain (0..1), at which rate; vehicles keep `headway_m` to who is ahead."""

    write: Callable[[Script], None] = replay_cases.usual
    light: str = "day"
    rain: float = 0.0
    fps: float = 12.5
    headway_m: float = 4.0


SCENARIOS = {
    "day": Scenario(),
    "dusk": Scenario(light="dusk"),
    "night": Scenario(light="night"),
    "infrared": Scenario(light="infrared"),
    "rain": Scenario(rain=0.8),
    "queue": Scenario(replay_cases.queue, headway_m=1.6),
    "tailgate": Scenario(replay_cases.tailgate, headway_m=1.6),
    "turn-back": Scenario(replay_cases.turn_back),
    "two-lanes": Scenario(replay_cases.two_lanes),
    "hidden": Scenario(replay_cases.hidden),
    "slow": Scenario(fps=5.0),
    "dirty": Scenario(replay_cases.dirty),
}


_ROUNDS = {"day": 3, "queue": 2, "two-lanes": 2, "night": 2, "rain": 2}
"""Seeds of a scenario, where there is more than one."""
REPLAYS = {
    source.name: tuple(Episode(name, seed) for name in SCENARIOS for seed in range(_ROUNDS.get(name, 1)))
    for source in LISTS.values()
}
"""The replays by list: figures come from `proof`; whatever is tuned is tuned on `training`."""


@dataclass(frozen=True, slots=True)
class Played:
    """A replay's story, and the counting lines that its camera sees."""

    story: Story
    lines: tuple[LineTruth, ...]


def played(
    source: SceneList, replay: Episode, size_wh: tuple[int, int] = SIZE_WH, seconds: float | None = None
) -> Played:
    """The replay, made of a list; the same arguments give the same story. `seconds`: another length.

    Raises:
        KeyError: there is no such scenario.
    """
    scenario = SCENARIOS[replay.scenario]
    lasts_s = seconds or _SECONDS
    rng = np.random.default_rng([source.seeds.start + replay.seed, zlib.crc32(replay.scenario.encode()), 9])
    plan = source.plans[int(rng.integers(len(source.plans)))]
    pose = mounted(plan, rng)
    lit = replace(plan, lamps=(*plan.lamps, floodlight(pose)))
    light_at = light_over(scenario.light, lit, lasts_s, rng)
    light = light_at(0.0)
    beams = light.beams if light.is_dark else 0.0
    script = Script(source, plan, pose, (pose,), rng, replay.seed, lasts_s, beams, Road(scenario.headway_m))
    scenario.write(script)
    place = gate_site.place(plan, source.earths[int(rng.integers(len(source.earths)))], replay.seed)
    camera = Camera(pose, size_wh)
    story = Story(
        seed=source.seeds.start + replay.seed,
        camera=camera,
        place=cut_up(place),
        rides=tuple(script.road.rides),
        barriers=booms(plan, script.road.rides),
        light_at=light_at,
        sensor=lens(light, scenario.rain, rng),
        seconds=lasts_s,
        fps=scenario.fps,
        light_step_s=30.0,
        wet=scenario.rain,
    )
    return Played(story, tuple(line for line in gate_site.lines(plan, camera) if _whole(line)))


def _whole(line: LineTruth) -> bool:
    (left, first), (right, second) = line.start, line.end
    return 0.01 < left < right < 0.99 and max(first, second) < 0.99
