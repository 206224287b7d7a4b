"""What the store holds, read-only, in a process of its own: through sqlite-utils, never beside the service's engine.

Two SQLite copies in one process lose each other's locks on a file, so this refuses to run where apsw is loaded.
"""

from __future__ import annotations

import os
import sqlite3
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import sqlite_utils

from edge.errors import StoreFailed, UsageError
from edge.ports import OutboxStage
from edge.store import named, rates
from edge.store.identity import APPLICATION_ID, SCHEMA_VERSION
from edge.store.wanted import Wanted, conditions, matches
from edge.types import Event, EventKind, EvidenceRef, ListedAnomaly, Pass, ReadRate, Visit
from edge.wire import decode_body

WAIT_S = 5.0
PAGE = 500


@dataclass(frozen=True, slots=True)
class ReportedVisit:
    """A visit and the kinds of the anomalies told of it."""

    visit: Visit
    anomalies: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Stats:
    """The store in figures. `stages` counts outbox rows by how far they have come."""

    device: str
    site: str
    epoch: str
    first_seq: int
    last_seq: int
    first_ns: int | None
    last_ns: int | None
    kinds: tuple[tuple[str, int], ...]
    stages: tuple[tuple[str, int], ...]
    anomalies: int
    unresolved: int
    open_visits: int
    visits: int
    pictures: int
    picture_bytes: int
    event_bytes: int
    file_bytes: int


@dataclass(frozen=True, slots=True)
class Ledger:
    """What the store claims of itself; `unposted` events have no outbox row."""

    epoch: str
    last_seq: int
    last_chain: str
    dropped_seq: int
    dropped_chain: str
    unposted: int


