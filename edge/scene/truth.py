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
    it; `visible_fraction`: share of its pixels within the picture that nothing hides.
    """

    actor: int
    kind: str
    box: Box
    full_box: Box
    visible_fraction: float
    plates: tuple[PlateTruth, ...]

    @property
    def anchor(self) -> Point:
        """Bottom-centre of the full box, pixels."""
        return ((self.full_box[0] + self.full_box[2]) / 2, self.full_box[3])


@dataclass(frozen=True, slots=True)
class FrameTruth:
    """The actors seen in one frame, near ones last; `media_ns` from the start of the story."""

    media_ns: int
    actors: tuple[ActorTruth, ...]
