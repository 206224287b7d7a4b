"""What the cameras of a site share, behind one lock: the gate's logic and the store it is recorded in."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from edge.clock import ClockQuality
from edge.config import Camera, Road, Rule, Site
from edge.errors import StoreFailed
from edge.gate.guard import Guard
from edge.gate.opening import Approach, Openings, Wanted
from edge.gate.rules.book import Crop
from edge.gate.sensed import Sensed
from edge.gate.site import GateSite, resolution
from edge.gate.stays import ZoneLook
from edge.ports import EventStore
from edge.types import CameraFinding, ClassCount, Decision, Draft, Event, EventKind, Evidence, Pass, Plate, Ruling

TICK_NS = 1_000_000_000
"""Rules that time alone can break are asked once in this."""


@dataclass(frozen=True, slots=True)
class Moment:
    """How one camera stands after a frame: its zones, and what was found of its view; `crop` gives pictures of it.

    `waiting` are the vehicles in zones of kind boom.
    """

    camera_id: str
    wall_ns: int
    mono_ns: int = 0
    zones: tuple[ZoneLook, ...] = ()
    crop: Crop | None = None
    noticed: tuple[CameraFinding, ...] = ()
    waiting: tuple[Approach, ...] = ()


@dataclass(frozen=True, slots=True)
class Proven:
    """A pass with the pictures that prove it."""

    body: Pass
    pictures: tuple[Evidence, ...] = ()


class SiteBook:
    """What the cameras of a site share: open visits, rules, the store. Facts are settled and recorded in one order."""

    def __init__(self, site: GateSite, store: EventStore) -> None:
        self._site = site
        self._store = store
        self._guard = Guard()
        self._lock = threading.Lock()
        self._unrecorded: list[Draft] = []
        self._ticked_ns: int | None = None
        self._openings: Openings | None = None
        self._open: Callable[[Wanted], object] = lambda _wanted: None
        self._sensed: Sensed | None = None

    def settle(
        self, passes: Sequence[Proven], quality: ClockQuality, moment: Moment | None = None
    ) -> tuple[Event, ...]:
        """Turn passes into visits and anomalies and record all of it in one transaction; so with what stands in zones.

        The boom opens for whom it may once that is recorded.

        Raises:
            StoreFailed: it is kept, and recorded by the next call that succeeds; see `flush`. The boom stays shut.
        """
        with self._lock:
            if moment is not None:
                for finding in moment.noticed:
                    self._unrecorded.extend(self._site.camera(moment.camera_id, finding, moment.wall_ns, quality))
            for proven in passes:
                self._unrecorded.extend(self._site.take(proven.body, quality, proven.pictures))
            if moment is not None:
                self._unrecorded.extend(self._site.watch(moment.zones, moment.wall_ns, quality, moment.crop))
                self._tick(moment.wall_ns, quality)
            self._unrecorded.extend(resolution(end, quality) for end in self._site.ends())
            wanted = self._wanted(passes, moment) if moment is not None else []
            events = self._record_openings(wanted, quality)
        for one in wanted:
            self._open(one)
        return events

    def _wanted(self, passes: Sequence[Proven], moment: Moment) -> list[Wanted]:
        """Return the openings that a frame asks for."""
        if self._sensed is not None:
            for proven in passes:
                self._sensed.passed(proven.body)
        if self._openings is None:
            return []
        answer = partial(self._guard.access, wall_ns=moment.wall_ns)
        at = (moment.wall_ns, moment.mono_ns, answer)
        wanted = [self._openings.on_pass(proven.body, *at) for proven in passes]
        wanted.append(self._openings.on_approach(moment.waiting, *at))
        return [one for one in wanted if one is not None]

    def _record_openings(self, wanted: Sequence[Wanted], quality: ClockQuality) -> tuple[Event, ...]:
        """Record what is left and the openings, which are not kept where that fails: what is late stays undone."""
        told = [replace(one.opening, plates=self.veiled(one.opening.plates)) for one in wanted]
        try:
            events = self._record_what_is_left(
                [Draft(EventKind.BOOM_OPENED, opening.wall_ns, quality, opening) for opening in told]
            )
        except StoreFailed:
            if self._openings is not None:
                self._openings.forget(wanted)
            raise
        if self._sensed is not None:
            self._sensed.opened(told)
        return events

    def tick(self, wall_ns: int, quality: ClockQuality) -> tuple[Event, ...]:
        """Let time pass where no camera may be telling of it; raises as `settle`."""
        with self._lock:
            self._tick(wall_ns, quality)
            self._unrecorded.extend(resolution(end, quality) for end in self._site.ends())
        return self.flush()

    def _tick(self, wall_ns: int, quality: ClockQuality) -> None:
        # The frames of several cameras are a little apart, so time seems to go back; a step of the clock is larger.
        if self._ticked_ns is None or abs(wall_ns - self._ticked_ns) >= TICK_NS:
            self._ticked_ns = wall_ns
            self._unrecorded.extend(self._site.tick(wall_ns, quality))
            due = self._site.reconciliation_due(wall_ns)
            if due is not None:
                self._unrecorded.extend(self._site.reconcile(due, self._store.day(*due), quality))

    @property
    def inside(self) -> tuple[ClassCount, ...]:
        """How many are in and not out, by class."""
        return self._site.inside

    def reconfigure(
        self, site: Site, roads: Sequence[Road], rules: Sequence[Rule], cameras: Sequence[Camera] = ()
    ) -> None:
        """Take over changed hours, roads, rules and lines; open visits go on.

        Raises:
            ConfigError: the time zone or an opening hour is wrong.
        """
        with self._lock:
            self._site.reconfigure(site, roads, rules, cameras)

    def place(self, guard: Guard) -> None:
        """Let `guard` judge the passes of every camera from now on."""
        with self._lock:
            self._guard = guard
            self._site.place(guard)

    @property
    def known(self) -> frozenset[str]:
        """The plates of the registry as it is now: see `Guard.known`."""
        return self._guard.known

    def arm(
        self, openings: Openings | None, sensed: Sensed | None, open_boom: Callable[[Wanted], object] | None = None
    ) -> None:
        """Let the boom be opened by `openings` through `open_boom`, and its input be followed by `sensed`, from now on.

        `open_boom` is called without the lock, after the opening is recorded, and must not raise.
        """
        with self._lock:
            self._openings, self._sensed = openings, sensed
            self._open = open_boom or (lambda _wanted: None)
            self._site.follow_boom(known=sensed is not None)

    def sense(self, wall_ns: int, quality: ClockQuality, *, on: bool) -> tuple[Event, ...]:
        """Take what the boom's input tells; raises as `settle`."""
        with self._lock:
            change = None if self._sensed is None else self._sensed.take(wall_ns, on=on)
            if change is not None:
                self._site.on_boom(change)
                self._unrecorded.append(Draft(EventKind.BOOM_CHANGED, wall_ns, quality, change))
        return self.flush()

    def decision(self, plates: Sequence[Plate], wall_ns: int) -> Decision | None:
        """Return what the registry decides on a vehicle with these plates, None where there is none."""
        access = self._guard.access(plates, wall_ns)
        return None if access is None else access.decision

    def veiled(self, plates: Sequence[Plate]) -> tuple[Plate, ...]:
        """Return plates as they may be told outside the device: see `Guard.veiled`."""
        return self._guard.veiled(plates)

    def shown(self, text: str) -> str:
        """Return a plate as it may be recorded: see `Guard.shown`."""
        return self._guard.shown(text)

    def record(self, draft: Draft) -> tuple[Event, ...]:
        """Record a fact that concerns no pass; raises as `settle`."""
        with self._lock:
            self._unrecorded.append(draft)
        return self.flush()

    def decide(self, drafts: Callable[[GateSite], Sequence[Draft]]) -> tuple[Event, ...]:
        """Ask for drafts while nobody else records, and record them: what they were decided on cannot change meanwhile.

        Raises:
            StoreFailed: nothing of these drafts was recorded, nothing of them is kept, and the site is as it was.
        """
        with self._lock:
            self._record_what_is_left()
            with self._site.undone_if_unrecorded():
                return self._write(drafts(self._site))

    def flush(self) -> tuple[Event, ...]:
        """Record what a failing store left behind; raises as `settle`."""
        with self._lock:
            return self._record_what_is_left()

    def _record_what_is_left(self, more: Sequence[Draft] = ()) -> tuple[Event, ...]:
        """Record what a failing store left behind, and `more`, which is not kept where it fails again."""
        events = self._write([*self._unrecorded, *more])
        self._unrecorded.clear()
        return events

    def _write(self, drafts: Sequence[Draft]) -> tuple[Event, ...]:
        wanted = [draft for draft in drafts if not self._is_resolved(draft)]
        return self._store.record(wanted) if wanted else ()

    def _is_resolved(self, draft: Draft) -> bool:
        """Say whether a person was before the rule that resolves what it raised: that is one event, not two."""
        if draft.kind is not EventKind.ANOMALY_RESOLVED or not isinstance(draft.body, Ruling):
            return False
        name = draft.body.anomaly_id
        return any(one.resolved for one in self._store.find_anomalies(name) if one.anomaly.anomaly_id == name)