class Reports:
    """A read-only look at a store.

    Events are read a page at a time: one long look would keep the service's log from being emptied for as long as
    somebody leaves a listing in a pager. They are never changed and leave only from the front, so pages fit together.
    """

    def __init__(self, path: Path, database: sqlite_utils.Database) -> None:
        self._path = path
        self._database = database

    def events(self, wanted: Wanted) -> Iterator[bytes]:
        """Yield the events as published, oldest first. Raises UsageError for a kind that does not exist."""
        clauses, bindings = conditions(wanted)
        after, until = self._span(clauses, bindings, wanted.limit)
        page = f"SELECT seq, payload FROM event WHERE {clauses} AND seq > ? AND seq <= ? ORDER BY seq LIMIT {PAGE}"  # noqa: S608 - own clauses
        while rows := list(self._rows(page, (*bindings, after, until))):
            for row in rows:
                yield row["payload"].encode()
            after = rows[-1]["seq"]

    def event(self, name: str) -> bytes:
        """Return one event as published, by its id or its seq.

        Raises:
            UsageError: there is none.
        """
        column = "seq" if name.isdecimal() else "event_id"
        rows = list(self._rows(f"SELECT payload FROM event WHERE {column} = ?", (name,)))  # noqa: S608 - two constants
        if not rows:
            raise UsageError(f"{self._path}: no event {name}; `edge events list` shows ids and numbers")
        found: bytes = rows[0]["payload"].encode()
        return found

    def visits(self, wanted: Wanted) -> list[ReportedVisit]:
        """Return the visits in their newest state, oldest first; times and cameras match either side."""
        told = self._anomalies_by_visit()
        found: list[ReportedVisit] = []
        for row in self._rows("SELECT body FROM visit ORDER BY number DESC, visit_id DESC"):
            visit = decode_body(EventKind.VISIT_OPENED, row["body"].encode())
            if wanted.limit is not None and len(found) >= wanted.limit:
                break
            if isinstance(visit, Visit) and matches(visit, wanted):
                found.append(ReportedVisit(visit, tuple(told.get(visit.visit_id, ()))))
        return found[::-1]

    def visit(self, visit_id: str) -> Visit | None:
        """Return a visit in its newest state, None when it is not (or no longer) kept."""
        for row in self._rows("SELECT body FROM visit WHERE visit_id = ?", (visit_id,)):
            visit = decode_body(EventKind.VISIT_OPENED, row["body"].encode())
            return visit if isinstance(visit, Visit) else None
        return None

    def find_visits(self, name: str) -> tuple[Visit, ...]:
        """Return the visits whose number `name` is, or those whose ids begin with it."""
        return tuple(found for found in named.find_vehicles(self._ask, name) if isinstance(found, Visit))

    def emptied_into(self, visit_id: str) -> Visit | None:
        """Return the visit that gave its side up to this one, None when there is none."""
        return named.visit_emptied_into(self._ask, visit_id)

    def history(self, visit_id: str) -> tuple[Event, ...]:
        """Return every event about a visit in the order recorded, as far as they are kept."""
        return named.visit_history(self._ask, visit_id)

    def owner(self) -> tuple[str, str]:
        """Return the device and the site whose events these are."""
        row = next(self._rows("SELECT device, site FROM store"))
        return row["device"], row["site"]

    def anomalies(self, *, unresolved: bool = False) -> tuple[ListedAnomaly, ...]:
        """Return every anomaly, or those that wait for somebody."""
        return named.list_anomalies(self._ask, unresolved=unresolved)

    def read_rates(self, since_ns: int) -> tuple[ReadRate, ...]:
        """Return how many passes since that wall time had a plate, by camera and light."""
        return rates.read_rates(self._ask, since_ns)

    def find_anomalies(self, name: str) -> tuple[ListedAnomaly, ...]:
        """Return the anomalies of the visit whose number `name` is, or those whose ids begin with it."""
        return named.find_anomalies(self._ask, name)

    def about(self, subject: str) -> tuple[Event, ...]:
        """Return the final passes and corrections of a pass, or the rulings on an anomaly, in the order recorded."""
        return named.events_about(self._ask, subject)

    def pictures(self, pass_id: str) -> tuple[EvidenceRef, ...]:
        """Return the pictures of a pass that are still kept."""
        passes = [event.body for event in self.about(pass_id) if isinstance(event.body, Pass)]
        refs = passes[-1].evidence if passes else ()
        kept = "SELECT 1 FROM evidence WHERE evidence_id = ?"
        return tuple(ref for ref in refs if list(self._rows(kept, (ref.evidence_id,))))

    def list_rows(self) -> Iterator[tuple[str, str | None, str, int, bytes]]:
        """Yield the list of anomalies as it stands in its table: id, visit, state, seq, body."""
        for row in self._rows("SELECT anomaly_id, visit_id, state, seq, body FROM anomaly ORDER BY anomaly_id"):
            yield row["anomaly_id"], row["visit_id"], row["state"], row["seq"], row["body"].encode()

    def evidence(self, evidence_id: str) -> bytes:
        """Return a picture as JPEG.

        Raises:
            UsageError: there is none.
        """
        rows = list(self._rows("SELECT jpeg FROM evidence WHERE evidence_id = ?", (evidence_id,)))
        if not rows:
            raise UsageError(f"{self._path}: no evidence {evidence_id}; it may have left by retention")
        found: bytes = rows[0]["jpeg"]
        return found

    def stats(self) -> Stats:
        """Return the store in figures."""
        store = next(self._rows("SELECT device, site, epoch, last_seq, dropped_seq FROM store"))
        times = next(self._rows("SELECT min(wall_ns) AS first, max(wall_ns) AS last FROM event"))
        size = next(self._rows("SELECT coalesce(sum(length(CAST(payload AS BLOB))), 0) AS size FROM event"))
        pictures = next(self._rows("SELECT count(*) AS count, coalesce(sum(size), 0) AS size FROM evidence"))
        visits = next(self._rows("SELECT count(*) AS count, coalesce(sum(state = 'open'), 0) AS open FROM visit"))
        anomalies = next(self._rows("SELECT count(*) AS count, coalesce(sum(state = 'open'), 0) AS open FROM anomaly"))
        kinds = self._rows("SELECT kind, count(*) AS count FROM event GROUP BY kind ORDER BY kind")
        stages = self._rows("SELECT stage, count(*) AS count FROM outbox GROUP BY stage ORDER BY stage")
        return Stats(
            device=store["device"],
            site=store["site"],
            epoch=store["epoch"],
            first_seq=store["dropped_seq"] + 1,
            last_seq=store["last_seq"],
            first_ns=times["first"],
            last_ns=times["last"],
            kinds=tuple((row["kind"], row["count"]) for row in kinds),
            stages=tuple((OutboxStage(row["stage"]).name.lower(), row["count"]) for row in stages),
            anomalies=anomalies["count"],
            unresolved=anomalies["open"],
            open_visits=visits["open"],
            visits=visits["count"],
            pictures=pictures["count"],
            picture_bytes=pictures["size"],
            event_bytes=size["size"],
            file_bytes=self._path.stat().st_size,
        )

    @contextmanager
    def at_one_moment(self) -> Iterator[None]:
        """See the file as it is now until the end of the context; to be kept short."""
        self._database.conn.execute("BEGIN")
        try:
            yield
        finally:
            self._database.conn.execute("COMMIT")

    def ledger(self) -> Ledger:
        """Return what the store claims of itself."""
        row = next(self._rows("SELECT epoch, last_seq, last_chain, dropped_seq, dropped_chain FROM store"))
        lost = next(self._rows("SELECT count(*) AS unposted FROM event WHERE seq NOT IN (SELECT seq FROM outbox)"))
        return Ledger(**row, **lost)

    def numbered(self) -> Iterator[tuple[int, bytes]]:
        """Yield every event with the number of its row, in that order."""
        for row in self._rows("SELECT seq, payload FROM event ORDER BY seq"):
            yield row["seq"], row["payload"].encode()

    def engine_faults(self) -> tuple[str, ...]:
        """Return what the engine's own check finds wrong with the file."""
        found = (row["integrity_check"] for row in self._rows("PRAGMA integrity_check(20)"))
        return tuple(text for text in found if text != "ok")

    def _span(self, clauses: str, bindings: Sequence[Any], limit: int | None) -> tuple[int, int]:
        """Return the seqs after which and up to which the newest `limit` events lie, as things stand now."""
        newest = f"SELECT seq FROM event WHERE {clauses} ORDER BY seq DESC LIMIT ?"  # noqa: S608 - own clauses
        ends = f"SELECT coalesce(min(seq) - 1, 0) AS after, coalesce(max(seq), 0) AS until FROM ({newest})"  # noqa: S608
        row = next(self._rows(ends, (*bindings, -1 if limit is None else limit)))
        return row["after"], row["until"]

    def _anomalies_by_visit(self) -> dict[str, list[str]]:
        told: dict[str, list[str]] = {}
        for listed in sorted(self.anomalies(), key=lambda listed: listed.anomaly.wall_ns):
            if listed.anomaly.visit_id is not None:
                told.setdefault(listed.anomaly.visit_id, []).append(listed.anomaly.kind)
        return told

    def _ask(self, query: str, bindings: Sequence[Any]) -> Iterator[Sequence[Any]]:
        return (tuple(row.values()) for row in self._rows(query, bindings))

    def _rows(self, query: str, bindings: Sequence[Any] = ()) -> Iterator[dict[str, Any]]:
        try:
            yield from self._database.query(query, bindings)
        except sqlite3.Error as error:
            raise StoreFailed(f"{self._path}: reading: {error}; `edge events verify` says what is damaged") from error


