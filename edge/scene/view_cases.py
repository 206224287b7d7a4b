"""Minutes of a gate as the small view shows them: something is wrong with the camera, or only looks so.

Each case begins quietly, so that a watch may learn the view; then comes what its name says. The seed decides the site,
the light and every byte.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from types import MappingProxyType

import cv2
import numpy as np

from edge.scene import daylight, gate_site, spoilt_views
from edge.scene.camera import Camera
from edge.scene.gate_plan import GatePlan, mirrored
from edge.scene.ingredients import SceneList
from edge.scene.light import Light
from edge.scene.spoilt_views import Effect, Rng, untouched
from edge.scene.story import Stage, Story
from edge.scene.traffic import GAPS_S, Traffic
from edge.scene.weather import U8, Sensor

SIZE_WH = (160, 90)
FPS = 2.0
QUIET_S = 165.0
_AFTER_S = {"dusk": 300.0, "dawn": 300.0, "infra-red": 300.0}
_USUALLY_AFTER_S = 75.0
_LIGHT_STEP_S = 5.0
_FADE_S = 15.0
_SLOW_S = 150.0
_SLOW_STEP_S = 3.0
"""So far apart are the looks while the view is only learnt."""
LightAt = Callable[[float], Light]


@dataclass(frozen=True, slots=True)
class _Site:
    """Where a case plays, and the generator that every choice is drawn from."""

    source: SceneList
    seed: int
    plan: GatePlan
    rng: Rng

    def pick(self, low: float, high: float) -> float:
        return float(self.rng.uniform(low, high))

    def light(self, *kinds: str) -> Light:
        """Return a light of one of these kinds: day, dusk, night, infra-red."""
        kind, lamps, turn = kinds[self.seed % len(kinds)], self.plan.lamps, self.pick(0, 360)
        if kind == "day":
            return daylight.day(turn, self.pick(15, 65), self.pick(0, 1), lamps)
        if kind == "dusk":
            return daylight.dusk(turn, self.pick(0.1, 0.8), lamps)
        return (
            daylight.night(self.pick(0.2, 0.9), lamps) if kind == "night" else daylight.infrared(self.pick(0, 1), lamps)
        )


@dataclass(frozen=True, slots=True)
class _Happening:
    """What a case does after its quiet start. `light` is asked for every time of the whole case.

    `turned`: where the camera looks in the end, `turn_s`: how long that takes.
    """

    light: LightAt
    light_step_s: float
    effect: Effect = untouched
    turned: tuple[float, float, float] = (0.0, 0.0, 0.0)
    turn_s: float = 0.0
    weather: tuple[float, float] = (0.0, 0.0)
    shake_px: float = 0.0
    traffic: str = "light"


def view_case(name: str, seed: int, source: SceneList) -> Iterator[tuple[int, U8, Light]]:
    """Yield time in ns, RGB (90,160,3) uint8 and the light there; `name` is one of FAULTS or LOOK_ALIKES.

    Raises:
        KeyError: no case has that name.
    """
    rng = np.random.default_rng([source.seeds.start + seed, list(_HAPPENINGS).index(name), 11])
    plan = source.plans[seed % len(source.plans)]
    site = _Site(source, seed, mirrored(plan, plan.name) if seed // 4 % 2 else plan, rng)
    happening = _HAPPENINGS[name](site)
    traffic = Traffic(source, site.plan, seed, GAPS_S[happening.traffic])
    stages = _Stages(site, happening)
    for number, t_s in enumerate(_times(QUIET_S + _AFTER_S.get(name, _USUALLY_AFTER_S))):
        light = happening.light(t_s)
        actors = traffic.placed(t_s, light.beams if light.is_dark else 0.0)
        picture, _ = stages.at(t_s - QUIET_S).moment(number, t_s, actors)
        if t_s >= QUIET_S:
            picture = happening.effect(picture, t_s - QUIET_S, rng)
        yield round(t_s * 1e9), _gray(picture) if light.gray else picture, light


class _Stages:
    """The stage before it happens and those after; a camera that turns needs one for each of its poses."""

    def __init__(self, site: _Site, happening: _Happening) -> None:
        self._site = site
        self._happening = happening
        earth = site.source.earths[site.seed % len(site.source.earths)]
        self._place = gate_site.place(site.plan, earth, site.seed % 1000)
        self._pose = site.source.poses[site.seed // 2 % len(site.source.poses)]
        self._held = (-1.0, self._stage(0.0, quiet=True))

    def at(self, since_s: float) -> Stage:
        """Return the stage so many seconds after it began to happen; before that they are negative."""
        turn_s = self._happening.turn_s
        share = -1.0 if since_s < 0 else min(since_s / turn_s, 1.0) if turn_s else 1.0
        if share != self._held[0]:
            self._held = (share, self._stage(max(share, 0.0), quiet=share < 0))
        return self._held[1]

    def _stage(self, share: float, *, quiet: bool) -> Stage:
        now = self._happening
        yaw, pitch, roll = (share * angle for angle in now.turned)
        pose = replace(
            self._pose,
            yaw_deg=self._pose.yaw_deg + yaw,
            pitch_deg=self._pose.pitch_deg + pitch,
            roll_deg=self._pose.roll_deg + roll,
        )
        rain, wet = (0.0, 0.0) if quiet else now.weather
        story = Story(
            seed=self._site.seed,
            camera=Camera(pose, SIZE_WH),
            place=self._place,
            rides=(),
            barriers=(),
            light_at=now.light,
            sensor=Sensor(grain=2 + self._site.seed % 3, soft_px=0.45, vignette=0.08, rain=rain),
            seconds=0.0,
            fps=FPS,
            light_step_s=now.light_step_s,
            wet=wet,
            shake_px=0.0 if quiet else now.shake_px,
        )
        return Stage(story)


def _times(seconds: float) -> Iterator[float]:
    yield from np.arange(0.0, _SLOW_S, _SLOW_STEP_S)
    yield from np.arange(_SLOW_S, seconds, 1 / FPS)


def _gray(picture: U8) -> U8:
    return np.asarray(cv2.cvtColor(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB), np.uint8)


def _still(light: Light) -> tuple[LightAt, float]:
    """Return a light that stays and how often it must be asked for."""
    return lambda _: light, 1e9


def _through(*marks: tuple[float, Light]) -> tuple[LightAt, float]:
    """Return the light that goes from mark to mark (seconds after the quiet start)."""

    def at(t_s: float) -> Light:
        since_s = t_s - QUIET_S
        for (a, first), (b, second) in pairwise(marks):
            if since_s <= b:
                return first.blend(second, min(max((since_s - a) / (b - a), 0.0), 1.0))
        return marks[-1][1]

    return at, _LIGHT_STEP_S


def _covered(site: _Site) -> _Happening:
    ways = (
        spoilt_views.covered(4, 0, 1),
        spoilt_views.covered(site.pick(60, 110), site.pick(-60, 60), 1),
        spoilt_views.covered(site.pick(150, 230), 30, 1, ripple=6),
        spoilt_views.sprayed(site.pick(60, 190), 0.08),
        spoilt_views.covered(site.pick(70, 150), 40, site.pick(0.8, 0.95)),
    )
    bright = ways[1 + site.seed % 4]
    dark = ways[site.seed % 5]
    if site.seed % 4 == 0:
        return _Happening(*_still(site.light("day")), dark)
    return _Happening(*_still(site.light("day", "dusk", "night", "infra-red")), bright)


def _moved(site: _Site) -> _Happening:
    side = 1 if site.rng.random() < 0.5 else -1
    turned = (
        (side * site.pick(3, 7), 0.0, 0.0),
        (side * site.pick(10, 40), site.pick(-4, 8), 0.0),
        (0.0, side * site.pick(3, 9), 0.0),
        (side * site.pick(2, 5), site.pick(4, 12), side * site.pick(3, 12)),
    )[site.seed // 3 % 4]
    light = site.light("day", "dusk", "infra-red", "day", "night")
    return _Happening(*_still(light), turned=turned, turn_s=6.0 if site.seed % 3 == 0 else 0.0)


def _defocused(site: _Site) -> _Happening:
    sizes = (1.6, 2.0, 2.6, 3.5, 5.0)
    return _Happening(
        *_still(site.light("day", "dusk", "infra-red", "night")), spoilt_views.blurred(sizes[site.seed % len(sizes)])
    )


def _blind(site: _Site) -> _Happening:
    """The lamps fail, or the camera's own, or there never were any and dusk goes on."""
    dark = daylight.night(0.0)
    dark = replace(dark, lamps=tuple(replace(lamp, rgb=(0.0, 0.0, 0.0)) for lamp in site.plan.lamps), beams=0.0)
    before = site.light("night", "infra-red", "dusk")
    gloom = spoilt_views.dimmed(site.pick(0.05, 0.3), site.pick(1, 9), site.pick(0, 12))
    after = replace(dark, gray=before.gray)
    if site.seed % 3 == 2:
        return _Happening(
            *_through((-QUIET_S, before), (0.0, before), (_FADE_S, after)), spoilt_views.dimming(gloom, _FADE_S)
        )
    return _Happening(lambda t_s: before if t_s < QUIET_S else after, _LIGHT_STEP_S, gloom)


