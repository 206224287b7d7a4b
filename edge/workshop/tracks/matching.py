"""Which told box is which true one: exact, by overlap."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from edge.tracking.cost import NEVER, assign
from edge.tracking.geometry import Rows

_LIMIT = 1e4


def best_pairs(worth: npt.NDArray[np.float64]) -> tuple[Rows, Rows]:
    """Return rows and columns of the one-to-one pairing of greatest total `worth` (N,M); 0 is never paired."""
    return assign(np.where(worth > 0, _LIMIT - worth, NEVER), _LIMIT)
