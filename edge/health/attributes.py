"""Attributes of the kernel: small files below /sys and /proc, each with one value. What cannot be read is unknown."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

_TRIES = 2
"""Sensors of a Tegra's thermal zones answer EAGAIN now and then; those of a part that is switched off always do."""


def text(path: Path) -> str | None:
    """Return the value without its line's end; None when there is none or it cannot be read."""
    for _ in range(_TRIES):
        try:
            return path.read_text("utf-8", "replace").strip().rstrip("\0")
        except BlockingIOError:
            continue
        except OSError:
            return None
    return None


def number(path: Path) -> int | None:
    """Return the value as a whole number, None when it is none."""
    try:
        return int(text(path) or "")
    except ValueError:
        return None


def scaled(path: Path, by: float) -> float | None:
    """Return the value times `by`: kernel interfaces count in thousandths."""
    value = number(path)
    return None if value is None else value * by


def entries(folder: Path, pattern: str) -> Iterator[Path]:
    """Yield what `pattern` finds in a folder, in order of its numbers; nothing where there is no folder."""
    try:
        found = list(folder.glob(pattern))
    except OSError:
        return
    yield from sorted(found, key=lambda path: (len(path.name), path.name))


def named(folder: Path, name: str) -> Iterator[Path]:
    """Yield the sensors of a kind (`name` file) below /sys/class/hwmon: their numbers change from boot to boot."""
    return (one for one in entries(folder, "hwmon*") if text(one / "name") == name)
