"""Batches for the recogniser: rendered samples made as they are wanted, real crops mixed in."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import cv2
import numpy as np
import numpy.typing as npt

from edge.inference.slots import INPUT_WH, SLOTS, encode, prepare
from edge.types import F32, U8
from edge.workshop.ahead import ahead
from edge.workshop.pictures import read_rgb
from edge.workshop.plates.crops import Crop
from edge.workshop.plates.draw import PlatePicture
from edge.workshop.plates.fittings import add_fittings
from edge.workshop.plates.layouts import REGIONS, region_of
from edge.workshop.plates.list_training import SEEDS
from edge.workshop.plates.rearrange import Rows, cut_up, rearranged
from edge.workshop.plates.samples import Fonts, Sample, training_sample
from edge.workshop.plates.view import View, look, random_view

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

UNKNOWN_REGION = -1
REARRANGED, NEGATIVE = 0.65, 0.1  # of the real plates, where they could be cut; light for dark
MIXED = 0.45  # of the rearranged ones: pieces of another plate of the country take part
TWO_LINES = 3  # times as often as those with one line are plates with two lines looked at
HARD, MILD = (
    0.15,
    0.75,
)  # of the looks at real plates: strongly slanted and blurred; up to here a little, then not at all
FITTED = 0.3  # of the real plates: bolts and labels drawn over them, beside their own


@dataclass(frozen=True, slots=True)
class Mix:
    """How batches are made: `size` samples each, a share `real` of them real crops."""

    size: int = 64
    real: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class RealPlate:
    """A crop in memory: `picture` (H,W) uint8; `pieces` to make other texts of, None where it cannot be cut.

    `kin`: the pieces of crops of the same country with as many rows, its own among them.
    """

    picture: U8
    crop: Crop
    pieces: Rows | None = None
    kin: Sequence[Rows] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """`images` (B,64,160) uint8; `slots` (B,12) int64 classes; `regions` (B,) int64; `centres` (B,12,2) f32 or NaN."""

    images: U8
    slots: npt.NDArray[np.int64]
    regions: npt.NDArray[np.int64]
    centres: F32


def load_plates(crops: Sequence[Crop]) -> list[RealPlate]:
    """Read the crops as gray pictures.

    Raises:
        ConfigError: a picture is missing or damaged.
    """
    return [RealPlate(np.asarray(cv2.cvtColor(read_rgb(crop.path), cv2.COLOR_RGB2GRAY), np.uint8), crop)
            for crop in crops]  # fmt: skip


def with_pieces(plates: Sequence[RealPlate], centres: Sequence[F32 | None]) -> list[RealPlate]:
    """Cut the plates whose characters' places (N,2) are known, 0..1 of width and height, where that hurts none."""
    cut = [
        replace(plate, pieces=None if places is None else cut_up(plate.picture, plate.crop.text, places))
        for plate, places in zip(plates, centres, strict=True)
    ]
    kin: dict[tuple[str, int], list[Rows]] = {}
    for plate in cut:
        if plate.pieces and plate.crop.country:
            kin.setdefault((plate.crop.country, len(plate.pieces)), []).append(plate.pieces)
    return [replace(plate, kin=kin.get((plate.crop.country, len(plate.pieces or ())), ())) for plate in cut]


def more_of_two_lines(plates: Sequence[RealPlate]) -> list[RealPlate]:
    """Return the plates with those in it several times that were cut into two rows: there are few of them."""
    return [
        plate for plate in plates for _ in range(1 if plate.pieces is None or len(plate.pieces) == 1 else TWO_LINES)
    ]


def batches(plates: Sequence[RealPlate], fonts: Fonts, mix: Mix, seed: int, steps: range) -> Iterator[Batch]:
    """Yield the batches of the steps, prepared by one thread of its own; everything follows from seed and step."""
    return ahead(lambda step: make_batch(plates, fonts, mix, (seed, step)), steps)


def make_batch(plates: Sequence[RealPlate], fonts: Fonts, mix: Mix, seed_step: tuple[int, int]) -> Batch:
    """Make the batch of one step."""
    rng = np.random.default_rng(seed_step)
    samples = []
    for _ in range(mix.size):
        if len(plates) and rng.random() < mix.real:
            samples.append(real_sample(plates[int(rng.integers(len(plates)))], rng))
        else:
            samples.append(training_sample(int(rng.integers(SEEDS.start, SEEDS.stop)), fonts))
    return collate(samples)


def real_sample(real: RealPlate, rng: np.random.Generator) -> Sample:
    """Look once more at a real crop, mostly with another text and often from a worse camera.

    A picture cannot be seen better than it is.
    """
    known = real.pieces is not None and rng.random() < REARRANGED
    plate = (
        rearranged(real.pieces, rng, _relative(real, rng))
        if known and real.pieces
        else PlatePicture(real.picture, real.crop.text, np.zeros((0, 2), np.float32))
    )
    if rng.random() < FITTED:
        plate = replace(plate, pixels=plate.pixels.copy())
        add_fittings(plate.pixels, plate.centres, rng)
    if rng.random() < NEGATIVE:
        plate = replace(plate, pixels=255 - plate.pixels)
    pixels, centres = look(plate, _worse(random_view(rng), plate.pixels.shape[1], rng), rng)
    if not known:
        centres = np.full((len(plate.text), 2), np.nan, np.float32)
    region = region_of(real.crop.country) if real.crop.country else ""
    return Sample(pixels, plate.text, region, centres)


def _relative(real: RealPlate, rng: np.random.Generator) -> Rows | None:
    """Draw another crop to take pieces from too; None mostly, for those of one crop fit best."""
    if not real.kin or rng.random() >= MIXED:
        return None
    return real.kin[int(rng.integers(len(real.kin)))]


def _worse(view: View, width_px: int, rng: np.random.Generator) -> View:
    """Turn a look at a flat plate into one at a crop that has its own slant, blur and noise already."""
    cut = rng.uniform(-0.07, 0.03, 4)
    chance = rng.random()
    hard = chance < HARD
    mild = 1.0 if hard else 0.5 if chance < MILD else 0.0
    slant = 0.8 if hard else 0.5
    return replace(
        view,
        width_px=min(max(view.width_px, 24.0 if hard or not mild else 60.0), float(width_px)),
        turn_deg=view.turn_deg * slant,
        shear=view.shear * slant,
        keystone=(view.keystone[0] * slant, view.keystone[1] * slant),
        cut=(float(cut[0]), float(cut[1]), float(cut[2]), float(cut[3])),
        motion_px=view.motion_px * mild,
        defocus_px=view.defocus_px * mild,
        noise=view.noise * mild,
        contrast=max(view.contrast, 0.4),
    )


def collate(samples: Sequence[Sample]) -> Batch:
    """Put samples into arrays."""
    centres = np.full((len(samples), SLOTS, 2), np.nan, np.float32)
    for index, sample in enumerate(samples):
        centres[index, : len(sample.text)] = sample.centres
    return Batch(
        np.stack([prepare(sample.picture, INPUT_WH) for sample in samples]),
        np.array([encode(sample.text) for sample in samples], np.int64),
        np.array([REGIONS.index(s.region) if s.region else UNKNOWN_REGION for s in samples], np.int64),
        centres,
    )
