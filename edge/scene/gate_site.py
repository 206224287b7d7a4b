"""A gate built from its plan: the counting lines a camera sees, the ground, what stands on it, the booms."""

from __future__ import annotations

from edge.scene.camera import Camera
from edge.scene.gate_plan import GatePlan, Xy
from edge.scene.ground import Ground, Region, strip
from edge.scene.ingredients import Earth
from edge.scene.light import Rgb
from edge.scene.paths import Path
from edge.scene.props import Prop
from edge.scene.render import Set
from edge.scene.story import Barrier
from edge.scene.truth import LineTruth

_FIXED: dict[str, Rgb] = {
    "white": (0.85, 0.85, 0.83),
    "red": (0.66, 0.08, 0.06),
    "steel": (0.42, 0.44, 0.46),
    "wood": (0.24, 0.17, 0.11),
    "dark": (0.2, 0.21, 0.22),
    "yellow": (0.78, 0.56, 0.08),
}
_BOOM: tuple[Rgb, Rgb] = ((0.86, 0.86, 0.84), (0.70, 0.08, 0.06))
_PAVING: Rgb = (0.50, 0.48, 0.45)
_POST_M = 1.75
"""From the middle of a lane to the post of its boom."""


def lines(plan: GatePlan, camera: Camera) -> tuple[LineTruth, ...]:
    """The two counting lines as one camera sees them; the arrow runs to the right, so the inside is to its right."""

    def seen(name: str, road: str, x: tuple[float, float], y: float, allows: str) -> LineTruth:
        (x0, y0), (x1, y1) = (tuple(float(v) for v in p) for p in camera.ground(((x[0], y), (x[1], y))))
        w, h = camera.size_wh
        left, right = (round(max(0.004, x0 / w), 4), round(y0 / h, 4)), (round(min(0.996, x1 / w), 4), round(y1 / h, 4))
        return LineTruth(name, road, left, right, "right", allows)

    side = Path(plan.side)
    middle = side.at(side.reaches_y(plan.side_line_y))[0]
    half = plan.side_width / 2 + 0.25
    inner, outer = (0.1, 0.2) if plan.entry_x > plan.exit_x else (0.2, 0.1)
    return (
        seen("main-line", "main", (plan.road[0] - inner, plan.road[1] + outer), plan.line_y, "both"),
        seen("side-line", "side", (middle - half, middle + half), plan.side_line_y, "in"),
    )


def place(plan: GatePlan, earth: Earth, seed: int) -> Set:
    """The ground and everything that stands on it."""
    return Set(_ground(plan, earth), _props(plan, earth, seed), clouds_seed=seed % 997)


def _ground(plan: GatePlan, earth: Earth) -> Ground:
    middle, width = (plan.road[0] + plan.road[1]) / 2, plan.road[1] - plan.road[0]
    near, far = plan.street_y
    street = ((-70.0, (near + far) / 2), (70.0, (near + far) / 2))
    dark: Rgb = (earth.road[0] * 0.87, earth.road[1] * 0.87, earth.road[2] * 0.87)
    apron = (((-9.0, -12.0), (9.0, -12.0), (9.0, 5.6), (-9.0, 5.6)),)
    wheels = [lane + side for lane in (plan.entry_x, plan.exit_x) for side in (-0.75, 0.75)]
    foot = tuple(strip(((a, near - 1.1), (b, near - 1.1)), 1.6) for a, b in plan.footways)
    return Ground(
        earth.verge,
        earth.rough,
        (
            Region((strip(plan.side, plan.side_width + 0.5),), earth.kerb, 0.05),
            Region((strip(plan.side, plan.side_width),), earth.side_road, 0.09),
            Region(foot, _PAVING, 0.06),
            Region((strip(street, far - near),), earth.road, 0.07),
            Region(_kerbs(plan), earth.kerb, 0.05),
            Region(apron, earth.road, 0.07),
            Region((strip(((middle, -12.0), (middle, near + 1.0)), width),), earth.road, 0.07),
            Region(tuple(strip(((x, -12.0), (x, near + 1.0)), 0.42) for x in wheels), dark, 0.08, wear=0.6),
            Region(_marks(plan, middle), earth.marks, 0.06, wear=0.25),
        ),
        earth.seed,
    )


def _kerbs(plan: GatePlan) -> tuple[tuple[Xy, ...], ...]:
    near, far = plan.street_y
    beside = [plan.road[0] - 0.12, plan.road[1] + 0.12]
    return (
        *(strip(((x, 5.6), (x, near - 0.4)), 0.2) for x in beside),
        strip(((-70.0, far + 0.1), (70.0, far + 0.1)), 0.2),
        *(strip(((a, near - 0.1), (b, near - 0.1)), 0.2) for a, b in plan.street_kerbs),
    )


def _marks(plan: GatePlan, middle: float) -> tuple[tuple[Xy, ...], ...]:
    """Dashes between the lanes and along the street, and the stop line before the entry's boom."""
    along = sum(plan.street_y) / 2
    dashes = tuple(strip(((middle, y), (middle, y + 1.5)), 0.12) for y in (11.5, 14.5, 17.5))
    street = tuple(strip(((x, along), (x + 2.0, along)), 0.12) for x in range(-60, 60, 5))
    left, right, low = plan.entry_x - 1.25, plan.entry_x + 1.25, plan.boom_y + 0.5
    stop = ((left, low), (right, low), (right, low + 0.35), (left, low + 0.35))
    return (*dashes, *street, stop)


def _props(plan: GatePlan, earth: Earth, seed: int) -> tuple[Prop, ...]:
    tints = _FIXED | {"wall": earth.wall, "roof": earth.roof, "leaf": earth.leaf, "kerb": earth.kerb}
    trees = (
        Prop("tree", x, y, 0, (w, 0, h), (earth.leaf, tints["wood"]), seed % 50 + i)
        for i, (x, y, w, h) in enumerate(plan.trees)
    )
    things = (
        Prop(t.kind, t.x, t.y, t.heading_deg, t.size, (tints[t.tints[0]], tints[t.tints[1]]), t.seed)
        for t in plan.things
    )
    posts = (
        Prop("box", x, plan.boom_y, 0, (0.35, 0.35, 1.05), (tints["yellow"], tints["dark"]), 0) for x, _ in _posts(plan)
    )
    return (*trees, *things, *posts)


def _posts(plan: GatePlan) -> tuple[tuple[float, float], tuple[float, float]]:
    """Where the booms of entry and exit stand (x), and which way their arms point (degrees)."""
    if plan.entry_x > plan.exit_x:
        return (plan.entry_x + _POST_M, 180.0), (plan.exit_x - _POST_M, 0.0)
    return (plan.entry_x - _POST_M, 0.0), (plan.exit_x + _POST_M, 180.0)


Spans = tuple[tuple[float, float], ...]


def barriers(plan: GatePlan, entry: Spans, exit_: Spans) -> tuple[Barrier, Barrier]:
    """The booms of entry and exit, with the spans in seconds during which each is up."""
    length = _POST_M + 1.0
    ins, outs = (Prop("boom", x, plan.boom_y, way, (length, 0.0, 1.0), _BOOM) for x, way in _posts(plan))
    return Barrier(ins, entry), Barrier(outs, exit_)
