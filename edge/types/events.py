"""What is recorded: each event with the body it carries."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from edge.clock import ClockQuality
from edge.types.anomalies import Anomaly, Correction, Ruling
from edge.types.boom import BoomChange, Opening
from edge.types.effort import EffortChange
from edge.types.passes import Evidence, Pass
from edge.types.visits import Reconciliation, Regrouping, Visit


@dataclass(frozen=True, slots=True)
class CameraStatus:
    """A camera changed state: connecting, live, stalled, lost, ended; `reason` says why.

    Of a live camera `reason` names the anomaly that its view is in, as camera-covered.
    """

    camera_id: str
    state: str
    reason: str = ""
    decoder: str = ""


@dataclass(frozen=True, slots=True)
class RunMark:
    """The service started or stopped; `reason` says why it stopped."""

    run_id: str
    version: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class RegistryChange:
    """The service knows other vehicles than before: entries by their first plate, and the file that now holds."""

    file: str
    sha256: str
    entries: int
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    altered: tuple[str, ...] = ()

    @property
    def in_words(self) -> str:
        """Who came and went."""
        parts = (("added", self.added), ("removed", self.removed), ("altered", self.altered))
        told = [f"{word} {', '.join(names)}" for word, names in parts if names]
        return f"{'; '.join(told) or 'no vehicle changed'}; {self.entries} entries"


Body: TypeAlias = (
    Pass
    | Visit
    | Regrouping
    | Reconciliation
    | Anomaly
    | Ruling
    | Correction
    | CameraStatus
    | RunMark
    | RegistryChange
    | EffortChange
    | Opening
    | BoomChange
)


class EventKind(enum.Enum):
    """What happened; the topic and the CloudEvents type are made from it."""

    PASS_PROVISIONAL = "pass.provisional"  # noqa: S105 - a vehicle's pass, not a password
    PASS_FINAL = "pass.final"  # noqa: S105 - as above
    PASS_CORRECTED = "pass.corrected"  # noqa: S105 - as above
    VISIT_OPENED = "visit.opened"
    VISIT_CLOSED = "visit.closed"
    VISIT_REVISED = "visit.revised"
    VISIT_MERGED = "visit.merged"
    VISIT_SPLIT = "visit.split"
    SITE_RECONCILED = "site.reconciled"
    ANOMALY_RAISED = "anomaly.raised"
    ANOMALY_RESOLVED = "anomaly.resolved"
    ANOMALY_REOPENED = "anomaly.reopened"
    BOOM_OPENED = "boom.opened"
    BOOM_FAILED = "boom.failed"
    BOOM_CHANGED = "boom.changed"
    CAMERA_STATUS = "camera.status"
    REGISTRY_CHANGED = "registry.changed"
    DEVICE_EFFORT = "device.effort"
    RUN_STARTED = "run.started"
    RUN_STOPPED = "run.stopped"


@dataclass(frozen=True, slots=True, eq=False)
class Draft:
    """An event before the store numbers it, with the pictures that prove it."""

    kind: EventKind
    wall_ns: int
    quality: ClockQuality
    body: Body
    evidence: Sequence[Evidence] = field(default_factory=tuple)


@dataclass(frozen=True, slots=True)
class Event:
    """A recorded event.

    `event_id` is ordered by time, `seq` is gap-free per device from 1, `epoch` names the life of the device's store (a
    new store starts a new epoch at seq 1), `chain` is the hex SHA-256 over the previous event's chain and this event.
    """

    event_id: str
    seq: int
    epoch: str
    kind: EventKind
    device: str
    site: str
    wall_ns: int
    recorded_ns: int
    quality: ClockQuality
    body: Body
    chain: str = ""
