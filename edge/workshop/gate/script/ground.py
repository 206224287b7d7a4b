"""The ground of the scripted site: its roads, lines and zones, and the rules that hold there, as a configuration."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

from edge.config import Config
from edge.config.kinds import KINDS
from edge.config.load import parse_config
from edge.workshop.gate.script.calendar import Calendar
from edge.workshop.gate.script.rides import LINE_Y, SIZE_WH

OVERSTAY_S, NEVER_LEFT_S = 4 * 3600.0, 3600.0
TAILGATE_S, LOITER_S, KEEP_CLEAR_S = 4.0, 60.0, 10.0
QUEUE_OF, QUEUE_S = 3, 60.0
LONG_S, GUEST_S = 1800.0, 7200.0
_DEEP = 0.9
REGISTERED_ONLY = "depot"
"""The road on which every plate must be known."""


@dataclass(frozen=True, slots=True)
class Lane:
    """A road and its line: where in the picture of which camera, for whom."""

    camera: str
    x: float
    allows: str = "both"
    one_way: str = "no"
    classes: tuple[str, ...] = ()

    @property
    def x_px(self) -> float:
        """The middle of the lane."""
        return self.x * SIZE_WH[0]


LANES = MappingProxyType(
    {
        "main": Lane("gate", 0.13),
        "entry": Lane("gate", 0.38, allows="in"),
        "exit": Lane("gate", 0.63, allows="out"),
        "haul": Lane("gate", 0.88, classes=("truck", "bus")),
        "back": Lane("back", 0.13),
        "ramp": Lane("back", 0.38, one_way="in"),
        "slope": Lane("back", 0.63, one_way="out"),
        "shut": Lane("back", 0.88, allows="none"),
        "guests": Lane("side", 0.13),
        REGISTERED_ONLY: Lane("side", 0.38),
    }
)
"""The roads by name; each has one line of the same name."""
ZONES = MappingProxyType({"loiter": (0.05, 0.30), "keep-clear": (0.37, 0.62), "queue": (0.68, 0.98)})
"""One zone of each kind on camera `yard`, named after its kind: from where to where in x; y as below."""
ZONE_Y = (0.35, _DEEP)
YARD = "yard"
CAMERAS = ("gate", "back", "side", YARD)
LISTED_GUEST = "SV 001 GP"
_CUSTOM = f"""
[[rule]]
kind = "custom"
name = "long-truck"
roads = ["main"]
when = [
    {{field = "direction", is = "out"}},
    {{field = "class", in = ["truck", "bus"]}},
    {{field = "dwell_s", above = {LONG_S:g}}},
]
explain = "The {{class}} {{plate}} left by {{road}} after {{dwell}}."
[[rule]]
kind = "custom"
name = "guest-inside"
about = "visit"
roads = ["guests"]
when = [
    {{field = "state", is = "open"}},
    {{field = "dwell_s", above = {GUEST_S:g}}},
    {{not = {{field = "plate", is = "{LISTED_GUEST}"}}}},
]
explain = "Visit {{number}}: the {{class}} {{plate}} has been inside for {{dwell}}."
"""
_ROADS_OF = MappingProxyType({"unknown-plate": f'["{REGISTERED_ONLY}"]'})
"""Rules that do not hold everywhere."""
NAMES = MappingProxyType({"long-truck": "custom", "guest-inside": "custom"})
"""The kinds behind the names of composed rules."""


def configuration(calendar: Calendar) -> Config:
    """Return the site with a rule of every kind that there is; raises ConfigError where that makes no sense."""
    holiday = calendar.holiday.isoformat()
    head = f"""[device]
id = "box"
[registry]
file = "plates.csv"
[site]
id = "yard"
timezone = "{calendar.timezone}"
holidays = ["{holiday}"]
reconcile_at = "{calendar.reconcile_at}"
{calendar.hours_toml()}"""
    rules = "".join(f'[[rule]]\nkind = "{kind}"\n{_roads(kind)}' for kind in KINDS if kind != "custom")
    return parse_config(head + _ground() + rules + _CUSTOM, "script.toml")


def _roads(kind: str) -> str:
    return f"roads = {_ROADS_OF[kind]}\n" if kind in _ROADS_OF else ""


def _ground() -> str:
    roads = "".join(
        f'[[road]]\nid = "{name}"\nallows = "{lane.allows}"\nclasses = {list(lane.classes)}\n'.replace("'", '"')
        for name, lane in LANES.items()
    )
    return roads + "".join(f'[[camera]]\nid = "{name}"\nsource = "test://gate"\n{_drawn(name)}' for name in CAMERAS)


def _drawn(camera: str) -> str:
    half, y = 0.11, LINE_Y / SIZE_WH[1]
    lines = "".join(
        f'[[camera.line]]\nid = "{name}"\nroad = "{name}"\none_way = "{lane.one_way}"\n'
        f"points = [[{lane.x - half:.3f}, {y}], [{lane.x + half:.3f}, {y}]]\n"
        for name, lane in LANES.items()
        if lane.camera == camera
    )
    top, bottom = ZONE_Y
    zones = "".join(
        f'[[camera.zone]]\nid = "{kind}"\nkind = "{kind}"\n'
        f"polygon = [[{x0}, {top}], [{x1}, {top}], [{x1}, {bottom}], [{x0}, {bottom}]]\n"
        for kind, (x0, x1) in ZONES.items()
    )
    return lines + (zones if camera == YARD else "")
