"""Single random pictures with their truth, for training a detector."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from edge.scene import daylight
from edge.scene.actors import Actor, drawn
from edge.scene.camera import Camera, Pose
from edge.scene.ground import Ground, Region, strip
from edge.scene.light import Lamp, Light, Rgb
from edge.scene.lists import LISTS, Earth, SceneList
from edge.scene.painter import Stand
from edge.scene.props import Prop
from edge.scene.render import Placed, Set, compose, scenery
from edge.scene.truth import FrameTruth
from edge.scene.weather import Sensor, spoil

U8 = npt.NDArray[np.uint8]
Rng = np.random.Generator
Xy = tuple[float, float]
_KINDS = ("car", "truck", "bus", "motorcycle", "bicycle", "person")
_SHARES = (0.46, 0.13, 0.09, 0.11, 0.09, 0.12)


def random_scene(seed: int, list_name: str = "training", size_wh: tuple[int, int] = (416, 416)) -> tuple[U8, FrameTruth]:
    """One still: RGB uint8 (H,W,3) and its truth; the same seed, list and size give the same bytes.

    Raises KeyError for an unknown list.
    """
    source = LISTS[list_name]
    rng = np.random.default_rng([source.seeds.start + seed % len(source.seeds), 1])
    camera = Camera(_pose(source, rng), size_wh)
    earth = source.earths[int(rng.integers(len(source.earths)))]
    light, rain, lamps_on = _light(rng)
    roads = _roads(rng)
    place = Set(_ground(earth, roads, rng), _props(earth, roads, rng), int(rng.integers(1000)))
    wet = rain if rain > 0 else (0.7 if rng.random() < 0.06 else 0.0)
    scene = scenery(place, camera, light, wet=wet)
    actors = _actors(source, roads, camera, lamps_on, rng)
    shutter = float(rng.choice([0.0, 0.004, 0.01, 0.02]))
    picture, truths = compose(scene, actors, camera, light, shutter_s=shutter, wet=wet)
    return spoil(picture, _sensor(light, rain, rng), rng), FrameTruth(0, truths)


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
        Lamp((float(rng.uniform(-9, 9)), float(rng.uniform(5, 28)), float(rng.uniform(4, 8))), _warm(rng), float(rng.uniform(4, 9)))
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


def _roads(rng: Rng) -> tuple[tuple[tuple[Xy, ...], float, int], ...]:
    """Paths with a width and a number of lanes: a main road and perhaps a side road."""
    angle = math.radians(float(rng.normal(0, 24)))
    shift = float(rng.uniform(-4, 4))
    bend = float(rng.normal(0, 0.004))
    ts = np.arange(-12.0, 91.0, 4.0)
    main = tuple(
        (float(shift + t * math.sin(angle) + bend * t * t), float(6 + t * math.cos(angle))) for t in ts
    )
    lanes = int(rng.integers(1, 4))
    roads = [(main, lanes * float(rng.uniform(2.9, 3.6)), lanes)]
    if rng.random() < 0.55:
        start = main[int(rng.integers(2, 12))]
        turn = angle + math.radians(float(rng.uniform(45, 135))) * (1 if rng.random() < 0.5 else -1)
        side = tuple((float(start[0] + t * math.sin(turn)), float(start[1] + t * math.cos(turn))) for t in np.arange(0.0, 50.0, 4.0))
        roads.append((side, float(rng.uniform(3.2, 6.5)), 1 if rng.random() < 0.5 else 2))
    return tuple(roads)


def _ground(earth: Earth, roads: tuple[tuple[tuple[Xy, ...], float, int], ...], rng: Rng) -> Ground:
    regions: list[Region] = []
    if rng.random() < 0.4:
        x, y = float(rng.uniform(-15, 15)), float(rng.uniform(6, 30))
        w, d = float(rng.uniform(6, 20)), float(rng.uniform(6, 16))
        regions.append(Region((((x - w, y - d), (x + w, y - d), (x + w, y + d), (x - w, y + d)),), earth.side_road, 0.16))
    for index, (path, width, lanes) in enumerate(reversed(roads)):
        colour = earth.road if index == len(roads) - 1 else earth.side_road
        kerbs = tuple(strip(path, 0.22, shift_m=edge * (width / 2 + 0.1)) for edge in (-1, 1))
        regions += [Region(kerbs, earth.kerb, 0.06), Region((strip(path, width),), colour, 0.09)]
        dark: Rgb = (colour[0] * 0.86, colour[1] * 0.86, colour[2] * 0.86)
        tracks = [(lane + 0.5) * width / lanes - width / 2 + side for lane in range(lanes) for side in (-0.75, 0.75)]
        regions.append(Region(tuple(strip(path, 0.45, shift_m=t) for t in tracks), dark, 0.1, wear=0.55))
        wear = float(rng.uniform(0, 0.9))
        if rng.random() < 0.8:
            regions += _dashes(path, width, lanes, earth, wear)
    if rng.random() < 0.5:
        regions += _blots(roads[0][0], earth, rng)
    return Ground(earth.verge, earth.rough * float(rng.uniform(0.3, 0.95)), tuple(regions), earth.seed + int(rng.integers(0, 6)) * 3)


def _dashes(path: tuple[Xy, ...], width: float, lanes: int, earth: Earth, wear: float) -> list[Region]:
    points = np.array(path)
    pieces = []
    for lane in range(1, lanes):
        shift = lane * width / lanes - width / 2
        for a, c in zip(points[:-1], (points[:-1] + points[1:]) / 2, strict=True):
            pieces.append(strip(((float(a[0]), float(a[1])), (float(c[0]), float(c[1]))), 0.12, shift_m=shift))
    edges = [strip(path, 0.11, shift_m=edge * (width / 2 - 0.2)) for edge in (-1, 1)]
    return [Region(tuple(pieces + edges), earth.marks, 0.1, wear)]


def _blots(path: tuple[Xy, ...], earth: Earth, rng: Rng) -> list[Region]:
    """Oil, patches of new asphalt, puddle rims."""
    out = []
    for _ in range(int(rng.integers(1, 5))):
        x, y = path[int(rng.integers(2, 10))]
        angle = np.linspace(0, 2 * np.pi, 9)[:-1]
        radius = float(rng.uniform(0.2, 1.2)) * rng.uniform(0.6, 1.2, 8)
        shade = float(rng.uniform(0.5, 1.2))
        offset = float(rng.uniform(-2, 2))
        corners = tuple((float(x + offset + r * np.cos(a)), float(y + 1.6 * r * np.sin(a))) for a, r in zip(angle, radius, strict=True))
        out.append(Region((corners,), (earth.road[0] * shade, earth.road[1] * shade, earth.road[2] * shade), 0.2, 0.3))
    return out


def _props(earth: Earth, roads: tuple[tuple[tuple[Xy, ...], float, int], ...], rng: Rng) -> tuple[Prop, ...]:
    out: list[Prop] = []
    paths = [(np.array(p), w) for p, w, _ in roads]

    def free(x: float, y: float, room: float) -> bool:
        return all(np.hypot(*(p - [x, y]).T).min() > w / 2 + room for p, w in paths)

    def tint(base: Rgb) -> Rgb:
        g = float(rng.uniform(0.75, 1.2))
        return (min(1, base[0] * g), min(1, base[1] * g), min(1, base[2] * g))

    menu = ("tree", "tree", "bush", "house", "wall", "fence", "palisade", "lamp", "sign", "box", "hut", "bollard", "container")
    out += _backdrop(earth, rng)
    for _ in range(int(rng.integers(2, 12))):
        kind = menu[int(rng.integers(len(menu)))]
        big = kind in ("house", "tree", "container")
        x, y = float(rng.uniform(-22, 22)), float(rng.uniform(14 if big else 7, 55 if big else 30))
        size, room = _prop_size(kind, rng)
        if not free(x, y, room):
            continue
        main = {"tree": earth.leaf, "bush": earth.leaf, "house": earth.wall, "wall": earth.wall, "hut": earth.wall}.get(kind, (0.45, 0.46, 0.48))
        second = {"tree": (0.22, 0.16, 0.11), "house": earth.roof, "hut": earth.roof, "bush": earth.leaf}.get(kind, (0.6, 0.12, 0.1) if kind in ("sign", "bollard") else (0.35, 0.36, 0.37))
        heading = float(rng.choice([0.0, 90.0])) + float(rng.normal(0, 8))
        out.append(Prop(kind, x, y, heading, size, (tint(main), second), int(rng.integers(40))))
    if rng.random() < 0.35:
        at = paths[0][0][int(rng.integers(3, 6))]
        half = paths[0][1] / 2
        side = 1 if rng.random() < 0.5 else -1
        raised = float(rng.choice([0.0, 70.0, 85.0]))
        boom = Prop("boom", float(at[0] + side * (half + 0.4)), float(at[1]), 0.0 if side < 0 else 180.0, (2 * half, raised, 1.0), ((0.85, 0.85, 0.83), (0.7, 0.08, 0.06)))
        out += [boom, Prop("box", boom.x, boom.y, 0.0, (0.4, 0.4, 1.05), ((0.75, 0.55, 0.1), (0.2, 0.2, 0.2)))]
    return tuple(out)


def _backdrop(earth: Earth, rng: Rng) -> list[Prop]:
    """What closes the view: a row of trees, of houses, a long wall, or nothing."""
    pick = rng.random()
    far = float(rng.uniform(34, 70))
    wood: Rgb = (0.22, 0.16, 0.11)
    if pick < 0.3:
        return [
            Prop("tree", x + float(rng.normal(0, 1.5)), far + float(rng.normal(0, 4)), 0.0, (6.0, 0.0, 7.0), (earth.leaf, wood), int(rng.integers(12)))
            for x in np.arange(-40.0, 41.0, float(rng.uniform(5, 12)))
        ]
    if pick < 0.6:
        walls = [(w * float(rng.uniform(0.6, 1.2)), w * float(rng.uniform(0.6, 1.1)), w * float(rng.uniform(0.5, 1.1))) for w in (0.6, 0.7, 0.55, 0.65)]
        spots = np.arange(-42.0, 43.0, 17.0)
        return [
            Prop("house", float(x), far + float(rng.normal(0, 3)), float(rng.normal(0, 6)), (float(rng.choice([10.0, 14.0])), 8.0, float(rng.choice([3.5, 6.5, 9.5]))), (walls[i % 4], earth.roof), int(rng.integers(6)))
            for i, x in enumerate(spots)
        ]
    if pick < 0.75:
        return [Prop("wall", 0.0, far, float(rng.normal(0, 4)), (80.0, 0.25, 2.0), (earth.wall, earth.kerb), 1)]
    return []


def _prop_size(kind: str, rng: Rng) -> tuple[tuple[float, float, float], float]:
    u = rng.uniform
    step = 0.5
    sizes = {
        "tree": ((u(3, 8), 0, u(4, 9)), 1.0),
        "bush": ((u(1, 6), u(0.8, 1.5), u(0.6, 1.6)), 1.5),
        "house": ((u(6, 20), u(5, 10), u(3, 9)), 8.0),
        "wall": ((u(4, 16), 0.25, u(1.2, 2.6)), 4.0),
        "fence": ((u(5, 15), 0.1, u(1.2, 2.2)), 4.0),
        "palisade": ((u(5, 15), 0.1, u(1.6, 2.4)), 4.0),
        "lamp": ((u(0.8, 1.8), 0.1, u(4, 7)), 0.5),
        "sign": ((u(0.5, 0.9), 0.1, u(1.8, 2.8)), 0.5),
        "box": ((u(0.5, 1.2), u(0.4, 0.8), u(0.8, 1.6)), 0.6),
        "hut": ((u(1.5, 3), u(1.5, 3), u(2.2, 2.8)), 1.8),
        "bollard": ((0.16, 0.16, u(0.7, 1.1)), 0.3),
        "container": ((u(5, 7), 2.4, 2.6), 4.0),
    }
    (a, b, c), room = sizes[kind]
    return (max(step, round(float(a) / step) * step) if a > 1 else round(float(a), 2), round(float(b), 1), max(step, round(float(c) / step) * step) if c > 1 else round(float(c), 1)), room


def _actors(source: SceneList, roads: tuple[tuple[tuple[Xy, ...], float, int], ...], camera: Camera, lamps_on: float, rng: Rng) -> tuple[Placed, ...]:
    taken: list[tuple[float, float, float]] = []
    out: list[Placed] = []
    count = int(rng.choice([0, 1, 2, 3, 4, 6, 8, 11], p=[0.03, 0.10, 0.17, 0.19, 0.18, 0.16, 0.11, 0.06]))
    for number in range(1, count + 1):
        kind = str(rng.choice(_KINDS, p=_SHARES))
        actor = drawn(source, kind, number, rng)
        for _ in range(6):
            stand = _stand(actor, roads, camera, rng)
            size = actor.length_m / 2 + 0.4
            if all(math.hypot(stand.x - x, stand.y - y) > (size + r) * 0.75 for x, y, r in taken):
                taken.append((stand.x, stand.y, size))
                on = 0.0 if kind in ("person", "bicycle") else float(rng.random() < lamps_on)
                out.append(actor.placed(stand, travelled_m=float(rng.uniform(0, 9)), speed_m_s=float(rng.uniform(0, 9)), beams=on, brake=bool(rng.random() < 0.2)))
                break
    return tuple(out)


def _stand(actor: Actor, roads: tuple[tuple[tuple[Xy, ...], float, int], ...], camera: Camera, rng: Rng) -> Stand:
    """Somewhere in sight: mostly in a lane and along it, sometimes across or beside the road."""
    path, width, lanes = roads[int(rng.integers(len(roads)))]
    points = np.array(path)
    best: Stand | None = None
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
        heading += float(rng.uniform(0, 360)) if turn < (0.5 if actor.kind == "person" else 0.15) else float(rng.normal(0, 5))
        best = Stand(float(x), float(y), heading)
        middle = np.array([[x, y, 0.5]], np.float32)
        px, depth = camera.project(middle)
        w, h = camera.size_wh
        if depth[0] > 2.5 and -0.1 * w < px[0, 0] < 1.1 * w and 0 < px[0, 1] < 1.25 * h:
            return best
    assert best is not None
    return best


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
