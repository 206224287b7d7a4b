"""A story: who drives where and when, under which light, seen by which camera; and its frames one by one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from edge.scene.actors import Actor
from edge.scene.camera import Camera
from edge.scene.ground import Floor, floor
from edge.scene.light import Light
from edge.scene.paths import Drive, Path
from edge.scene.placed import Piece, Placed
from edge.scene.props import Prop
from edge.scene.render import Scenery, Set, compose, scenery
from edge.scene.truth import FrameTruth
from edge.scene.weather import Sensor, spoil, swayed
from edge.scene.witness import moved

U8 = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Ride:
    """One actor on one path at one time; the same actor may have several. `beams` 0..1."""

    actor: Actor
    path: Path
    drive: Drive
    beams: float = 0.0

    def placed(self, t_s: float) -> Placed | None:
        at = self.drive.place(t_s)
        if at is None:
            return None
        s, speed = at
        base = 0.6 * self.actor.length_m
        before = self.drive.place(t_s - 0.16)
        brake = (before is not None and abs(before[1]) - abs(speed) > 0.08) or abs(speed) < 0.02
        hitch = None
        if self.actor.tow is not None:
            back = self.actor.length_m / 2 + self.actor.tow.draw_m + self.actor.tow.length_m / 2
            hitch = self.path.stand(s - back, self.actor.tow.length_m)
        return self.actor.placed(
            self.path.stand(s, base), travelled_m=s, speed_m_s=speed, beams=self.beams, brake=brake, hitch=hitch
        )


@dataclass(frozen=True, slots=True)
class Barrier:
    """A boom that is up during the given spans (seconds) and takes `swing_s` to move."""

    prop: Prop
    up: tuple[tuple[float, float], ...]
    swing_s: float = 1.6

    def placed(self, number: int, t_s: float) -> Placed:
        raised = max((min(1.0, (t_s - a) / self.swing_s, (b - t_s) / self.swing_s) for a, b in self.up), default=0.0)
        angle = round(max(0.0, raised) * 84 / 4) * 4.0
        length, _, hub = self.prop.size
        arm = replace(self.prop, size=(length, angle, hub))
        return Placed(-number, "boom", (Piece(arm.body(), arm.stand()),))


@dataclass(frozen=True, slots=True)
class Story:
    """Everything that one rendered clip needs.

    `light_at` gives the light at a time; it is asked at most once per `light_step_s`. `shake_px`: how far the pole
    sways, standard deviation in pixels.
    """

    seed: int
    camera: Camera
    place: Set
    rides: tuple[Ride, ...]
    barriers: tuple[Barrier, ...]
    light_at: Callable[[float], Light]
    sensor: Sensor
    seconds: float
    fps: float
    light_step_s: float = 2.0
    wet: float = 0.0
    shake_px: float = 0.0


class Stage:
    """Renders moments of a story; keeps the scenery between frames. One thread at a time."""

    def __init__(self, story: Story) -> None:
        self._story = story
        self._view: Floor = floor(story.place.ground, story.camera)
        self._lit: tuple[int, Light, Scenery] | None = None

    def frame(self, number: int) -> tuple[U8, FrameTruth]:
        """Frame `number` of the story: RGB (H,W,3) and its truth. The same number gives the same bytes."""
        t_s = number / self._story.fps
        actors = tuple(p for r in self._story.rides if (p := r.placed(t_s)) is not None)
        booms = tuple(b.placed(i + 1, t_s) for i, b in enumerate(self._story.barriers))
        return self.moment(number, t_s, actors + booms)

    def moment(self, number: int, t_s: float, actors: tuple[Placed, ...]) -> tuple[U8, FrameTruth]:
        """A frame with actors chosen by the caller."""
        story = self._story
        light, scene = self._scenery(t_s)
        picture, truths = compose(scene, actors, story.camera, light, shutter_s=story.sensor.shutter_s, wet=story.wet)
        rng = np.random.default_rng([story.seed, number])
        if story.shake_px > 0:
            dx, dy = (float(v) for v in rng.normal(0, story.shake_px, 2))
            picture, truths = swayed(picture, (dx, dy)), moved(truths, (dx, dy), story.camera.size_wh)
        return spoil(picture, story.sensor, rng), FrameTruth(round(t_s * 1e9), truths, light.is_dark)

    def frames(self) -> Iterator[tuple[U8, FrameTruth]]:
        """All frames in order."""
        for number in range(round(self._story.seconds * self._story.fps)):
            yield self.frame(number)

    def _scenery(self, t_s: float) -> tuple[Light, Scenery]:
        step = int(t_s / self._story.light_step_s)
        if self._lit is None or self._lit[0] != step:
            light = self._story.light_at(step * self._story.light_step_s)
            scene = scenery(self._story.place, self._story.camera, light, wet=self._story.wet, view=self._view)
            self._lit = (step, light, scene)
        return self._lit[1], self._lit[2]
