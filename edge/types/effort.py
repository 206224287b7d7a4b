"""How much the device lets itself do, and how it is doing itself."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class Effort(enum.Enum):
    """What is done, in steps from all of it to what the gate cannot do without. Each step leaves out one thing more."""

    NORMAL = "normal"
    LESS_ANALYSIS = "less-analysis"
    """Fewer frames are analysed, see `tracking.pace`."""
    NO_SECOND_MODELS = "no-second-models"
    """Nobody is asked for a second opinion on a plate."""

    @property
    def rank(self) -> int:
        """How much is left out: 0 is nothing."""
        return tuple(Effort).index(self)


@dataclass(frozen=True, slots=True)
class EffortChange:
    """The device does less than before, or more again; `reason` says why, with its figures.

    `temp_c` and `throttle_c` are those of the `zone` with the fewest degrees left, where that is known.
    """

    effort: Effort
    before: Effort
    reason: str
    zone: str = ""
    temp_c: float | None = None
    throttle_c: float | None = None

    @property
    def about(self) -> str:
        """The subject of its events: there is one device."""
        return "device"

    @property
    def in_words(self) -> str:
        """What changed and why."""
        return f"{self.before.value} -> {self.effort.value}: {self.reason}"


@dataclass(frozen=True, slots=True)
class OverCurrent:
    """Over-current events since boot that one sensor has counted."""

    sensor: str
    events: int


@dataclass(frozen=True, slots=True)
class DeviceState:
    """How the device itself is doing; what is unknown is None.

    `zone` is the one with the fewest degrees left until something is slowed (at `throttle_c`), else the hottest.
    `throttled_by`: what slows it now. `gpu_load`, `fan`: 0 to 1.
    """

    effort: Effort
    zone: str = ""
    temp_c: float | None = None
    throttle_c: float | None = None
    throttled_by: tuple[str, ...] = ()
    over_current: tuple[OverCurrent, ...] = ()
    cpu_mhz: float | None = None
    gpu_mhz: float | None = None
    memory_mhz: float | None = None
    decoder_mhz: float | None = None
    gpu_load: float | None = None
    decoder_powered: bool | None = None
    watts: float | None = None
    fan: float | None = None
    memory_free_mb: int | None = None
