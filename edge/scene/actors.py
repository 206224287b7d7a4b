"""Actors: a class, a shape, a paint, plates; at a moment they become placed pieces."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from edge.scene import buses, cars, riders, trucks
from edge.scene.ingredients import SceneList
from edge.scene.light import Rgb
from edge.scene.materials import Material, surface
from edge.scene.mesh import Mesh
from edge.scene.painter import Body, Stand
from edge.scene.placed import Piece, Placed
from edge.scene.plates import PlateLook, lettering, picture, spelled
from edge.scene.shapes import BikeShape, BusShape, CarShape, PersonShape, TrailerShape, TruckShape

Shape = CarShape | TruckShape | BusShape | BikeShape | PersonShape
U8 = npt.NDArray[np.uint8]
Rng = np.random.Generator
TOWING = 0.15
"""Share of cars with a trailer: more than on a road, as a detector must learn that both are one vehicle."""
_KIND = {CarShape: "car", TruckShape: "truck", BusShape: "bus", PersonShape: "person"}


@dataclass(frozen=True, slots=True)
class Actor:
    """One road user and its looks; `tow` is a trailer with its own plate, `word` the lettering on its sides."""

    number: int
    shape: Shape
    tints: tuple[tuple[Material, Rgb], ...]
    front: PlateLook | None = None
    rear: PlateLook | None = None
    tow: TrailerShape | None = None
    tow_plate: PlateLook | None = None
    word: str = ""
    dirt: float = 0.0

    @property
    def kind(self) -> str:
        if isinstance(self.shape, BikeShape):
            return self.shape.kind
        return _KIND[type(self.shape)]

    @property
    def length_m(self) -> float:
        return self.mesh(0).length_m

    def mesh(self, step: int) -> Mesh:
        """The mesh at a phase of the gait (0 for things that have none)."""
        wh = self._plate_wh()
        match self.shape:
            case CarShape():
                return cars.car(self.shape, wh)
            case TruckShape():
                return trucks.truck(self.shape, wh)
            case BusShape():
                return buses.bus(self.shape, wh)
            case BikeShape():
                return riders.bike(self.shape, step, wh)
            case PersonShape():
                return riders.person(self.shape, step)

    def _plate_wh(self) -> tuple[float, float]:
        look = self.rear or self.front
        return look.layout.wh_m if look else (0.52, 0.11)

    def placed(
        self,
        stand: Stand,
        *,
        travelled_m: float = 0.0,
        speed_m_s: float = 0.0,
        beams: float = 0.0,
        brake: bool = False,
        hitch: Stand | None = None,
    ) -> Placed:
        """The actor as it stands; `hitch`: where its trailer's middle stands (straight behind when None)."""
        stride = {"person": 1.45, "bicycle": 5.0}.get(self.kind, 0.0)
        step = int(travelled_m / stride * riders.STEPS) % riders.STEPS if stride else 0
        tail = 0.35 * beams + (0.65 if brake else 0.0)
        skin = surface(dict(self.tints), head=beams, tail=tail, dirt=self.dirt)
        pieces = [Piece(Body(self.mesh(step), skin, self._pictures()), stand)]
        plates = [
            (0, name, look.text.replace("|", " "))
            for name, look in (("front", self.front), ("rear", self.rear))
            if look
        ]
        if self.tow is not None:
            wh = self.tow_plate.layout.wh_m if self.tow_plate else (0.52, 0.11)
            shown = {"rear": picture(self.tow_plate)} if self.tow_plate else {}
            pieces.append(Piece(Body(buses.trailer(self.tow, wh), skin, shown), hitch or self.behind(stand)))
            if self.tow_plate:
                plates.append((1, "rear", self.tow_plate.text.replace("|", " ")))
        return Placed(
            self.number, self.kind, tuple(pieces), tuple(plates), speed_m_s, beams if self.kind != "person" else 0.0
        )

    def behind(self, stand: Stand) -> Stand:
        """Where the trailer's middle stands on a straight road."""
        if self.tow is None:
            return stand
        back = self.length_m / 2 + self.tow.draw_m + self.tow.length_m / 2
        a = math.radians(stand.heading_deg)
        return replace(stand, x=stand.x - back * math.cos(a), y=stand.y - back * math.sin(a))

    def _pictures(self) -> dict[str, U8]:
        shown = {name: picture(look) for name, look in (("front", self.front), ("rear", self.rear)) if look}
        if self.word and self.front and isinstance(self.shape, TruckShape | BusShape):
            ink = (30, 40, 90) if self.number % 2 else (150, 30, 25)
            shown |= {
                name: lettering(self.word, self.front.font, ink, (320, 96)) for name in ("left", "right", "doors")
            }
            shown["board"] = lettering(self.word, self.front.font, (250, 170, 30), (220, 40))
        return shown


