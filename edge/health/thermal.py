"""How hot it is and who is slowed for it: the kernel's thermal zones, their trip points and their cooling devices.

The layout is that of Documentation/ABI/testing/sysfs-class-thermal. Which trip point slows something down is told by
the cooling devices bound to it (`cdevN`, `cdevN_trip_point`) and not by its type: on Jetson Orin the passive trip point
at 70 °C only raises `hot-surface-alert`, a warning for fingers; processor and GPU are slowed at 99 °C.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from edge.health.attributes import entries, number, scaled, text

_SLOWING = re.compile(r"(thermal-)?(cpufreq|devfreq)-.+|.+-throttle-alert")
"""Types of cooling devices that slow processor, GPU or SoC down. Tegra's `…-throttle-alert` tells that its part is."""
_MILLI = 0.001


@dataclass(frozen=True, slots=True)
class Trip:
    """A temperature at which the kernel acts; `kind` is its word: active, passive, hot, critical.

    `coolers` are the types of the cooling devices that it turns on.
    """

    kind: str
    at_c: float
    coolers: tuple[str, ...] = ()

    @property
    def slows(self) -> bool:
        """Whether something is slowed from here on."""
        return any(map(slows, self.coolers))


@dataclass(frozen=True, slots=True)
class Zone:
    """One sensor; `temp_c` is None where it is switched off or does not answer."""

    name: str
    temp_c: float | None
    trips: tuple[Trip, ...] = ()

    @property
    def throttle_c(self) -> float | None:
        """From where on something is slowed; None when nothing is for this sensor's sake."""
        return min((trip.at_c for trip in self.trips if trip.slows), default=None)

    @property
    def critical_c(self) -> float | None:
        """Where the kernel switches the machine off."""
        return min((trip.at_c for trip in self.trips if trip.kind == "critical"), default=None)

    @property
    def margin_c(self) -> float | None:
        """Degrees left until something is slowed, negative beyond; None when unknown."""
        if self.temp_c is None or self.throttle_c is None:
            return None
        return self.throttle_c - self.temp_c


@dataclass(frozen=True, slots=True)
class Cooler:
    """A cooling device: 0 is idle, `most` all that it can do."""

    name: str
    state: int
    most: int | None = None

    @property
    def slowing(self) -> bool:
        """Whether it slows something down now.

        Lower clocks of a power mode do not count: they are limits of cpufreq and devfreq, not states of a cooler.
        """
        return self.state > 0 and slows(self.name)


def slows(cooler: str) -> bool:
    """Tell whether a cooling device of this type slows something down; a fan does not."""
    return _SLOWING.fullmatch(cooler) is not None


def read_zones(thermal: Path) -> tuple[Zone, ...]:
    """Return the thermal zones below /sys/class/thermal."""
    return tuple(
        Zone(text(zone / "type") or zone.name, scaled(zone / "temp", _MILLI), _trips(zone))
        for zone in entries(thermal, "thermal_zone*")
    )


def read_coolers(thermal: Path) -> tuple[Cooler, ...]:
    """Return the cooling devices below /sys/class/thermal that tell their state."""
    found = (
        (text(cooler / "type"), number(cooler / "cur_state"), number(cooler / "max_state"))
        for cooler in entries(thermal, "cooling_device*")
    )
    return tuple(Cooler(name, state, most) for name, state, most in found if name and state is not None)


def _trips(zone: Path) -> tuple[Trip, ...]:
    bound: dict[str, list[str]] = {}
    for place in entries(zone, "cdev*_trip_point"):
        trip, cooler = text(place), text(zone / place.name.removesuffix("_trip_point") / "type")
        if trip and cooler:
            bound.setdefault(trip, []).append(cooler)
    trips = []
    for place in entries(zone, "trip_point_*_temp"):
        index = place.name.removeprefix("trip_point_").removesuffix("_temp")
        at_c = scaled(place, _MILLI)
        if at_c is not None:
            kind = text(zone / f"trip_point_{index}_type") or ""
            trips.append(Trip(kind, at_c, tuple(bound.get(index, ()))))
    return tuple(trips)
