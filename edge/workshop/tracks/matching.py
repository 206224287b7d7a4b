"""Which told box is which true one: exact, by overlap."""

from __future__ import annotations

import lap
import numpy as np
import numpy.typing as npt

Rows = npt.NDArray[np.intp]
_LIMIT, _NEVER = 1e4, 1e6


def best_pairs(worth: npt.NDArray[np.float64]) -> tuple[Rows, Rows]:
    """Return rows and columns of the one-to-one pairing of greatest total `worth` (N,M); 0 is never paired."""
    if not (worth > 0).any():
        return np.empty(0, np.intp), np.empty(0, np.intp)
    costs = np.where(worth > 0, _LIMIT - worth, _NEVER)
    _, taken, _ = lap.lapjv(np.ascontiguousarray(costs), extend_cost=True, cost_limit=_LIMIT)
    rows = np.flatnonzero(taken >= 0)
    return rows, np.asarray(taken[rows], np.intp)
