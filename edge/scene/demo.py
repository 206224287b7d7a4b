"""The story of the bundled demo clip: seven visitors at a gate, from the last minute of the day into dusk."""

from __future__ import annotations

from dataclasses import replace

from edge.scene import daylight, gate_site
from edge.scene.actors import Actor
from edge.scene.camera import Camera
from edge.scene.light import Light, Rgb
from edge.scene.lists import PROOF
from edge.scene.materials import Material as M
from edge.scene.paths import Drive, Go, Path, Wait
from edge.scene.plates import PlateLook
from edge.scene.story import Ride, Story
from edge.scene.weather import Sensor

SEED = PROOF.seeds.start + 17
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
    tints: tuple[tuple[M, Rgb], ...] = ((M.PAINT, rgb), (M.SECOND, (0.12, 0.22, 0.42)), (M.CARGO, (0.80, 0.80, 0.78)))
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
        "motorcycle": Actor(8, p.bikes[0], ((M.PAINT, p.paints[4]), (M.SHIRT, (0.1, 0.1, 0.12)), (M.SECOND, (0.8, 0.8, 0.8))), rear=_plate(TEXTS["motorcycle"], "za-wc2", "cape")),
        "cyclist": Actor(9, p.bikes[2], ((M.PAINT, p.paints[6]), (M.SHIRT, (0.75, 0.72, 0.1)), (M.SECOND, (0.7, 0.1, 0.1)))),
        "walker": Actor(10, p.people[0], ((M.SHIRT, (0.25, 0.35, 0.6)), (M.TROUSERS, (0.12, 0.12, 0.14)))),
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


def _shifted(drive: Drive, place_m: float, at_s: float) -> Drive:
    """The same drive, moved in time so that it is at `place_m` at `at_s`."""
    t = drive.start_s
    while (now := drive.place(t)) is not None and now[0] < place_m:
        t += 0.02
    return replace(drive, start_s=drive.start_s + at_s - t)


def _entry(actor: Actor, name: str, at_s: float, *, wait_s: float = 0.0, beams: float = 0.0, queue_s: float = 0.0, behind_m: float = 0.0) -> Ride:
    """Comes from the street, stops at the boom for `wait_s` and has its front on the main line at `at_s`.

    `queue_s`: a stop before that, `behind_m` behind the boom's stop line.
    """
    path = gate_site.PATHS[name]
    half = actor.length_m / 2
    boom = path.reaches_y(gate_site.BOOM_Y + 0.55) - half
    line = path.reaches_y(gate_site.LINE_Y) - half
    legs: list[Go | Wait] = []
    if queue_s:
        legs += [Go(boom - behind_m, 5.2, stop=True), Wait(queue_s)]
    legs += [Go(boom, 4.2, stop=True), Wait(wait_s)] if wait_s else [Go(boom, 4.0)]
    legs += [Go(line + 1.0, 2.7), Go(path.length_m + 14, 3.3)]
    return Ride(actor, path, _shifted(Drive(0.0, _start(path), 6.5, tuple(legs)), line, at_s), beams)


def _start(path: Path) -> float:
    """Where a path comes into sight: about 17 m to either side."""
    s = 0.0
    while abs(path.at(s)[0]) > 17:
        s += 0.5
    return s


def _leaving(actor: Actor, name: str, at_s: float, *, beams: float = 0.0, tail_m: float = 0.0) -> Ride:
    """Comes from behind the camera and has its rear (and `tail_m` of trailer) on its line at `at_s`."""
    path = gate_site.PATHS[name]
    half = actor.length_m / 2 + tail_m
    line_y = gate_site.SIDE_LINE_Y if name.startswith("side") else gate_site.LINE_Y
    line = path.reaches_y(line_y) + half
    drive = Drive(0.0, -4.0, 3.0, (Go(line, 2.7), Go(line + 6, 3.4), Go(path.length_m, 6.5)))
    return Ride(actor, path, _shifted(drive, line, at_s), beams)


def _through(actor: Actor, name: str, at_s: float, speed: float, beams: float = 0.0) -> Ride:
    """Passes along the street; in the middle of its path at `at_s`."""
    path = gate_site.PATHS[name]
    drive = Drive(0.0, 0.0, speed, (Go(path.length_m, speed),))
    return Ride(actor, path, _shifted(drive, path.length_m / 2, at_s), beams)


