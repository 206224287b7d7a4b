"""The light a camera works in: day, dusk, night or infra-red, from its small view alone.

A camera evens out brightness by itself, so the mean says little. Day: the middle of the picture's brightness is high.
Night: what no lamp reaches is black. Dusk: neither. Infra-red: there is no colour anywhere (a camera that never shows
colour is taken for one in infra-red). Passing lamps only add light, so the darker moments of a while speak for it.
"""

from __future__ import annotations

import enum
from collections import deque
from dataclasses import dataclass

import numpy as np

from edge.types import U8

TINT_WH = (40, 24)
"""Size of the colour view that is enough: each of its pixels averages the noise of many."""


class Mode(enum.Enum):
    """How the scene is lit; the value is what stands in a pass."""

    DAY = "day"
    DUSK = "dusk"
    NIGHT = "night"
    INFRA_RED = "infra-red"


@dataclass(frozen=True, slots=True)
class ModeSettings:
    """Where one mode ends and the next begins. Brightness and colour in steps of 0..255."""

    day: float = 71.0
    """By day the median is above this."""
    night: float = 29.0
    """By night the darkest tenth is below this."""
    slack: float = 4.0
    """A mode is left only this far beyond its border."""
    colour: float = 1.2
    """Infra-red: nine tenths of the picture are nearer to gray than this."""
    colour_slack: float = 0.4
    blind: float = 10.0
    """Where the median is below this, missing colour proves nothing."""
    span_s: float = 10.0
    """So much of the past speaks for the present."""
    hold_s: float = 20.0
    """A new mode is believed after this long."""
    gap_s: float = 60.0
    """After so long without a picture the mode is found anew."""


class ModeWatch:
    """The mode of one camera, twice a second or so; any pace gives the same seconds."""

    def __init__(self, settings: ModeSettings | None = None) -> None:
        self._settings = settings or ModeSettings()
        self._seen: deque[tuple[int, float, float, float]] = deque()
        self._mode: Mode | None = None
        self._other_ns: int | None = None

    def step(self, luma: U8, tint: U8, at_ns: int) -> Mode:
        """Take the brightness (h,w) and the colour (h,w,2) around 128 of the frame at `at_ns`; both uint8."""
        s = self._settings
        if self._seen and not 0 <= at_ns - self._seen[-1][0] <= s.gap_s * 1e9:
            self._seen.clear()
            self._mode = None
        self._seen.append((at_ns, *_measured(luma, tint)))
        while at_ns - self._seen[0][0] > s.span_s * 1e9:
            self._seen.popleft()
        found = self._found()
        if self._mode is None or found is self._mode:
            self._mode, self._other_ns = found, None
        elif self._other_ns is None:
            self._other_ns = at_ns
        elif at_ns - self._other_ns >= s.hold_s * 1e9:
            self._mode, self._other_ns = found, None
        return self._mode

    def _found(self) -> Mode:
        s, mode = self._settings, self._mode
        past = np.array([row[1:] for row in self._seen])
        middle, dark = np.percentile(past[:, :2], 25, axis=0)
        colour = float(np.median(past[:, 2]))
        gray_to = s.colour + (s.colour_slack if mode is Mode.INFRA_RED else 0.0)
        if colour < gray_to and middle >= s.blind:
            return Mode.INFRA_RED
        if middle > s.day + _towards(mode, s.slack, Mode.DAY):
            return Mode.DAY
        return Mode.NIGHT if dark < s.night - _towards(mode, s.slack, Mode.NIGHT) else Mode.DUSK


def _measured(luma: U8, tint: U8) -> tuple[float, float, float]:
    """Return the median and the darkest tenth of brightness, and how far from gray the picture's colour goes."""
    away = tint.reshape(-1, 2).astype(np.float32) - 128
    middle, dark = np.percentile(luma, (50, 10))
    return float(middle), float(dark), float(np.percentile(np.hypot(away[:, 0], away[:, 1]), 90))


def _towards(mode: Mode | None, slack: float, wanted: Mode) -> float:
    """Return how much harder the border to `wanted` is: easier from within, neutral while nothing is known."""
    return 0.0 if mode is None else -slack if mode is wanted else slack
