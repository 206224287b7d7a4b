"""Scripted sequences in which it is hard to keep one identity per vehicle, and the lists of those to run."""

from __future__ import annotations

import math
import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from edge.scene import daylight, gate_site, identity_cases
from edge.scene.camera import Camera, Pose
from edge.scene.gate_plan import GatePlan
from edge.scene.ingredients import SceneList
from edge.scene.light import Light
from edge.scene.lists import PROOF, TRAINING
from edge.scene.props import Prop
from edge.scene.render import Set
from edge.scene.right_of_way import booms
from edge.scene.script import VIEW_WH, Blocked, Script
from edge.scene.story import Story
from edge.scene.weather import Sensor

Rng = np.random.Generator
_ATTEMPTS = 40
_PIECE_M = 5.0
_ROOM_M = 0.15


@dataclass(frozen=True, slots=True)
class Scenario:
    """What happens, for how long, at which rate, in which light; `shake_px` at VIEW_WH."""

    write: Callable[[Script], None]
    seconds: float = 32.0
    fps: float = 12.5
    lights: tuple[str, ...] = ("day", "day", "dusk", "day", "infrared")
    shake_px: float = 0.0


SCENARIOS = {
    "lorry": Scenario(identity_cases.lorry, lights=("day",)),  # the glow of a lamp shines through what hides it
    "twins": Scenario(identity_cases.twins),
    "boom": Scenario(identity_cases.boom, seconds=600.0, fps=5.0, lights=("day",)),
    "headlights": Scenario(identity_cases.busy, lights=("night",)),
    "shake": Scenario(identity_cases.shake, shake_px=1.6),
    "crossing": Scenario(identity_cases.crossing),
    "return": Scenario(identity_cases.return_, seconds=40.0, lights=("day", "day", "dusk")),
    "queue": Scenario(identity_cases.queue, seconds=40.0),
    "busy": Scenario(identity_cases.busy, seconds=40.0),
}


@dataclass(frozen=True, slots=True)
class Episode:
    """One sequence: the scenario and the seed that decides everything else about it."""

    scenario: str
    seed: int

    @property
    def name(self) -> str:
        return f"{self.scenario}-{self.seed:02d}"


def _episodes(**seeds: tuple[int, ...]) -> tuple[Episode, ...]:
    return tuple(Episode(scenario.rstrip("_"), seed) for scenario, some in seeds.items() for seed in some)


EPISODES = {
    "tuning": (
        TRAINING,
        _episodes(
            lorry=(0, 1, 2, 3, 4, 17),
            twins=(0, 1, 2, 3, 4, 5),
            boom=(0,),
            headlights=(0, 1, 2, 3),
            shake=(0, 1),
            crossing=(0, 1, 2),
            return_=(0, 1, 2, 3),
            queue=(0, 1, 2),
            busy=(0, 1, 2, 3),
        ),
    ),
    "proof": (
        PROOF,
        _episodes(
            lorry=(0, 13, 8, 3, 4, 17),
            twins=(0, 1, 2, 3),
            boom=(0, 1),
            headlights=(0, 1),
            shake=(0, 1),
            crossing=(0, 1, 2),
            return_=(0, 1, 2, 3),
            queue=(0, 3),
            busy=(0, 1, 4),
        ),
    ),
}
"""The lists of sequences by name: what each is made of, and its episodes. Nothing is tuned on `proof`.

Seeds are such that what a scenario promises can be seen from where the camera hangs; tests hold them to it.
"""


def story(
    source: SceneList, episode: Episode, size_wh: tuple[int, int] = VIEW_WH, seconds: float | None = None
) -> Story:
    """The episode's story, made of a list; the same arguments give the same story. `seconds`: another length.

    Raises:
        KeyError: there is no such scenario.
        RuntimeError: no attempt fits on the road.
    """
    scenario = SCENARIOS[episode.scenario]
    for attempt in range(_ATTEMPTS):
        rng = np.random.default_rng(
            [source.seeds.start + episode.seed, zlib.crc32(episode.scenario.encode()), attempt],
        )
        script, light = _empty(source, scenario, episode.seed, rng, seconds or scenario.seconds)
        try:
            scenario.write(script)
        except Blocked:
            continue
        return _told(script, light, scenario, size_wh, rng)
    raise RuntimeError(f"{episode.name} of {source.name}: nothing fits on the road in {_ATTEMPTS} attempts")


def _empty(
    source: SceneList, scenario: Scenario, seed: int, rng: Rng, seconds: float
) -> tuple[Script, Callable[[float], Light]]:
    plan = source.plans[seed % len(source.plans)]
    poses = poses_for(source, plan)
    light_at = light_over(scenario.lights[int(rng.integers(len(scenario.lights)))], plan, seconds, rng)
    light = light_at(0.0)
    script = Script(
        source=source,
        plan=plan,
        pose=poses[int(rng.integers(len(poses)))],
        poses=poses,
        rng=rng,
        variant=seed,
        seconds=seconds,
        beams=light.beams if light.is_dark else 0.0,
    )
    return script, light_at


