"""Gates that training sees and no proof does: other roads and things, and traffic that keeps to the right."""

from __future__ import annotations

from edge.scene.gate_plan import GatePlan, Thing, mirrored, usual_ways
from edge.scene.light import Lamp

_MILL_SIDE = ((-1.6, -8.0), (-1.8, 1.0), (-2.6, 5.0), (-4.6, 11.0), (-7.4, 18.0), (-9.0, 23.5), (-9.6, 25.5))
_MILL_STREET = (24.0, 30.5)
_QUARRY_SIDE = ((-1.2, -8.0), (-1.5, 1.5), (-2.6, 6.5), (-3.6, 11.0), (-4.4, 15.0), (-5.6, 18.6), (-6.4, 20.5))
_QUARRY_STREET = (19.0, 26.5)

MILL_LANE = GatePlan(
    name="mill-lane",
    entry_x=3.7,
    exit_x=0.5,
    road=(-1.2, 5.4),
    line_y=9.2,
    boom_y=11.0,
    street_y=_MILL_STREET,
    side=_MILL_SIDE,
    side_width=3.2,
    side_line_y=11.4,
    footways=((5.8, 70.0), (-70.0, -10.6)),
    street_kerbs=((5.6, 70.0), (-70.0, -11.0)),
    ways=usual_ways(3.7, 0.5, _MILL_STREET, 9.2, _MILL_SIDE),
    trees=((-18, 38, 5, 6), (-4, 35, 6, 6.5), (6, 41, 5, 5.5), (20, 38, 7, 8)),
    things=(
        Thing("house", -9, 50, 8, (14, 8, 6.5), ("kerb", "roof"), 11),
        Thing("house", 10, 47, -2, (16, 8, 3.5), ("wall", "roof"), 12),
        Thing("fence", 0, 33.0, 0, (50, 0.1, 1.6), ("steel", "steel"), 2),
        Thing("wall", -12.0, 13.0, 0, (10.0, 0.25, 1.5), ("wall", "kerb"), 3),
        Thing("wall", 11.5, 12.0, 0, (10.0, 0.25, 1.5), ("wall", "kerb"), 4),
        Thing("hut", -2.9, 16.5, 0, (1.6, 2.0, 2.4), ("wall", "roof")),
        Thing("sign", 6.4, 14.0, 0, (0.7, 0.1, 2.5), ("yellow", "dark")),
        Thing("container", 12.0, 18.0, 4, (6.0, 2.4, 2.6), ("red", "dark"), 5),
        Thing("lamp", -3.2, 20.0, 0, (1.2, 0.1, 5.6), ("steel", "dark")),
    ),
    lamps=(
        Lamp((-2.0, 20.0, 5.6), (1.4, 1.3, 1.1), 5.0),
        Lamp((2.0, 8.0, 4.8), (1.1, 1.1, 1.0), 5.0),
    ),
)

_QUARRY = GatePlan(
    name="quarry",
    entry_x=2.6,
    exit_x=-0.4,
    road=(-2.0, 4.2),
    line_y=7.6,
    boom_y=8.9,
    street_y=_QUARRY_STREET,
    side=_QUARRY_SIDE,
    side_width=2.6,
    side_line_y=12.6,
    footways=((4.4, 70.0), (-70.0, -7.6)),
    street_kerbs=((4.3, 70.0), (-70.0, -8.0)),
    ways=usual_ways(2.6, -0.4, _QUARRY_STREET, 7.6, _QUARRY_SIDE),
    trees=((-12, 30, 6, 6), (-2, 33, 5, 5.5), (4, 29.5, 6, 7), (13, 32, 6, 6.5), (22, 30, 7, 7)),
    things=(
        Thing("bush", 0, 28.5, 0, (50.0, 1.4, 1.5), ("leaf", "leaf"), 21),
        Thing("fence", -10.5, 11.2, 0, (10.0, 0.1, 2.0), ("steel", "steel"), 22),
        Thing("fence", 10.4, 10.0, 0, (11.0, 0.1, 2.0), ("steel", "steel"), 23),
        Thing("box", 5.4, 12.0, 0, (1.0, 0.8, 1.5), ("steel", "dark"), 24),
        Thing("bollard", 4.8, 9.6, 0, (0.16, 0.16, 0.8), ("yellow", "dark")),
        Thing("lamp", 5.2, 15.0, 180, (1.3, 0.1, 5.0), ("steel", "dark")),
    ),
    lamps=(
        Lamp((3.9, 15.0, 5.0), (1.5, 1.2, 0.8), 5.0),
        Lamp((-8.0, 27.0, 6.0), (1.2, 1.2, 1.0), 5.0),
    ),
)
QUARRY = mirrored(_QUARRY, "quarry")