@contextmanager
def open_reports(path: Path) -> Iterator[Reports]:
    """Open a store for reading while the service may go on writing.

    Raises:
        StoreFailed: absent, not readable, not ours or of another schema; or the service's engine is loaded here.
    """
    if "apsw" in sys.modules:
        raise StoreFailed(f"{path}: reports need a process of their own; run `edge events`")
    connection = _connect(path)
    try:
        yield Reports(path, sqlite_utils.Database(connection, execute_plugins=False))
    finally:
        connection.close()


def _connect(path: Path) -> sqlite3.Connection:
    if not path.is_file():
        raise StoreFailed(f"{path}: no such file; the service makes it, `--db` or `--config` says where it is")
    # Without a log beside it the file was closed cleanly, and a reader who may not make one needs none.
    closed = not path.with_name(f"{path.name}-wal").exists() and not os.access(path.parent, os.W_OK)
    uri = f"file:{quote(str(path.absolute()))}?mode=ro{'&immutable=1' if closed else ''}"
    try:
        connection = sqlite3.connect(uri, uri=True, timeout=WAIT_S, isolation_level=None)
        connection.execute("PRAGMA query_only = 1")
        owner = connection.execute("PRAGMA application_id").fetchone()[0]
        version = connection.execute("PRAGMA user_version").fetchone()[0]
    except sqlite3.Error as error:
        raise StoreFailed(
            f"{path}: {error}; it must be an event store and readable by you, as must its -wal and -shm files"
        ) from error
    if owner != APPLICATION_ID:
        raise StoreFailed(f"{path}: this is no event store")
    if version != SCHEMA_VERSION:
        raise StoreFailed(
            f"{path}: schema {version}, this edge reads {SCHEMA_VERSION}; use the edge that the service runs"
        )
    return connection
