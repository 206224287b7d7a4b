"""The motion gate: whether anything moves in the small brightness view, so that a still road costs no network run.

Each pixel keeps its background, its noise and how long it has been different yet steady. The scene's overall
brightness is divided out first, so dusk and exposure changes stay silent; a lamp, or a vehicle that stops, becomes
background after `settle_s`. All rates are per second of the frames' time, so any frame rate behaves alike.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from edge.types import F32, U8

Mask: TypeAlias = npt.NDArray[np.bool_]
LUMA_WH = (160, 90)
"""Size of the view the gate is tuned for."""

_DARK = 16.0  # below this a pixel says nothing about the scene's brightness
_FEW = 0.05
_NEIGHBOURS = 3  # a changed pixel counts if this many of the 9 around it, itself included, changed too
_CONTRAST = 12.0
_LONGEST_S = 1.0


@dataclass(frozen=True, slots=True)
class MotionSettings:
    """How much must change, and for how long it counts. Brightness in steps of 0..255."""

    floor: float = 7.0
    """Smallest change that counts, however quiet the pixel."""
    factor: float = 5.0
    """A change counts from this many times the pixel's usual one."""
    most_noise: float = 6.0
    """Usual change is not believed to be more than this: leaves may not blind the gate."""
    pixels: int = 4
    """Fewer changed pixels than this are nothing."""
    follow_s: float = 5.0
    """Time constant with which the background follows the picture."""
    settle_s: float = 2.0
    """What is different but steady for this long is background."""
    cut_share: float = 0.5
    """A scene cut changes more of the picture than this..."""
    cut_likeness: float = 0.3
    """... and leaves less than this correlation with the picture before."""


@dataclass(frozen=True, slots=True)
class Motion:
    """What a frame shows: whether something moves, whether it is another scene, which share of the picture changed."""

    moved: bool
    cut: bool
    share: float


@dataclass(slots=True, eq=False)
class _Scene:
    """The gate's memory of one view, all (h,w) float32."""

    background: F32
    noise: F32
    steady_s: F32
    previous: F32
    at_ns: int


class MotionGate:
    """The gate of one camera. Called for every frame, also for those that are analysed anyway."""

    def __init__(self, settings: MotionSettings | None = None) -> None:
        self._settings = settings or MotionSettings()
        self._scene: _Scene | None = None

    def reset(self) -> None:
        """Forget the scene; the next frame counts as movement."""
        self._scene = None

    def step(self, luma: U8, at_ns: int) -> Motion:
        """Take the brightness (h,w) uint8 of the frame at `at_ns`. The first frame, and one of another size, moves."""
        view = luma.astype(np.float32)
        scene = self._scene
        if scene is None or scene.background.shape != view.shape:
            self._scene = _fresh(view, at_ns)
            return Motion(moved=True, cut=scene is not None, share=1.0)
        difference = view - _gain(scene.background, view) * scene.background
        changed = np.abs(difference) > self._threshold(scene)
        grouped = changed & (cv2.boxFilter(changed.astype(np.uint8), -1, (3, 3), normalize=False) >= _NEIGHBOURS)
        count = int(np.count_nonzero(grouped))
        share = count / view.size
        if share > self._settings.cut_share and _likeness(scene.previous, view) < self._settings.cut_likeness:
            self._scene = _fresh(view, at_ns)
            return Motion(moved=True, cut=True, share=share)
        self._learn(scene, view, difference, changed, at_ns)
        return Motion(moved=count >= self._settings.pixels, cut=False, share=share)

    def _threshold(self, scene: _Scene) -> F32:
        return np.asarray(np.maximum(self._settings.factor * scene.noise, np.float32(self._settings.floor)))

    def _learn(self, scene: _Scene, view: F32, difference: F32, changed: Mask, at_ns: int) -> None:
        """Let the background follow: at once where it was steady long enough, gently where nothing changed."""
        s = self._settings
        step_s = min(max(at_ns - scene.at_ns, 0) / 1e9, _LONGEST_S)
        jump = np.abs(view - _gain(scene.previous, view) * scene.previous)
        steady = changed & (jump <= self._threshold(scene))
        scene.steady_s = np.where(steady, scene.steady_s + np.float32(step_s), np.float32(0))
        settled = scene.steady_s >= s.settle_s
        follow = np.where(changed, np.float32(0), np.float32(1 - np.exp(-step_s / s.follow_s)))
        scene.background += np.where(settled, np.float32(1), follow) * (view - scene.background)
        pace = np.where(changed, np.float32(0.2), np.float32(1)) * np.float32(1 - np.exp(-step_s / s.follow_s))
        scene.noise += pace * (np.minimum(np.abs(difference), np.float32(s.most_noise)) - scene.noise)
        scene.previous, scene.at_ns = view, at_ns


def _fresh(view: F32, at_ns: int) -> _Scene:
    return _Scene(view.copy(), np.full_like(view, 2.0), np.zeros_like(view), view, at_ns)


def _gain(before: F32, now: F32) -> float:
    """Return how much brighter the scene is as a whole: the median ratio over a sixteenth of the pixels."""
    old, new = before[::4, ::4], now[::4, ::4]
    bright = old > _DARK
    if np.count_nonzero(bright) < _FEW * old.size:
        return 1.0
    return float(np.clip(np.median(new[bright] / old[bright]), 0.5, 2.0))


def _likeness(before: F32, now: F32) -> float:
    """Return the correlation of two views; two that have no contrast cannot be told apart and count as alike."""
    if min(float(before.std()), float(now.std())) < _CONTRAST:
        return 1.0
    return float(np.corrcoef(before.ravel(), now.ravel())[0, 1])
