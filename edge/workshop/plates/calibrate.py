"""Honest confidences: the one temperature under which the probabilities of held-out plates come true most often.

Guo et al. 2017, "On calibration of modern neural networks".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from edge.inference.slots import END
from edge.types import F32

if TYPE_CHECKING:
    import numpy.typing as npt

LOWEST, HIGHEST = 0.3, 4.0
BINS = 10


def fit_temperature(scores: F32, slots: npt.NDArray[np.int64]) -> float:
    """Return the temperature of least cross entropy.

    Args:
        scores: (N,12,37) before the softmax.
        slots: (N,12) true classes. Those behind the first end say nothing and are left out.
    """
    asked = asked_slots(slots)
    kept, wanted = scores[asked].astype(np.float64), slots[asked]
    grid = np.exp(np.linspace(np.log(LOWEST), np.log(HIGHEST), 121))
    losses = [_cross_entropy(kept / temperature, wanted) for temperature in grid]
    return round(float(grid[int(np.argmin(losses))]), 3)


def asked_slots(slots: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Return which slots (N,12) hold a character or the first end."""
    return np.asarray(np.cumsum(slots == END, axis=1) - (slots == END) == 0)


def _cross_entropy(scores: npt.NDArray[np.float64], wanted: npt.NDArray[np.int64]) -> float:
    shifted = scores - scores.max(axis=1, keepdims=True)
    return float((np.log(np.exp(shifted).sum(axis=1)) - shifted[np.arange(len(wanted)), wanted]).mean())


def calibration_error(confidence: npt.NDArray[Any], right: npt.NDArray[np.bool_]) -> float:
    """Return the expected calibration error: how far confidence and share of right ones are apart, over ten bins."""
    bins = np.minimum((np.asarray(confidence) * BINS).astype(int), BINS - 1)
    apart = [
        float(abs(confidence[bins == number].mean() - right[bins == number].mean()) * (bins == number).mean())
        for number in range(BINS)
        if (bins == number).any()
    ]
    return sum(apart)
