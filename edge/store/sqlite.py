"""The EventStore on SQLite: an event, its outbox row and its pictures in one transaction that survives a power cut."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Any, TypeVar

import apsw

from edge.clock import Clock, ClockQuality
from edge.errors import EdgeError, StoreFailed, WireError
from edge.ports import OutboxRow, OutboxStage
from edge.store import named, opening, rates
from edge.store.faults import failing_as
from edge.store.pictures import to_jpeg
from edge.store.retention import Dropped, drop_events, drop_pictures, give_back_room, last_to_go
from edge.store.transactions import forced, unforced
from edge.store.writing import write
from edge.types import Anomaly, Correction, DayCount, Draft, Event, EventKind, ListedAnomaly, Pass, ReadRate, Visit
from edge.wire import decode_body

T = TypeVar("T")
GROUP_EVENTS = 20
"""Most events in one transaction: bounds how long the last caller of a group waits."""
_BREATH_S = 0.005  # between two steps of retention, because a lock alone does not queue fairly
_OUTBOX = "SELECT outbox.seq, topic, payload, stage FROM outbox JOIN event ON event.seq = outbox.seq"


@dataclass(slots=True, eq=False)
class _Job:
    """The drafts of one `record` call on their way through a group."""

    drafts: Sequence[Draft]
    jpegs: Sequence[Sequence[bytes]]
    outcome: tuple[Event, ...] | EdgeError | None = None


class SqliteStore:
    """One read-write connection, one process; safe to call from several threads.

    Callers that meet while a transaction is being written share the next one (group commit without a wait of its own).
    """

    def __init__(self, path: Path | str, device: str, site: str, clock: Clock) -> None:
        self._place = str(path)
        self._clock = clock
        self._jobs: deque[_Job] = deque()
        self._turn = threading.Lock()
        self._file_lock = opening.FileLock(self._place)
        try:
            self._connection, self._origin = opening.open_file(self._place, device, site, clock.wall_ns())
        except StoreFailed:
            self._file_lock.release()
            raise
        self._anchor = opening.Anchor(self._place)

    @property
    def epoch(self) -> str:
        return self._origin.epoch

    def record(self, drafts: Sequence[Draft]) -> tuple[Event, ...]:
        if not drafts:
            return ()
        job = _Job(drafts, [[to_jpeg(evidence.picture) for evidence in draft.evidence] for draft in drafts])
        self._jobs.append(job)
        while job.outcome is None:
            with self._turn:
                if job.outcome is None:  # a caller before us may have taken it along
                    self._write_group(self._next_group())
        if isinstance(job.outcome, EdgeError):
            raise job.outcome
        return job.outcome

    def outbox(
        self, after_seq: int, limit: int, below: OutboxStage = OutboxStage.BROKER_ACKED
    ) -> tuple[OutboxRow, ...]:
        # The stage is written into the statement, because the index of waiting rows serves only a constant.
        query = f"{_OUTBOX} WHERE outbox.seq > ? AND stage < {int(below)} ORDER BY outbox.seq LIMIT ?"
        with self._using("reading the outbox") as connection:
            rows: Sequence[Any] = connection.execute(query, (after_seq, limit)).fetchall()
        return tuple(OutboxRow(seq, topic, payload.encode(), OutboxStage(stage)) for seq, topic, payload, stage in rows)

    def mark(self, seqs: Sequence[int], stage: OutboxStage) -> None:
        # Not forced to the disk: a mark lost in a power cut only sends the row again, and consumers know it by its seq.
        query = "UPDATE outbox SET stage = ? WHERE seq = ? AND stage < ?"
        with self._using("marking the outbox") as connection, unforced(connection):
            connection.executemany(query, [(int(stage), seq, int(stage)) for seq in seqs])

    def replay(self, from_seq: int) -> int:
        with self._using("replaying the outbox") as connection, forced(connection):
            connection.execute("UPDATE outbox SET stage = 0 WHERE seq >= ? AND stage > 0", (from_seq,))
            count: int = connection.execute("SELECT count(*) FROM outbox WHERE seq >= ?", (from_seq,)).get
        return count

    def open_visits(self) -> tuple[Visit, ...]:
        with self._using("reading open visits") as connection:
            rows: Sequence[Any] = connection.execute(
                "SELECT body FROM visit WHERE state = 'open' ORDER BY number"
            ).fetchall()
        visits = (decode_body(EventKind.VISIT_OPENED, body.encode()) for (body,) in rows)
        return tuple(visit for visit in visits if isinstance(visit, Visit))

    def told_of_open_visits(self) -> tuple[Anomaly, ...]:
        with self._using("reading the anomalies of open visits") as connection:
            return named.told_of_open_visits(connection.execute)

    def last_visit_number(self) -> int:
        with self._using("reading the last visit") as connection:
            number: int = connection.execute("SELECT last_visit FROM store").get
        return number

    def unresolved(self) -> int:
        with self._using("counting anomalies") as connection:
            count: int = connection.execute("SELECT count(*) FROM anomaly WHERE state = 'open'").get
        return count

    def read_rates(self, since_ns: int) -> tuple[ReadRate, ...]:
        with self._using("counting plates read") as connection:
            return rates.read_rates(connection.execute, since_ns)

    def find_anomalies(self, name: str) -> tuple[ListedAnomaly, ...]:
        with self._using("looking for an anomaly") as connection:
            return named.find_anomalies(connection.execute, name)

    def find_vehicles(self, name: str) -> tuple[Pass | Visit, ...]:
        with self._using("looking for a pass") as connection:
            return named.find_vehicles(connection.execute, name)

    def corrections(self, pass_id: str) -> tuple[Correction, ...]:
        with self._using("reading corrections") as connection:
            return named.corrections_of(connection.execute, pass_id)

    def visit_holding(self, pass_id: str) -> Visit | None:
        with self._using("looking for a visit") as connection:
            return named.visit_holding(connection.execute, pass_id)

    def visit_emptied_into(self, visit_id: str) -> Visit | None:
        with self._using("looking for a visit") as connection:
            return named.visit_emptied_into(connection.execute, visit_id)

    def day(self, since_ns: int, until_ns: int) -> DayCount:
        with self._using("counting a day") as connection:
            return named.count_day(connection.execute, since_ns, until_ns)

    def last_reconciled_ns(self) -> int | None:
        with self._using("reading the last reconciliation") as connection:
            at_ns: int | None = connection.execute(
                "SELECT wall_ns FROM event WHERE kind = 'site.reconciled' ORDER BY seq DESC LIMIT 1"
            ).get
        return at_ns

    def backlog(self) -> int:
        with self._using("counting the outbox") as connection:
            count: int = connection.execute("SELECT count(*) FROM outbox WHERE stage < 2").get
        return count

    def last_seq(self) -> int:
        """Return the seq of the newest event, 0 when there is none."""
        with self._using("reading the last seq") as connection:
            seq: int = connection.execute("SELECT last_seq FROM store").get
        return seq

    def first_seq(self) -> int:
        """Return the lowest seq still kept, one more than the last when none is."""
        with self._using("reading the first seq") as connection:
            dropped: int = connection.execute("SELECT dropped_seq FROM store").get
        return dropped + 1

    def evidence(self, evidence_id: str) -> bytes | None:
        """Return a picture as JPEG, or None when it is not (or no longer) kept."""
        with self._using("reading evidence") as connection:
            jpeg: bytes | None = connection.execute(
                "SELECT jpeg FROM evidence WHERE evidence_id = ?", (evidence_id,)
            ).get
        return jpeg

    def retain(self, max_age_s: float, evidence_bytes: int, *, published: bool = True) -> Dropped:
        """Drop what is older than `max_age_s` and pictures beyond `evidence_bytes`; returns what went.

        Where events are published, those the broker has not acknowledged stay whatever their age. Works in short steps;
        `record` gets its turn between them.

        Raises:
            StoreFailed: what went before stays gone, nothing else is lost.
        """
        before_ns = self._clock.wall_ns() - round(max_age_s * 1e9)
        doubtful = self._clock.quality() is ClockQuality.UNSYNCED
        with self._using("looking for what is old") as connection:
            last = last_to_go(connection, before_ns, doubtful=doubtful)
        total = Dropped()
        for step in (
            lambda connection: drop_events(connection, last, published=published),
            lambda connection: drop_pictures(connection, evidence_bytes),
        ):
            while (dropped := self._step(step)) != Dropped():
                total += dropped
        while self._step(give_back_room):
            pass
        return total

    def close(self) -> None:
        with self._turn, failing_as(self._place, "closing"):
            self._connection.close()
            self._file_lock.release()

    def _step(self, step: Callable[[apsw.Connection], T]) -> T:
        with self._using("dropping what is old") as connection, unforced(connection):
            done = step(connection)
        self._clock.sleep(_BREATH_S)
        return done

    @contextmanager
    def _using(self, doing: str) -> Iterator[apsw.Connection]:
        with self._turn, failing_as(self._place, doing):
            yield self._connection

    def _next_group(self) -> list[_Job]:
        group = [self._jobs.popleft()]
        room = GROUP_EVENTS - len(group[0].drafts)
        while self._jobs and len(self._jobs[0].drafts) <= room:
            group.append(self._jobs.popleft())
            room -= len(group[-1].drafts)
        return group

    def _write_group(self, group: Sequence[_Job]) -> None:
        outcomes: Sequence[tuple[Event, ...] | EdgeError] = ()
        failure = f"{self._place}: recording was interrupted"
        try:
            self._anchor.check()
            with failing_as(self._place, "recording"), forced(self._connection):
                written = [self._write_job(self._connection, job) for job in group]
            outcomes = written
        except StoreFailed as error:
            failure = str(error)
        finally:
            for job, outcome in zip_longest(group, outcomes):
                job.outcome = StoreFailed(failure) if outcome is None else outcome

    def _write_job(self, connection: apsw.Connection, job: _Job) -> tuple[Event, ...] | WireError:
        connection.execute("SAVEPOINT job")  # a draft that cannot be written must not take its neighbours along
        try:
            return write(connection, self._origin, self._clock.wall_ns(), job.drafts, job.jpegs)
        except WireError as error:
            connection.execute("ROLLBACK TO job")
            return error