def plate_look(source: SceneList, rng: Rng, *, two_lines: bool | None = None) -> PlateLook:
    """A plate drawn from the list; its text is one that the list owns."""
    layouts = [p for p in source.layouts if two_lines is None or ("|" in p.patterns[0]) == two_lines]
    layout = layouts[int(rng.integers(len(layouts)))]
    text = ""
    while not text or not source.owns_text(text):
        text = spelled(layout.patterns[int(rng.integers(len(layout.patterns)))], layout.letters, rng)
    font = source.fonts[int(rng.integers(len(source.fonts)))]
    dirt = float(rng.uniform(0, 0.8)) if rng.random() < 0.25 else 0.0
    return PlateLook(text, layout, font, dirt, int(rng.integers(1000)))


def drawn(source: SceneList, kind: str, number: int, rng: Rng, towing: float = TOWING) -> Actor:
    """A random actor of a class from the list; `towing` is the share of cars with a trailer."""

    def one(rows: tuple[object, ...]) -> object:
        return rows[int(rng.integers(len(rows)))]

    tints = _tints(source, kind, rng)
    if kind == "person":
        return Actor(number, one(source.people), tints)  # type: ignore[arg-type]  # rows of one shape class
    if kind in ("bicycle", "motorcycle"):
        bikes = tuple(b for b in source.bikes if b.kind == kind)
        rear = plate_look(source, rng, two_lines=True) if kind == "motorcycle" else None
        return Actor(number, one(bikes), tints, rear=rear)  # type: ignore[arg-type]  # rows of one shape class
    rows = {"car": source.cars, "truck": source.trucks, "bus": source.buses}[kind]
    shape = one(rows)
    look = plate_look(source, rng, two_lines=False)
    bare = rng.random() < 0.06
    tow = one(source.trailers) if kind == "car" and rng.random() < towing else None
    return Actor(
        number,
        shape,  # type: ignore[arg-type]  # rows of one shape class
        tints,
        front=None if bare else look,
        rear=None if bare else look,
        tow=tow,  # type: ignore[arg-type]  # rows of one shape class
        tow_plate=plate_look(source, rng, two_lines=False) if tow else None,
        word=str(one(source.words)) if rng.random() < 0.6 else "",
        dirt=float(rng.uniform(0, 1)) if rng.random() < 0.3 else 0.0,
    )


def _tints(source: SceneList, kind: str, rng: Rng) -> tuple[tuple[Material, Rgb], ...]:
    def some(low: float, high: float) -> Rgb:
        r, g, b = (float(v) for v in rng.uniform(low, high, 3))
        return (r, g, b)

    paint = source.paints[int(rng.integers(len(source.paints)))]
    shift = rng.uniform(0.88, 1.12, 3) if source.name == "training" else np.ones(3)
    paint = (
        min(1.0, paint[0] * float(shift[0])),
        min(1.0, paint[1] * float(shift[1])),
        min(1.0, paint[2] * float(shift[2])),
    )
    cargo_gray = float(rng.uniform(0.6, 0.9))
    cargo: Rgb = (cargo_gray, cargo_gray, cargo_gray * 0.98) if rng.random() < 0.6 else some(0.08, 0.7)
    skin_tone = float(rng.uniform(0.25, 1.15))
    rows: list[tuple[Material, Rgb]] = [
        (Material.PAINT, paint),
        (Material.SECOND, some(0.05, 0.7) if kind != "car" else (0.1, 0.1, 0.1)),
        (Material.CARGO, cargo),
        (Material.SHIRT, some(0.05, 0.85)),
        (Material.TROUSERS, some(0.03, 0.35)),
        (Material.SKIN, (0.50 * skin_tone, 0.34 * skin_tone, 0.26 * skin_tone)),
        (Material.RIM, (0.12, 0.12, 0.13) if rng.random() < 0.25 else (0.5, 0.51, 0.53)),
    ]
    return tuple(rows)
