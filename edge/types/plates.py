"""What is read of a vehicle's plates, look by look and agreed."""

from __future__ import annotations

import enum
from dataclasses import dataclass

import numpy as np

from edge.types.tracks import F32, Box


@dataclass(frozen=True, slots=True, eq=False)
class PlateQuads:
    """Plates found in one picture, surest first: a struct of parallel arrays.

    `quads` (N,4,2) float32 corners in pixels of the picture as the plate is read: top left, top right, bottom right,
    bottom left; they may lie a little outside the picture. `confidence` (N,) float32 in 0..1.

    Raises:
        ValueError: when the columns differ in length, shape or dtype, or the surest is not first.
    """

    quads: F32
    confidence: F32

    def __post_init__(self) -> None:
        n = len(self.quads)
        wanted = (("quads", self.quads, (n, 4, 2)), ("confidence", self.confidence, (n,)))
        for name, column, shape in wanted:
            if column.shape != shape or column.dtype != np.float32:
                raise ValueError(f"PlateQuads.{name}: is {column.dtype}{column.shape}, must be float32{shape}")
            column.flags.writeable = False
        if (np.diff(self.confidence) > 0).any():
            raise ValueError("PlateQuads.confidence: rises; the surest plate comes first")

    def __len__(self) -> int:
        return len(self.quads)

    @staticmethod
    def empty() -> PlateQuads:
        """Return no plates."""
        return PlateQuads(np.empty((0, 4, 2), np.float32), np.empty(0, np.float32))


@dataclass(frozen=True, slots=True)
class PlateRead:
    """One look at one plate; `text` is empty for a plate that was seen and could not be read.

    `box` lies in the picture that was read; `char_confidence` has one value in 0..1 for each character.
    """

    text: str
    char_confidence: tuple[float, ...]
    box: Box
    sharpness: float
    width_px: float
    height_px: float

    @property
    def confidence(self) -> float:
        """The mean of the character confidences, 0 for no text."""
        return sum(self.char_confidence) / len(self.char_confidence) if self.char_confidence else 0.0


@dataclass(frozen=True, slots=True)
class Plate:
    """What the looks at one plate agreed on. `votes` counts the looks that read exactly `text`.

    `margin` is how far, in 0..1 of the votes, its least certain character was ahead of the next one: 0 where what a
    plate must look like decided against the votes, None where nobody counted. `country` is the first of the site's
    countries whose plates are composed so, and `written` how people write it there, where that is not `text`.
    """

    text: str
    confidence: float
    looks: int
    votes: int
    runner_up: str | None = None
    margin: float | None = None
    country: str | None = None
    written: str | None = None

    @property
    def shown(self) -> str:
        """The plate as people write it."""
        return self.written or self.text


class NoPlate(enum.Enum):
    """Why a vehicle has no plate: why it was not looked at, or what most looks suffered from."""

    TOO_SMALL = "too-small"  # it never came near enough, or showed its side alone
    CUT = "cut"  # where it was largest, the border of the picture cut it off
    GLARE = "glare"  # pictures burnt out by lamps or sun
    BLURRED = "blurred"  # pictures without fine detail
    NOT_FOUND = "not-found"  # clear pictures without a plate: there is none, or it is hidden
    NOT_READ = "not-read"  # reading is off, or could not keep up
    UNSURE = "unsure"  # something was read, but no two looks agreed


@dataclass(frozen=True, slots=True)
class Reading:
    """What is known of a track's plates so far. `complete`: no further look will add to it.

    `no_plate`: why there is none so far; None too where nothing is known of the track.
    """

    plates: tuple[Plate, ...] = ()
    complete: bool = False
    no_plate: NoPlate | None = None
