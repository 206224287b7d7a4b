"""The gate that the demo clip and `test://gate` play at: roads, lines, props, paths."""

from __future__ import annotations

from edge.scene.camera import Camera
from edge.scene.ground import Ground, Region, strip
from edge.scene.ingredients import Earth
from edge.scene.light import Lamp, Rgb
from edge.scene.paths import Path
from edge.scene.props import Prop
from edge.scene.render import Set
from edge.scene.story import Barrier
from edge.scene.truth import LineTruth

# Metres. The site's inside is the near side; the public street runs across beyond the gate. Traffic keeps left.
ENTRY_X, EXIT_X = 3.05, 0.35
ROAD = (-1.05, 4.45)
LINE_Y = 8.4
BOOM_Y = 9.8
STREET_Y = (22.0, 29.0)
SIDE = ((-1.3, -8.0), (-1.35, 2.0), (-2.0, 6.0), (-3.25, 10.0), (-5.2, 16.0), (-7.2, 22.0), (-8.0, 24.0))
SIDE_WIDTH = 2.9
SIDE_LINE_Y = 10.6

PATHS = {
    "in-right": Path(
        ((30, 23.9), (18, 23.9), (8.5, 23.8), (5.0, 22.8), (3.5, 20.4), (3.1, 17.0), (3.05, 8), (3.05, -10))
    ),
    "in-left": Path(
        (
            (-30, 27.0),
            (-12, 27.0),
            (-2.0, 27.0),
            (1.6, 26.4),
            (3.3, 24.3),
            (3.4, 21.0),
            (3.15, 17.0),
            (3.05, 8),
            (3.05, -10),
        )
    ),
    "out-left": Path(
        ((0.35, -12), (0.35, 5), (0.35, 16), (0.1, 19.5), (-1.4, 22.6), (-4.5, 23.8), (-12, 23.9), (-32, 23.9))
    ),
    "out-right": Path(((0.35, -12), (0.35, 5), (0.4, 17), (0.8, 22), (2.6, 25.8), (6.0, 27.0), (14, 27.0), (34, 27.0))),
    "side-out": Path(
        (
            (-0.6, -12),
            (-0.9, -4),
            (-1.25, 2.0),
            (-2.0, 6.0),
            (-3.25, 10.0),
            (-5.2, 16.0),
            (-7.2, 21.4),
            (-10, 23.8),
            (-16, 23.9),
            (-34, 23.9),
        )
    ),
    "side-in": Path(
        (
            (-34, 27.0),
            (-14, 27.0),
            (-9.0, 25.6),
            (-7.4, 22.4),
            (-5.2, 16.0),
            (-3.25, 10.0),
            (-2.0, 6.0),
            (-1.25, 2.0),
            (-0.9, -4),
            (-0.6, -12),
        )
    ),
    "street-right": Path(((-36, 27.0), (36, 27.0))),
    "street-left": Path(((36, 23.9), (-36, 23.9))),
    "footway": Path(((-11, 20.9), (12, 20.9))),
    "cycle-left": Path(((36, 22.7), (-36, 22.7))),
}


def lines(camera: Camera) -> tuple[LineTruth, ...]:
    """The two counting lines as one camera sees them; the arrow runs to the right, so the inside is to its right."""

    def seen(name: str, road: str, ends: tuple[tuple[float, float], tuple[float, float]], allows: str) -> LineTruth:
        (x0, y0), (x1, y1) = (tuple(float(v) for v in p) for p in camera.ground(ends))
        w, h = camera.size_wh
        left, right = (round(max(0.004, x0 / w), 4), round(y0 / h, 4)), (round(min(0.996, x1 / w), 4), round(y1 / h, 4))
        return LineTruth(name, road, left, right, "right", allows)

    side = _side_x(SIDE_LINE_Y)
    half = SIDE_WIDTH / 2 + 0.25
    return (
        seen("main-line", "main", ((ROAD[0] - 0.1, LINE_Y), (ROAD[1] + 0.2, LINE_Y)), "both"),
        seen("side-line", "side", ((side - half, SIDE_LINE_Y), (side + half, SIDE_LINE_Y)), "in"),
    )


def _side_x(y: float) -> float:
    path = Path(SIDE)
    return path.at(path.reaches_y(y))[0]


def place(earth: Earth, seed: int) -> Set:
    """The ground and everything that stands on it."""
    return Set(_ground(earth), _props(earth, seed), clouds_seed=seed % 997)


