"""What the cameras of a site share, behind one lock: the gate's logic and the store it is recorded in."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass

from edge.clock import ClockQuality
from edge.config import Road, Rule, Site
from edge.gate.site import GateSite
from edge.ports import EventStore
from edge.types import CameraFinding, Draft, Event, Evidence, Pass


@dataclass(frozen=True, slots=True)
class Proven:
    """A pass with the pictures that prove it."""

    body: Pass
    pictures: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Noticed:
    """What the watch over a camera's view found, where and when."""

    camera_id: str
    wall_ns: int
    finding: CameraFinding


class SiteBook:
    """What the cameras of a site share: open visits, rules, the store. Facts are settled and recorded in one order."""

    def __init__(self, site: GateSite, store: EventStore) -> None:
        self._site = site
        self._store = store
        self._lock = threading.Lock()
        self._unrecorded: list[Draft] = []

    def settle(
        self, passes: Sequence[Proven], quality: ClockQuality, noticed: Sequence[Noticed] = ()
    ) -> tuple[Event, ...]:
        """Turn passes into visits and anomalies, and findings into anomalies; record all of it in one transaction.

        Raises:
            StoreFailed: all of it is kept, and recorded by the next call that succeeds; see `flush`.
        """
        with self._lock:
            for one in noticed:
                self._unrecorded.extend(self._site.camera(one.camera_id, one.finding, one.wall_ns, quality))
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
