"""Where tracked boxes should be now: constant velocity that fades, filtered for every box at once.

Each of centre x, centre y, width and height is a two-state Kalman filter (R. E. Kalman, 1960) of position and velocity,
independent of the others, so the filters are plain arrays and need no matrix algebra. Noise grows with the size of the
box: a near vehicle moves and jitters by more pixels than a far one.
"""

from __future__ import annotations

import numpy as np

from edge.tracking.geometry import F64, Mask, Rows
from edge.types import F32

_MEASUREMENT = 0.05  # standard deviation of a box edge, in sizes
_START_SPEED = 6.0  # standard deviation of the unknown first velocity, in sizes a second
_START_GROWTH = 1.0  # the same of width and height
_SHAKE = 1.5  # how fast velocity wanders, in sizes a second per root second
_SHAKE_GROWTH = 0.6  # the same of width and height
_STILL_SHAKE = 0.02  # how much of that is left of a vehicle that stands
_FADE_S = 4.0  # velocity of a track in sight fades with this time constant
_FADE_LOST_S = 3.0  # of a lost one: what is hidden may be braking
_SMALLEST_PX = 2.0
_LONGEST_S = 5.0  # uncertainty stops growing here: after a longer gap only the hash can tell


class Motion:
    """The filters of all tracks of one camera, row by row in the order of `append`."""

    def __init__(self) -> None:
        self._mean = np.empty((0, 4))
        self._velocity = np.empty((0, 4))
        self._var = np.empty((0, 4))
        self._cov = np.empty((0, 4))
        self._var_velocity = np.empty((0, 4))

    @property
    def boxes(self) -> F64:
        """Where each box should be, `xyxy` (N,4)."""
        half = self._mean[:, 2:] / 2
        return np.concatenate((self._mean[:, :2] - half, self._mean[:, :2] + half), axis=1)

    @property
    def sizes(self) -> F64:
        """Geometric mean of width and height, (N,) px."""
        return _size(self._mean)

    @property
    def velocity(self) -> F64:
        """Velocity of the centre, (N,2) px/s."""
        return self._velocity[:, :2]

    @property
    def edge_velocity(self) -> F64:
        """Velocity of the edges left, top, right and bottom, (N,4) px/s."""
        along, growth = self._velocity[:, :2], self._velocity[:, 2:] / 2
        return np.concatenate((along - growth, along + growth), axis=1)

    @property
    def ways(self) -> F64:
        """Velocity of the edge that moves fastest along each axis, (N,2) px/s.

        What drives behind something is cut shorter at one edge, which stands still, while the other one goes on.
        """
        along, growth = self._velocity[:, :2], np.abs(self._velocity[:, 2:]) / 2
        return np.asarray(along + np.sign(along) * growth)

    @property
    def centre_sigma(self) -> F64:
        """Standard deviation of where a new measurement of the centre would fall, (N,2) px."""
        return np.asarray(np.sqrt(self._var[:, :2] + (_MEASUREMENT * _size(self._mean))[:, None] ** 2))

    def append(self, xyxy: F32) -> None:
        """Start a filter for each box of `xyxy` (K,4), at rest and unsure of its velocity."""
        mean = _measured(xyxy)
        size = _size(mean)[:, None]
        start = np.array([_START_SPEED, _START_SPEED, _START_GROWTH, _START_GROWTH]) * size
        fresh = (mean, np.zeros_like(mean), np.repeat((_MEASUREMENT * size) ** 2, 4, axis=1), np.zeros_like(mean))
        self._mean, self._velocity, self._var, self._cov = (
            np.concatenate(pair) for pair in zip((self._mean, self._velocity, self._var, self._cov), fresh, strict=True)
        )
        self._var_velocity = np.concatenate((self._var_velocity, start**2))

    def keep(self, mask: Mask) -> None:
        """Forget the rows that `mask` (N,) leaves out."""
        self._mean, self._velocity, self._var = self._mean[mask], self._velocity[mask], self._var[mask]
        self._cov, self._var_velocity = self._cov[mask], self._var_velocity[mask]

    def predict(self, step_s: float, lost: Mask, still: Mask) -> None:
        """Let `step_s` pass; `lost` (N,) fade faster, and what stands `still` (N,) does not drift."""
        fade = np.where(lost, _FADE_LOST_S, _FADE_S)[:, None]
        kept = np.exp(-step_s / fade)
        reach = fade * (1 - kept)
        self._velocity[still] = 0
        self._velocity[lost, 2:] = 0  # the last looks before it was hidden showed less and less of it
        self._mean += reach * self._velocity
        self._mean[:, 2:] = np.maximum(self._mean[:, 2:], _SMALLEST_PX)
        self._velocity *= kept
        grown = min(step_s, _LONGEST_S)
        shake = np.array([_SHAKE, _SHAKE, _SHAKE_GROWTH, _SHAKE_GROWTH]) * _size(self._mean)[:, None]
        power = np.where(still[:, None], _STILL_SHAKE, 1.0) * shake**2
        self._var += 2 * reach * self._cov + reach**2 * self._var_velocity + power * grown**3 / 3
        self._cov = kept * (self._cov + reach * self._var_velocity) + power * grown**2 / 2
        self._var_velocity = kept**2 * self._var_velocity + power * grown

    def correct(self, rows: Rows, xyxy: F32 | F64, doubt: F64) -> None:
        """Take boxes `xyxy` (K,4) as measurements of the filters `rows` (K,), blunter by `doubt`.

        That is a factor for a box, (K,), or for each of its centre x, centre y, width and height, (K,4).
        """
        measured = _measured(xyxy)
        factors = doubt[:, None] if doubt.ndim == 1 else doubt
        noise = (_MEASUREMENT * factors * _size(measured)[:, None]) ** 2
        total = self._var[rows] + noise
        gain, gain_velocity = self._var[rows] / total, self._cov[rows] / total
        surprise = measured - self._mean[rows]
        self._mean[rows] += gain * surprise
        self._velocity[rows] += gain_velocity * surprise
        self._var_velocity[rows] -= gain_velocity * self._cov[rows]
        self._cov[rows] *= 1 - gain
        self._var[rows] *= 1 - gain


def _measured(xyxy: F32 | F64) -> F64:
    box = xyxy.astype(np.float64)
    size = np.maximum(box[:, 2:] - box[:, :2], 1.0)
    return np.concatenate(((box[:, :2] + box[:, 2:]) / 2, size), axis=1)


def _size(mean: F64) -> F64:
    return np.asarray(np.sqrt(np.maximum(mean[:, 2], 1.0) * np.maximum(mean[:, 3], 1.0)))
