"""Which packages the distribution has installed, from dpkg's own list: no command is run.

The format is that of deb822(5); the list and its place are described in dpkg(1), section FILES.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

STATUS = "var/lib/dpkg/status"
INSTALLED = "install ok installed"


def read_packages(root: Path) -> Mapping[str, str]:
    """Return package -> version of what is installed; empty where there is no dpkg."""
    try:
        with (root / STATUS).open(encoding="utf-8", errors="replace") as lines:
            return _installed(lines)
    except OSError:
        return {}


def excerpt(packages: Mapping[str, str], starts: tuple[str, ...]) -> str:
    """Return a list in dpkg's format with the packages whose names start so, and nothing else of them."""
    wanted = sorted(name for name in packages if name.startswith(starts))
    return "\n".join(f"Package: {name}\nStatus: {INSTALLED}\nVersion: {packages[name]}\n" for name in wanted)


def upstream(version: str) -> str:
    """Return a package's version without epoch and the distribution's revision: `10.3.0.30` of `10.3.0.30-1+cuda12.5`.

    The parts are those of deb-version(7).
    """
    release = version.partition(":")[2] or version
    return release.rpartition("-")[0] or release


def _installed(lines: Iterable[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    fields: dict[str, str] = {}
    for line in lines:
        if line.strip():
            if not line[0].isspace():
                name, _, value = line.partition(":")
                fields[name] = value.strip()
            continue
        _keep(fields, found)
        fields = {}
    _keep(fields, found)
    return found


def _keep(fields: Mapping[str, str], found: dict[str, str]) -> None:
    if fields.get("Status") == INSTALLED and "Version" in fields:
        found[fields.get("Package", "")] = fields["Version"]
