"""What a list of scene ingredients holds, and the two lists' rule for plate texts."""

from __future__ import annotations

import zlib
from dataclasses import dataclass

from edge.scene.camera import Pose
from edge.scene.gate_plan import GatePlan
from edge.scene.glyphs import Font
from edge.scene.light import Rgb
from edge.scene.plates import PlateLayout
from edge.scene.shapes import BikeShape, BusShape, CarShape, PersonShape, TrailerShape, TruckShape

CONSONANTS = "BCDFGHJKLMNPRSTVWXYZ"
ALL_LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"


@dataclass(frozen=True, slots=True)
class Earth:
    """Colours of one surrounding: verge, road, second road, kerb, marks, wall, roof, leaf."""

    name: str
    verge: Rgb
    rough: float
    road: Rgb
    side_road: Rgb
    kerb: Rgb
    marks: Rgb
    wall: Rgb
    roof: Rgb
    leaf: Rgb
    seed: int


@dataclass(frozen=True, slots=True)
class SceneList:
    """Everything that a scene may be made of."""

    name: str
    seeds: range
    poses: tuple[Pose, ...]
    earths: tuple[Earth, ...]
    plans: tuple[GatePlan, ...]
    cars: tuple[CarShape, ...]
    trucks: tuple[TruckShape, ...]
    buses: tuple[BusShape, ...]
    trailers: tuple[TrailerShape, ...]
    bikes: tuple[BikeShape, ...]
    people: tuple[PersonShape, ...]
    paints: tuple[Rgb, ...]
    fonts: tuple[Font, ...]
    layouts: tuple[PlateLayout, ...]
    words: tuple[str, ...]

    def owns_text(self, text: str) -> bool:
        """Whether a plate text belongs to this list: texts are split by their checksum, one in five for the proofs."""
        bare = "".join(s for s in text.upper() if s.isalnum())
        return (zlib.crc32(bare.encode()) % 5 == 0) == (self.name == "proof")