def _turn(actor: Actor, at_s: float, beams: float) -> Ride:
    """Comes up to the line, turns round on it and goes back: its nose is over the line for a moment only."""
    low = gate_site.LINE_Y + 1.05
    r = 1.75
    path = Path(
        (
            (30, 23.9), (18, 23.9), (8.5, 23.8), (5.2, 22.6), (3.9, 20.4), (3.6, 17.0), (3.55, 13.0),
            (3.45, low + r), (2.9, low + 0.42), (1.7, low), (0.5, low + 0.42), (-0.05, low + r),
            (-0.1, 13.0), (0.2, 17.0), (-0.2, 20.4), (-2.2, 22.9), (-5.5, 23.8), (-12, 23.9), (-32, 23.9),
        )
    )
    apex = path.reaches_y(low + 0.02)
    legs = (Go(apex - 7.0, 4.2), Go(apex + 5.0, 1.9), Go(path.length_m, 5.5))
    return Ride(actor, path, _shifted(Drive(0.0, _start(path), 6.0, legs), apex, at_s), beams)


def rides() -> tuple[Ride, ...]:
    """The whole schedule."""
    c = cast()
    tow = c["suv"].tow
    tail = tow.draw_m + tow.length_m if tow else 0.0
    parked = Path(((6.0, 30.2), (9.0, 30.2)))
    return (
        Ride(c["parked"], parked, Drive(-1.0, 1.5, 0.0, (Wait(SECONDS + 2),))),
        _entry(c["hatch"], "in-right", 4.2),
        _through(c["motorcycle"], "street-left", 9.0, 8.0),
        _entry(c["lorry"], "in-right", 22.0, wait_s=7.5),
        _entry(c["minibus"], "in-left", 29.6, wait_s=0.4, queue_s=7.4, behind_m=8.3),
        _leaving(c["hatch"], "out-left", 30.2),
        _entry(c["pickup"], "in-right", 36.6),
        _through(c["walker"], "footway", 38.0, 1.4),
        _leaving(c["lorry"], "out-right", 42.4, beams=0.5),
        _entry(c["sedan"], "in-right", 47.4, beams=0.5),
        _leaving(c["minibus"], "out-left", 51.6, beams=0.6),
        _entry(c["suv"], "in-left", 55.6, beams=0.6),
        _through(c["cyclist"], "cycle-left", 58.0, 4.6),
        _leaving(c["sedan"], "side-out", 61.8, beams=0.6),
        _turn(c["bare"], 65.6, 0.6),
        _leaving(c["suv"], "out-right", 74.0, beams=0.7, tail_m=tail),
        _through(c["passer"], "street-left", 71.0, 8.5, 0.7),
        _leaving(c["pickup"], "out-left", 81.0, beams=0.8),
    )


def light_at(t_s: float) -> Light:
    """Low sun, then clouds, then dusk."""
    lamps = gate_site.LAMPS
    marks = (
        (0.0, daylight.day(252, 17, 0.25, lamps)),
        (30.0, daylight.day(255, 11, 0.45, lamps)),
        (52.0, daylight.day(258, 6, 0.75, lamps)),
        (66.0, daylight.dusk(260, 0.10, lamps)),
        (88.0, daylight.dusk(262, 0.55, lamps)),
    )
    for (a, first), (b, second) in zip(marks[:-1], marks[1:], strict=True):
        if t_s <= b:
            return first.blend(second, (t_s - a) / (b - a))
    return marks[-1][1]


def story() -> Story:
    """The demo clip's story, from the proof list."""
    camera = Camera(PROOF.poses[0], SIZE_WH)
    entry = ((-2.0, 7.5), (19.0, 41.0), (43.8, 72.0))
    exits = ((25.5, 35.0), (37.0, 57.0), (62.5, 79.0), (76.5, 86.5))
    return Story(
        seed=SEED,
        camera=camera,
        place=gate_site.place(PROOF.earths[0], SEED),
        rides=rides(),
        barriers=gate_site.barriers(entry, exits),
        light_at=light_at,
        sensor=Sensor(grain=2, soft_px=0.55, vignette=0.08, shutter_s=1 / 160),
        seconds=SECONDS,
        fps=FPS,
        light_step_s=1.2,
    )
