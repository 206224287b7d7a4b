"""How fast what runs: clocks of processor, GPU, video decoder and memory, from cpufreq and devfreq.

Names of devfreq devices: Orin has 17000000.gpu (17000000.ga10b under JetPack 5) and 15480000.nvdec, Thor gpu-gpc-0,
gpu-nvd-0 (one clock for its decoders, encoders and JPEG engines) and bwmgr. Orin's memory clock is in debugfs, which
only root may read. As jetson-stats reads them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from edge.health.attributes import entries, number, scaled, text

GPU = re.compile(r".+\.(gpu|ga10b|gv11b|gp10b)|gpu-gpc-\d+")
DECODER = re.compile(r".+\.nvdec\d*|gpu-nvd-\d+")
MEMORY = re.compile(r"bwmgr|.*\bemc\b.*")
_KILO = 1000.0
_LOAD_PLACES = ("sys/devices/platform/gpu.0/load", "sys/devices/gpu.0/load")
"""Where the GPU's load stood before it had a name of its own, besides the folder of its devfreq device."""


@dataclass(frozen=True, slots=True)
class Clocked:
    """A clock in Hz: now, the limit that power mode and heat leave it, and the most that the part can do."""

    name: str
    hz: float | None
    limit_hz: float | None = None
    most_hz: float | None = None


def read_processors(root: Path) -> tuple[Clocked, ...]:
    """Return one clock for each group of cores that share it."""
    return tuple(
        Clocked(
            policy.name,
            scaled(policy / "scaling_cur_freq", _KILO),
            scaled(policy / "scaling_max_freq", _KILO),
            scaled(policy / "cpuinfo_max_freq", _KILO),
        )
        for policy in entries(root / "sys/devices/system/cpu/cpufreq", "policy*")
    )


def devfreq(root: Path, name: re.Pattern[str]) -> Path | None:
    """Return the folder of the first devfreq device with such a name."""
    found = (one for one in entries(root / "sys/class/devfreq", "*") if name.fullmatch(one.name))
    return next(found, None)


def read_clock(device: Path | None) -> Clocked | None:
    """Return the clock of a devfreq device, None where there is no device."""
    if device is None:
        return None
    steps = [int(one) for one in (text(device / "available_frequencies") or "").split() if one.isdigit()]
    most = float(max(steps)) if steps else None
    return Clocked(device.name, scaled(device / "cur_freq", 1), scaled(device / "max_freq", 1), most)


def read_gpu_load(root: Path) -> float | None:
    """Return how busy the GPU is, 0 to 1; None where the kernel does not tell (Thor, and cards)."""
    gpu = devfreq(root, GPU)
    places = (*([gpu / "device/load"] if gpu else []), *(root / place for place in _LOAD_PLACES))
    per_mille = next((load for load in map(number, places) if load is not None), None)
    return None if per_mille is None else min(max(per_mille / 1000, 0.0), 1.0)


def read_powered(device: Path | None) -> bool | None:
    """Return whether a devfreq device is powered: a video decoder is while somebody decodes. None when unknown."""
    status = text(device / "device/power/runtime_status") if device else None
    powered: Mapping[str | None, bool] = {"active": True, "resuming": True, "suspended": False, "suspending": False}
    return powered.get(status)
