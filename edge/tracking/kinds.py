"""Kinds of road user: a track may change its class by vote, but never its kind."""

from __future__ import annotations

import numpy as np

KIND = np.array([0, 0, 0, 1, 1, 2], np.int16)
"""Kind of each class: four wheels or more, two wheels, on foot."""