def _told(
    script: Script, light_at: Callable[[float], Light], scenario: Scenario, size_wh: tuple[int, int], rng: Rng
) -> Story:
    source, plan, light = script.source, script.plan, light_at(0.0)
    place = gate_site.place(plan, source.earths[int(rng.integers(len(source.earths)))], script.variant)
    rain = float(rng.uniform(0.4, 0.9)) if rng.random() < 0.12 else 0.0
    return Story(
        seed=source.seeds.start + script.variant,
        camera=Camera(script.pose, size_wh),
        place=cut_up(place),
        rides=tuple(script.road.rides),
        barriers=booms(plan, script.road.rides),
        light_at=light_at,
        sensor=lens(light, rain, rng),
        seconds=script.seconds,
        fps=scenario.fps,
        light_step_s=30.0,
        wet=rain,
        shake_px=scenario.shake_px * float(rng.uniform(0.8, 1.5)) * size_wh[0] / VIEW_WH[0],
    )


def lens(light: Light, rain: float, rng: Rng) -> Sensor:
    """A gate camera's sensor in a light: coarser and slower in the dark."""
    return Sensor(
        grain=5 if light.is_dark else int(rng.integers(1, 4)),
        soft_px=float(rng.uniform(0.2, 0.6)),
        vignette=0.08,
        shutter_s=1 / 80 if light.is_dark else 1 / 160,
        rain=rain,
        gray=light.gray,
    )


def light_over(name: str, plan: GatePlan, seconds: float, rng: Rng) -> Callable[[float], Light]:
    """The light over time; a day's sun moves on and clouds come or go."""
    turn = float(rng.uniform(0, 360))
    level = float(rng.uniform(0.3, 0.9))
    if name == "day":
        height, (first, last) = float(rng.uniform(15, 65)), (float(v) for v in rng.uniform(0.0, 0.9, 2))
        return lambda t_s: daylight.day(
            turn + t_s / 240, height, first + (last - first) * min(t_s / max(seconds, 300.0), 1.0), plan.lamps
        )
    fixed = {
        "dusk": daylight.dusk(turn, 0.7 * level, plan.lamps),
        "night": daylight.night(level, plan.lamps),
        "infrared": daylight.infrared(level, plan.lamps),
    }[name]
    return lambda _: fixed


def cut_up(place: Set) -> Set:
    """The place with its long things in pieces."""
    return replace(place, props=tuple(piece for prop in place.props for piece in in_pieces(prop)))


def in_pieces(prop: Prop) -> tuple[Prop, ...]:
    """A long thing as a row of short ones: what is drawn first is told by the distance of each one's middle."""
    count = math.ceil(prop.size[0] / _PIECE_M)
    if prop.kind not in ("wall", "fence", "palisade", "bush") or count == 1:
        return (prop,)
    long = prop.size[0] / count
    turn = math.radians(prop.heading_deg)
    return tuple(
        replace(
            prop,
            x=prop.x + math.cos(turn) * long * (place - (count - 1) / 2),
            y=prop.y + math.sin(turn) * long * (place - (count - 1) / 2),
            size=(long, *prop.size[1:]),
            seed=prop.seed + place,
        )
        for place in range(count)
    )


def turned(source: SceneList, plan: GatePlan) -> tuple[Pose, ...]:
    """The list's poses as they suit the plan: mirrored where traffic keeps to the other side."""
    if plan.entry_x >= plan.exit_x:
        return source.poses
    return tuple(replace(p, x=-p.x, yaw_deg=-p.yaw_deg, roll_deg=-p.roll_deg) for p in source.poses)


def poses_for(source: SceneList, plan: GatePlan) -> tuple[Pose, ...]:
    """The list's poses that show both lanes before the booms and the street behind them.

    Not those that see where rides begin, nor those that a lorry would run into.
    """
    tallest = max(*(truck.height_m for truck in source.trucks), *(bus.height_m for bus in source.buses))
    street = sum(plan.street_y) / 2
    spots = [(x, plan.boom_y + y, z) for x in (plan.entry_x, plan.exit_x) for y in (0.5, 5.0) for z in (0.0, 2.0)]
    spots += [(plan.exit_x, street, 1.0), ((plan.entry_x + plan.exit_x) / 2, street + 1.5, 1.4)]
    points = np.array([*spots, (-27.0, street + 1.5, 1.0), (27.0, street + 1.5, 1.0)], np.float32)
    found = []
    for pose in turned(source, plan):
        px, depth = Camera(pose, VIEW_WH).project(points)
        inside = (depth > 0) & (px > 0).all(axis=1) & (px < VIEW_WH).all(axis=1)
        if inside[:-2].all() and not inside[-2:].any() and pose.z > tallest + _ROOM_M:
            found.append(pose)
    return tuple(found)
