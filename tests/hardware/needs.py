"""What a row needs, and the words for what is not here."""

from __future__ import annotations

from importlib.util import find_spec

from edge.inference.nvidia import has_driver
from tests.hardware.row import NotHere


def need_driver() -> None:
    """Say that there is no driver before anything asks it."""
    if not has_driver():
        raise NotHere("there is no NVIDIA driver here: none of its nodes is in /dev")


def need(module: str, cure: str) -> None:
    """Say that a package is absent, and what brings it."""
    try:
        found = find_spec(module)
    except ModuleNotFoundError:
        found = None
    if found is None:
        raise NotHere(f"{module} is not installed: {cure}")
