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
from edge.workshop.plates.layouts import REGIONS
from edge.workshop.plates.list_training import SEEDS
from edge.workshop.plates.samples import Fonts, Sample, training_sample
from edge.workshop.plates.view import look, random_view

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_EUROPEAN = (
    "AT", "BE", "BG", "CH", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IS", "IT", "LI", "LT",
    "LU", "LV", "NL", "NO", "PL", "PT", "RO", "RS", "SE", "SI", "SK", "UA",
)  # fmt: skip
_ITS_OWN = ("AU", "BR", "GB", "ID", "IN", "PK", "RU", "US", "VN", "ZA")
REGION_OF = (
    {country: country.lower() for country in _ITS_OWN}
    | dict.fromkeys(("CA", "CU", "MX"), "us")
    | {"AR": "br"}
    | dict.fromkeys(_EUROPEAN, "eu")
)
"""Region of a country where it is one of ours; an empty country has none, every other is `other`."""
UNKNOWN_REGION = -1


@dataclass(frozen=True, slots=True)
class Mix:
    """How batches are made: `size` samples each, a share `real` of them real crops."""

    size: int = 64
    real: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """`images` (B,64,160) uint8; `slots` (B,12) int64 classes; `regions` (B,) int64; `centres` (B,12,2) f32 or NaN."""

    images: U8
    slots: npt.NDArray[np.int64]
    regions: npt.NDArray[np.int64]
    centres: F32


def batches(crops: Sequence[Crop], fonts: Fonts, mix: Mix, seed: int, steps: range) -> Iterator[Batch]:
    """Yield the batches of the steps, prepared by one thread of its own; everything follows from seed and step."""
    pictures = [np.asarray(cv2.cvtColor(read_rgb(crop.path), cv2.COLOR_RGB2GRAY), np.uint8) for crop in crops]
    return ahead(lambda step: make_batch(pictures, crops, fonts, mix, (seed, step)), steps)


def make_batch(
    pictures: Sequence[U8], crops: Sequence[Crop], fonts: Fonts, mix: Mix, seed_step: tuple[int, int]
) -> Batch:
    """Make the batch of one step."""
    rng = np.random.default_rng(seed_step)
    samples = []
    for _ in range(mix.size):
        if len(crops) and rng.random() < mix.real:
            index = int(rng.integers(len(crops)))
            samples.append(real_sample(pictures[index], crops[index], rng))
        else:
            samples.append(training_sample(int(rng.integers(SEEDS.start, SEEDS.stop)), fonts))
    return collate(samples)


def real_sample(picture: U8, crop: Crop, rng: np.random.Generator) -> Sample:
    """Look once more at a real crop, often from a worse camera; a picture cannot be seen better than it is."""
    view = random_view(rng)
    cut = rng.uniform(-0.07, 0.03, 4)
    mild = 0.5 if rng.random() < 0.7 else 0.0  # noqa: PLR2004 - a chance: mostly a little, sometimes nothing at all
    view = replace(
        view,
        width_px=min(max(view.width_px, 60.0 if mild else 24.0), float(picture.shape[1])),
        turn_deg=view.turn_deg * 0.5,
        shear=view.shear * 0.5,
        keystone=(view.keystone[0] * 0.5, view.keystone[1] * 0.5),
        cut=(float(cut[0]), float(cut[1]), float(cut[2]), float(cut[3])),
        motion_px=view.motion_px * mild,
        defocus_px=view.defocus_px * mild,
        noise=view.noise * mild,
        contrast=max(view.contrast, 0.4),
    )
    plate = PlatePicture(picture, crop.text, np.zeros((0, 2), np.float32))
    region = REGION_OF.get(crop.country, "other") if crop.country else ""
    pixels, _ = look(plate, view, rng)
    return Sample(pixels, crop.text, region, np.full((len(crop.text), 2), np.nan, np.float32))


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
