"""How well cars are told by their colour: rendered traffic at a gate, every paint known by name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from edge.scene import daylight, gate_site
from edge.scene.camera import Camera
from edge.scene.ingredients import SceneList
from edge.scene.light import Lamp, Light
from edge.scene.lists import PROOF, TRAINING
from edge.scene.materials import Material, surface
from edge.scene.placed import Placed
from edge.scene.story import Stage, Story
from edge.scene.traffic import GAPS_S, Traffic
from edge.scene.truth import ActorTruth
from edge.scene.weather import Sensor
from edge.types import CLASSES, F32, U8, TrackSnapshot, TrackState, TrackUpdate
from edge.vision.camera_watch import CameraView
from edge.vision.colour_book import ColourBook, is_shown
from edge.vision.frame import PlanarFrame
from edge.vision.motion import LUMA_WH

LIGHTS = ("sun", "low sun", "cloud", "dusk", "night")
KINDS = ("car", "truck", "bus")
SIZE_WH = (640, 360)
STEP_S = 0.5
SECONDS = 40.0
_WARM_UP_S = 12.0
_CASTS = ((1.0, 1.0, 1.0), (1.06, 1.0, 0.92), (0.94, 1.0, 1.07), (1.0, 1.0, 1.0))
_NAMES = (
    ["white", "grey", "grey", "black", "red", "blue", "blue", "green", "beige", "yellow", "orange", "brown", "white"],
    ["white", "grey", "grey", "black", "red", "blue", "blue", "green", "beige", "yellow"],
)
"""What the paints of the training list and those of the proof list are called, in their order."""


@dataclass(frozen=True, slots=True)
class Moment:
    """One moment: RGB (H,W,3) uint8, its time, and who is in it with the name of the paint."""

    at_ns: int
    picture: U8
    vehicles: tuple[tuple[ActorTruth, str], ...]


def moments(source: SceneList, light: str, seed: int, seconds: float = SECONDS) -> Iterator[Moment]:
    """Yield the moments of some traffic at a gate, `STEP_S` apart, under one of LIGHTS."""
    rng = np.random.default_rng([source.seeds.start + seed, LIGHTS.index(light), 23])
    plan = source.plans[seed % len(source.plans)]
    lit = _light(light, rng, plan.lamps)
    story = Story(
        seed=seed,
        camera=Camera(source.poses[(seed + LIGHTS.index(light)) % len(source.poses)], SIZE_WH),
        place=gate_site.place(plan, source.earths[(seed + LIGHTS.index(light)) % len(source.earths)], seed),
        rides=(),
        barriers=(),
        light_at=lambda _: lit,
        sensor=Sensor(grain=3, soft_px=0.5, gain=_CASTS[seed % len(_CASTS)], jpeg=70),
        seconds=0.0,
        fps=1 / STEP_S,
        light_step_s=1e9,
    )
    # The training list varies every shade, greys to pinks and mints: nobody could say what such a paint is called.
    plain = replace(source, name="plain")
    traffic, stage = (
        Traffic(plain, plan, seed, GAPS_S["heavy"], towing=0.0, shares=(0.8, 0.14, 0.06, 0.0)),
        Stage(story),
    )
    for number in range(round(seconds / STEP_S)):
        t_s = _WARM_UP_S + number * STEP_S
        placed = traffic.placed(t_s, lit.beams if lit.is_dark else 0.0)
        picture, truth = stage.moment(number, t_s, placed)
        paints = {one.actor: paint_of(one) for one in placed if one.kind in KINDS}
        yield Moment(
            round(t_s * 1e9),
            picture,
            tuple((actor, paints[actor.actor]) for actor in truth.actors if actor.actor in paints),
        )


@dataclass(frozen=True, slots=True)
class Judged:
    """A car under one of LIGHTS: the name of its paint, and what was told of it, empty for nothing."""

    light: str
    paint: str
    told: str


def evaluate_colour(
    seeds: int, source: SceneList, tell: Callable[[], None] = lambda: None, seconds: float = SECONDS
) -> tuple[Judged, ...]:
    """Show the traffic of `seeds` gates under each light to the very class that a pipeline calls.

    Boxes are the truth's. Counted is every car that was near enough to be looked at; `tell` is called after each gate.
    """
    judged: list[Judged] = []
    for light in LIGHTS:
        for seed in range(seeds):
            judged += _watch(light, moments(source, light, seed, seconds))
            tell()
    return tuple(judged)


def _watch(light: str, shown: Iterable[Moment]) -> list[Judged]:
    book, view, paints = ColourBook(), CameraView(), dict[int, str]()
    for moment in shown:
        at_ns = moment.at_ns
        frame = PlanarFrame.from_rgb(
            moment.picture, camera_id="gate", seq=0, wall_ns=at_ns, mono_ns=at_ns, pts_ns=at_ns
        )
        luma = frame.luma(*LUMA_WH)
        view.step(frame, luma)
        tracks = [_track(actor, at_ns) for actor, _ in moment.vehicles]
        book.step(frame, luma, TrackUpdate(at_ns, tuple(tracks)), view.mode)
        for track, (actor, paint) in zip(tracks, moment.vehicles, strict=True):
            if is_shown(track, SIZE_WH):
                paints[actor.actor] = paint
    return [Judged(light, paint, book.agreed(track_id)[0]) for track_id, paint in paints.items()]


def _track(actor: ActorTruth, at_ns: int) -> TrackSnapshot:
    return TrackSnapshot(
        actor.actor, TrackState.CONFIRMED, actor.box, CLASSES.index(actor.kind), 0.9, 0, 9, 0, at_ns, actor.actor
    )


def paint_of(placed: Placed) -> str:
    """Return the name of a vehicle's paint, whatever the dirt on it."""
    seen = placed.pieces[0].body.surface.albedo[Material.PAINT]
    return min(_dulled(), key=lambda one: float(np.abs(one[1] - seen).sum()))[0]


@lru_cache(maxsize=1)
def _dulled() -> tuple[tuple[str, F32], ...]:
    """Return every paint as it is under more and more dirt."""
    return tuple(
        (name, surface({Material.PAINT: paint}, dirt=dirt).albedo[Material.PAINT])
        for source, names in zip((TRAINING, PROOF), _NAMES, strict=True)
        for paint, name in zip(source.paints, names, strict=True)
        for dirt in np.linspace(0, 1, 21).tolist()
    )


def _light(name: str, rng: np.random.Generator, lamps: tuple[Lamp, ...]) -> Light:
    turn = float(rng.uniform(0, 360))
    if name == "night":
        return daylight.night(float(rng.uniform(0.2, 0.9)), lamps)
    if name == "dusk":
        return daylight.dusk(turn, float(rng.uniform(0.1, 0.8)), lamps)
    height = float(rng.uniform(8, 20)) if name == "low sun" else float(rng.uniform(25, 65))
    return daylight.day(turn, height, float(rng.uniform(0.8, 1.0) if name == "cloud" else rng.uniform(0, 0.4)), lamps)
