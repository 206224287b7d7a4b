"""Tileable noise pictures, made once per seed."""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np
import numpy.typing as npt

F32 = npt.NDArray[np.float32]
TILE_PX = 256


@lru_cache(maxsize=64)
def tile(seed: int, octaves: tuple[int, ...]) -> F32:
    """A (256,256) tile, mean 0, standard deviation 1, that joins at its edges; octaves are cells per side."""
    rng = np.random.default_rng([seed, 5])
    total = np.zeros((TILE_PX, TILE_PX), np.float32)
    for i, cells in enumerate(octaves):
        grid = rng.standard_normal((cells, cells)).astype(np.float32)
        wrapped = np.pad(grid, 2, mode="wrap")
        scale = TILE_PX // cells
        big = cv2.resize(wrapped, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
        edge = 2 * scale
        total += big[edge : edge + TILE_PX, edge : edge + TILE_PX] * (0.62**i)
    total -= total.mean()
    out: F32 = total / (total.std() + 1e-6)
    return out


def sample(noise: F32, x: F32, y: F32, size_m: float) -> F32:
    """The tile spread over the ground, one repeat each `size_m` metres."""
    scale = np.float32(TILE_PX / size_m)
    out: F32 = cv2.remap(noise, x * scale, y * scale, cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP).astype(
        np.float32, copy=False
    )
    return out


@lru_cache(maxsize=32)
def grain(seed: int, amount: int, size_wh: tuple[int, int]) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8]]:
    """Sensor noise as two unsigned pictures, to add and to subtract; twice the frame's size to shift about in."""
    rng = np.random.default_rng([seed, 9])
    w, h = size_wh
    fine = (
        rng.standard_normal((h + 64, w + 64, 1), np.float32) * 0.8
        + rng.standard_normal((h + 64, w + 64, 3), np.float32) * 0.5
    )
    coarse = cv2.resize(rng.standard_normal((h // 2 + 32, w // 2 + 32, 3), np.float32), (w + 64, h + 64))
    both = (fine + 0.5 * coarse) * amount / 1.2
    return np.clip(both, 0, 255).astype(np.uint8), np.clip(-both, 0, 255).astype(np.uint8)
