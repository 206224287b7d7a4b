"""Whether a hardware watchdog resets the machine when its kernel hangs.

systemd pets it, not the service: systemd's own watchdog ends a service that hangs and starts it anew, and only a system
manager that hangs itself, or a kernel, is worth a reset. /sys/class/watchdog is described in the kernel's
Documentation/ABI/testing/sysfs-class-watchdog.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from edge.health.attributes import entries, number, text
from edge.health.findings import Finding, doubtful, well

SUBJECT = "watchdog"
SOFTWARE = "Software Watchdog"
"""The identity of softdog: a timer of the very kernel that it should watch."""
_ARM = "install deploy/systemd/edge-watchdog.conf in /etc/systemd/system.conf.d/, then: systemctl daemon-reload"
_NO_WAY_OUT = ", and cannot be disarmed"


@dataclass(frozen=True, slots=True)
class Watchdog:
    """One of /sys/class/watchdog; `armed` and `timeout_s` are None where its kernel does not tell."""

    name: str
    identity: str
    armed: bool | None
    timeout_s: int | None
    no_way_out: bool = False


def read_watchdogs(root: Path = Path("/")) -> tuple[Watchdog, ...]:
    """Return what watchdogs the machine below `root` has."""
    states = {"active": True, "inactive": False}
    return tuple(
        Watchdog(
            one.name,
            text(one / "identity") or "",
            states.get(text(one / "state") or ""),
            number(one / "timeout"),
            text(one / "nowayout") == "1",
        )
        for one in entries(root / "sys/class/watchdog", "watchdog*")
    )


def examine_watchdog(root: Path = Path("/")) -> Finding:
    """Say whether a watchdog of the hardware is armed."""
    watchdogs = read_watchdogs(root)
    hardware = [one for one in watchdogs if one.identity != SOFTWARE]
    armed = next((one for one in hardware if one.armed), None)
    if armed is not None:
        after = f": it resets the machine after {armed.timeout_s} s of silence" if armed.timeout_s else ""
        return well(SUBJECT, f"{armed.identity or armed.name} is armed{after}{_NO_WAY_OUT * armed.no_way_out}")
    if any(one.armed for one in watchdogs):
        said = "only softdog is armed, a timer of the kernel that it should watch"
        return doubtful(SUBJECT, said, "use a board with a watchdog, or load the driver of this one's")
    if not hardware:
        said = "there is none: a kernel that hangs waits for somebody to pull the plug"
        return doubtful(SUBJECT, said, "use a board with a watchdog, or load the driver of this one's")
    first = hardware[0]
    if first.armed is None:
        said = f"{first.identity or first.name} is here, but the kernel does not tell whether it is armed"
        return doubtful(SUBJECT, said, "ask: systemctl show -p RuntimeWatchdogUSec; 0 or infinity means it is not")
    return doubtful(SUBJECT, f"{first.identity or first.name} is here and not armed", _ARM)
