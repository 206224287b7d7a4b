"""The endless gate behind `test://gate`: its camera, its light through the day, its weather."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

from edge.scene import daylight, gate_site
from edge.scene.camera import Camera
from edge.scene.light import Light
from edge.scene.lists import PROOF
from edge.scene.story import Stage, Story
from edge.scene.traffic import GAPS_S, Traffic
from edge.scene.truth import FrameTruth
from edge.scene.weather import U8, Sensor

LIGHTS = ("day", "dusk", "night", "infrared", "cycle")
TRAFFIC = tuple(GAPS_S)
CYCLE_S = 600.0
GATE = PROOF.plans[0]


class LiveGate:
    """Frames of the gate at rising times, without end. One thread at a time."""

    def __init__(
        self,
        seed: int,
        size_wh: tuple[int, int],
        light: str,
        *,
        rain: bool,
        traffic: str,
        fps: float,
        shake_px: float = 0.0,
    ) -> None:
        source = PROOF
        self._camera = Camera(source.poses[0], size_wh)
        self._traffic = Traffic(source, GATE, seed, GAPS_S[traffic])
        self._light_at = light_at(light)
        dark = self._light_at(0.0).beams > 0.6
        story = Story(
            seed=seed,
            camera=self._camera,
            place=gate_site.place(GATE, source.earths[seed % len(source.earths)], seed % 1000),
            rides=(),
            barriers=(),
            light_at=self._light_at,
            sensor=Sensor(
                grain=5 if dark else 2,
                soft_px=0.55,
                vignette=0.08,
                shutter_s=1 / 80 if dark else 1 / 160,
                rain=0.7 * rain,
                gray=light == "infrared",
            ),
            seconds=0.0,
            fps=fps,
            light_step_s=8.0 if light == "cycle" else 1e9,
            wet=0.8 * rain,
            shake_px=shake_px,
        )
        self._stage = Stage(story)

    def frame(self, number: int, t_s: float) -> tuple[U8, FrameTruth]:
        """The picture (H,W,3) RGB at `t_s` and its truth; `number` seeds its noise."""
        light = self._light_at(t_s)
        return self._stage.moment(number, t_s, self._traffic.placed(t_s, light.beams if light.is_dark else 0.0))


def light_at(name: str) -> Callable[[float], Light]:
    """The light over time by its name; `cycle` goes from day to night and back in CYCLE_S."""
    lamps = GATE.lamps
    day, dusk, night = daylight.day(238, 34, 0.2, lamps), daylight.dusk(262, 0.35, lamps), daylight.night(0.6, lamps)
    if name != "cycle":
        fixed = {"day": day, "dusk": dusk, "night": night, "infrared": daylight.infrared(0.7, lamps)}[name]
        return lambda _: fixed
    low = daylight.day(255, 9, 0.5, lamps)
    marks = ((0.0, day), (0.30, low), (0.38, dusk), (0.48, night), (0.80, night), (0.88, dusk), (0.94, low), (1.0, day))

    def around(t_s: float) -> Light:
        share = (t_s / CYCLE_S) % 1.0
        for (a, first), (b, second) in pairwise(marks):
            if share <= b:
                return first.blend(second, (share - a) / (b - a))
        return day

    return around
