"""Replays: rendered minutes at the gate with their true passes and visits, for `edge eval gate`."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from edge.scene import gate_site, replay_cases
from edge.scene.camera import Camera, Pose
from edge.scene.gate_plan import GatePlan
from edge.scene.identity import in_pieces, light_over
from edge.scene.ingredients import SceneList
from edge.scene.lists import PROOF, TRAINING
from edge.scene.right_of_way import booms
from edge.scene.script import Script
from edge.scene.story import Story
from edge.scene.truth import LineTruth
from edge.scene.weather import Sensor

SIZE_WH = (1280, 720)
_SECONDS = 70.0
_WIDE, _HIGHEST, _LOWEST = 0.35, 0.35, 0.86


@dataclass(frozen=True, slots=True)
class Scenario:
    """What happens, in which light and rain (0..1), at which rate."""

    write: Callable[[Script], None] = replay_cases.usual
    light: str = "day"
    rain: float = 0.0
    fps: float = 12.5
    seconds: float = _SECONDS


SCENARIOS = {
    "day": Scenario(),
    "dusk": Scenario(light="dusk"),
    "night": Scenario(light="night"),
    "infrared": Scenario(light="infrared"),
    "rain": Scenario(rain=0.8),
    "queue": Scenario(replay_cases.queue),
    "tailgate": Scenario(replay_cases.tailgate),
    "turn-back": Scenario(replay_cases.turn_back),
    "two-lanes": Scenario(replay_cases.two_lanes),
    "hidden": Scenario(replay_cases.hidden),
    "slow": Scenario(fps=5.0),
    "dirty": Scenario(replay_cases.dirty),
}


@dataclass(frozen=True, slots=True)
class Replay:
    """One sequence: the scenario, and the seed that decides everything else about it."""

    scenario: str
    seed: int

    @property
    def name(self) -> str:
        return f"{self.scenario}-{self.seed:02d}"


_ROUNDS = {"day": 3, "queue": 2, "two-lanes": 2, "night": 2, "rain": 2}
"""Seeds of a scenario, where there is more than one."""
REPLAYS = {
    source.name: tuple(Replay(name, seed) for name in SCENARIOS for seed in range(_ROUNDS.get(name, 1)))
    for source in (TRAINING, PROOF)
}
"""The replays by list: figures come from `proof`; whatever is tuned is tuned on `training`."""
LISTS = {source.name: source for source in (TRAINING, PROOF)}


@dataclass(frozen=True, slots=True)
class Played:
    """A replay's story, and the counting lines that its camera sees."""

    story: Story
    lines: tuple[LineTruth, ...]


def played(
    source: SceneList, replay: Replay, size_wh: tuple[int, int] = SIZE_WH, seconds: float | None = None
) -> Played:
    """The replay, made of a list; the same arguments give the same story. `seconds`: another length.

    Raises:
        KeyError: there is no such scenario.
    """
    scenario = SCENARIOS[replay.scenario]
    lasts_s = seconds or scenario.seconds
    rng = np.random.default_rng([source.seeds.start + replay.seed, zlib.crc32(replay.scenario.encode()), 9])
    plan = source.plans[int(rng.integers(len(source.plans)))]
    poses = poses_for(source, plan)
    light_at = light_over(scenario.light, plan, lasts_s, rng)
    light = light_at(0.0)
    pose = poses[int(rng.integers(len(poses)))]
    beams = light.beams if light.is_dark else 0.0
    script = Script(source, plan, pose, poses, rng, replay.seed, lasts_s, beams)
    scenario.write(script)
    place = gate_site.place(plan, source.earths[int(rng.integers(len(source.earths)))], replay.seed)
    camera = Camera(pose, size_wh)
    story = Story(
        seed=source.seeds.start + replay.seed,
        camera=camera,
        place=replace(place, props=tuple(piece for prop in place.props for piece in in_pieces(prop))),
        rides=tuple(script.road.rides),
        barriers=booms(plan, script.road.rides),
        light_at=light_at,
        sensor=Sensor(
            grain=5 if light.is_dark else int(rng.integers(1, 4)),
            soft_px=float(rng.uniform(0.2, 0.6)),
            vignette=0.08,
            shutter_s=1 / 80 if light.is_dark else 1 / 160,
            rain=scenario.rain,
            gray=light.gray,
        ),
        seconds=lasts_s,
        fps=scenario.fps,
        light_step_s=30.0,
        wet=scenario.rain,
    )
    return Played(story, gate_site.lines(plan, camera))


def poses_for(source: SceneList, plan: GatePlan) -> tuple[Pose, ...]:
    """The list's poses that show the main line whole, with room for a vehicle on either side of it."""
    mirror = plan.entry_x < plan.exit_x
    turned = (replace(p, x=-p.x, yaw_deg=-p.yaw_deg, roll_deg=-p.roll_deg) if mirror else p for p in source.poses)
    return tuple(pose for pose in turned if _shows(gate_site.lines(plan, Camera(pose, SIZE_WH))[0]))


def _shows(line: LineTruth) -> bool:
    (left, first), (right, second) = line.start, line.end
    return right - left >= _WIDE and min(first, second) >= _HIGHEST and max(first, second) <= _LOWEST
