"""What the board's own sensors tell: power rails, over-current events and the fan, below /sys/class/hwmon."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from edge.health.attributes import entries, named, number, scaled, text

_FULL_PWM = 255
_NO_RAIL = re.compile(r"NC|sum of shunt voltages")


class Counted(NamedTuple):
    """Over-current events since boot.

    Of Jetson Orin (Jetson Linux Developer Guide, platform power and performance): oc1 is too low a voltage, oc2 too
    high a mean current, oc3 a peak too short for any sensor, of which some power modes have several a second.
    """

    name: str
    times: int


@dataclass(frozen=True, slots=True)
class Rail:
    """A measured supply; VDD_IN of smaller modules is all that the module takes, others measure part by part."""

    name: str
    volts: float
    amps: float

    @property
    def watts(self) -> float:
        """What it takes."""
        return self.volts * self.amps


@dataclass(frozen=True, slots=True)
class Fan:
    """`share` is how far it is driven, 0 to 1; both None when unknown."""

    share: float | None
    rpm: int | None


def read_rails(hwmon: Path) -> tuple[Rail, ...]:
    """Return what the INA3221 monitors measure; a channel without a label or a current is none of the supplies."""
    rails = []
    for sensor in named(hwmon, "ina3221"):
        for place in entries(sensor, "in*_label"):
            label, channel = text(place) or "", place.name.removeprefix("in").removesuffix("_label")
            volts = scaled(sensor / f"in{channel}_input", 0.001)
            amps = scaled(sensor / f"curr{channel}_input", 0.001)
            if label and not _NO_RAIL.fullmatch(label) and volts is not None and amps is not None:
                rails.append(Rail(label, volts, amps))
    return tuple(rails)


def read_over_current(hwmon: Path) -> tuple[Counted, ...]:
    """Return the counters of sensor `soctherm_oc`; they only grow, until the next boot."""
    places = [place for sensor in named(hwmon, "soctherm_oc") for place in entries(sensor, "oc*_event_cnt")]
    found = ((place.name.removesuffix("_event_cnt"), number(place)) for place in places)
    return tuple(Counted(name, times) for name, times in found if times is not None)


def read_fan(hwmon: Path) -> Fan | None:
    """Return the fan, None where there is none; its speed is in `rpm` of Tegra's pwm_tach, or in fan1_input."""
    driven = next((number(one / "pwm1") for one in named(hwmon, "pwmfan")), None)
    speeds = [number(one / "rpm") for one in named(hwmon, "pwm_tach")]
    speeds += [number(one / "fan1_input") for one in named(hwmon, "pwmfan")]
    rpm = next((speed for speed in speeds if speed is not None), None)
    if driven is None and rpm is None:
        return None
    return Fan(None if driven is None else min(max(driven / _FULL_PWM, 0.0), 1.0), rpm)
