"""A machine described in a folder: its files as under a root, `described.toml` for the rest, `gst.toml` for GStreamer.

Written by `edge doctor --describe`, and by hand for boards known from documentation alone.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TypeVar

import msgspec

from edge.clock import ClockQuality, ManualClock
from edge.config.toml import tomllib
from edge.errors import UsageError
from edge.health.examinee import Element, Examinee, Gst

DESCRIBED = "described.toml"
GST = "gst.toml"


class DescribedPython(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Python's version, distributions with their versions, and top-level modules that could be imported."""

    version: str
    packages: dict[str, str] = {}
    modules: tuple[str, ...] = ()


class DescribedClock(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Wall time when it was described, and whether the kernel held it to be synchronised."""

    at: datetime
    synced: bool


class Described(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What no file says: see `Examinee` for the meaning of each field."""

    python: DescribedPython
    clock: DescribedClock
    system: str = "Linux"
    devices: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()


class DescribedElement(msgspec.Struct, frozen=True):
    """One element; what else is stated beside it, its origin for one, is for the reader."""

    plugin: str
    properties: tuple[str, ...] = ()


class DescribedGst(msgspec.Struct, frozen=True):
    """GStreamer: its version or why it cannot be used."""

    version: str = ""
    fault: str = ""
    elements: dict[str, DescribedElement] = {}


_Struct = TypeVar("_Struct", bound=msgspec.Struct)


def open_description(folder: Path) -> Examinee:
    """Return the described machine.

    Raises:
        UsageError: the folder describes none, or a description in it cannot be understood.
    """
    rest = _load(folder / DESCRIBED, Described)
    gst = _load(folder / GST, DescribedGst)
    quality = ClockQuality.SYNCED if rest.clock.synced else ClockQuality.UNSYNCED
    modules, devices = frozenset(rest.python.modules), frozenset(rest.devices)
    return Examinee(
        root=folder,
        python=rest.python.version,
        system=rest.system,
        version_of=rest.python.packages.get,
        has_module=modules.__contains__,
        has_device=devices.__contains__,
        lacks=rest.lacks,
        clock=ManualClock(round(rest.clock.at.timestamp() * 1e9), quality=quality),
        gst=Gst(
            gst.version, gst.fault, {name: Element(one.plugin, one.properties) for name, one in gst.elements.items()}
        ),
    )


def _load(path: Path, kind: type[_Struct]) -> _Struct:
    try:
        return msgspec.convert(tomllib.loads(path.read_text("utf-8")), kind)
    except OSError as error:
        raise UsageError(
            f"{path}: {error.strerror}; give a folder that `edge doctor --describe` has written"
        ) from error
    except (ValueError, msgspec.ValidationError) as error:
        raise UsageError(f"{path}: {error}; describe the machine again") from error
