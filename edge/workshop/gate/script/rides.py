"""What moves: vehicles and people, and their ways through the picture of a camera as boxes drive them."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType

from edge.types import Box

SIZE_WH = (1280, 720)
LINE_Y = 432.0
_SIZES = MappingProxyType(
    {"truck": (170, 170), "bus": (180, 180), "motorcycle": (60, 80), "bicycle": (50, 80), "person": (40, 100)}
)
_CAR = (120, 110)
_CLEARED = 0.8  # who turns back sooner than this far beyond a line, in heights of its box, has not passed
Spot = tuple[float, float, float]
"""UTC seconds, and where the anchor is in px then."""


@dataclass(frozen=True, slots=True)
class Body:
    """Who drives: `key` is the vehicle as its visits know it, `plate` what is read of it, `look` its hash.

    `misread` is the plate it truly bears, where another is read.
    """

    key: int
    class_name: str
    plate: str
    look: int
    sure: float = 0.95
    misread: str = ""

    @property
    def true_plate(self) -> str:
        """What stands on its plate."""
        return self.misread or self.plate

    @property
    def size_wh(self) -> tuple[int, int]:
        """The box in px."""
        return _SIZES.get(self.class_name, _CAR)


@dataclass(frozen=True, slots=True)
class Ride:
    """One body in one camera's picture. `road` and `line` are empty where it only is in a zone.

    `path` has the places where it turns or stops; `broken_s`: when the tracker loses it and begins another track;
    `hidden_s`: from when to when nobody sees it.
    """

    body: Body
    camera: str
    path: tuple[Spot, ...]
    road: str = ""
    line: str = ""
    broken_s: tuple[float, ...] = ()
    hidden_s: tuple[float, float] | None = None
    echo: bool = False
    """A second camera sees the vehicle on the same way in or out: one more pass, and no visit of its own."""

    @property
    def begin_s(self) -> float:
        """When it comes into the picture."""
        return self.path[0][0]

    @property
    def end_s(self) -> float:
        """When it leaves it."""
        return self.path[-1][0]

    def place(self, at_s: float) -> tuple[float, float]:
        """Return the anchor at a time, in px."""
        for (s0, x0, y0), (s1, x1, y1) in pairwise(self.path):
            if at_s <= s1:
                share = (max(at_s, s0) - s0) / max(s1 - s0, 1e-9)
                return x0 + share * (x1 - x0), y0 + share * (y1 - y0)
        return self.path[-1][1:]

    def box(self, at_s: float) -> Box:
        """Return the box at a time, in px."""
        x, y = self.place(at_s)
        width, height = self.body.size_wh
        return (x - width / 2, y - height, x + width / 2, y)

    def moves(self, at_s: float) -> bool:
        """Return whether it moves at a time."""
        return math.dist(self.place(at_s - 0.5), self.place(at_s + 0.5)) > 1.0

    def crossings(self) -> Iterator[tuple[float, str]]:
        """Yield when it passes its line and which way, in or out; a turn that does not clear the line is no pass."""
        found: list[tuple[float, str]] = []
        over = [(s0, y0, s1, y1) for (s0, _, y0), (s1, _, y1) in pairwise(self.path) if self.line]
        for s0, y0, s1, y1 in over:
            if (y0 - LINE_Y) * (y1 - LINE_Y) >= 0:
                continue
            before = found[-1][0] if found else self.begin_s
            reach = max((abs(y - LINE_Y) for s, _, y in self.path if before < s <= s0), default=math.inf)
            if found and reach < _CLEARED * self.body.size_wh[1]:
                found.pop()
            else:
                found.append((s0 + (LINE_Y - y0) / (y1 - y0) * (s1 - s0), "in" if y1 > y0 else "out"))
        yield from found