def _evening(site: _Site) -> tuple[Light, ...]:
    lamps, turn = site.plan.lamps, site.pick(0, 360)
    high, low = daylight.day(turn, 30, 0.3, lamps), daylight.day(turn, 9, 0.5, lamps)
    sunk, late = daylight.dusk(turn, 0.2, lamps), daylight.dusk(turn, 0.8, lamps)
    return high, low, sunk, late, daylight.night(site.pick(0.2, 0.9), lamps)


def _dusk(site: _Site) -> _Happening:
    return _Happening(*_through(*((70.0 * i, light) for i, light in enumerate(_evening(site)))))


def _dawn(site: _Site) -> _Happening:
    return _Happening(*_through(*((70.0 * i, light) for i, light in enumerate(_evening(site)[::-1]))))


def _infra_red(site: _Site) -> _Happening:
    """Night and the camera's own lamp, to and fro: the second time both views are known."""
    before = site.light("dusk", "day", "night")
    after = daylight.infrared(site.pick(0, 1), site.plan.lamps)
    return _Happening(lambda t_s: after if 0 <= t_s - QUIET_S < 200 or t_s - QUIET_S > 245 else before, _LIGHT_STEP_S)


_HAPPENINGS: Mapping[str, Callable[[_Site], _Happening]] = MappingProxyType(
    {
        "camera-covered": _covered,
        "camera-moved": _moved,
        "camera-defocused": _defocused,
        "camera-blind": _blind,
        "dusk": _dusk,
        "dawn": _dawn,
        "infra-red": _infra_red,
        "rain": lambda site: _Happening(
            *_still(site.light("day", "dusk", "night")), weather=(site.pick(0.5, 1), site.pick(0.5, 1)), shake_px=0.1
        ),
        "headlights": lambda site: _Happening(
            *_still(site.light("night", "infra-red", "dusk")), spoilt_views.glare(site.pick(20, 32)), traffic="heavy"
        ),
        "lorry": lambda site: _Happening(
            *_still(site.light("day", "dusk", "night", "infra-red")),
            spoilt_views.lorry(site.pick(28, 32), site.pick(40, 210), site.pick(0.85, 1.0)),
        ),
        "wind": lambda site: _Happening(
            *_still(site.light("day", "dusk", "infra-red")), spoilt_views.gusts(site.pick(1, 3)), shake_px=0.3
        ),
        "cloud": lambda site: _Happening(
            *_through(
                (-QUIET_S, daylight.day(200, 40, 0.0, site.plan.lamps)),
                (0.0, daylight.day(200, 40, 0.0, site.plan.lamps)),
                (12.0, daylight.day(200, 40, site.pick(0.6, 1), site.plan.lamps)),
                (60.0, daylight.day(200, 40, site.pick(0, 0.3), site.plan.lamps)),
            ),
            spoilt_views.passing_clouds(site.pick(0.3, 0.6), site.pick(15, 40)),
        ),
        "queue": lambda site: _Happening(*_still(site.light("day", "dusk", "night", "infra-red")), traffic="heavy"),
        "exposure": lambda site: _Happening(
            *_still(site.light("day", "dusk", "night")), spoilt_views.exposed(site.pick(0.5, 1.5), site.pick(-10, 20))
        ),
        "mist": lambda site: _Happening(*_still(site.light("day", "dusk")), spoilt_views.misted(site.pick(0.4, 0.7))),
    }
)
FAULTS = tuple(name for name in _HAPPENINGS if name.startswith("camera-"))
LOOK_ALIKES = tuple(name for name in _HAPPENINGS if name not in FAULTS)
