"""Single random pictures with their truth, for training a detector."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from edge.scene import daylight
from edge.scene.actors import Actor, drawn
from edge.scene.camera import Camera, Pose
from edge.scene.ingredients import SceneList
from edge.scene.light import Lamp, Light, Rgb
from edge.scene.lists import LISTS
from edge.scene.painter import Stand
from edge.scene.placed import Placed
from edge.scene.random_place import Roads, ground, props, roads
from edge.scene.render import Set, compose, scenery
from edge.scene.truth import FrameTruth
from edge.scene.weather import Sensor, spoil

U8 = npt.NDArray[np.uint8]
Rng = np.random.Generator
_KINDS = ("car", "truck", "bus", "motorcycle", "bicycle", "person")
_SHARES = (0.46, 0.13, 0.09, 0.11, 0.09, 0.12)


def random_scene(
    seed: int, list_name: str = "training", size_wh: tuple[int, int] = (416, 416)
) -> tuple[U8, FrameTruth]:
    """One still: RGB uint8 (H,W,3) and its truth; the same seed, list and size give the same bytes.

    Raises KeyError for an unknown list.
    """
    source = LISTS[list_name]
    rng = np.random.default_rng([source.seeds.start + seed % len(source.seeds), 1])
    camera = Camera(_pose(source, rng), size_wh)
    earth = source.earths[int(rng.integers(len(source.earths)))]
    light, rain, lamps_on = _light(rng)
    network = roads(rng)
    place = Set(ground(earth, network, rng), props(earth, network, rng), int(rng.integers(1000)))
    wet = rain if rain > 0 else (0.7 if rng.random() < 0.06 else 0.0)
    scene = scenery(place, camera, light, wet=wet)
    actors = _actors(source, network, camera, lamps_on, rng)
    shutter = float(rng.choice([0.0, 0.004, 0.01, 0.02]))
    picture, truths = compose(scene, actors, camera, light, shutter_s=shutter, wet=wet)
    return spoil(picture, _sensor(light, rain, rng), rng), FrameTruth(0, truths, light.is_dark)


def _pose(source: SceneList, rng: Rng) -> Pose:
    base = source.poses[int(rng.integers(len(source.poses)))]
    if source.name != "training":
        return base
    return Pose(
        base.x + float(rng.uniform(-1, 1)),
        0.0,
        base.z * float(rng.uniform(0.85, 1.2)),
        base.yaw_deg + float(rng.uniform(-6, 6)),
        base.pitch_deg + float(rng.uniform(-4, 4)),
        base.roll_deg + float(rng.uniform(-1.5, 1.5)),
        base.focal_norm * float(rng.uniform(0.8, 1.5)),
    )


def _light(rng: Rng) -> tuple[Light, float, float]:
    """A light, the rain 0..1, and how likely headlights are on."""
    lamps = tuple(
        Lamp(
            (float(rng.uniform(-9, 9)), float(rng.uniform(5, 28)), float(rng.uniform(4, 8))),
            _warm(rng),
            float(rng.uniform(4, 9)),
        )
        for _ in range(int(rng.integers(1, 4)))
    )
    azimuth = float(rng.uniform(0, 360))
    pick = rng.random()
    rain = float(rng.uniform(0.3, 1.0)) if rng.random() < 0.13 else 0.0
    if pick < 0.60:
        cloud = float(rng.beta(0.8, 0.8)) if rain == 0 else float(rng.uniform(0.8, 1))
        return daylight.day(azimuth, float(rng.uniform(12, 75)), cloud, lamps), rain, 0.15 + 0.4 * rain
    if pick < 0.76:
        return daylight.dusk(azimuth, float(rng.uniform(0, 1)), lamps), rain, 0.85
    if pick < 0.90:
        return daylight.night(float(rng.uniform(0.35, 1.3)), lamps), rain, 0.97
    return daylight.infrared(float(rng.uniform(0.2, 1)), lamps), 0.0, 0.9


def _warm(rng: Rng) -> Rgb:
    gain, warmth = float(rng.uniform(0.6, 1.6)), float(rng.uniform(0, 0.5))
    return (gain, gain * (1 - 0.35 * warmth), gain * (1 - 0.9 * warmth))


def _actors(source: SceneList, network: Roads, camera: Camera, lamps_on: float, rng: Rng) -> tuple[Placed, ...]:
    taken: list[tuple[float, float, float]] = []
    out: list[Placed] = []
    count = int(rng.choice([0, 1, 2, 3, 4, 6, 8, 11], p=[0.03, 0.10, 0.17, 0.19, 0.18, 0.16, 0.11, 0.06]))
    for number in range(1, count + 1):
        kind = str(rng.choice(_KINDS, p=_SHARES))
        actor = drawn(source, kind, number, rng)
        for _ in range(6):
            stand = _stand(actor, network, camera, rng)
            size = actor.length_m / 2 + 0.4
            if all(math.hypot(stand.x - x, stand.y - y) > (size + r) * 0.75 for x, y, r in taken):
                taken.append((stand.x, stand.y, size))
                on = 0.0 if kind in ("person", "bicycle") else float(rng.random() < lamps_on)
                out.append(
                    actor.placed(
                        stand,
                        travelled_m=float(rng.uniform(0, 9)),
                        speed_m_s=float(rng.uniform(0, 9)),
                        beams=on,
                        brake=bool(rng.random() < 0.2),
                    )
                )
                break
    return tuple(out)


def _stand(actor: Actor, network: Roads, camera: Camera, rng: Rng) -> Stand:
    """Somewhere in sight: mostly in a lane and along it, sometimes across or beside the road."""
    path, width, lanes = network[int(rng.integers(len(network)))]
    points = np.array(path)
    stand = Stand(0.0, 0.0, 0.0)
    for _ in range(8):
        at = float(np.clip(rng.exponential(0.22), 0, 1)) * (len(points) - 2) + (1 if len(points) > 15 else 0)
        i = min(int(at), len(points) - 2)
        way = points[i + 1] - points[i]
        spot = points[i] + way * (at - int(at))
        heading = math.degrees(math.atan2(way[1], way[0]))
        lane = int(rng.integers(lanes))
        shift = (lane + 0.5) * width / lanes - width / 2 + float(rng.normal(0, 0.25))
        if actor.kind in ("person", "bicycle") and rng.random() < 0.6:
            shift = (width / 2 + float(rng.uniform(-0.3, 2))) * (1 if rng.random() < 0.5 else -1)
        unit = way / max(float(np.linalg.norm(way)), 1e-6)
        x, y = spot[0] + unit[1] * shift, spot[1] - unit[0] * shift
        turn = rng.random()
        heading += 180.0 if rng.random() < 0.55 else 0.0
        heading += (
            float(rng.uniform(0, 360)) if turn < (0.5 if actor.kind == "person" else 0.15) else float(rng.normal(0, 5))
        )
        stand = Stand(float(x), float(y), heading)
        middle = np.array([[x, y, 0.5]], np.float32)
        px, depth = camera.project(middle)
        w, h = camera.size_wh
        if depth[0] > 2.5 and -0.1 * w < px[0, 0] < 1.1 * w and 0 < px[0, 1] < 1.25 * h:
            break
    return stand


def _sensor(light: Light, rain: float, rng: Rng) -> Sensor:
    dark = light.beams
    gains = rng.normal(1, 0.05, 3) * float(rng.uniform(0.85, 1.18))
    base = Sensor(
        grain=int(rng.integers(1, 5 + int(7 * dark))),
        jpeg=int(rng.integers(35, 95)) if rng.random() < 0.8 else 0,
        soft_px=float(rng.uniform(0, 1.1)) if rng.random() < 0.6 else 0.0,
        vignette=round(float(rng.uniform(0, 0.35)), 1),
        gain=(round(float(gains[0]), 3), round(float(gains[1]), 3), round(float(gains[2]), 3)),
        gamma=round(float(rng.uniform(0.75, 1.2)), 2),
        rain=rain,
        gray=light.gray,
    )
    return base if base.gray or rng.random() > 0.04 else replace(base, gray=True)
