"""What a fitter draws on a camera's picture: lines, zones and masks, and the roads that lines count for."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from msgspec import Meta, Struct

from edge.config import Camera, Config

Unit = Annotated[float, Meta(ge=-1, le=2)]
"""Parts of the picture's width or height. Outside 0..1 is for the loader to refuse: it says how to mend it."""
Corner: TypeAlias = tuple[Unit, Unit]
Name = Annotated[str, Meta(max_length=64)]
DECIMALS = 4


class LineDrawn(Struct, frozen=True):
    """A tripwire. `was` is its id in the file, empty for a new one."""

    id: Name
    points: tuple[Corner, ...]
    road: Name
    inward: str = "right"
    one_way: str = "no"
    was: Name = ""


class ZoneDrawn(Struct, frozen=True):
    """An area with a meaning; `was` as in a line."""

    id: Name
    polygon: tuple[Corner, ...]
    kind: str = "watch"
    was: Name = ""


class MaskDrawn(Struct, frozen=True):
    """An area that is blackened; `was` as in a line."""

    id: Name
    polygon: tuple[Corner, ...]
    was: Name = ""


class RoadDrawn(Struct, frozen=True):
    """A road of the site; `was` as in a line."""

    id: Name
    allows: str = "both"
    was: Name = ""


Drawn: TypeAlias = LineDrawn | ZoneDrawn | MaskDrawn | RoadDrawn


class Drawing(Struct, frozen=True):
    """All of it, as it stands in the file or shall stand there. What is not in it is deleted."""

    lines: tuple[LineDrawn, ...] = ()
    zones: tuple[ZoneDrawn, ...] = ()
    masks: tuple[MaskDrawn, ...] = ()
    roads: tuple[RoadDrawn, ...] = ()


def drawing_of(config: Config, camera: Camera) -> Drawing:
    """Return what a configuration draws on one camera's picture."""
    return Drawing(
        tuple(LineDrawn(one.id, one.points, one.road, one.inward, one.one_way, one.id) for one in camera.lines),
        tuple(ZoneDrawn(one.id, one.polygon, one.kind, one.id) for one in camera.zones),
        tuple(MaskDrawn(one.id, one.polygon, one.id) for one in camera.masks),
        tuple(RoadDrawn(one.id, one.allows, one.id) for one in config.roads),
    )
