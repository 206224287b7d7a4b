"""What the cameras of a site share, behind one lock: the gate's logic and the store it is recorded in."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from edge.clock import ClockQuality
from edge.config import Road, Rule, Site
from edge.gate.site import GateSite
from edge.ports import EventStore
from edge.types import Draft, Event, Evidence, Pass


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

    def record(self, draft: Draft) -> tuple[Event, ...]:
        """Record a fact that concerns no pass; raises as `settle`."""
        with self._lock:
            self._unrecorded.append(draft)
        return self.flush()

    def decide(self, drafts: Callable[[], Sequence[Draft]]) -> tuple[Event, ...]:
        """Ask for drafts while nobody else records, and record them: what they were decided on cannot change meanwhile.

        Raises:
            StoreFailed: nothing of these drafts was recorded, and nothing of them is kept.
        """
        with self._lock:
            self._record_what_is_left()
            return self._store.record(drafts())

    def flush(self) -> tuple[Event, ...]:
        """Record what a failing store left behind; raises as `settle`."""
        with self._lock:
            return self._record_what_is_left()

    def _record_what_is_left(self) -> tuple[Event, ...]:
        events = self._store.record(self._unrecorded) if self._unrecorded else ()
        self._unrecorded.clear()
        return events
