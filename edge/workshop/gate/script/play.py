"""Plays a run of days through the very objects that the service has behind its tracker, and hears what is told."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from edge.clock import ClockQuality, ManualClock, make_id
from edge.config import Config
from edge.gate.guard import Guard
from edge.gate.lines import Tripwires
from edge.gate.passes import PassBook
from edge.gate.registry import Registry
from edge.gate.site import GateSite
from edge.gate.stays import ZoneWatch
from edge.sitebook import Moment, Proven, SiteBook
from edge.store import open_store
from edge.types import Anomaly, Event, Pass, Plate, Reading, Visit
from edge.workshop.gate.script.days import Days
from edge.workshop.gate.script.film import Film, Frame
from edge.workshop.gate.script.ground import CAMERAS, configuration
from edge.workshop.gate.script.of_plates import entries
from edge.workshop.gate.script.rides import SIZE_WH

_TICK_S = 60.0
_CLOSE_S = 1.0
"""Between two ticks: usually, and around everything that happens to the clock."""
_AROUND_S = 75.0
_LOOKS = 5


@dataclass(slots=True)
class Told:
    """What was told: the last word on passes and visits by id, and every anomaly.

    `first_s`, `final_s`: the true times at which a pass was told of first and last; `seen_s`: its track's last frame.
    """

    passes: dict[str, Pass] = field(default_factory=dict)
    visits: dict[str, Visit] = field(default_factory=dict)
    anomalies: list[Anomaly] = field(default_factory=list)
    first_s: dict[str, float] = field(default_factory=dict)
    final_s: dict[str, float] = field(default_factory=dict)
    seen_s: dict[str, float] = field(default_factory=dict)

    def hear(self, events: tuple[Event, ...], at_s: float) -> None:
        """Take what was recorded at a true time."""
        for event in events:
            body = event.body
            if isinstance(body, Pass):
                self.passes[body.pass_id] = body
                self.first_s.setdefault(body.pass_id, at_s)
                self.final_s[body.pass_id] = at_s
            elif isinstance(body, Visit):
                self.visits[body.visit_id] = body
            elif isinstance(body, Anomaly):
                self.anomalies.append(body)


def play(days: Days) -> Told:
    """Return what is told of these days."""
    return _Stage(days).run()


class _Camera:
    """What the pipeline of one camera has behind its tracker."""

    def __init__(self, config: Config, name: str) -> None:
        camera = next(one for one in config.cameras if one.id == name)
        self.tripwires = Tripwires(camera.lines)
        self.passes = PassBook(name, make_id, cleared=self.tripwires.cleared)
        self.zones = ZoneWatch(name, camera.zones)


class _Stage:
    """One run of days on its way."""

    def __init__(self, days: Days) -> None:
        self._days = days
        self._config = configuration(days.calendar)
        self._film = Film(np.random.default_rng(len(days.rides)))
        self._store = open_store(":memory:", "box", "yard", ManualClock(round(days.begin_s * 1e9)))
        self._told = Told()
        self._start()

    def _start(self) -> None:
        """Put the site together from what the store remembers, as the service does when it starts."""
        config, store = self._config, self._store
        open_, last, told = store.open_visits(), store.last_visit_number(), store.told_of_open_visits()
        site = GateSite(
            config.site, config.roads, config.rules, make_id, open_, last, cameras=config.cameras, told=told
        )
        self._site = SiteBook(site, store)
        self._site.place(Guard(Registry(entries(), self._days.calendar.zone)))
        self._cameras = {name: _Camera(config, name) for name in CAMERAS}

    def run(self) -> Told:
        """Let the days pass."""
        for at_s, frame in self._moments():
            if frame is None and at_s == self._days.restart_s:
                self._start()
            events = self._tick(at_s) if frame is None else self._see(frame)
            self._told.hear(events, at_s)
        self._store.close()
        told = self._told
        told.seen_s = {
            key: self._film.seen_s.get(pass_.track_id, told.final_s[key]) for key, pass_ in told.passes.items()
        }
        return told

    def _moments(self) -> Iterator[tuple[float, Frame | None]]:
        """Yield frames and ticks in order of true time."""
        days = self._days
        reels = [
            ((frame.at_s, 1, name, frame) for frame in self._film.frames([r for r in days.rides if r.camera == name]))
            for name in CAMERAS
        ]
        ticks = ((at_s, 0, "", None) for at_s in _ticks(days))
        for at_s, _, _, frame in heapq.merge(ticks, *reels, key=lambda one: one[:3]):
            yield at_s, frame

    def _tick(self, at_s: float) -> tuple[Event, ...]:
        return self._site.tick(self._wall_ns(at_s), self._quality(at_s))

    def _see(self, frame: Frame) -> tuple[Event, ...]:
        """Do what a pipeline does with what its tracker says."""
        camera, tracks, wall_ns = self._cameras[frame.camera], frame.tracks, self._wall_ns(frame.at_s, frame.camera)
        crossings = camera.tripwires.step(tracks, wall_ns, SIZE_WH)
        passes = camera.passes.step(tracks, crossings, wall_ns, self._read)
        moment = Moment(frame.camera, wall_ns, round(frame.at_s * 1e9), camera.zones.step(tracks, SIZE_WH))
        return self._site.settle([Proven(one) for one in passes], self._quality(frame.at_s), moment)

    def _read(self, track_id: int) -> Reading:
        """Say what the looks at a track's plate agreed on."""
        body = self._film.bodies[track_id]
        plates = (Plate(body.plate, body.sure, _LOOKS, _LOOKS),) if body.plate else ()
        return Reading(plates, complete=bool(plates))

    def _wall_ns(self, at_s: float, camera: str = "") -> int:
        return round(self._days.clocks.shown(at_s, camera) * 1e9)

    def _quality(self, at_s: float) -> ClockQuality:
        return ClockQuality.SYNCED if self._days.clocks.span(at_s).synced else ClockQuality.UNSYNCED


def _ticks(days: Days) -> Iterator[float]:
    """Yield when the service lets time pass: once a second around what happens to the clock, else once a minute."""
    turns = [span.from_s for span in days.clocks.spans[1:]]
    turns += [days.restart_s] if days.restart_s is not None else []
    at_s = days.begin_s
    while at_s < days.end_s:
        yield at_s
        near = any(abs(at_s - turn_s) < _AROUND_S for turn_s in turns)
        step_s = _TICK_S if days.clocks.span(at_s).synced and not near else _CLOSE_S
        at_s = min([at_s + step_s, *(turn_s for turn_s in turns if at_s < turn_s)])
