"""Reading what a kernel or a distribution says of itself in small files, under a root that a test may choose."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

LIMIT = 1 << 16
"""No such file is longer, the list of packages alone is, see `edge.health.dpkg`."""


def read(path: Path) -> str | None:
    """Return the text of a file without the blanks and NUL bytes around it; None where there is nothing to read.

    A device-tree string ends with a NUL byte, and a sensor that is switched off answers with an error.
    """
    try:
        with path.open("rb") as file:
            return file.read(LIMIT).decode("utf-8", "replace").strip("\0 \t\r\n")
    except OSError:
        return None


def read_number(path: Path) -> int | None:
    """Return the whole number in a file; None where there is none."""
    try:
        return int(read(path) or "")
    except ValueError:
        return None


def folders(parent: Path, pattern: str) -> Iterator[Path]:
    """Yield the folders of a class of devices by their number: `cooling_device10` after `cooling_device9`."""
    yield from sorted(parent.glob(pattern), key=lambda path: (len(path.name), path.name))
