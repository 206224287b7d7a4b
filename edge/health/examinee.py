"""What is examined: this machine, or one that was described in a folder. Both answer the same questions."""

from __future__ import annotations

import grp
import os
import platform
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

from edge.clock import Clock

HERE = Path("/")
GROUPS = ("video", "render")
"""The groups that own the nodes of GPU, decoders and cameras."""


@dataclass(frozen=True, slots=True)
class Gst:
    """GStreamer as Python sees it: `version`, empty when it cannot be used, then `fault` says why.

    `elements` are those of the ones the product may use that are installed: plugin and properties by their names.
    """

    version: str = ""
    fault: str = ""
    elements: Mapping[str, Element] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Element:
    """One element of GStreamer as `gst-inspect-1.0` shows it."""

    plugin: str
    properties: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Examinee:
    """A machine to be examined: its files are under `root`, everything else is asked.

    `python` is the version, `system` kernel and processor. `version_of` a Python distribution, None when it is not
    installed; `has_module` says whether Python could import a top-level name; `has_device` whether a device node is
    there; `lacks` names the groups that own the GPU's nodes and that this user is not in.
    """

    root: Path
    python: str
    system: str
    version_of: Callable[[str], str | None]
    has_module: Callable[[str], bool]
    has_device: Callable[[str], bool]
    lacks: tuple[str, ...]
    clock: Clock
    gst: Gst

    @property
    def is_here(self) -> bool:
        """Whether it is the machine this runs on."""
        return self.root == HERE


def this_machine(clock: Clock, gst: Gst) -> Examinee:
    """Return the machine this runs on; nothing is imported to find out what is installed."""
    return Examinee(
        root=HERE,
        python=platform.python_version(),
        system=f"{platform.system()} {platform.machine()}",
        version_of=installed_version,
        has_module=lambda name: find_spec(name) is not None,
        has_device=lambda node: Path(node).exists(),
        lacks=() if os.geteuid() == 0 else tuple(name for name in GROUPS if _is_closed(name)),
        clock=clock,
        gst=gst,
    )


def installed_version(distribution: str) -> str | None:
    """Return the version of a Python distribution installed here; None when it is not."""
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return None


def _is_closed(group: str) -> bool:
    """Say whether a group is there and this user is not in it."""
    try:
        number = grp.getgrnam(group).gr_gid
    except KeyError:
        return False
    return number not in {os.getegid(), *os.getgroups()}
