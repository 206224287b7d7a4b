"""Which machine this is: its module, JetPack, driver and what they brought, read from files alone.

No command is run and no library of NVIDIA's is loaded, so it may be asked anywhere, and of a folder that describes
another machine. Serial numbers are not read.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from edge.health.attributes import text
from edge.health.dpkg import read_packages, upstream
from edge.health.jetpack import jetpack_of, module_of, parse_release
from edge.health.power import PowerMode, read_power

_DRIVER = re.compile(r"(?:Kernel Module|for \w+)\s+(\d+(?:\.\d+)+)")
_CUDART = re.compile(r"cuda-cudart-\d+-\d+")
_CUDNN = re.compile(r"libcudnn\d+-cuda-\d+")
_TENSORRT = re.compile(r"libnvinfer\d+")


@dataclass(frozen=True, slots=True)
class Board:
    """A machine as its files show it; what they do not tell is None.

    `l4t` is the release of Jetson Linux, `driver` that of the NVIDIA kernel driver; `cuda`, `tensorrt`, `cudnn` and
    `gstreamer` are the distribution's packages, whatever Python has besides. `packages` are all that dpkg installed.
    """

    model: str | None = None
    compatible: tuple[str, ...] = ()
    module: str | None = None
    l4t: str | None = None
    jetpack: str | None = None
    kernel: str | None = None
    driver: str | None = None
    cuda: str | None = None
    tensorrt: str | None = None
    cudnn: str | None = None
    gstreamer: str | None = None
    power: PowerMode | None = None
    packages: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def is_jetson(self) -> bool:
        """Whether it is a Jetson, be Jetson Linux complete on it or not."""
        return self.l4t is not None or any(name.startswith("nvidia,tegra") for name in self.compatible)

    @property
    def has_gpu(self) -> bool:
        """Whether there is a GPU of NVIDIA's, on a board or as a card with its driver."""
        return self.is_jetson or self.driver is not None


def read_board(root: Path = Path("/")) -> Board:
    """Read the machine under `root`; never fails."""
    packages = read_packages(root)
    compatible = tuple(part for part in (text(root / "proc/device-tree/compatible") or "").split("\0") if part)
    l4t = parse_release(text(root / "etc/nv_tegra_release") or "")
    return Board(
        model=text(root / "proc/device-tree/model") or None,
        compatible=compatible,
        module=module_of(compatible),
        l4t=l4t,
        jetpack=jetpack_of(l4t, packages.get("nvidia-jetpack")) if l4t else None,
        kernel=text(root / "proc/sys/kernel/osrelease") or None,
        driver=_driver(text(root / "proc/driver/nvidia/version") or ""),
        cuda=_version(packages, _CUDART),
        tensorrt=_version(packages, _TENSORRT),
        cudnn=_version(packages, _CUDNN),
        gstreamer=_version(packages, re.compile("libgstreamer1.0-0(?:t64)?")),
        power=read_power(root),
        packages=packages,
    )


def _driver(line: str) -> str | None:
    found = _DRIVER.search(line)
    return found[1] if found else None


def _version(packages: Mapping[str, str], name: re.Pattern[str]) -> str | None:
    """Return the newest upstream version among the packages of that name: CUDA's may lie side by side."""
    found = [upstream(version) for package, version in packages.items() if name.fullmatch(package)]
    return max(found, key=_order, default=None)


def _order(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version))
