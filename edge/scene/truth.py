"""What is really there: the truth that goes with every rendered frame and with a whole story."""

from __future__ import annotations

from dataclasses import dataclass

Box = tuple[float, float, float, float]
Point = tuple[float, float]

CLASSES = ("car", "truck", "bus", "motorcycle", "bicycle", "person")


@dataclass(frozen=True, slots=True)
class PlateTruth:
    """One plate in one frame: `corners` top-left, top-right, bottom-right, bottom-left in pixels, seen from outside.

    `visible`: it faces the camera, lies inside the picture and at most a tenth of it is hidden.
    """

    text: str
    place: str
    corners: tuple[Point, Point, Point, Point]
    visible: bool

    @property
    def width_px(self) -> float:
        (x0, y0), (x1, y1) = self.corners[0], self.corners[1]
        return float(((x1 - x0) ** 2 + (y1 - y0) ** 2) ** 0.5)


@dataclass(frozen=True, slots=True)
class ActorTruth:
    """One actor in one frame.

    `box`: xyxy px of what is visible, half-open, inside the picture; `full_box`: the same as if nothing stood before
    it; `visible_fraction`: share of its pixels within the picture that nothing hides; `in_picture`: share of its
    surface that lies in the field of view, hidden or not.
    """

    actor: int
    kind: str
    box: Box
    full_box: Box
    visible_fraction: float
    plates: tuple[PlateTruth, ...]
    in_picture: float = 1.0

    @property
    def anchor(self) -> Point:
        """Bottom-centre of the full box, pixels."""
        return ((self.full_box[0] + self.full_box[2]) / 2, self.full_box[3])


@dataclass(frozen=True, slots=True)
class FrameTruth:
    """The actors seen in one frame, near ones last; `media_ns` from the start; `dark`: vehicles need their lamps."""

    media_ns: int
    actors: tuple[ActorTruth, ...]
    dark: bool = False


@dataclass(frozen=True, slots=True)
class LineTruth:
    """A counting line: an arrow in shares of the picture (0..1); `inward`: which side of it, left or right, is inside.

    `allows`: in, out, both or none.
    """

    name: str
    road: str
    start: Point
    end: Point
    inward: str
    allows: str


@dataclass(frozen=True, slots=True)
class CrossingTruth:
    """An actor's anchor went over a line and cleared it; `direction` in or out."""

    actor: int
    kind: str
    line: str
    road: str
    direction: str
    media_ns: int


@dataclass(frozen=True, slots=True)
class PassTruth:
    """One vehicle crossing once: its crossing, and every plate that could be read around it."""

    crossing: CrossingTruth
    plates: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class VisitTruth:
    """An entry and the exit of the same vehicle."""

    actor: int
    kind: str
    entered: CrossingTruth
    left: CrossingTruth
    plates: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AnomalyTruth:
    """What should be reported: `after-hours` or `wrong-road`, about which crossing."""

    kind: str
    crossing: CrossingTruth


@dataclass(frozen=True, slots=True)
class StoryTruth:
    """The whole story: pictures' size and rate, wall time of the first frame, and everything that happens."""

    size_wh: tuple[int, int]
    fps: float
    wall_start: str
    closes: str
    lines: tuple[LineTruth, ...]
    frames: tuple[FrameTruth, ...]
    crossings: tuple[CrossingTruth, ...]
    passes: tuple[PassTruth, ...]
    visits: tuple[VisitTruth, ...]
    anomalies: tuple[AnomalyTruth, ...]
