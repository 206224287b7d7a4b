"""What a row needs, and the words for what is not here."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from tests.hardware.row import NotHere

NODES = (Path("/dev/nvidia0"), Path("/dev/nvgpu"), Path("/dev/nvhost-ctrl"), Path("/dev/nvmap"))


def need_driver() -> None:
    """Say that there is no driver before anything asks it."""
    if not any(node.exists() for node in NODES):
        raise NotHere("there is no NVIDIA driver: none of " + ", ".join(map(str, NODES)))


def need(module: str, cure: str) -> None:
    """Say that a package is absent, and what brings it."""
    try:
        found = find_spec(module)
    except ModuleNotFoundError:
        found = None
    if found is None:
        raise NotHere(f"{module} is not installed: {cure}")
