"""Rendered plates of the proof list: one table over width and condition, for any number of readers side by side."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import cv2
import numpy as np

from edge.types import U8
from edge.workshop.plates import list_proof
from edge.workshop.plates.samples import Sample, proof_sample
from edge.workshop.plates.view import View

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from edge.workshop.plates.layouts import Layout

WIDTHS_PX = (30, 40, 50, 60, 70, 90, 120, 160)
_ONE_LINE = list_proof.ABROAD + list_proof.SOUTH_AFRICA
_TWO_LINES = list_proof.ABROAD_SQUARE + list_proof.SOUTH_AFRICA_SQUARE
_PLAIN = View(noise=2.0, jpeg=70)


@dataclass(frozen=True, slots=True)
class Condition:
    """One row of the table: plates of some layouts under one kind of difficulty."""

    name: str
    layouts: tuple[Layout, ...]
    view: View = _PLAIN
    motion: float = 0.0
    """Length of the blur over the plate's width, in a direction that the seed draws."""


CONDITIONS = (
    Condition("plain", _ONE_LINE),
    Condition("blur", _ONE_LINE, motion=0.03),
    Condition("dark", _ONE_LINE, replace(_PLAIN, contrast=0.25, brightness=12.0, noise=7.0)),
    Condition("skew", _ONE_LINE, replace(_PLAIN, turn_deg=9.0, shear=0.25, keystone=(0.14, 0.05))),
    Condition("two lines", _TWO_LINES),
    Condition("South Africa", list_proof.SOUTH_AFRICA),
    Condition("South Africa, two lines", list_proof.SOUTH_AFRICA_SQUARE),
)


@dataclass(frozen=True, slots=True)
class Cell:
    """Of `count` plates of one width and condition, how many each reader read exactly."""

    condition: str
    width_px: int
    count: int
    exact: Mapping[str, int]


def proof_table(
    readers: Mapping[str, Callable[[U8], str]],
    count: int,
    conditions: Collection[str] = (),
    widths_px: Sequence[int] = (),
) -> Iterator[Cell]:
    """Yield the cells row by row, `count` plates each; every reader sees the same pictures, (H,W,3) uint8 RGB.

    `conditions` and `widths_px`: these alone, where there are any; the plates are those of the whole table.
    """
    for row, condition in enumerate(CONDITIONS):
        if conditions and condition.name not in conditions:
            continue
        for width_px in widths_px or WIDTHS_PX:
            exact = dict.fromkeys(readers, 0)
            for number in range(count):
                sample = cell_sample(condition, width_px, row * 1_000_000 + number)
                picture = np.asarray(cv2.cvtColor(sample.picture, cv2.COLOR_GRAY2RGB), np.uint8)
                for name, read in readers.items():
                    exact[name] += read(picture) == sample.text
            yield Cell(condition.name, width_px, count, exact)


def cell_sample(condition: Condition, width_px: int, number: int) -> Sample:
    """Render one plate of a cell; the same number is the same plate at every width."""
    seed = list_proof.SEEDS.start + number
    rng = np.random.default_rng((seed, 3))
    side = 1 if rng.random() < 0.5 else -1  # noqa: PLR2004 - a fair coin: slanted to either side
    view = replace(
        condition.view,
        width_px=float(width_px),
        turn_deg=condition.view.turn_deg * side + float(rng.normal(0, 1)),
        shear=condition.view.shear * side,
        motion_px=condition.motion * width_px,
        motion_deg=math.degrees(float(rng.uniform(0, math.pi))),
    )
    return proof_sample(seed, condition.layouts, view)
