"""What leaves the store, and when. Each call is one short step, so that a gate's events never wait long behind it.

Events leave from the front only: the rest stays one gap-free, sealed run. Pictures leave oldest first, by age with
their event or earlier for want of room. The newest state of an open visit stays whatever happens to its events.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import apsw

from edge.wire import split_chain

STEP_EVENTS = 500
STEP_PICTURES = 100
_NO_BOUND = 2**63 - 1
SLACK_PAGES = 16_384
"""Free pages kept in the file for the events to come (64 MiB); only what is beyond goes back to the file system."""


@dataclass(frozen=True, slots=True)
class Dropped:
    """What retention took away."""

    events: int = 0
    visits: int = 0
    pictures: int = 0

    def __add__(self, other: Dropped) -> Dropped:
        return Dropped(self.events + other.events, self.visits + other.visits, self.pictures + other.pictures)


def drop_old(connection: apsw.Connection, before_ns: int, *, unsent: bool, doubtful: bool) -> Dropped:
    """Drop up to STEP_EVENTS events recorded before `before_ns` from the front, with their pictures and closed visits.

    `unsent` lets go of events the broker has not acknowledged (where nothing is published). An event recorded while
    nobody vouched for the clock may claim any time: it only leaves with a later one whose clock was sound, unless
    `doubtful` says that today's clock is no better.
    """
    last = _last_to_go(connection, before_ns, unsent=unsent, doubtful=doubtful)
    if last is None:
        return Dropped()
    payload: str = connection.execute("SELECT payload FROM event WHERE seq = ?", (last,)).get
    chain = split_chain(payload.encode())[1]
    connection.execute("UPDATE store SET dropped_seq = ?, dropped_chain = ?", (last, chain))
    return Dropped(
        pictures=_delete(connection, "DELETE FROM evidence WHERE seq <= ?", last),
        visits=_delete(connection, "DELETE FROM visit WHERE seq <= ? AND state = 'closed'", last),
        events=_delete(connection, "DELETE FROM event WHERE seq <= ?", last),
    )


def drop_pictures(connection: apsw.Connection, most_bytes: int) -> Dropped:
    """Drop the oldest pictures, STEP_PICTURES at most, until they take no more than `most_bytes`."""
    excess: int = connection.execute("SELECT coalesce(sum(size), 0) - ? FROM evidence", (most_bytes,)).get
    if excess <= 0:
        return Dropped()
    oldest: Any = connection.execute("SELECT rowid, size FROM evidence ORDER BY seq, rowid LIMIT ?", (STEP_PICTURES,))
    going = []
    for rowid, size in oldest:
        if excess <= 0:
            break
        going.append((rowid,))
        excess -= size
    connection.executemany("DELETE FROM evidence WHERE rowid = ?", going)
    return Dropped(pictures=len(going))


def give_back_room(connection: apsw.Connection) -> None:
    """Return what is free beyond SLACK_PAGES to the file system, STEP_EVENTS pages at most."""
    spare = int(connection.pragma("freelist_count")) - SLACK_PAGES
    if spare > 0:
        connection.pragma("incremental_vacuum", min(spare, STEP_EVENTS))


def _last_to_go(connection: apsw.Connection, before_ns: int, *, unsent: bool, doubtful: bool) -> int | None:
    # The front is short where retention runs often, so these walk few rows: each stops at the first row it is after.
    young: int | None = connection.execute(
        "SELECT seq FROM event WHERE (clock <> 'unsynced' OR ?) AND recorded_ns >= ? ORDER BY seq LIMIT 1",
        (doubtful, before_ns),
    ).get
    waiting: int | None = None if unsent else connection.execute("SELECT min(seq) FROM outbox WHERE stage < 2").get
    last: int | None = connection.execute(
        "SELECT seq FROM event WHERE (clock <> 'unsynced' OR ?) AND recorded_ns < ?"
        " AND seq < ? ORDER BY seq DESC LIMIT 1",
        (doubtful, before_ns, min(bound for bound in (young, waiting, _NO_BOUND) if bound is not None)),
    ).get
    if last is None:
        return None
    first: int = connection.execute("SELECT min(seq) FROM event").get
    return min(last, first + STEP_EVENTS - 1)


def _delete(connection: apsw.Connection, statement: str, *bindings: int) -> int:
    connection.execute(statement, bindings)
    return connection.changes()
