"""Finding anomalies, passes and visits by what a person says: a visit's number, or the beginning of an id.

Written once for both engines: `Ask` puts a statement to the one that is at hand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any, TypeAlias

from edge.types import (
    RULE,
    Anomaly,
    Correction,
    DayCount,
    Event,
    EventKind,
    ListedAnomaly,
    Pass,
    Stage,
    Visit,
)
from edge.wire import decode_body, decode_event

Ask: TypeAlias = Callable[[str, Sequence[Any]], Iterable[Sequence[Any]]]
"""Yields the rows that a statement with its bindings gives."""

_ANOMALY = (
    "SELECT anomaly.body, anomaly.state, visit.number, anomaly.visit_id"
    " FROM anomaly LEFT JOIN visit ON visit.visit_id = anomaly.visit_id"
)
_TAKEN_BACK = (  # by the rule that had raised it: it may be told again where the visit was split
    "anomaly.state = 'resolved' AND EXISTS (SELECT 1 FROM event"
    " WHERE event.seq = anomaly.seq AND json_extract(payload, '$.data.who') = ?)"
)
_DAY = (
    "SELECT count(DISTINCT CASE WHEN kind = 'pass.final' THEN json_extract(payload, '$.subject') END),"
    " count(DISTINCT CASE WHEN kind = 'pass.final' AND plates <> '' THEN json_extract(payload, '$.subject') END),"
    " count(DISTINCT CASE WHEN kind = 'visit.closed' AND json_extract(payload, '$.data.dwell_s') IS NOT NULL"
    " THEN json_extract(payload, '$.subject') END)"
    " FROM event WHERE wall_ns >= ? AND wall_ns < ? AND kind IN ('pass.final', 'visit.closed')"
    " AND coalesce(json_extract(payload, '$.data.stage'), '') <> 'annulled'"
)
# Word for word the index event_subject: the engine uses it for nothing else.
_ABOUT = (
    "SELECT payload FROM event"
    " WHERE kind IN ('pass.final', 'pass.corrected', 'anomaly.resolved', 'anomaly.reopened')"
    " AND json_extract(payload, '$.subject')"
)
_MOST_DIGITS = 18  # of a number that the engine can hold


def is_number(name: str) -> bool:
    """Return whether a name is a visit's number: ids are UUIDs of version 7, which begin with 0 until the year 2527."""
    return name.isascii() and name.isdecimal() and not name.startswith("0") and len(name) <= _MOST_DIGITS


def find_anomalies(ask: Ask, name: str) -> tuple[ListedAnomaly, ...]:
    """Return the anomalies of the visit with this number, or those whose ids begin so; oldest first."""
    if is_number(name):
        rows = ask(f"{_ANOMALY} WHERE visit.number = ? ORDER BY anomaly_id", (int(name),))
    else:
        where = "anomaly_id >= ? AND anomaly_id < ?"
        rows = ask(f"{_ANOMALY} WHERE {where} ORDER BY anomaly_id", _beginning(name))
    return tuple(_listed(rows))


def list_anomalies(ask: Ask, *, unresolved: bool) -> tuple[ListedAnomaly, ...]:
    """Return every anomaly, or those that wait for somebody."""
    where = "WHERE anomaly.state = 'open'" if unresolved else ""
    return tuple(_listed(ask(f"{_ANOMALY} {where}", ())))


def told_of_open_visits(ask: Ask) -> tuple[Anomaly, ...]:
    """Return the anomalies of open visits, waiting for somebody or not, but for those that a rule took back."""
    rows = ask(f"{_ANOMALY} WHERE visit.state = 'open' AND NOT ({_TAKEN_BACK}) ORDER BY anomaly.anomaly_id", (RULE,))
    return tuple(listed.anomaly for listed in _listed(rows))


def find_vehicles(ask: Ask, name: str) -> tuple[Pass | Visit, ...]:
    """Return the visits with this number, or the visits and the final passes whose ids begin so."""
    if is_number(name):
        return _visits(ask("SELECT body FROM visit WHERE number = ?", (int(name),)))
    visits = _visits(ask("SELECT body FROM visit WHERE visit_id >= ? AND visit_id < ?", _beginning(name)))
    passes: dict[str, Pass] = {}
    for event in _events(
        ask(f"{_ABOUT} >= ? AND json_extract(payload, '$.subject') < ? ORDER BY seq", _beginning(name))
    ):
        if isinstance(event.body, Pass):
            passes[event.body.pass_id] = event.body  # a later revision knows better
    return (*visits, *(seen for seen in passes.values() if seen.stage is Stage.FINAL))


def visit_holding(ask: Ask, pass_id: str) -> Visit | None:
    """Return the visit that has the pass as a side."""
    sides = "json_extract(body, '$.entry.pass_id'), json_extract(body, '$.exit.pass_id')"
    query = f"SELECT body FROM visit WHERE ? IN ({sides})"  # noqa: S608 - two constants
    return next(iter(_visits(ask(query, (pass_id,)))), None)


def visit_emptied_into(ask: Ask, visit_id: str) -> Visit | None:
    """Return the visit that gave its side up to this one."""
    query = "SELECT body FROM visit WHERE json_extract(body, '$.merged_into') = ?"
    return next(iter(_visits(ask(query, (visit_id,)))), None)


def count_day(ask: Ask, since_ns: int, until_ns: int) -> DayCount:
    """Return what was recorded of a span of time; a pass or visit told several times counts once."""
    (row,) = ask(_DAY, (since_ns, until_ns))
    return DayCount(*row)


def visit_history(ask: Ask, visit_id: str) -> tuple[Event, ...]:
    """Return every event about a visit in the order recorded, as far as they are kept; also what another was told."""
    kinds = "kind IN ('visit.opened', 'visit.closed', 'visit.revised', 'visit.merged', 'visit.split')"
    about = "? IN (json_extract(payload, '$.subject'), json_extract(payload, '$.data.other_id'))"
    return tuple(_events(ask(f"SELECT payload FROM event WHERE {kinds} AND {about} ORDER BY seq", (visit_id,))))  # noqa: S608 - two constants


def events_about(ask: Ask, subject: str) -> tuple[Event, ...]:
    """Return the final passes and corrections of a pass, or the rulings on an anomaly, in the order recorded."""
    return tuple(_events(ask(f"{_ABOUT} = ? ORDER BY seq", (subject,))))


def corrections_of(ask: Ask, pass_id: str) -> tuple[Correction, ...]:
    """Return what people said a pass really was, in the order said."""
    return tuple(event.body for event in events_about(ask, pass_id) if isinstance(event.body, Correction))


def _beginning(name: str) -> tuple[str, str]:
    """Return the bounds of the ids that begin with `name`."""
    return name, name + "\U0010ffff"


def _listed(rows: Iterable[Sequence[Any]]) -> Iterable[ListedAnomaly]:
    for body, state, number, visit_id in rows:
        anomaly = decode_body(EventKind.ANOMALY_RAISED, body.encode())
        if isinstance(anomaly, Anomaly):  # of the visit that has its pass now
            yield ListedAnomaly(replace(anomaly, visit_id=visit_id), state == "resolved", number)


def _visits(rows: Iterable[Sequence[Any]]) -> tuple[Visit, ...]:
    bodies = (decode_body(EventKind.VISIT_OPENED, body.encode()) for (body,) in rows)
    return tuple(body for body in bodies if isinstance(body, Visit))


def _events(rows: Iterable[Sequence[Any]]) -> Iterable[Event]:
    return (decode_event(payload.encode()) for (payload,) in rows)
