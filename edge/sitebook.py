"""What the cameras of a site share, behind one lock: the gate's logic and the store it is recorded in."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from edge.clock import ClockQuality
from edge.config import Camera, Road, Rule, Site
from edge.gate.guard import Guard
from edge.gate.rules.book import Crop
from edge.gate.site import GateSite, resolution
from edge.gate.stays import ZoneLook
from edge.ports import EventStore
from edge.types import CameraFinding, ClassCount, Draft, Event, Evidence, Pass, Plate

TICK_NS = 1_000_000_000
"""Rules that time alone can break are asked once in this."""


@dataclass(frozen=True, slots=True)
class Moment:
    """How one camera stands after a frame: its zones, and what was found of its view; `crop` gives pictures of it."""

    camera_id: str
    wall_ns: int
    zones: tuple[ZoneLook, ...] = ()
    crop: Crop | None = None
    noticed: tuple[CameraFinding, ...] = ()


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

    def settle(
        self, passes: Sequence[Proven], quality: ClockQuality, moment: Moment | None = None
    ) -> tuple[Event, ...]:
        """Turn passes into visits and anomalies and record all of it in one transaction; so with what stands in zones.

        Raises:
            StoreFailed: all of it is kept, and recorded by the next call that succeeds; see `flush`.
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
        return self.flush()

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

    def veiled(self, plates: Sequence[Plate]) -> tuple[Plate, ...]:
        """Return plates as they may be told outside the device: see `Guard.veiled`."""
        return self._guard.veiled(plates)

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
                return self._store.record(drafts(self._site))

    def flush(self) -> tuple[Event, ...]:
        """Record what a failing store left behind; raises as `settle`."""
        with self._lock:
            return self._record_what_is_left()

    def _record_what_is_left(self) -> tuple[Event, ...]:
        events = self._store.record(self._unrecorded) if self._unrecorded else ()
        self._unrecorded.clear()
        return events
