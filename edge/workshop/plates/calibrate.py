"""Honest confidences: the one temperature under which the probabilities of held-out plates come true most often.

Guo et al. 2017, "On calibration of modern neural networks".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from edge.inference.slots import END
from edge.types import F32
from edge.workshop.plates.layouts import REGIONS, region_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

LOWEST, HIGHEST = 0.3, 4.0
BINS = 10


@dataclass(frozen=True, slots=True)
class Calibration:
    """What was fitted, and the expected calibration error of `characters` held-out ones with it."""

    temperature: float
    error: float
    characters: int


@dataclass(frozen=True, slots=True)
class RegionFigures:
    """How many of the `plates` whose country is known were given their region, and the expected calibration error."""

    right: int
    plates: int
    error: float


def judge_regions(told: F32, countries: Sequence[str]) -> RegionFigures:
    """Hold the regions' probabilities (N,R) against the countries of the plates, empty where nobody knows it."""
    wanted = np.array([REGIONS.index(region_of(country)) if country else -1 for country in countries], np.int64)
    known = wanted >= 0
    right = told[known].argmax(axis=1) == wanted[known]
    error = calibration_error(told[known].max(axis=1), right) if known.any() else 0.0
    return RegionFigures(int(right.sum()), int(known.sum()), error)


def calibrate(scores: F32, slots: npt.NDArray[np.int64]) -> Calibration:
    """Find the temperature of least cross entropy.

    Args:
        scores: (G,N,12,37) before the softmax, of the glances whose mean is what the device tells.
        slots: (N,12) true classes. Those behind the first end say nothing and are left out.
    """
    asked = asked_slots(slots)
    kept, wanted = scores[:, asked].astype(np.float64), slots[asked]
    grid = np.exp(np.linspace(np.log(LOWEST), np.log(HIGHEST), 61))
    rows = np.arange(len(wanted))
    losses = [float(-np.log(_told(kept, temperature)[rows, wanted] + 1e-12).mean()) for temperature in grid]
    temperature = round(float(grid[int(np.argmin(losses))]), 3)
    told = _told(kept, temperature)
    return Calibration(temperature, calibration_error(told.max(axis=1), told.argmax(axis=1) == wanted), len(wanted))


def asked_slots(slots: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Return which slots (N,12) hold a character or the first end."""
    return np.asarray(np.cumsum(slots == END, axis=1) - (slots == END) == 0)


def _told(scores: npt.NDArray[np.float64], temperature: float) -> npt.NDArray[np.float64]:
    """Return the probabilities (M,37) that the device tells of scores (G,M,37)."""
    shifted = (scores - scores.max(axis=2, keepdims=True)) / temperature
    powers = np.exp(shifted)
    return np.asarray((powers / powers.sum(axis=2, keepdims=True)).mean(axis=0))


def calibration_error(confidence: npt.NDArray[Any], right: npt.NDArray[np.bool_]) -> float:
    """Return the expected calibration error: how far confidence and share of right ones are apart, over ten bins."""
    bins = np.minimum((np.asarray(confidence) * BINS).astype(int), BINS - 1)
    apart = [
        float(abs(confidence[bins == number].mean() - right[bins == number].mean()) * (bins == number).mean())
        for number in range(BINS)
        if (bins == number).any()
    ]
    return sum(apart)
