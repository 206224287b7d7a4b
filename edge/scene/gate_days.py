"""The gate with its traffic as training sees it: other gates, cameras, vehicles and grounds than in any proof."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from edge.scene import daylight, gate_site
from edge.scene.actors import TOWING
from edge.scene.camera import Camera, Pose
from edge.scene.gate_plan import GatePlan
from edge.scene.ingredients import Earth
from edge.scene.light import Light
from edge.scene.lists import TRAINING
from edge.scene.props import Prop
from edge.scene.random_place import beside
from edge.scene.story import Stage, Story
from edge.scene.traffic import USUAL, Traffic
from edge.scene.truth import FrameTruth
from edge.scene.weather import U8, Sensor

_BEGIN_S = (12.0, 75.0)
"""From the first vehicle at the gate to when as many leave, seen from behind, as come."""
_STEP_S = (0.6, 1.6)
_GAP_S = 5.0
_TOWING = 0.6
"""So many cars tow on every second day: that a car and its trailer are one vehicle takes many examples to learn."""
MOST_TOW = 0.85
"""For a stage of training that teaches just that."""
_FOOTWAYS_M = 4.0
_CLUTTER_M, _CLUTTERED = 12.0, 4
"""How far from the middle things stand, and how often as many are tried as beside any road."""
LORRIES = (0.45, 0.33, 0.17, 0.05)
"""Shares of the kinds for a stage that teaches what is half behind a lorry."""


def gate_day(
    seed: int, size_wh: tuple[int, int], count: int, towing: float | None = None, shares: tuple[float, ...] = USUAL
) -> Iterator[tuple[U8, FrameTruth]]:
    """Yield `count` moments, RGB (H,W,3) uint8 and truth, of one gate in one light; the seed decides every byte.

    `towing` is the share of cars with a trailer, where it shall not be the usual one; `shares` as in `Traffic`.
    """
    rng = np.random.default_rng([TRAINING.seeds.start + seed, 7])
    plan = TRAINING.plans[int(rng.integers(len(TRAINING.plans)))]
    earth = TRAINING.earths[int(rng.integers(len(TRAINING.earths)))]
    place = gate_site.place(plan, earth, seed % 1000)
    light, beams = _light(plan, rng)
    story = Story(
        seed=seed,
        camera=Camera(_pose(plan, rng), size_wh),
        place=replace(place, props=(*place.props, *clutter(plan, earth, seed))),
        rides=(),
        barriers=(),
        light_at=lambda _: light,
        sensor=Sensor(
            grain=int(rng.integers(1, 6)),
            soft_px=float(rng.uniform(0.2, 0.9)),
            vignette=0.08,
            shutter_s=1 / 100,
            rain=float(rng.uniform(0.4, 1.0) * (rng.random() < 0.2)),
            gray=light.gray or bool(rng.random() < 0.08),
        ),
        seconds=0.0,
        fps=12.5,
        light_step_s=1e9,
        wet=float(rng.uniform(0.3, 1.0) * (rng.random() < 0.25)),
    )
    if towing is None:
        towing = _TOWING if seed % 2 == 0 else TOWING
    stage, traffic = Stage(story), Traffic(TRAINING, plan, seed, _GAP_S, towing, shares)
    t_s = float(rng.uniform(*_BEGIN_S))
    for number in range(count):
        yield stage.moment(number, t_s, traffic.placed(t_s, beams))
        t_s += float(rng.uniform(*_STEP_S))


def clutter(plan: GatePlan, earth: Earth, seed: int) -> tuple[Prop, ...]:
    """Return things beside the roads of a plan: the few that plans have of their own are soon known by heart.

    Fences and bushes at the edge of the picture, half seen, are what detectors take for vehicles.
    """
    (left, right), (near, far) = plan.road, plan.street_y
    side = np.array(plan.side, np.float64)
    marks = np.arange(0.0, len(side) - 1, 0.05)
    lanes = (
        (np.array([((left + right) / 2, y) for y in np.arange(-12.0, near)]), right - left),
        (np.array([(x, (near + far) / 2) for x in np.arange(-30.0, 30.0)]), far - near + _FOOTWAYS_M),
        (np.stack([np.interp(marks, np.arange(len(side)), side[:, axis]) for axis in (0, 1)], axis=1), plan.side_width),
    )
    rng = np.random.default_rng([TRAINING.seeds.start + seed, 8])
    found = [prop for _ in range(_CLUTTERED) for prop in beside(earth, lanes, rng, _CLUTTER_M)]
    return tuple(prop for prop in found if all(_clear(prop, points, width) for points, width in lanes))


def _clear(prop: Prop, points: npt.NDArray[np.float64], width: float) -> bool:
    """Whether a thing keeps off a road however it is turned; `beside` lets long fences reach into random roads.

    There it stays so: the proofs are random roads too, and keep their bytes.
    """
    return bool(np.hypot(*(points - [prop.x, prop.y]).T).min() > (width + prop.size[0]) / 2)


def _pose(plan: GatePlan, rng: np.random.Generator) -> Pose:
    """Return a camera on a pole that looks down the main road, unlike any in the lists."""
    side = 1.0 if plan.entry_x > plan.exit_x else -1.0
    return Pose(
        side * float(rng.uniform(-1.5, 4.0)),
        float(rng.uniform(-1.5, 1.5)),
        float(rng.uniform(2.6, 5.0)),
        side * float(rng.uniform(-14, 10)),
        float(rng.uniform(12, 21)),
        float(rng.uniform(-1.5, 1.5)),
        float(rng.uniform(0.85, 1.5)),
    )


def _light(plan: GatePlan, rng: np.random.Generator) -> tuple[Light, float]:
    """Return a light and how strongly vehicles' lamps are on in it."""
    lamps = plan.lamps
    kind = rng.random()
    turn = float(rng.uniform(0, 360))
    if kind < 0.40:
        return daylight.day(turn, float(rng.uniform(12, 70)), float(rng.uniform(0.0, 0.9)), lamps), 0.0
    if kind < 0.60:
        return daylight.dusk(turn, float(rng.uniform(0.1, 0.9)), lamps), float(rng.uniform(0.3, 1.0))
    if kind < 0.78:
        return daylight.night(float(rng.uniform(0.4, 0.9)), lamps), 1.0
    return daylight.infrared(float(rng.uniform(0.2, 1.0)), lamps), float(rng.uniform(0.4, 1.0))
