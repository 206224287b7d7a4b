"""What the device says of itself: the retained status."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

import msgspec

from edge.clock import Clock
from edge.ports import EventStore, Message
from edge.types import CameraStatus, ClassCount, DeviceState
from edge.wire import Instant, Status, encode_status
from edge.wire.control import DeviceStateV1, ReadRateV1
from edge.wire.shapes import CameraStatusV1, ClassCountV1

_WELL = frozenset({"connecting", "live", "ended"})
_RATED_NS = 60_000_000_000
_DAY_NS = 86_400_000_000_000
_SOONEST_NS = 1_000_000_000
"""A change is told at most once a second."""

Word = Literal["online", "degraded", "offline"]


@dataclass(frozen=True, slots=True)
class Report:
    """What the rest of the product says of itself: every camera's state, and what else is wrong, one sentence each.

    `inside`: how many vehicles are in and not out, by class. `device`: temperatures and the like, which change with
    every reading and so are no reason to tell the status anew.
    """

    cameras: tuple[CameraStatus, ...] = ()
    troubles: tuple[str, ...] = ()
    inside: tuple[ClassCount, ...] = ()
    device: DeviceState | None = field(default=None, compare=False)

    @property
    def state(self) -> Word:
        """`degraded` when anything is wrong that a person should know of, else `online`."""
        return "degraded" if self.reason else "online"

    @property
    def reason(self) -> str:
        """Everything that is wrong in one line, empty when nothing is."""
        cameras = (c for c in self.cameras if c.state not in _WELL or (c.state == "live" and c.reason))
        ill = (f"{c.camera_id} {c.state}: {c.reason}" for c in cameras)
        return "; ".join((*ill, *self.troubles))


class Standing:
    """Writes the status and knows when it is due: on a change, and every `refresh_s` as a sign of life."""

    def __init__(
        self,
        store: EventStore,
        clock: Clock,
        report: Callable[[], Report],
        *,
        topic: str,
        run_id: str,
        version: str,
        refresh_s: float,
    ) -> None:
        self._store = store
        self._clock = clock
        self._report = report
        self._topic = topic
        self._run_id = run_id
        self._version = version
        self._refresh_ns = round(refresh_s * 1e9)
        self._told = Report()
        self._unresolved = 0
        self._told_ns = 0
        self._asked_ns = 0
        self._since_ns = 0
        self._rated_ns: int | None = None
        self._rates: tuple[ReadRateV1, ...] = ()

    def birth(self) -> Message:
        """Return the first word of a connection."""
        self._told, self._since_ns = self._report(), self._clock.wall_ns()
        self._unresolved = self._store.unresolved()
        self._told_ns = self._asked_ns = self._clock.mono_ns()
        return self._message(self._told.state, self._told.reason)

    def will(self) -> Message:
        """Return the last word that the broker speaks for us when we vanish."""
        return self._message("offline", "connection lost")

    def goodbye(self) -> Message:
        """Return the last word of a clean end."""
        self._since_ns = self._clock.wall_ns()
        return self._message("offline", "stopped")

    def due(self) -> Message | None:
        """Return the status when it must be told now, else None."""
        now = self._clock.mono_ns()
        if now - self._asked_ns < _SOONEST_NS:
            return None
        self._asked_ns = now
        report, unresolved = self._report(), self._store.unresolved()
        same = report == self._told and unresolved == self._unresolved
        if same and now - self._told_ns < self._refresh_ns:
            return None
        self._unresolved = unresolved
        if report.state != self._told.state:
            self._since_ns = self._clock.wall_ns()
        self._told, self._told_ns = report, now
        return self._message(report.state, report.reason)

    def _read_rates(self) -> tuple[ReadRateV1, ...]:
        """Return the rates of the last day, counted anew once a minute: they change slowly."""
        now = self._clock.mono_ns()
        if self._rated_ns is None or now - self._rated_ns >= _RATED_NS:
            self._rated_ns, totals = now, dict[str, list[int]]()
            for one in self._store.read_rates(self._clock.wall_ns() - _DAY_NS):
                total = totals.setdefault(one.camera_id, [0, 0])
                total[0], total[1] = total[0] + one.passes, total[1] + one.read
            self._rates = tuple(ReadRateV1(camera_id, *total) for camera_id, total in totals.items())
        return self._rates

    def _message(self, state: Word, reason: str) -> Message:
        status = Status(
            state=state,
            run_id=self._run_id,
            version=self._version,
            epoch=self._store.epoch,
            first_seq=self._store.first_seq(),
            last_seq=self._store.last_seq(),
            backlog=self._store.backlog(),
            unresolved=self._store.unresolved(),
            inside=sum(one.count for one in self._told.inside),
            inside_by_class=tuple(ClassCountV1(one.class_name, one.count) for one in self._told.inside),
            reason=reason,
            cameras=tuple(CameraStatusV1(c.camera_id, c.state, c.reason, c.decoder) for c in self._told.cameras),
            read_rates=self._read_rates(),
            since=Instant(self._since_ns),
            at=Instant(self._clock.wall_ns()),
            device=_written(self._told.device),
        )
        return Message(self._topic, encode_status(status), retain=True, content_type="application/json")


def _written(device: DeviceState | None) -> DeviceStateV1 | None:
    return None if device is None else msgspec.convert(device, DeviceStateV1, from_attributes=True)
