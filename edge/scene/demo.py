"""The story of the bundled demo clip: seven visitors at a gate, from the last minute of the day into dusk."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from edge.scene import daylight, gate_site
from edge.scene.actors import Actor
from edge.scene.camera import Camera
from edge.scene.light import Light, Rgb
from edge.scene.lists import PROOF
from edge.scene.materials import Material
from edge.scene.paths import Drive, Path, Wait
from edge.scene.plates import PlateLook
from edge.scene.rides import entry, leaving, through, turning
from edge.scene.story import Ride, Story
from edge.scene.weather import Sensor

SEED = PROOF.seeds.start + 17
GATE = PROOF.plans[0]
SIZE_WH = (1280, 720)
FPS = 12.5
SECONDS = 87.2
WALL_START = "2026-06-17T17:58:44+02:00"
CLOSES = "18:00"
TIMEZONE = "Africa/Johannesburg"

_LAYOUTS = {layout.name: layout for layout in PROOF.layouts}
_FONTS = {font.name: font for font in PROOF.fonts}


def _plate(text: str, layout: str, font: str, dirt: float = 0.0) -> PlateLook:
    if not PROOF.owns_text(text):
        raise ValueError(f"{text} belongs to the training list")
    return PlateLook(text, _LAYOUTS[layout], _FONTS[font], dirt, len(text))


def _vehicle(number: int, shape: object, paint: int, plate: PlateLook | None, **more: object) -> Actor:
    rgb = PROOF.paints[paint]
    tints: tuple[tuple[Material, Rgb], ...] = (
        (Material.PAINT, rgb),
        (Material.SECOND, (0.12, 0.22, 0.42)),
        (Material.CARGO, (0.80, 0.80, 0.78)),
    )
    return Actor(number, shape, tints, front=plate, rear=plate, **more)  # type: ignore[arg-type]  # rows of the list


def cast() -> dict[str, Actor]:
    """Who plays, by part."""
    cars, p = PROOF.cars, PROOF
    return {
        "hatch": _vehicle(1, cars[0], 4, _plate(TEXTS["hatch"], "za-wc", "cape")),
        "lorry": _vehicle(2, p.trucks[0], 0, _plate(TEXTS["lorry"], "za-wc", "firm"), word="CAPE HAUL"),
        "minibus": _vehicle(3, p.buses[1], 8, _plate(TEXTS["minibus"], "za-mp", "cape")),
        "pickup": _vehicle(4, cars[7], 1, _plate(TEXTS["pickup"], "za-wc", "slim", 0.25)),
        "sedan": _vehicle(5, cars[3], 5, _plate(TEXTS["sedan"], "gb", "firm")),
        "suv": replace(
            _vehicle(6, cars[5], 2, _plate(TEXTS["suv"], "za-mp", "slim")),
            tow=p.trailers[0],
            tow_plate=_plate(TEXTS["trailer"], "za-wc", "cape"),
        ),
        "bare": _vehicle(7, cars[1], 9, None),
        "motorcycle": Actor(
            8,
            p.bikes[0],
            ((Material.PAINT, p.paints[4]), (Material.SHIRT, (0.1, 0.1, 0.12)), (Material.SECOND, (0.8, 0.8, 0.8))),
            rear=_plate(TEXTS["motorcycle"], "za-wc2", "cape"),
        ),
        "cyclist": Actor(
            9,
            p.bikes[2],
            ((Material.PAINT, p.paints[6]), (Material.SHIRT, (0.75, 0.72, 0.1)), (Material.SECOND, (0.7, 0.1, 0.1))),
        ),
        "walker": Actor(
            10, p.people[0], ((Material.SHIRT, (0.25, 0.35, 0.6)), (Material.TROUSERS, (0.12, 0.12, 0.14)))
        ),
        "parked": _vehicle(11, cars[2], 1, _plate(TEXTS["parked"], "za-wc", "firm")),
        "passer": _vehicle(12, cars[4], 7, _plate(TEXTS["passer"], "ro", "firm")),
    }


TEXTS = {
    "hatch": "CA 776-317",
    "lorry": "CF 748-906",
    "minibus": "BXK 150 MP",
    "pickup": "CY 634-148",
    "sedan": "KT08 WVN",
    "suv": "DRJ 174 NW",
    "trailer": "CJ 34598",
    "motorcycle": "CA|481-100",
    "parked": "CF 830-388",
    "passer": "B 848 TKR",
}


def rides() -> tuple[Ride, ...]:
    """The whole schedule."""
    c = cast()
    tow = c["suv"].tow
    tail = tow.draw_m + tow.length_m if tow else 0.0
    parked = Path(((6.0, 30.2), (9.0, 30.2)))
    return (
        Ride(c["parked"], parked, Drive(-1.0, 1.5, 0.0, (Wait(SECONDS + 2),))),
        entry(GATE, c["hatch"], "in-near", 4.2),
        through(GATE, c["motorcycle"], "street-near", 9.0, 8.0),
        entry(GATE, c["lorry"], "in-near", 22.0, wait_s=7.5),
        entry(GATE, c["minibus"], "in-far", 29.6, wait_s=0.4, queue_s=7.4, behind_m=8.3),
        leaving(GATE, c["hatch"], "out-near", 30.2),
        entry(GATE, c["pickup"], "in-near", 36.6),
        through(GATE, c["walker"], "footway", 38.0, 1.4),
        leaving(GATE, c["lorry"], "out-far", 42.4, beams=0.5),
        entry(GATE, c["sedan"], "in-near", 47.4, beams=0.5),
        leaving(GATE, c["minibus"], "out-near", 51.6, beams=0.6),
        entry(GATE, c["suv"], "in-far", 55.6, beams=0.6),
        through(GATE, c["cyclist"], "cycle", 58.0, 4.6),
        leaving(GATE, c["sedan"], "side-out", 61.8, beams=0.6),
        turning(GATE, c["bare"], 65.6, 0.6),
        leaving(GATE, c["suv"], "out-far", 74.0, beams=0.7, tail_m=tail),
        through(GATE, c["passer"], "street-near", 71.0, 8.5, 0.7),
        leaving(GATE, c["pickup"], "out-near", 81.0, beams=0.8),
    )


def light_at(t_s: float) -> Light:
    """Low sun, then clouds, then dusk."""
    lamps = GATE.lamps
    marks = (
        (0.0, daylight.day(252, 17, 0.25, lamps)),
        (30.0, daylight.day(255, 11, 0.45, lamps)),
        (52.0, daylight.day(258, 6, 0.75, lamps)),
        (66.0, daylight.dusk(260, 0.10, lamps)),
        (88.0, daylight.dusk(262, 0.55, lamps)),
    )
    for (a, first), (b, second) in pairwise(marks):
        if t_s <= b:
            return first.blend(second, (t_s - a) / (b - a))
    return marks[-1][1]


def story() -> Story:
    """The demo clip's story, from the proof list."""
    camera = Camera(PROOF.poses[0], SIZE_WH)
    entries = ((-2.0, 7.5), (19.0, 41.0), (43.8, 72.0))
    exits = ((25.5, 35.0), (37.0, 57.0), (62.5, 79.0), (76.5, 86.5))
    return Story(
        seed=SEED,
        camera=camera,
        place=gate_site.place(GATE, PROOF.earths[0], SEED),
        rides=rides(),
        barriers=gate_site.barriers(GATE, entries, exits),
        light_at=light_at,
        sensor=Sensor(grain=2, soft_px=0.55, vignette=0.08, shutter_s=1 / 160),
        seconds=SECONDS,
        fps=FPS,
        light_step_s=1.2,
    )
