"""What the machine itself is like: Python, memory, disk, clock, heat. Linux alone is looked into."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

from edge.clock import Clock, ClockQuality
from edge.health.findings import Finding, broken, doubtful, well
from edge.health.soc import SocReading

PYTHONS = ((3, 10), (3, 12))
LOW_MEMORY_BYTES = 400_000_000
LOW_DISK_BYTES = 2_000_000_000
FULL_DISK_BYTES = 200_000_000
HOT_C = 85.0
"""Orin slows down at 99 °C, Thor a few degrees later, and a box in the sun is not at its hottest yet."""
BORN = 1_767_225_600
"""2026-01-01: a clock before that has lost its battery and has not heard from a time server."""
STORE_FAILED = 5


def examine_python(product: str, python: str, system: str) -> Finding:
    """Say which Python, `3.10.12`, runs which version of the product on which system."""
    said = f"edge {product} on Python {python}, {system}"
    if PYTHONS[0] <= tuple(int(part) for part in python.split(".")[:2]) <= PYTHONS[1]:
        return well("python", said)
    return broken("python", said, "use Python 3.10, 3.11 or 3.12")


def examine_memory(reading: SocReading) -> Finding | None:
    """Say how much memory is to be had; None where the system does not tell."""
    free, total = reading.memory_free, reading.memory_total
    if free is None or total is None:
        return None
    said = f"{free / 1e9:.1f} of {total / 1e9:.1f} GB free"
    if free >= LOW_MEMORY_BYTES:
        return well("memory", said)
    return doubtful("memory", said, "stop what else runs here, or give the device swap")


def examine_heat(reading: SocReading) -> Finding | None:
    """Say how hot the hottest sensor is; None where there is none."""
    told = [zone.temp_c for zone in reading.zones if zone.temp_c is not None]
    if not told:
        return None
    said = f"{max(told):.0f} °C at the hottest of {len(told)} sensors"
    return well("heat", said) if max(told) < HOT_C else doubtful("heat", said, "shade and ventilate the box")


def examine_clock(clock: Clock) -> Finding:
    """Say whether wall time may be believed."""
    now = time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(clock.wall_ns() / 1e9))
    cure = "turn on a time service: timedatectl set-ntp true, or install chrony"
    if clock.wall_ns() / 1e9 < BORN:
        return broken("clock", f"says {now}, which is long past", cure)
    if clock.quality() is ClockQuality.SYNCED:
        return well("clock", f"{now}, synchronised")
    return doubtful("clock", f"{now}, not synchronised; events say so", cure)


def examine_store(path: Path, wanted_bytes: int) -> Finding:
    """Say whether the store's folder can be written and has room for `wanted_bytes` more."""
    folder = path.parent
    if not folder.is_dir():
        cure = f"make it: install -d -o edge -g edge {folder}, or correct store.path"
        return broken("store", f"{folder} does not exist", cure, STORE_FAILED)
    if not os.access(folder, os.W_OK) or (path.exists() and not os.access(path, os.W_OK)):
        cure = f"run as the service's user, or: chown edge:edge {folder}"
        return broken("store", f"{path} cannot be written by this user", cure, STORE_FAILED)
    free = shutil.disk_usage(folder).free
    said = f"{path}: {free / 1e9:.1f} GB free"
    if free < FULL_DISK_BYTES:
        return broken("store", said, "make room on that disk", STORE_FAILED)
    if free < LOW_DISK_BYTES + wanted_bytes:
        wanted = f"{wanted_bytes / 1e9:.1f} GB of evidence may be kept"
        return doubtful("store", f"{said}, and {wanted}", "make room, or lower retention.evidence_mb")
    return well("store", said)
