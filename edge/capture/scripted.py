"""The fake of the FrameSource port: plays a list of happenings, so that a test can order any kind of day."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from edge.capture.framing import Framing, Order
from edge.errors import EdgeError, SourceEnded, SourceLost, SourceStalled
from edge.ports import SourceSpec
from edge.types import U8
from edge.vision.frame import PlanarFrame
from edge.vision.planes import Matrix, PixelFormat, Planes


@dataclass(frozen=True, slots=True, eq=False)
class Shot:
    """A picture to deliver: (H,W,3) uint8 RGB, stamped `pts_ns`."""

    picture: U8
    pts_ns: int = 0


@dataclass(frozen=True, slots=True)
class Silence:
    """Nothing comes until the reader's patience is at its end."""


@dataclass(frozen=True, slots=True)
class Hang:
    """The library does not come back from its call, whatever it was allowed, until it is closed."""


Happening = Shot | Silence | Hang | EdgeError


class ScriptedSource:
    """Does one happening a read, in order; an error is raised as it stands. A script that is through has ended."""

    def __init__(self, order: Order, script: Iterable[Happening], *, live: bool, fps: float = 25.0) -> None:
        self._order = order
        self._script: Iterator[Happening] = iter(script)
        self._live = live
        self._fps = fps
        self._framing = Framing(order)
        self._closed = threading.Event()
        self._first: Happening | None = None

    @property
    def closed(self) -> bool:
        """Whether `close` was called."""
        return self._closed.is_set()

    def open(self) -> SourceSpec:
        self._first = next(self._script, None)
        if isinstance(self._first, EdgeError):
            raise self._first
        start_ns = None if self._live else self._order.wall_start_ns or 0
        if start_ns is not None:
            self._framing.count_from(start_ns)
        shape = self._first.picture.shape if isinstance(self._first, Shot) else (1, 1)
        start_from = "" if self._live else "start"
        size_wh = (shape[1], shape[0])
        return SourceSpec(self._live, "scripted", "none", "none", size_wh, self._fps, None, start_ns, start_from)

    def read(self, timeout_s: float) -> PlanarFrame:
        if self._closed.is_set():
            raise SourceLost("script: closed while reading")
        happening = self._first if self._first is not None else next(self._script, None)
        self._first = None
        if isinstance(happening, EdgeError):
            raise happening
        if isinstance(happening, Shot):
            planes = Planes(PixelFormat.RGB, (np.asarray(happening.picture),), Matrix.BT601, full_range=True)
            return self._framing.frame(planes, happening.pts_ns)
        if happening is None:
            raise SourceEnded("script: ended")
        self._closed.wait(timeout_s if isinstance(happening, Silence) else None)
        raise SourceStalled(f"script: no picture for {timeout_s:g} s")

    def close(self) -> None:
        self._closed.set()