def _ground(earth: Earth) -> Ground:
    main = ((1.7, -12.0), (1.7, 23.0))
    width = ROAD[1] - ROAD[0]
    street = ((-70.0, 25.5), (70.0, 25.5))
    deep = STREET_Y[1] - STREET_Y[0]
    dark: Rgb = (earth.road[0] * 0.87, earth.road[1] * 0.87, earth.road[2] * 0.87)
    apron = (((-9.0, -12.0), (9.0, -12.0), (9.0, 5.6), (-9.0, 5.6)),)
    tracks = tuple(
        strip(((x, -12.0), (x, 23.0)), 0.42) for lane in (ENTRY_X, EXIT_X) for x in (lane - 0.75, lane + 0.75)
    )
    dashes = tuple(strip(((1.7, y), (1.7, y + 1.5)), 0.12) for y in (11.5, 14.5, 17.5))
    far = tuple(strip(((x, 25.5), (x + 2.0, 25.5)), 0.12) for x in range(-60, 60, 5))
    stops = (
        (
            (ENTRY_X - 1.25, BOOM_Y + 0.5),
            (ENTRY_X + 1.25, BOOM_Y + 0.5),
            (ENTRY_X + 1.25, BOOM_Y + 0.85),
            (ENTRY_X - 1.25, BOOM_Y + 0.85),
        ),
    )
    kerbs = (
        strip(((ROAD[0] - 0.12, 5.6), (ROAD[0] - 0.12, 21.6)), 0.2),
        strip(((ROAD[1] + 0.12, 5.6), (ROAD[1] + 0.12, 21.6)), 0.2),
        strip(((-70.0, STREET_Y[1] + 0.1), (70.0, STREET_Y[1] + 0.1)), 0.2),
        strip(((ROAD[1] + 0.1, STREET_Y[0] - 0.1), (70.0, STREET_Y[0] - 0.1)), 0.2),
        strip(((-70.0, STREET_Y[0] - 0.1), (-9.5, STREET_Y[0] - 0.1)), 0.2),
    )
    foot = (
        strip(((ROAD[1] + 0.2, 20.9), (70.0, 20.9)), 1.6),
        strip(((-70.0, 20.9), (-8.6, 20.9)), 1.6),
        strip(((-5.2, 20.9), (ROAD[0] - 0.2, 20.9)), 1.6),
    )
    paving: Rgb = (0.50, 0.48, 0.45)
    return Ground(
        earth.verge,
        earth.rough,
        (
            Region((strip(SIDE, SIDE_WIDTH + 0.5),), earth.kerb, 0.05),
            Region((strip(SIDE, SIDE_WIDTH),), earth.side_road, 0.09),
            Region(foot, paving, 0.06),
            Region((strip(street, deep),), earth.road, 0.07),
            Region(kerbs, earth.kerb, 0.05),
            Region(apron, earth.road, 0.07),
            Region((strip(main, width),), earth.road, 0.07),
            Region(tracks, dark, 0.08, wear=0.6),
            Region(dashes + far + stops, earth.marks, 0.06, wear=0.25),
        ),
        earth.seed,
    )


def _props(earth: Earth, seed: int) -> tuple[Prop, ...]:
    white, red, steel, wood = (0.85, 0.85, 0.83), (0.66, 0.08, 0.06), (0.42, 0.44, 0.46), (0.24, 0.17, 0.11)
    dark: Rgb = (0.2, 0.21, 0.22)
    trees = tuple(
        Prop("tree", x, y, 0, (w, 0, h), (earth.leaf, wood), seed % 50 + i)
        for i, (x, y, w, h) in enumerate(
            (
                (-15, 33, 6, 6.5),
                (-8.5, 36, 7, 7.5),
                (1.5, 38, 6.5, 7),
                (9, 34.5, 6, 6),
                (16, 36, 7, 8),
                (24, 35, 6, 7),
                (-23, 36, 7, 8),
            )
        )
    )
    return (
        *trees,
        Prop("house", -19, 62, 4, (16, 8, 3.4), (earth.wall, earth.roof), 3),
        Prop("house", 17, 64, -3, (18, 9, 3.4), (earth.kerb, earth.roof), 4),
        Prop("bush", 0, 33.2, 0, (56.0, 1.6, 1.9), (earth.leaf, earth.leaf), 6),
        Prop("wall", 0, 31.8, 0, (60, 0.25, 1.7), (earth.wall, earth.kerb), 1),
        Prop("palisade", -11.0, 12.6, 0, (10.0, 0.1, 1.9), (steel, steel), 2),
        Prop("palisade", 10.6, 10.9, 0, (10.0, 0.1, 1.9), (steel, steel), 3),
        Prop("bush", -11.0, 13.6, 0, (9.0, 1.0, 1.0), (earth.leaf, earth.leaf), 5),
        Prop("hut", 6.5, 13.8, 0, (2.2, 2.4, 2.5), (earth.wall, earth.roof), 0),
        Prop("box", ENTRY_X + 1.75, BOOM_Y, 0, (0.35, 0.35, 1.05), ((0.78, 0.56, 0.08), dark), 0),
        Prop("box", EXIT_X - 1.75, BOOM_Y, 0, (0.35, 0.35, 1.05), ((0.78, 0.56, 0.08), dark), 0),
        Prop("bollard", -1.9, 12.2, 0, (0.16, 0.16, 0.9), (white, red), 0),
        Prop("bollard", -1.9, 13.8, 0, (0.16, 0.16, 0.9), (white, red), 0),
        Prop("sign", -2.6, 14.8, 0, (0.6, 0.1, 2.3), (white, red), 0),
        Prop("lamp", 5.6, 17.0, 180, (1.4, 0.1, 5.2), (steel, dark), 0),
        Prop("lamp", -12.0, 31.0, 270, (1.4, 0.1, 6.0), (steel, dark), 0),
        Prop("lamp", 10.0, 31.0, 270, (1.4, 0.1, 6.0), (steel, dark), 0),
    )


LAMPS = (
    Lamp((4.4, 17.0, 5.2), (1.5, 1.25, 0.85), 5.0),
    Lamp((3.0, 7.0, 4.4), (1.2, 1.1, 0.9), 5.0),
    Lamp((-12.0, 29.8, 6.0), (1.4, 1.1, 0.7), 5.0),
    Lamp((10.0, 29.8, 6.0), (1.4, 1.1, 0.7), 5.0),
)


def barriers(entry: tuple[tuple[float, float], ...], exit_: tuple[tuple[float, float], ...]) -> tuple[Barrier, Barrier]:
    """The two booms, with the spans during which each is up."""
    tint: tuple[Rgb, Rgb] = ((0.86, 0.86, 0.84), (0.70, 0.08, 0.06))
    arms = (
        Prop("boom", ENTRY_X + 1.75, BOOM_Y, 180, (2.75, 0.0, 1.0), tint),
        Prop("boom", EXIT_X - 1.75, BOOM_Y, 0, (2.75, 0.0, 1.0), tint),
    )
    return Barrier(arms[0], entry), Barrier(arms[1], exit_)
