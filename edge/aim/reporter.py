"""Turns the steps of an analysis into shots: what is drawn over the picture, and the events with their numbers."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from math import dist

from edge.aim.mailbox import Mark, Told
from edge.pipeline import Step
from edge.types import Event, Point, Reading, TrackSnapshot, TrackUpdate

MOST_EVENTS = 200
"""Events kept for a viewer that comes late or has missed some."""
TRAIL_NS = 10_000_000_000
SPACING_NS = 200_000_000
SPACING_PX = 3.0
"""A trail gets a point when so much time and way lie behind the last one."""
READ_NS = 500_000_000
"""What is known of a track's plates is asked so often: agreeing on a text costs a third of a millisecond."""


@dataclass(slots=True)
class _Sheet:
    """What is remembered of one track."""

    plate: str = ""
    asked_ns: int | None = None
    trail: tuple[tuple[int, Point], ...] = field(default_factory=tuple)


class Reporter:
    """Called by the thread of the analysis, once a step; `read` tells what is known of a track's plates."""

    def __init__(self, read: Callable[[int], Reading]) -> None:
        self._read = read
        self._numbers = itertools.count(1)
        self._seen: tuple[TrackSnapshot, ...] = ()
        self._sheets: dict[int, _Sheet] = {}
        self.events: tuple[Told, ...] = ()

    def marks(self, step: Step, *, watching: bool) -> tuple[Mark, ...]:
        """Return the tracks in sight and the lost ones; plates are looked up only while somebody is `watching`."""
        tracks = step.tracks
        if step.analysed:
            self._seen = tracks.active
            for track in tracks.active:
                self._note(track)
        gone = {track.track_id for track in tracks.ended}
        # A frame in which nothing moved was not looked at: what was there before it is there still.
        self._seen = tuple(track for track in self._seen if track.track_id not in gone)
        expected = {track.track_id: track for track in tracks.coasting}
        shown = (*self._seen, *(expected.get(track.track_id, track) for track in tracks.lost))
        self._forget({track.track_id for track in shown})
        return tuple(self._mark(track, tracks, watching=watching) for track in shown)

    def tell(self, events: tuple[Event, ...]) -> tuple[Told, ...]:
        """Number the new events and return the newest ones, oldest first."""
        if events:
            told = (Told(next(self._numbers), event) for event in events)
            self.events = (*self.events, *told)[-MOST_EVENTS:]
        return self.events

    def _note(self, track: TrackSnapshot) -> None:
        sheet = self._sheets.setdefault(track.track_id, _Sheet())
        last = sheet.trail[-1] if sheet.trail else None
        if last is None or (track.seen_ns - last[0] >= SPACING_NS and dist(last[1], track.anchor) >= SPACING_PX):
            sheet.trail = (*sheet.trail, (track.seen_ns, track.anchor))

    def _forget(self, shown: set[int]) -> None:
        for track_id in self._sheets.keys() - shown:
            del self._sheets[track_id]

    def _mark(self, track: TrackSnapshot, tracks: TrackUpdate, *, watching: bool) -> Mark:
        sheet = self._sheets.setdefault(track.track_id, _Sheet())
        if sheet.trail and tracks.at_ns - sheet.trail[0][0] > TRAIL_NS:
            sheet.trail = tuple(point for point in sheet.trail if tracks.at_ns - point[0] <= TRAIL_NS)
        if watching and (sheet.asked_ns is None or tracks.at_ns - sheet.asked_ns >= READ_NS):
            sheet.asked_ns = tracks.at_ns
            sheet.plate = " + ".join(plate.shown for plate in self._read(track.track_id).plates)
        return Mark(track, sheet.plate, tuple(point for _, point in sheet.trail))
