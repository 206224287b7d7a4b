"""When the device does less, before its kernel slows it down and every frame comes late.

A kernel that throttles slows everything alike: detector, decoder, boom. The plan leaves out first what the gate can do
without. Pure: readings and times in, a step out.
"""

from __future__ import annotations

from dataclasses import dataclass

from edge.health.soc import SocReading
from edge.types import Effort

PEAKS = frozenset({"oc3"})
"""Over-current peaks too short for any sensor. At full clocks some modules have several a second and lose nothing that
can be measured, so they are told and not obeyed; too low a voltage (oc1) and too high a mean current (oc2) are."""
SILENT_NS = 15_000_000_000
"""How long every sensor may be silent before that is told: single readings fail now and then."""
_STEPS = tuple(Effort)


@dataclass(frozen=True, slots=True)
class Limits:
    """Where the plan acts; chosen, not yet measured on a board of ours.

    Margins are degrees left until the closest zone's first trip point that slows something. `less_c`: an Orin Nano
    without its fan is told to rise by 2.3 degrees a minute at 85 °C under full load, so 8 degrees are about three
    minutes, in which less analysis can show whether it is enough. `least_c`: half of that, it was not. `back_c`: so
    many degrees cooler than a step's margin it must be before the step is taken back, because the load that comes back
    heats the die at once. `dwell_ns`: calm that must last before a step is taken back, and the shortest time between a
    step and one back: a heat sink takes minutes, and nobody should have to read a flapping device's events.
    """

    less_c: float = 8.0
    least_c: float = 4.0
    back_c: float = 3.0
    dwell_ns: int = 60_000_000_000


class Plan:
    """Steps up at once, and back one by one after a calm. `effort` holds; `reason` says why, with its figures."""

    def __init__(self, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()
        self._margins = {Effort.LESS_ANALYSIS: self._limits.less_c, Effort.NO_SECOND_MODELS: self._limits.least_c}
        self._counted: dict[str, int] = {}
        self._changed_ns = 0
        self._calm_ns: int | None = None
        self._sighted_ns: int | None = None
        self.effort = Effort.NORMAL
        self.reason = ""
        self.blind = False
        """Whether temperatures that were read before have been silent for a while: what is done stays as it is."""

    @property
    def trouble(self) -> str:
        """What a person should know; the same text as long as nothing changes, empty when all is well."""
        held = f"{self.effort.value}: {self.reason}" if self.effort is not Effort.NORMAL else ""
        blind = f"temperatures can no longer be read, effort stays {self.effort.value}" if self.blind else ""
        return "; ".join(filter(None, (held, blind)))

    def step(self, reading: SocReading, now_ns: int) -> Effort:
        """Take a reading at a time of the monotonic clock; return what holds from now on."""
        sighted = self._sight(reading, now_ns)
        risen = self._risen(reading)
        wanted, reason = self._wanted(reading, risen)
        if wanted.rank > self.effort.rank:
            self._go(wanted, reason, now_ns)
        elif sighted and not risen and self._is_calm(reading):
            self._recover(reading, now_ns)
        else:
            self._calm_ns = None
        return self.effort

    def _wanted(self, reading: SocReading, risen: str) -> tuple[Effort, str]:
        """Return what the reading asks for by itself, and why."""
        if reading.throttled_by:
            return Effort.NO_SECOND_MODELS, f"throttled by {', '.join(reading.throttled_by)}, {figures(reading)}"
        margin_c = reading.margin_c
        asked = [effort for effort, at_c in self._margins.items() if margin_c is not None and margin_c <= at_c]
        wanted = max(asked, key=lambda effort: effort.rank, default=Effort.NORMAL)
        if risen and wanted.rank <= self.effort.rank:
            return _STEPS[min(self.effort.rank + 1, len(_STEPS) - 1)], f"over-current, {risen}"
        return wanted, figures(reading)

    def _is_calm(self, reading: SocReading) -> bool:
        """Tell whether the step that holds is no longer asked for, by some degrees."""
        at_c, margin_c = self._margins.get(self.effort), reading.margin_c
        cool = at_c is None or margin_c is None or margin_c > at_c + self._limits.back_c
        return cool and not reading.throttled_by

    def _recover(self, reading: SocReading, now_ns: int) -> None:
        if self._calm_ns is None:
            self._calm_ns = now_ns
        calm_ns = now_ns - max(self._calm_ns, self._changed_ns)
        if self.effort is not Effort.NORMAL and calm_ns >= self._limits.dwell_ns:
            reason = f"calm for {calm_ns / 1e9:.0f} s, {figures(reading)}"
            self._go(_STEPS[self.effort.rank - 1], reason, now_ns)

    def _go(self, effort: Effort, reason: str, now_ns: int) -> None:
        self.effort, self.reason, self._changed_ns, self._calm_ns = effort, reason, now_ns, None

    def _sight(self, reading: SocReading, now_ns: int) -> bool:
        """Tell whether heat is read, or never was: a machine that tells no trip points is not blind."""
        if reading.margin_c is not None:
            self._sighted_ns = now_ns
        self.blind = self._sighted_ns is not None and now_ns - self._sighted_ns >= SILENT_NS
        return self._sighted_ns in {None, now_ns}

    def _risen(self, reading: SocReading) -> str:
        """Say which over-current counters rose since the last reading; from the first one on they are watched."""
        now = {name: times for name, times in reading.over_current if name not in PEAKS}
        rises = [(name, now.get(name, 0) - before) for name, before in self._counted.items()]
        self._counted.update(now)
        return ", ".join(f"{name} {rise} more" for name, rise in rises if rise > 0)


def figures(reading: SocReading) -> str:
    """Say how hot the closest zone is, and where it is slowed."""
    zone = reading.closest
    if zone is None or zone.temp_c is None or zone.throttle_c is None:
        return "temperature unknown"
    return f"{zone.name} {zone.temp_c:.1f} °C, slowed at {zone.throttle_c:.1f} °C"
