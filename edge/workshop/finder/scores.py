"""How good a plate finder is: boxes found by size, false boxes, and how near its corners come where they are known."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from edge.scene import random_scene
from edge.types import F32, U8, PlateQuads
from edge.vision import quads as four
from edge.vision.boxes import iou_matrix
from edge.workshop.pictures import read_rgb
from edge.workshop.plate_scores import share

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from edge.workshop.plate_sets import PlatePicture

MET_IOU = 0.5
TOUCHED_IOU = 0.1
"""A box that overlaps a plate by so much is loose; by less it is false."""
WIDTHS_PX = (0, 32, 64, 128, 100_000)
"""Limits of the sizes: the width of a plate's box in its picture."""
PROOF_WH = (1280, 720)
LEAST_PX = 20.0
"""Smaller rendered plates need not be found: nobody could read them."""


@dataclass(frozen=True, slots=True, eq=False)
class FinderExample:
    """One picture (H,W,3) uint8 RGB with its plates.

    `boxes` (N,4) float32 xyxy px; `corners` (N,4,2) float32, None where not known; `optional` (M,4): what may be found.
    """

    name: str
    picture: U8
    boxes: F32
    corners: F32 | None = None
    optional: F32 = field(default_factory=lambda: np.empty((0, 4), np.float32))


def labelled_examples(pictures: Iterable[PlatePicture]) -> Iterator[FinderExample]:
    """Yield pictures with the boxes people drew."""
    for picture in pictures:
        boxes = np.array([plate.box for plate in picture.plates if plate.box], np.float32).reshape(-1, 4)
        yield FinderExample(picture.path.name, read_rgb(picture.path), boxes)


def proof_examples(count: int) -> Iterator[FinderExample]:
    """Yield `count` rendered scenes of the proof list; hidden and tiny plates need not be found."""
    for seed in range(count):
        rgb, truth = random_scene(seed, list_name="proof", size_wh=PROOF_WH)
        plates = [plate for actor in truth.actors for plate in actor.plates]
        every = np.array([plate.corners for plate in plates], np.float32).reshape(-1, 4, 2)
        asked = np.array([plate.visible and plate.width_px >= LEAST_PX for plate in plates], bool)
        boxes = four.outlines(every)
        yield FinderExample(f"proof {seed}", rgb, boxes[asked], every[asked], boxes[~asked])


@dataclass(slots=True)
class FinderTally:
    """Counts as pictures come in. `missed` and `strange` name pictures with missed plates and with false boxes."""

    images: int = 0
    plates: int = 0
    found: int = 0
    false: int = 0
    loose: int = 0
    sizes: list[tuple[float, bool]] = field(default_factory=list)
    corner_errors: list[float] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)
    strange: list[str] = field(default_factory=list)

    def add(self, example: FinderExample, answer: PlateQuads) -> None:
        """Count what was found in one picture."""
        boxes = four.outlines(answer.quads)
        overlap = iou_matrix(example.boxes, boxes)
        met = (overlap >= MET_IOU).any(axis=1)
        touched = iou_matrix(np.concatenate([example.boxes, example.optional]), boxes).max(axis=0, initial=0.0)
        self.images += 1
        self.plates += len(met)
        self.found += int(met.sum())
        false = int((touched < TOUCHED_IOU).sum())
        self.false += false
        hit = overlap.max(axis=0, initial=0.0)
        self.loose += int(((hit < MET_IOU) & (hit >= TOUCHED_IOU)).sum())
        self.sizes += [(float(box[2] - box[0]), bool(one)) for box, one in zip(example.boxes, met, strict=True)]
        self.missed += [example.name] * (not met.all())
        self.strange += [example.name] * (false > 0)
        if example.corners is not None and len(answer):
            for row in np.flatnonzero(met):
                apart = answer.quads[int(overlap[row].argmax())] - example.corners[row]
                height = four.size(example.corners[row])[1]
                self.corner_errors.append(float(np.linalg.norm(apart, axis=1).mean()) / height)

    @property
    def summary(self) -> dict[str, float | int | None]:
        """The figures: shares of the plates, and boxes a picture; a share of nothing is None.

        `corner_error`: median over plates of the corners' mean distance, over the plate's height.
        """
        return {
            "images": self.images,
            "plates": self.plates,
            "found": share(self.found, self.plates),
            "false_per_image": share(self.false, self.images),
            "loose_per_image": share(self.loose, self.images),
            "corner_error": round(float(np.median(self.corner_errors)), 3) if self.corner_errors else None,
        }

    def by_width(self) -> dict[str, tuple[int, int]]:
        """Return for each range of widths how many plates were found, of how many."""
        table = {}
        for low, high in pairwise(WIDTHS_PX):
            met = [one for width, one in self.sizes if low <= width < high]
            table[f"{low} px and more" if high == WIDTHS_PX[-1] else f"{low} to {high} px"] = (sum(met), len(met))
        return table
