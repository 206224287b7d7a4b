"""What is found of a board's chip: whether it slows itself down, and whether the hardware watchdog looks after it.

Places and names are those of Jetson Linux on Orin and Thor; origin: the kernel's thermal sysfs ABI, the driver
soctherm-oc-event of Jetson Linux for the counters, Documentation/ABI/testing/sysfs-class-watchdog.
"""

from __future__ import annotations

import re
from pathlib import Path

from edge.health.board_findings import examine_throttling
from edge.health.files import folders, read, read_number
from edge.health.findings import Finding, doubtful, well

_SLOWING = re.compile(r".+-throttle-alert|cpufreq-.+|devfreq-.+")
"""Cooling devices that lower clocks, or tell that hardware did. A fan does not, nor does `hot-surface-alert`, which
warns of a box too hot to touch, from 70 °C on."""
_COUNTER = re.compile(r"(oc\d+)_event_cnt")


def examine_soc(root: Path) -> Finding | None:
    """Say whether the board slows itself down; None where it tells nothing of the kind."""
    thermal = root / "sys/class/thermal"
    devices = {device: read(device / "type") or "" for device in folders(thermal, "cooling_device*")}
    slowing = {device: kind for device, kind in devices.items() if _SLOWING.fullmatch(kind)}
    counted = {
        found[1]: read_number(path) or 0
        for path in sorted((root / "sys/class/hwmon").glob("hwmon*/oc*_event_cnt"))
        if (found := _COUNTER.fullmatch(path.name))
    }
    if not slowing and not counted:
        return None
    active = [kind for device, kind in slowing.items() if (read_number(device / "cur_state") or 0) > 0]
    return examine_throttling(active, counted)


def examine_watchdog(root: Path) -> Finding:
    """Say whether a hang of the whole board would restart it."""
    first = next(folders(root / "sys/class/watchdog", "watchdog*"), None)
    cure = "set RuntimeWatchdogSec=120 in /etc/systemd/system.conf.d/, then restart the board"
    if first is None:
        return doubtful("watchdog", "no hardware watchdog: a board that hangs stays down", cure)
    name = read(first / "identity") or first.name
    if read(first / "state") != "active":
        return doubtful("watchdog", f"{name} is not armed: a board that hangs stays down", cure)
    return well("watchdog", f"{name} is armed, {read_number(first / 'timeout')} s")
