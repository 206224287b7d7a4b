"""The list for every proof: the demo clip, golden tests, benchmarks. Nothing is trained or tuned on it."""

from __future__ import annotations

from edge.scene.camera import Pose
from edge.scene.glyphs import Font
from edge.scene.ingredients import ALL_LETTERS, CONSONANTS, Earth, SceneList
from edge.scene.plan_proof import OAK_ROAD
from edge.scene.plates import PlateLayout
from edge.scene.shapes import BikeShape as Bike
from edge.scene.shapes import BusShape as Bus
from edge.scene.shapes import CarShape as Car
from edge.scene.shapes import PersonShape as Person
from edge.scene.shapes import TrailerShape as Trailer
from edge.scene.shapes import TruckShape as Truck

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
        Earth(
            "winelands",
            (0.30, 0.34, 0.16),
            0.30,
            (0.28, 0.28, 0.29),
            (0.40, 0.36, 0.31),
            (0.62, 0.61, 0.58),
            (0.86, 0.86, 0.84),
            (0.84, 0.82, 0.76),
            (0.30, 0.15, 0.12),
            (0.15, 0.27, 0.09),
            51,
        ),
        Earth(
            "depot",
            (0.40, 0.39, 0.34),
            0.20,
            (0.34, 0.34, 0.35),
            (0.47, 0.46, 0.44),
            (0.64, 0.63, 0.60),
            (0.88, 0.80, 0.30),
            (0.58, 0.61, 0.62),
            (0.22, 0.26, 0.30),
            (0.20, 0.27, 0.14),
            52,
        ),
    ),
    plans=(OAK_ROAD,),
    cars=(
        Car("hatch", 3.92, 1.70, 1.49, 0.95, 0.72, 0.92, 0.74, 0.13, 0.46, 0.99, 0.18, 0.30, "slim", 2),
        Car("hatch", 4.18, 1.79, 1.47, 0.96, 0.71, 1.00, 0.78, 0.16, 0.44, 1.00, 0.19, 0.32, "round", 2),
        Car("sedan", 4.56, 1.79, 1.45, 0.93, 0.70, 1.14, 0.84, 0.76, 0.74, 1.00, 0.18, 0.32, "slim", 2),
        Car("sedan", 4.84, 1.86, 1.46, 0.94, 0.71, 1.22, 0.90, 0.82, 0.80, 1.02, 0.18, 0.34, "tall", 2),
        Car("suv", 4.48, 1.85, 1.69, 1.06, 0.86, 1.06, 0.68, 0.15, 0.40, 1.09, 0.23, 0.36, "slim", 3),
        Car("suv", 4.80, 1.92, 1.82, 1.12, 0.94, 1.12, 0.60, 0.15, 0.26, 1.13, 0.27, 0.39, "tall", 3),
        Car("van", 5.05, 1.94, 1.98, 1.10, 0.90, 0.76, 0.85, 0.08, 0.09, 1.12, 0.21, 0.33, "tall", 3),
        Car("pickup", 5.15, 1.82, 1.75, 1.07, 0.92, 1.18, 0.63, 1.55, 0.13, 1.05, 0.29, 0.37, "tall", 2),
    ),
    trucks=(
        Truck(7.0, 2.3, 3.1, 1.75, 2.40, 0.95, 0.44, "box"),
        Truck(8.0, 2.4, 3.3, 1.85, 2.60, 1.00, 0.48, "tarp"),
        Truck(6.5, 2.3, 2.8, 1.75, 2.40, 1.00, 0.46, "tipper"),
    ),
    buses=(Bus(8.6, 2.35, 2.9, 1.28, 0.44, 5), Bus(5.9, 2.05, 2.45, 1.25, 0.35, 4, "sloped")),
    trailers=(Trailer(2.1, 1.35, 0.92, 1.15, 0.28, cover=True),),
    bikes=(
        Bike("motorcycle", 0.30, 1.36, 0.79),
        Bike("motorcycle", 0.29, 1.26, 0.77, box=True, stout=1.05),
        Bike("bicycle", 0.335, 1.03, 0.93),
    ),
    people=(
        Person(1.75, 1.05, bag=False),
        Person(1.68, 1.0, bag=True),
        Person(1.64, 1.05, bag=False, skirt=True),
    ),
    paints=(
        (0.86, 0.86, 0.84),
        (0.58, 0.60, 0.62),
        (0.28, 0.30, 0.33),
        (0.07, 0.07, 0.08),
        (0.55, 0.08, 0.07),
        (0.10, 0.20, 0.42),
        (0.20, 0.38, 0.60),
        (0.14, 0.30, 0.20),
        (0.66, 0.60, 0.48),
        (0.76, 0.62, 0.12),
    ),
    fonts=(
        Font("cape", 0.56, 0.14, 0.38),
        Font("firm", 0.57, 0.15, 0.30, square_ends=True),
        Font("slim", 0.52, 0.125, 0.42, hooked_one=False),
    ),
    layouts=(
        PlateLayout(
            "za-wc",
            ("C\\A 999-999", "CF 999-999", "CY 999-999", "CJ 99999"),
            CONSONANTS,
            (18, 42, 120),
            (245, 245, 243),
        ),
        PlateLayout(
            "za-mp",
            ("AAA 999 MP", "AAA 999 L", "AAA 999 NW"),
            CONSONANTS,
            (16, 16, 18),
            (245, 245, 243),
            wh_m=(0.48, 0.115),
        ),
        PlateLayout(
            "za-wc2",
            ("C\\A|999-999", "CF|999-999"),
            CONSONANTS,
            (18, 42, 120),
            (245, 245, 243),
            wh_m=(0.25, 0.20),
            fill=0.78,
        ),
        PlateLayout("gb", ("AA99 AAA",), ALL_LETTERS, (16, 16, 18), (245, 245, 243), band=(24, 58, 145), mark="UK"),
        PlateLayout(
            "ro", ("B 999 AAA", "CJ 99 AAA"), CONSONANTS, (16, 16, 18), (245, 245, 243), band=(24, 58, 145), mark="RO"
        ),
        PlateLayout("e", ("9999 AAA",), CONSONANTS, (16, 16, 18), (245, 245, 243), band=(24, 58, 145), mark="E"),
    ),
    words=("CAPE HAUL", "OAK AND SONS", "TABLE FOODS", "NORTHLINE"),
)
