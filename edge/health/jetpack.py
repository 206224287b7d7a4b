"""Jetson Linux, the JetPack it belongs to, and what each JetPack brings.

Origin of the table: NVIDIA's JetPack archive and its release notes; 36.4.7 and 39.2 as boards with the package
nvidia-jetpack report them.
"""

from __future__ import annotations

import re

_RELEASE = re.compile(r"#\s*R(\d+)\s*\(release\),\s*REVISION:\s*([\d.]+)")
_JETPACKS = {
    "36.2.0": "6.0 DP",
    "36.3.0": "6.0",
    "36.4.0": "6.1",
    "36.4.3": "6.2",
    "36.4.4": "6.2.1",
    "36.4.7": "6.2.1",
    "36.5.0": "6.2.2",
    "38.2.0": "7.0",
    "38.2.1": "7.0",
    "38.4.0": "7.1",
    "39.2.0": "7.2",
    "39.2.1": "7.2.1",
}
_FAMILIES = {32: "4", 34: "5", 35: "5", 36: "6", 38: "7", 39: "7"}
_MODULES = {
    "p3767-0000": "Orin NX 16 GB",
    "p3767-0001": "Orin NX 8 GB",
    "p3767-0003": "Orin Nano 8 GB",
    "p3767-0004": "Orin Nano 4 GB",
    "p3767-0005": "Orin Nano 8 GB",
    "p3701-0000": "AGX Orin",
    "p3701-0004": "AGX Orin 32 GB",
    "p3701-0005": "AGX Orin 64 GB",
    "p3701-0008": "AGX Orin Industrial",
    "p3834-0008": "Thor T5000",
}
"""By the part number in the device tree; origin: the table of modules in jetson-stats, and reports of boards there."""
OLDEST = 36
"""JetPack 6. What came before has TensorRT 8 and Python 3.8."""


def parse_release(text: str) -> str | None:
    """Return the release that /etc/nv_tegra_release states, `36.4.7` for `# R36 (release), REVISION: 4.7, …`."""
    found = _RELEASE.search(text)
    if found is None:
        return None
    major, _, minor = found[2].strip(".").partition(".")
    return f"{found[1]}.{major}.{minor or 0}"


def jetpack_of(release: str, package: str | None) -> str:
    """Return JetPack's version: that of the package nvidia-jetpack, else the one this release belongs to.

    The package's build is left out: `6.2.1` of `6.2.1+b38`, `7.2` of `7.2-b187`.
    """
    if package:
        return re.split(r"[+-]", package)[0]
    if release in _JETPACKS:
        return _JETPACKS[release]
    return _FAMILIES.get(int(release.partition(".")[0]), "unknown")


def module_of(compatible: tuple[str, ...]) -> str | None:
    """Return the module's name for the device tree's `compatible`, whichever carrier board it sits on."""
    numbers = re.findall(r"p\d{4}-\d{4}", " ".join(compatible))
    return next((_MODULES[number] for number in numbers if number in _MODULES), None)
