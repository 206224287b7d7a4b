"""Event <-> bytes: CloudEvents 1.0 in structured mode (CloudEvents 1.0.2, JSON event format)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import msgspec
from msgspec import Struct

from edge.errors import WireError
from edge.types import (
    Anomaly,
    Body,
    BoomChange,
    CameraStatus,
    Correction,
    EffortChange,
    Event,
    EventKind,
    ListedAnomaly,
    Opening,
    Pass,
    Reconciliation,
    RegistryChange,
    Regrouping,
    Ruling,
    RunMark,
    Visit,
)
from edge.wire.scalars import Instant, from_json, to_json
from edge.wire.shapes import (
    AnomalyV1,
    BoomChangeV1,
    CameraStatusV1,
    CorrectionV1,
    EffortChangeV1,
    EnvelopeV1,
    ListedAnomalyV1,
    OpeningV1,
    PassV1,
    ReconciliationV1,
    RegistryChangeV1,
    RegroupingV1,
    RulingV1,
    RunMarkV1,
    VisitV1,
)
from edge.wire.topics import LEVEL, topic

_CHAIN = re.compile(rb',"chain":"([0-9a-f]{64})"}$')
_TYPE = re.compile(r"gate\.(.+)\.v1")


@dataclass(frozen=True, slots=True)
class _Shape:
    """How events of one kind are written and where they go. `subject` names the field that identifies the body."""

    wire: type[Struct]
    body: type[Any]
    subject: str
    channel: str = "event"


_PASS = _Shape(PassV1, Pass, "pass_id")
_VISIT = _Shape(VisitV1, Visit, "visit_id")
_RULING = _Shape(RulingV1, Ruling, "anomaly_id", "anomaly")
_OPENING = _Shape(OpeningV1, Opening, "opening_id")
_REGROUPING = _Shape(RegroupingV1, Regrouping, "visit_id")
_RUN = _Shape(RunMarkV1, RunMark, "run_id", "health")
_SHAPES = {
    EventKind.PASS_PROVISIONAL: _PASS,
    EventKind.PASS_FINAL: _PASS,
    EventKind.PASS_CORRECTED: _Shape(CorrectionV1, Correction, "pass_id"),
    EventKind.VISIT_OPENED: _VISIT,
    EventKind.VISIT_CLOSED: _VISIT,
    EventKind.VISIT_REVISED: _VISIT,
    EventKind.VISIT_MERGED: _REGROUPING,
    EventKind.VISIT_SPLIT: _REGROUPING,
    EventKind.SITE_RECONCILED: _Shape(ReconciliationV1, Reconciliation, "site_id"),
    EventKind.ANOMALY_RAISED: _Shape(AnomalyV1, Anomaly, "anomaly_id", "anomaly"),
    EventKind.ANOMALY_RESOLVED: _RULING,
    EventKind.ANOMALY_REOPENED: _RULING,
    EventKind.BOOM_OPENED: _OPENING,
    EventKind.BOOM_FAILED: _OPENING,
    EventKind.BOOM_CHANGED: _Shape(BoomChangeV1, BoomChange, "senses"),
    EventKind.CAMERA_STATUS: _Shape(CameraStatusV1, CameraStatus, "camera_id", "health"),
    EventKind.REGISTRY_CHANGED: _Shape(RegistryChangeV1, RegistryChange, "file"),
    EventKind.DEVICE_EFFORT: _Shape(EffortChangeV1, EffortChange, "about", "health"),
    EventKind.RUN_STARTED: _RUN,
    EventKind.RUN_STOPPED: _RUN,
}


def type_of(kind: EventKind) -> str:
    """Return the CloudEvents type: `gate.pass.final.v1`."""
    return f"gate.{kind.value}.v1"


def shape_of(kind: EventKind) -> type[Struct]:
    """Return what the `data` of such events looks like."""
    return _SHAPES[kind].wire


def encode_event(event: Event) -> bytes:
    """Return the event as it is published.

    Raises:
        WireError: a value without a place on the wire: a body not of its kind, a share outside 0..1, a bad name.
    """
    envelope = EnvelopeV1(
        specversion="1.0",
        id=event.event_id,
        source=source_of(event.site, event.device),
        type=type_of(event.kind),
        time=Instant(event.wall_ns),
        subject=getattr(event.body, _SHAPES[event.kind].subject, ""),
        datacontenttype="application/json",
        seq=event.seq,
        epoch=event.epoch,
        recordedtime=Instant(event.recorded_ns),
        clock=event.quality,
        data=msgspec.Raw(encode_body(event.kind, event.body)),
        chain=event.chain,
    )
    return to_json(envelope, f"event {event.event_id}")


def decode_event(payload: bytes) -> Event:
    """Return the event that `encode_event` wrote; attributes and fields it does not know are left aside.

    Raises:
        WireError: anything else; the message names the place.
    """
    envelope = from_json(payload, EnvelopeV1, "event")
    found = _TYPE.fullmatch(envelope.type)
    try:
        kind = EventKind(found[1] if found else None)
    except ValueError:
        raise WireError(f"event: unknown type {envelope.type!r} at `$.type`; a newer edge may know it") from None
    root, _, names = envelope.source.partition("/")
    site, _, device = names.partition("/")
    if root or not LEVEL.fullmatch(site) or not LEVEL.fullmatch(device):
        raise WireError(f"event: bad source {envelope.source!r} at `$.source`; expected /site/device")
    return Event(
        event_id=envelope.id,
        seq=envelope.seq,
        epoch=envelope.epoch,
        kind=kind,
        device=device,
        site=site,
        wall_ns=int(envelope.time),
        recorded_ns=int(envelope.recordedtime),
        quality=envelope.clock,
        body=decode_body(kind, bytes(envelope.data)),
        chain=envelope.chain,
    )


def encode_body(kind: EventKind, body: Body) -> bytes:
    """Return the event's `data` alone. Raises WireError as `encode_event` does."""
    shape = _SHAPES[kind]
    if not isinstance(body, shape.body):
        raise WireError(f"event: a {kind.value} event carries a {shape.body.__name__}, not a {type(body).__name__}")
    try:
        written = msgspec.convert(body, shape.wire, from_attributes=True, dec_hook=lambda to, value: to(value))
    except msgspec.ValidationError as error:
        raise WireError(f"event {kind.value}: {str(error).replace('`$', '`$.data')}; it cannot be published") from error
    return to_json(written, f"event {kind.value}")


