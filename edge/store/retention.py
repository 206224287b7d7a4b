"""What leaves the store, and when. Each call is one short step, so that a gate's events never wait long behind it.

Events leave from the front only: the rest stays one gap-free, sealed run. Pictures leave oldest first, by age with
their event or earlier for want of room. Open visits, unresolved anomalies and the visits these are about stay, whatever
happens to their events.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import apsw

from edge.wire import split_chain

STEP_EVENTS = 100
STEP_PICTURES = 50
STEP_PAGES = 500
_CLOSED_VISITS = (
    "DELETE FROM visit WHERE seq <= ? AND state = 'closed'"
    " AND visit_id NOT IN (SELECT visit_id FROM anomaly WHERE state = 'open' AND visit_id IS NOT NULL)"
)
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


def last_to_go(connection: apsw.Connection, before_ns: int, *, doubtful: bool) -> int:
    """Return the seq up to which events were recorded before `before_ns`, 0 when none was.

    An event recorded while nobody vouched for the clock may claim any time: it only goes with a later one whose clock
    was sound, unless `doubtful` says that today's clock is no better.
    """
    # Found once for all steps: walks the old events and stops at the first young one.
    young: int | None = connection.execute(
        "SELECT seq FROM event WHERE (clock <> 'unsynced' OR ?) AND recorded_ns >= ? ORDER BY seq LIMIT 1",
        (doubtful, before_ns),
    ).get
    last: int | None = connection.execute(
        "SELECT seq FROM event WHERE (clock <> 'unsynced' OR ?) AND recorded_ns < ? AND seq < ?"
        " ORDER BY seq DESC LIMIT 1",
        (doubtful, before_ns, _NO_BOUND if young is None else young),
    ).get
    return last or 0


def drop_events(connection: apsw.Connection, last: int, *, published: bool) -> Dropped:
    """Drop events up to `last` from the front, STEP_EVENTS at most, with their pictures and closed visits.

    Where they are `published`, the first that the broker has not acknowledged stays, and all after it.
    """
    first: int | None = connection.execute("SELECT min(seq) FROM event").get
    waiting: int | None = connection.execute("SELECT min(seq) FROM outbox WHERE stage < 2").get if published else None
    if first is None:
        return Dropped()
    last = min(last, first + STEP_EVENTS - 1, _NO_BOUND if waiting is None else waiting - 1)
    if last < first:
        return Dropped()
    payload: str = connection.execute("SELECT payload FROM event WHERE seq = ?", (last,)).get
    chain = split_chain(payload.encode())[1]
    connection.execute("UPDATE store SET dropped_seq = ?, dropped_chain = ?", (last, chain))
    connection.execute("DELETE FROM anomaly WHERE seq <= ? AND state = 'resolved'", (last,))
    return Dropped(
        pictures=_delete(connection, "DELETE FROM evidence WHERE seq <= ?", last),
        visits=_delete(connection, _CLOSED_VISITS, last),
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


def give_back_room(connection: apsw.Connection) -> bool:
    """Return what is free beyond SLACK_PAGES to the file system, STEP_PAGES at most; False when there was none."""
    spare = int(connection.pragma("freelist_count")) - SLACK_PAGES
    if spare <= 0:
        return False
    connection.pragma("incremental_vacuum", min(spare, STEP_PAGES))
    return True


def _delete(connection: apsw.Connection, statement: str, *bindings: int) -> int:
    connection.execute(statement, bindings)
    return connection.changes()
