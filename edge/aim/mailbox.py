"""What an analysis leaves for whoever looks: one slot with the newest shot."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from typing import Any

from edge.ports import Frame
from edge.types import CameraStatus, Event, Point, TrackSnapshot


@dataclass(frozen=True, slots=True)
class Mark:
    """One track as it is drawn: `trail` are earlier anchors in display pixels, oldest first."""

    track: TrackSnapshot
    plate: str
    trail: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """An event with its place among those of this run, from 1."""

    number: int
    event: Event


@dataclass(frozen=True, slots=True)
class Shot:
    """All there is to show at one moment; it never changes, so it is handed over by reference.

    `number` grows with every change, with or without a new frame. `events` are the newest ones, oldest first.
    `trouble` says in one line why the analysis `ended` before its time.
    """

    number: int = 0
    frame: Frame | None = None
    marks: tuple[Mark, ...] = ()
    events: tuple[Told, ...] = ()
    frames: int = 0
    dropped: int = 0
    camera: CameraStatus | None = None
    ended: bool = False
    trouble: str = ""


class Mailbox:
    """Holds the newest shot. Putting one there replaces the one before, seen or not, and waits for nobody."""

    def __init__(self) -> None:
        self._turn = threading.Condition()
        self._shot = Shot()

    def put(self, **fields: Any) -> None:
        """Replace fields of the shot by newer ones."""
        with self._turn:
            self._shot = replace(self._shot, number=self._shot.number + 1, **fields)
            self._turn.notify_all()

    def newer(self, number: int, timeout_s: float) -> Shot | None:
        """Return the newest shot as soon as its number is above `number`, or None when none came in time."""
        with self._turn:
            self._turn.wait_for(lambda: self._shot.number > number, timeout_s)
            return self._shot if self._shot.number > number else None
