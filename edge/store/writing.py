"""Writing events inside a transaction: number, seal, and put every row in its table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import apsw

from edge.clock import make_id
from edge.store.chain import link
from edge.store.search import searchable
from edge.types import (
    Anomaly,
    Body,
    CameraStatus,
    Correction,
    Draft,
    Event,
    EventKind,
    Opening,
    Pass,
    Plate,
    Regrouping,
    Ruling,
    Visit,
)
from edge.wire import add_chain, encode_body, encode_event, topic_of


@dataclass(frozen=True, slots=True)
class Origin:
    """Whose events these are."""

    device: str
    site: str
    epoch: str


def write(
    connection: apsw.Connection,
    origin: Origin,
    now_ns: int,
    drafts: Sequence[Draft],
    jpegs: Sequence[Sequence[bytes]],
) -> tuple[Event, ...]:
    """Number, seal and insert `drafts`; `jpegs` holds the pictures of each one's evidence, in its order.

    Raises:
        WireError: a draft has no place on the wire.
        apsw.Error: as the engine says.
    """
    seq, chain = connection.execute("SELECT last_seq, last_chain FROM store").fetchone() or (0, "")
    events = []
    for draft, pictures in zip(drafts, jpegs, strict=True):
        seq += 1
        event, payload = _seal(draft, origin, seq, now_ns, chain)
        chain = event.chain
        _insert(connection, event, payload)
        _insert_evidence(connection, seq, draft, pictures)
        if isinstance(draft.body, Visit):
            _insert_visit(connection, event, draft.body)
        elif isinstance(draft.body, Anomaly):
            _insert_anomaly(connection, event, draft.body)
        elif isinstance(draft.body, Regrouping):
            _move_anomalies(connection, event.kind, draft.body)
        elif isinstance(draft.body, Ruling):
            _rule_on_anomaly(connection, event, draft.body)
        events.append(event)
    connection.execute("UPDATE store SET last_seq = ?, last_chain = ?", (seq, chain))
    return tuple(events)


def _seal(draft: Draft, origin: Origin, seq: int, now_ns: int, previous: str) -> tuple[Event, bytes]:
    event = Event(
        event_id=make_id(draft.wall_ns),
        seq=seq,
        epoch=origin.epoch,
        kind=draft.kind,
        device=origin.device,
        site=origin.site,
        wall_ns=draft.wall_ns,
        recorded_ns=now_ns,
        quality=draft.quality,
        body=draft.body,
    )
    sealed = encode_event(event)
    chain = link(previous, sealed)
    return replace(event, chain=chain), add_chain(sealed, chain)


def _insert(connection: apsw.Connection, event: Event, payload: bytes) -> None:
    connection.execute(
        "INSERT INTO event (seq, event_id, kind, wall_ns, recorded_ns, clock, camera_id, plates, payload)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            event.seq,
            event.event_id,
            event.kind.value,
            event.wall_ns,
            event.recorded_ns,
            event.quality.value,
            _camera_of(event.body),
            searchable(_plates_of(event.body)),
            payload.decode(),
        ),
    )
    connection.execute("INSERT INTO outbox (seq, stage, topic) VALUES (?, 0, ?)", (event.seq, topic_of(event)))


def _insert_visit(connection: apsw.Connection, event: Event, visit: Visit) -> None:
    connection.execute(
        "INSERT INTO visit (visit_id, number, state, seq, body) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (visit_id) DO UPDATE SET state = excluded.state, seq = excluded.seq, body = excluded.body",
        (visit.visit_id, visit.number, visit.state.value, event.seq, encode_body(event.kind, visit).decode()),
    )
    connection.execute("UPDATE store SET last_visit = max(last_visit, ?)", (visit.number,))


def _insert_anomaly(connection: apsw.Connection, event: Event, anomaly: Anomaly) -> None:
    connection.execute(
        "INSERT INTO anomaly (anomaly_id, visit_id, state, seq, body) VALUES (?, ?, 'open', ?, ?)"
        " ON CONFLICT (anomaly_id) DO UPDATE SET state = 'open', seq = excluded.seq, body = excluded.body",
        (anomaly.anomaly_id, anomaly.visit_id, event.seq, encode_body(event.kind, anomaly).decode()),
    )


def _move_anomalies(connection: apsw.Connection, kind: EventKind, word: Regrouping) -> None:
    """Let the anomalies about a pass that went from one visit to another go along."""
    to, from_ = (word.visit_id, word.other_id) if kind is EventKind.VISIT_MERGED else (word.other_id, word.visit_id)
    connection.execute(
        "UPDATE anomaly SET visit_id = ? WHERE visit_id = ? AND json_extract(body, '$.pass_id') = ?",
        (to, from_, word.pass_id),
    )


def _rule_on_anomaly(connection: apsw.Connection, event: Event, ruling: Ruling) -> None:
    state = "resolved" if event.kind is EventKind.ANOMALY_RESOLVED else "open"
    connection.execute(
        "UPDATE anomaly SET state = ?, seq = ? WHERE anomaly_id = ?", (state, event.seq, ruling.anomaly_id)
    )


def _insert_evidence(connection: apsw.Connection, seq: int, draft: Draft, pictures: Sequence[bytes]) -> None:
    for evidence, jpeg in zip(draft.evidence, pictures, strict=True):
        ref = evidence.ref
        connection.execute(  # the final pass may show a picture again that the provisional one brought
            "INSERT INTO evidence (evidence_id, seq, kind, width_px, height_px, size, jpeg)"
            " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (evidence_id) DO NOTHING",
            (ref.evidence_id, seq, ref.kind, ref.width_px, ref.height_px, len(jpeg), jpeg),
        )


def _camera_of(body: Body) -> str | None:
    if isinstance(body, Pass | Anomaly | Correction | CameraStatus | Opening):
        return body.camera_id
    if isinstance(body, Visit):
        side = body.exit or body.entry
        return side.camera_id if side else None
    return None


def _plates_of(body: Body) -> Sequence[Plate]:
    if isinstance(body, Pass | Opening):
        return body.plates
    if isinstance(body, Visit):
        return [plate for side in (body.entry, body.exit) if side for plate in side.plates]
    if isinstance(body, Correction):
        return [Plate(text, 1.0, 0, 0) for text in (body.plate, body.was_plate) if text]
    return ()
