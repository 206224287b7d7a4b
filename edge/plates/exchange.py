"""Two plates of one track: side by side they are a vehicle's and its trailer's, one after the other two vehicles'."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from edge.plates.text import distance
from edge.types import Plate, PlateRead, Point

SAME_SPOT = 0.25
"""Farthest two plates may lie apart, in widths and heights of the vehicle, to be in the same place of its body."""
LEAST_EDITS = 3
"""Texts that differ by fewer characters may be one plate, once misread."""


@dataclass(frozen=True, slots=True)
class Sighted:
    """One text read in a look, and where in the picture of the vehicle, in 0..1 of its width and height."""

    text: str
    spot: Point

    @staticmethod
    def of(read: PlateRead, picture_hw: tuple[int, ...]) -> Sighted:
        """Return what a read in a picture of this height and width says."""
        x1, y1, x2, y2 = read.box
        return Sighted(read.text, ((x1 + x2) / 2 / picture_hw[1], (y1 + y2) / 2 / picture_hw[0]))


def exchanged(
    first: tuple[Sequence[Plate], Sequence[Sighted]], then: tuple[Sequence[Plate], Sequence[Sighted]]
) -> bool:
    """Say whether the sure plates of two stretches of a track are of two vehicles.

    Each side is its sure plates and everything that was read. They are two vehicles' when a plate of the second side
    stands in the place of one of the first, and no plate was seen on both sides.
    """
    (plates, sighted), (later_plates, later_sighted) = first, then
    if not plates or not later_plates:
        return False
    if any(_alike(plate, seen) for plate in plates for seen in later_sighted):
        return False
    if any(_alike(plate, seen) for plate in later_plates for seen in sighted):
        return False
    return any(
        _apart(_spot(plate, sighted), _spot(later, later_sighted)) <= SAME_SPOT
        for plate in plates
        for later in later_plates
    )


def _alike(plate: Plate, seen: Sighted) -> bool:
    return distance(plate.text, seen.text) < LEAST_EDITS


def _spot(plate: Plate, sighted: Sequence[Sighted]) -> Point:
    """Return where a plate was read, the mean over its looks."""
    spots = [seen.spot for seen in sighted if _alike(plate, seen)]
    return (math.fsum(x for x, _ in spots) / len(spots), math.fsum(y for _, y in spots) / len(spots))


def _apart(first: Point, second: Point) -> float:
    return max(abs(first[0] - second[0]), abs(first[1] - second[1]))
