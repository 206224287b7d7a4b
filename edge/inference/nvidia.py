"""Whether networks can run on an NVIDIA GPU here, told by what is there; no library of NVIDIA's is loaded to ask."""

from __future__ import annotations

import importlib.util
from pathlib import Path

ROOT = Path("/")
DRIVERS = ("nvidia0", "nvidiactl", "nvgpu", "nvhost-gpu", "nvhost-ctrl", "nvhost-ctrl-gpu")
"""Device nodes that the driver makes: of desktop cards and Thor (nvidia…), of Orin (nvgpu on JetPack 6, nvhost…)."""


def has_driver(root: Path | None = None) -> bool:
    """Whether the driver of an NVIDIA GPU is at work; `root` stands for the machine's /."""
    return any(((root or ROOT) / "dev" / name).exists() for name in DRIVERS)


def lacking() -> str:
    """Say what TensorRT lacks to run here, in words; empty when it has all."""
    if not has_driver():
        return "there is no NVIDIA driver here"
    if not _installed("tensorrt"):
        return "tensorrt is not installed"
    if not (_installed("pycuda") or _installed("cuda", "bindings")):
        return "neither pycuda nor cuda-bindings is installed"
    return ""


def _installed(package: str, part: str = "") -> bool:
    """Whether a package can be imported; `part` is a folder in it, asked for without importing the package."""
    try:
        found = importlib.util.find_spec(package)
    except (ImportError, ValueError):
        return False
    if found is None or not part:
        return found is not None
    return any((Path(place) / part).is_dir() for place in found.submodule_search_locations or ())
