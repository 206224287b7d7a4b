"""Which power mode a Jetson runs in, and which one is its highest.

nvpmodel(8) of Jetson Linux keeps the modes in /etc/nvpmodel.conf, one `< POWER_MODEL ID=2 NAME=MAXN_SUPER >` each, and
the chosen one in /var/lib/nvpmodel/status as `pmode:0002`. The numbers differ from board to board: on an Orin Nano with
JetPack 6.2 mode 0 is 15 W and mode 2 the highest, so a mode is known by its name alone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from edge.health.attributes import number, text
from edge.health.clocks import GPU, devfreq

CONFIGURATION = "etc/nvpmodel.conf"
STATUS = "var/lib/nvpmodel/status"
_MODE = re.compile(r"^\s*<\s*POWER_MODEL\s+ID=(\d+)\s+NAME=(\S+)\s*>", re.MULTILINE)
_CHOSEN = re.compile(r"pmode:(\d+)")
_HIGHEST = ("MAXN_SUPER", "MAXN")


@dataclass(frozen=True, slots=True)
class PowerMode:
    """The mode that is set and the highest there is, each with its number; `highest` is None when no name tells.

    `locked`: jetson_clocks holds the GPU at the mode's highest clock; None where the clocks cannot be read.
    """

    number: int
    name: str
    highest: tuple[int, str] | None
    locked: bool | None

    @property
    def is_highest(self) -> bool:
        """Whether nothing higher is known."""
        return self.highest is None or self.number == self.highest[0]


def read_power(root: Path) -> PowerMode | None:
    """Return the power mode; None where nvpmodel is not there or has not chosen yet."""
    modes = {int(index): name for index, name in _MODE.findall(text(root / CONFIGURATION) or "")}
    chosen = _CHOSEN.search(text(root / STATUS) or "")
    if chosen is None:
        return None
    index = int(chosen[1])
    named = {name: index for index, name in modes.items()}
    best = next((name for name in _HIGHEST if name in named), None)
    highest = (named[best], best) if best else None
    return PowerMode(index, modes.get(index, f"number {index}"), highest, _locked(root))


def _locked(root: Path) -> bool | None:
    """Say whether the GPU's lowest clock was raised to its highest, which is what jetson_clocks does."""
    gpu = devfreq(root, GPU)
    lowest, highest = (number(gpu / name) if gpu else None for name in ("min_freq", "max_freq"))
    return None if lowest is None or highest is None else lowest == highest
