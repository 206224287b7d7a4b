"""The two committed lists that everything rendered is drawn from.

`TRAINING` is for training and tuning, `PROOF` for every proof: the demo clip, golden tests, benchmarks. No seed, camera
pose, ground, vehicle shape, paint, plate font, plate layout or plate text may be in both; a test holds that.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass

from edge.scene.camera import Pose
from edge.scene.glyphs import Font
from edge.scene.light import Rgb
from edge.scene.plates import PlateLayout
from edge.scene.riders import BikeShape, PersonShape
from edge.scene.vehicles import BusShape, CarShape, TrailerShape, TruckShape

C, T, B, R = CarShape, TruckShape, BusShape, TrailerShape


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


_LETTERS = "BCDFGHJKLMNPRSTVWXYZ"
_ALL = "ABCDEFGHJKLMNPRSTUVWXYZ"
_WHITE, _YELLOW, _INK = (244, 244, 240), (246, 200, 40), (18, 18, 20)
_BLUE = (22, 60, 150)

TRAINING = SceneList(
    name="training",
    seeds=range(0, 1_000_000),
    poses=(
        Pose(0.0, 0.0, 3.2, -6, 14, 0, 1.05),
        Pose(3.5, 0.0, 3.6, -16, 17, 0, 1.20),
        Pose(-3.0, 0.0, 4.2, 12, 18, 0, 1.00),
        Pose(5.0, 0.0, 5.0, -22, 20, 1, 1.10),
        Pose(-5.5, 0.0, 4.6, 24, 19, -1, 0.95),
        Pose(1.0, 0.0, 2.4, -2, 8, 0, 0.90),
        Pose(0.0, 0.0, 6.5, 0, 24, 0, 1.05),
        Pose(6.0, 0.0, 7.5, -18, 26, 0, 1.30),
        Pose(-2.0, 0.0, 1.6, 5, 4, 0, 0.85),
        Pose(4.0, 0.0, 3.0, -30, 12, 0, 0.80),
        Pose(-6.0, 0.0, 3.3, 32, 13, 0, 0.85),
        Pose(2.0, 0.0, 9.0, -6, 30, 0, 1.25),
        Pose(-1.0, 0.0, 3.9, -10, 15, 2, 1.55),
        Pose(2.5, 0.0, 4.4, 9, 21, -2, 0.72),
    ),
    earths=(
        Earth("highveld", (0.42, 0.38, 0.22), 0.30, (0.30, 0.30, 0.31), (0.36, 0.34, 0.31), (0.55, 0.54, 0.52), (0.82, 0.82, 0.80), (0.66, 0.58, 0.48), (0.35, 0.18, 0.14), (0.20, 0.26, 0.10), 11),
        Earth("lawn", (0.20, 0.33, 0.12), 0.32, (0.25, 0.25, 0.27), (0.30, 0.30, 0.31), (0.60, 0.60, 0.60), (0.88, 0.88, 0.86), (0.75, 0.74, 0.72), (0.28, 0.28, 0.30), (0.12, 0.25, 0.08), 12),
        Earth("sand", (0.62, 0.52, 0.38), 0.22, (0.36, 0.35, 0.34), (0.55, 0.47, 0.36), (0.62, 0.58, 0.52), (0.85, 0.83, 0.75), (0.80, 0.72, 0.60), (0.55, 0.40, 0.28), (0.28, 0.30, 0.16), 13),
        Earth("yard", (0.45, 0.45, 0.44), 0.14, (0.40, 0.40, 0.40), (0.44, 0.43, 0.42), (0.66, 0.62, 0.20), (0.85, 0.72, 0.20), (0.52, 0.56, 0.60), (0.25, 0.28, 0.33), (0.16, 0.24, 0.12), 14),
        Earth("brick", (0.33, 0.34, 0.20), 0.28, (0.46, 0.33, 0.28), (0.42, 0.40, 0.38), (0.58, 0.55, 0.52), (0.84, 0.84, 0.82), (0.50, 0.28, 0.22), (0.20, 0.20, 0.22), (0.18, 0.30, 0.12), 15),
        Earth("winter", (0.72, 0.74, 0.78), 0.16, (0.38, 0.39, 0.41), (0.52, 0.53, 0.56), (0.70, 0.71, 0.73), (0.80, 0.80, 0.80), (0.60, 0.55, 0.50), (0.75, 0.77, 0.80), (0.22, 0.24, 0.20), 16),
    ),
    cars=(
        C("hatch", 3.75, 1.66, 1.50, 0.94, 0.73, 0.85, 0.72, 0.12, 0.42, 0.98, 0.19, 0.29, "round", 2),
        C("hatch", 4.05, 1.76, 1.46, 0.95, 0.71, 0.98, 0.80, 0.14, 0.50, 1.00, 0.18, 0.31, "slim", 2),
        C("hatch", 4.28, 1.80, 1.45, 0.96, 0.70, 1.05, 0.82, 0.18, 0.48, 1.01, 0.18, 0.33, "slim", 2),
        C("sedan", 4.40, 1.74, 1.44, 0.92, 0.70, 1.10, 0.80, 0.72, 0.72, 0.99, 0.18, 0.31, "tall", 2),
        C("sedan", 4.72, 1.83, 1.45, 0.93, 0.70, 1.18, 0.88, 0.80, 0.78, 1.01, 0.17, 0.33, "slim", 2),
        C("sedan", 4.95, 1.88, 1.47, 0.95, 0.72, 1.25, 0.92, 0.85, 0.82, 1.03, 0.18, 0.35, "slim", 2),
        C("hatch", 4.60, 1.80, 1.49, 0.95, 0.71, 1.08, 0.80, 0.20, 0.38, 1.00, 0.18, 0.32, "slim", 3),
        C("suv", 4.30, 1.80, 1.64, 1.04, 0.84, 1.00, 0.70, 0.14, 0.42, 1.07, 0.22, 0.35, "slim", 2),
        C("suv", 4.65, 1.88, 1.72, 1.08, 0.88, 1.10, 0.66, 0.15, 0.36, 1.10, 0.24, 0.37, "tall", 3),
        C("suv", 4.95, 1.95, 1.88, 1.14, 0.97, 1.15, 0.55, 0.15, 0.20, 1.15, 0.28, 0.40, "tall", 3),
        C("van", 4.40, 1.80, 1.84, 1.05, 0.84, 0.80, 0.82, 0.08, 0.10, 1.08, 0.20, 0.32, "tall", 3),
        C("van", 5.30, 1.98, 2.10, 1.12, 0.92, 0.72, 0.88, 0.08, 0.08, 1.14, 0.22, 0.34, "tall", 3),
        C("van", 5.90, 2.02, 2.55, 1.18, 0.96, 0.78, 0.80, 0.08, 0.06, 1.20, 0.24, 0.35, "tall", 4),
        C("pickup", 5.25, 1.83, 1.78, 1.08, 0.93, 1.20, 0.62, 1.62, 0.14, 1.06, 0.30, 0.38, "tall", 2),
        C("pickup", 5.05, 1.78, 1.70, 1.05, 0.90, 1.15, 0.60, 2.25, 0.10, 1.02, 0.28, 0.36, "tall", 1),
    ),
    trucks=(
        T(6.2, 2.1, 2.9, 1.65, 2.15, 0.90, 0.40, "box"),
        T(7.8, 2.4, 3.4, 1.80, 2.55, 0.98, 0.47, "box"),
        T(8.6, 2.45, 3.6, 1.90, 2.75, 1.02, 0.50, "tarp", 3),
        T(6.8, 2.25, 2.3, 1.70, 2.30, 0.95, 0.43, "flat"),
        T(7.2, 2.45, 3.0, 1.85, 2.70, 1.05, 0.50, "tipper", 3),
        T(8.2, 2.4, 3.1, 1.85, 2.65, 1.05, 0.48, "tank", 3),
        T(5.4, 1.95, 2.6, 1.45, 2.00, 0.80, 0.35, "box"),
    ),
    buses=(
        B(11.5, 2.5, 3.1, 1.35, 0.49, 7),
        B(9.4, 2.4, 3.0, 1.30, 0.46, 6),
        B(5.5, 1.98, 2.35, 1.22, 0.34, 4, "sloped"),
        B(6.6, 2.1, 2.65, 1.30, 0.36, 5, "sloped"),
        B(12.2, 2.55, 3.5, 1.70, 0.50, 8),
    ),
    trailers=(R(1.9, 1.25, 1.05, 1.1, 0.27, cover=False), R(2.4, 1.45, 1.55, 1.2, 0.29, cover=True)),
    bikes=(
        BikeShape(True, 0.30, 1.30, 0.78, box=True),
        BikeShape(True, 0.31, 1.42, 0.80),
        BikeShape(True, 0.27, 1.22, 0.76, stout=1.15),
        BikeShape(False, 0.34, 1.05, 0.95),
        BikeShape(False, 0.33, 1.00, 0.90, stout=1.1),
    ),
    people=(
        PersonShape(1.78, 1.00, bag=False),
        PersonShape(1.66, 0.95, bag=True),
        PersonShape(1.72, 1.18, bag=False),
        PersonShape(1.62, 1.00, bag=False, skirt=True),
        PersonShape(1.35, 0.80, bag=True),
    ),
    paints=(
        (0.88, 0.88, 0.87), (0.62, 0.63, 0.65), (0.34, 0.35, 0.37), (0.05, 0.05, 0.06), (0.48, 0.05, 0.06),
        (0.09, 0.15, 0.34), (0.16, 0.32, 0.55), (0.12, 0.24, 0.16), (0.55, 0.50, 0.40), (0.72, 0.55, 0.08), (0.62, 0.26, 0.06), (0.30, 0.20, 0.14), (0.78, 0.79, 0.81),
    ),
    fonts=(
        Font("plain", 0.54, 0.135, 0.36),
        Font("broad", 0.60, 0.16, 0.32, square_ends=True),
        Font("thin", 0.50, 0.115, 0.40),
        Font("barred", 0.52, 0.13, 0.24, square_ends=True, slashed_zero=True),
        Font("footless", 0.55, 0.14, 0.44, hooked_one=False),
        Font("leaning", 0.52, 0.13, 0.38, slant=0.08),
    ),
    layouts=(
        PlateLayout("za-gp", ("AA 99 AA GP",), _LETTERS, (20, 60, 50), _WHITE),
        PlateLayout("za-kzn", ("ND 999-999", "NP 999-999", "NJ 9999"), _LETTERS, (20, 40, 110), _WHITE),
        PlateLayout("za-ec", ("AAA 999 EC", "AAA 999 FS"), _LETTERS, _INK, _WHITE, wh_m=(0.44, 0.12)),
        PlateLayout("za-gp2", ("AA 99|AA GP",), _LETTERS, (20, 60, 50), _WHITE, wh_m=(0.25, 0.205), fill=0.78),
        PlateLayout("d", ("B-AA 999", "M-AA 9999", "HH-A 999"), _LETTERS, _INK, _WHITE, band=_BLUE, mark="D"),
        PlateLayout("f", ("AA-999-AA",), _LETTERS, _INK, _WHITE, band=_BLUE, mark="F"),
        PlateLayout("nl", ("99-AA-AA", "AA-999-A"), _LETTERS, _INK, _YELLOW, band=_BLUE, mark="NL"),
        PlateLayout("pl", ("WA 99999", "KR 9AA99"), _LETTERS, _INK, _WHITE, band=_BLUE, mark="PL"),
        PlateLayout("i2", ("AA 999|AA",), _LETTERS, _INK, _WHITE, wh_m=(0.30, 0.20), band=_BLUE, mark="I"),
    ),
    words=("MOVERS", "FRESH", "CARGO 24", "DAIRY", "EXPRESS", "BUILD IT", "LOGISTIC", "BAKERS", "RENT A VAN"),
)

PROOF = SceneList(
    name="proof",
    seeds=range(5_000_000, 5_100_000),
    poses=(
        Pose(1.5, 0.0, 3.8, -8, 18.0, 0, 1.12),
        Pose(-2.6, 0.0, 3.5, 9, 15.5, 0, 1.15),
        Pose(4.4, 0.0, 4.1, -19, 18.5, 0, 1.02),
        Pose(0.4, 0.0, 5.6, 3, 22.0, 0, 1.12),
    ),
    earths=(
        Earth("winelands", (0.30, 0.34, 0.16), 0.30, (0.28, 0.28, 0.29), (0.40, 0.36, 0.31), (0.62, 0.61, 0.58), (0.86, 0.86, 0.84), (0.84, 0.82, 0.76), (0.30, 0.15, 0.12), (0.15, 0.27, 0.09), 51),
        Earth("depot", (0.40, 0.39, 0.34), 0.20, (0.34, 0.34, 0.35), (0.47, 0.46, 0.44), (0.64, 0.63, 0.60), (0.88, 0.80, 0.30), (0.58, 0.61, 0.62), (0.22, 0.26, 0.30), (0.20, 0.27, 0.14), 52),
    ),
    cars=(
        C("hatch", 3.92, 1.70, 1.49, 0.95, 0.72, 0.92, 0.74, 0.13, 0.46, 0.99, 0.18, 0.30, "slim", 2),
        C("hatch", 4.18, 1.79, 1.47, 0.96, 0.71, 1.00, 0.78, 0.16, 0.44, 1.00, 0.19, 0.32, "round", 2),
        C("sedan", 4.56, 1.79, 1.45, 0.93, 0.70, 1.14, 0.84, 0.76, 0.74, 1.00, 0.18, 0.32, "slim", 2),
        C("sedan", 4.84, 1.86, 1.46, 0.94, 0.71, 1.22, 0.90, 0.82, 0.80, 1.02, 0.18, 0.34, "tall", 2),
        C("suv", 4.48, 1.85, 1.69, 1.06, 0.86, 1.06, 0.68, 0.15, 0.40, 1.09, 0.23, 0.36, "slim", 3),
        C("suv", 4.80, 1.92, 1.82, 1.12, 0.94, 1.12, 0.60, 0.15, 0.26, 1.13, 0.27, 0.39, "tall", 3),
        C("van", 5.05, 1.94, 1.98, 1.10, 0.90, 0.76, 0.85, 0.08, 0.09, 1.12, 0.21, 0.33, "tall", 3),
        C("pickup", 5.15, 1.82, 1.75, 1.07, 0.92, 1.18, 0.63, 1.55, 0.13, 1.05, 0.29, 0.37, "tall", 2),
    ),
    trucks=(
        T(7.0, 2.3, 3.1, 1.75, 2.40, 0.95, 0.44, "box"),
        T(8.0, 2.4, 3.3, 1.85, 2.60, 1.00, 0.48, "tarp"),
        T(6.5, 2.3, 2.8, 1.75, 2.40, 1.00, 0.46, "tipper"),
    ),
    buses=(B(8.6, 2.35, 2.9, 1.28, 0.44, 5), B(5.9, 2.05, 2.45, 1.25, 0.35, 4, "sloped")),
    trailers=(R(2.1, 1.35, 0.92, 1.15, 0.28, cover=True),),
    bikes=(
        BikeShape(True, 0.30, 1.36, 0.79),
        BikeShape(True, 0.29, 1.26, 0.77, box=True, stout=1.05),
        BikeShape(False, 0.335, 1.03, 0.93),
    ),
    people=(PersonShape(1.75, 1.05, bag=False), PersonShape(1.68, 1.0, bag=True), PersonShape(1.64, 1.05, bag=False, skirt=True)),
    paints=(
        (0.86, 0.86, 0.84), (0.58, 0.60, 0.62), (0.28, 0.30, 0.33), (0.07, 0.07, 0.08), (0.55, 0.08, 0.07), (0.10, 0.20, 0.42),
        (0.20, 0.38, 0.60), (0.14, 0.30, 0.20), (0.66, 0.60, 0.48), (0.76, 0.62, 0.12),
    ),
    fonts=(
        Font("cape", 0.56, 0.14, 0.38),
        Font("firm", 0.57, 0.15, 0.30, square_ends=True),
        Font("slim", 0.52, 0.125, 0.42, hooked_one=False),
    ),
    layouts=(
        PlateLayout("za-wc", ("C\\A 999-999", "CF 999-999", "CY 999-999", "CJ 99999"), _LETTERS, (18, 42, 120), (245, 245, 243)),
        PlateLayout("za-mp", ("AAA 999 MP", "AAA 999 L", "AAA 999 NW"), _LETTERS, (16, 16, 18), (245, 245, 243), wh_m=(0.48, 0.115)),
        PlateLayout("za-wc2", ("C\\A|999-999", "CF|999-999"), _LETTERS, (18, 42, 120), (245, 245, 243), wh_m=(0.25, 0.20), fill=0.78),
        PlateLayout("gb", ("AA99 AAA",), _ALL, (16, 16, 18), (245, 245, 243), band=(24, 58, 145), mark="UK"),
        PlateLayout("ro", ("B 999 AAA", "CJ 99 AAA"), _LETTERS, (16, 16, 18), (245, 245, 243), band=(24, 58, 145), mark="RO"),
        PlateLayout("e", ("9999 AAA",), _LETTERS, (16, 16, 18), (245, 245, 243), band=(24, 58, 145), mark="E"),
    ),
    words=("CAPE HAUL", "OAK AND SONS", "TABLE FOODS", "NORTHLINE"),
)

LISTS = {"training": TRAINING, "proof": PROOF}