def encode_listed(listed: ListedAnomaly) -> bytes:
    """Return an anomaly as `edge anomalies list --json` prints it. Raises WireError as `encode_event` does."""
    body = msgspec.Raw(encode_body(EventKind.ANOMALY_RAISED, listed.anomaly))
    written = ListedAnomalyV1("resolved" if listed.resolved else "open", listed.visit, body)
    return to_json(written, f"anomaly {listed.anomaly.anomaly_id}")


def decode_body(kind: EventKind, payload: bytes) -> Body:
    """Return the body that `encode_body` wrote. Raises WireError as `decode_event` does."""
    shape = _SHAPES[kind]
    read = from_json(payload, shape.wire, f"event {kind.value}", within="data")
    body: Body = msgspec.convert(read, shape.body, from_attributes=True)
    return body


def split_chain(payload: bytes) -> tuple[bytes, str]:
    """Return the bytes that `chain` seals, and `chain`: bytes alone, so that no later encoder can break old seals.

    Raises:
        WireError: `chain` is not the last attribute.
    """
    found = _CHAIN.search(payload)
    if found is None:
        raise WireError("event: no `chain` at the end of its bytes; they were changed or never recorded")
    return payload[: found.start()] + b"}", found[1].decode()


def add_chain(sealed: bytes, chain: str) -> bytes:
    """Return the inverse of `split_chain`: `sealed` with its seal as the last attribute."""
    return sealed[:-1] + b',"chain":"' + chain.encode() + b'"}'


def topic_of(event: Event) -> str:
    """Return the topic an event is published on. Raises WireError as `topic` does."""
    return topic(event.site, event.device, _SHAPES[event.kind].channel)


def source_of(site: str, device: str) -> str:
    """Return the CloudEvents source, `/site/device`. Raises WireError as `topic` does."""
    topic(site, device, "event")
    return f"/{site}/{device}"
