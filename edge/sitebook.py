"""What the cameras of a site share, behind one lock: the gate's logic and the store it is recorded in."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass

from edge.clock import ClockQuality
from edge.config import Road, Rule, Site
from edge.gate.guard import Guard
from edge.gate.site import GateSite
from edge.ports import EventStore
from edge.types import Draft, Event, Evidence, Pass, Plate


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

    def settle(self, passes: Sequence[Proven], quality: ClockQuality) -> tuple[Event, ...]:
        """Turn passes into visits and anomalies and record all of it in one transaction.

        Raises:
            StoreFailed: all of it is kept, and recorded by the next call that succeeds; see `flush`.
        """
        with self._lock:
            for proven in passes:
                self._unrecorded.extend(self._site.take(proven.body, quality, proven.pictures))
        return self.flush()

    def reconfigure(self, site: Site, roads: Sequence[Road], rules: Sequence[Rule]) -> None:
        """Take over changed hours, roads and rules; open visits go on.

        Raises:
            ConfigError: the time zone or an opening hour is wrong.
        """
        with self._lock:
            self._site.reconfigure(site, roads, rules)

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

    def flush(self) -> tuple[Event, ...]:
        """Record what a failing store left behind; raises as `settle`."""
        with self._lock:
            events = self._store.record(self._unrecorded) if self._unrecorded else ()
            self._unrecorded.clear()
            return events
