"""The list of anomalies beside the events: filled, kept, led over from older files and never trusted blindly."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import apsw
import pytest

from edge.clock import ClockQuality, ManualClock
from edge.store import named, open_found
from edge.store.identity import APPLICATION_ID
from edge.store.reports import open_reports
from edge.store.sqlite import SqliteStore
from edge.store.verify import verify
from edge.types import (
    Anomaly,
    Body,
    Correction,
    Draft,
    EventKind,
    EvidenceRef,
    Regrouping,
    Ruling,
    Severity,
    Visit,
    VisitSide,
    VisitState,
)

DAY_NS = 86_400 * 10**9
PLENTY = 1 << 40
Open = Callable[[], SqliteStore]
RAISED = EventKind.ANOMALY_RAISED
RESOLVED = EventKind.ANOMALY_RESOLVED


def told(kind: EventKind, body: Body) -> Draft:
    return Draft(kind, 0, ClockQuality.SYNCED, body)


def raised(name: str, visit_id: str | None = None) -> Draft:
    body = Anomaly(
        name, "wrong-road", Severity.ALARM, "left by “side” \\ 1.50", 1, "gate-1", "side", "p", visit_id,
        (EvidenceRef("e", "vehicle", 4, 3),),
    )  # fmt: skip
    return told(RAISED, body)


def ruled(name: str, kind: EventKind = RESOLVED) -> Draft:
    return told(kind, Ruling(name, "thandi", "seen to", 1))


def closed(number: int) -> Draft:
    side = VisitSide(f"p{number}", "gate-1", "main", 0, "car")
    return told(EventKind.VISIT_CLOSED, Visit(f"v{number}", number, VisitState.CLOSED, 1, side))


def states(store: SqliteStore) -> list[tuple[str, bool]]:
    return [(found.anomaly.anomaly_id, found.resolved) for found in store.find_anomalies("a")]


@pytest.fixture
def faults(path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Sequence[str]]:
    def found() -> Sequence[str]:
        with monkeypatch.context() as patch:
            patch.delitem(sys.modules, "apsw")
            with open_reports(path) as reports:
                return verify(reports).faults

    return found


def test_anomalies_go_along_with_a_pass_and_the_events_bear_it_out(
    open_again: Open, path: Path, faults: Callable[[], Sequence[str]]
) -> None:
    store = open_again()
    word = Regrouping("v1", 1, "v2", 2, "p", "thandi", "seen", 1)
    store.record([closed(1), closed(2), raised("a1", "v1"), raised("a2", "v2"), told(EventKind.VISIT_MERGED, word)])
    assert [found.visit for found in store.find_anomalies("a")] == [1, 1]
    assert store.find_anomalies("a2")[0].anomaly.visit_id == "v1"
    store.close()
    assert faults() == ()
    store = open_again()
    store.record([told(EventKind.VISIT_SPLIT, word)])
    store.close()
    assert faults() == ()
    database = sqlite3.connect(path)
    database.execute("UPDATE anomaly SET visit_id = 'v1'")
    database.commit()
    database.close()
    assert [fault.partition(":")[0] for fault in faults()] == ["anomaly a1", "anomaly a2"]


def test_an_open_anomaly_and_its_visit_outlive_their_events_and_a_resolved_one_does_not(
    open_again: Open, clock: ManualClock, faults: Callable[[], Sequence[str]]
) -> None:
    store = open_again()
    store.record([closed(1), closed(2), raised("a1", "v1"), raised("a2", "v2"), ruled("a2")])
    clock.advance(2 * DAY_NS)
    dropped = store.retain(86_400.0, PLENTY, published=False)
    assert (dropped.events, dropped.visits) == (5, 1)
    assert states(store) == [("a1", False)]
    assert [found.visit for found in store.find_anomalies("1")] == [1]
    store.record([ruled("a1")])
    assert (states(store), store.unresolved()) == ([("a1", True)], 0)
    store.close()
    assert faults() == ()
    store = open_again()
    clock.advance(2 * DAY_NS)
    assert store.retain(86_400.0, PLENTY, published=False).visits == 1
    assert states(store) == []


def test_an_anomaly_resolved_and_reopened_again_and_again_is_what_was_said_last(
    open_again: Open, faults: Callable[[], Sequence[str]]
) -> None:
    store = open_again()
    store.record([raised("a1"), ruled("a1"), ruled("a1", EventKind.ANOMALY_REOPENED), ruled("a1"), ruled("unknown")])
    assert (states(store), store.unresolved()) == ([("a1", True)], 0)
    store.close()
    assert faults() == ()


@pytest.mark.parametrize(
    ("crime", "fault"),
    [
        ("UPDATE anomaly SET state = 'resolved' WHERE anomaly_id = 'a1'", "a1: is listed as resolved by event 1, "),
        ("UPDATE anomaly SET state = 'open' WHERE anomaly_id = 'a2'", "a2: is listed as open by event 3, event 3"),
        ("UPDATE anomaly SET body = replace(body, 'side', 'main')", "a1: is not listed as it was raised"),
        ("UPDATE anomaly SET body = '{}' WHERE anomaly_id = 'a1'", "a1: is not listed as it was raised"),
        ("UPDATE anomaly SET visit_id = 'v9' WHERE anomaly_id = 'a1'", "a1: is not listed as it was raised"),
        ("DELETE FROM anomaly WHERE anomaly_id = 'a2'", "a2: is not listed"),
        (
            "INSERT INTO anomaly SELECT 'a9', visit_id, state, 9, body FROM anomaly WHERE anomaly_id = 'a1'",
            "a9: is listed as open, and no event says so",
        ),
        (
            "INSERT INTO anomaly SELECT 'a9', visit_id, 'resolved', 0, body FROM anomaly WHERE anomaly_id = 'a1'",
            "a9: is listed as resolved, and no event says so",
        ),
    ],
)  # fmt: skip
def test_a_list_that_says_other_than_the_events_is_found_out(
    open_again: Open, path: Path, faults: Callable[[], Sequence[str]], crime: str, fault: str
) -> None:
    store = open_again()
    store.record([raised("a1", "v1"), raised("a2"), ruled("a2")])
    store.close()
    assert faults() == ()
    connection = sqlite3.connect(path)
    connection.execute(crime)
    connection.commit()
    connection.close()
    assert faults()[0].startswith(f"anomaly {fault}")


def test_a_file_of_the_first_schema_gets_the_list_that_its_events_tell(
    open_again: Open, path: Path, clock: ManualClock, faults: Callable[[], Sequence[str]]
) -> None:
    store = open_again()
    store.record([closed(1), raised("a1", "v1"), raised("a2")])
    store.close()
    old = path.with_name("old.db")
    connection = apsw.Connection(str(old))
    connection.execute((Path(__file__).parent / "schemas" / "1.sql").read_text("utf-8"))
    connection.execute("ATTACH ? AS new", (str(path),))
    for table in ("store", "event", "outbox", "visit", "evidence"):
        connection.execute(f"INSERT INTO main.{table} SELECT * FROM new.{table}")  # noqa: S608 - own names
    connection.execute("DETACH new")
    connection.pragma("application_id", APPLICATION_ID)
    connection.pragma("user_version", 1)
    connection.close()
    old.replace(path)
    store = open_found(path, clock)
    assert states(store) == [("a1", False), ("a2", False)]
    assert store.find_anomalies("a1")[0].anomaly == raised("a1", "v1").body
    store.close()
    assert faults() == ()


def test_what_is_said_of_a_pass_is_found_without_reading_every_event(open_again: Open, path: Path) -> None:
    store = open_again()
    store.record([told(EventKind.PASS_CORRECTED, Correction("p1", "gate-1", "piet", "seen", 1, "bus", "car"))])
    store.close()
    connection = apsw.Connection(str(path))
    for query in (f"{named._ABOUT} = 'p1' ORDER BY seq", f"{named._ABOUT} >= 'p'"):
        plan = " ".join(row[-1] for row in connection.execute(f"EXPLAIN QUERY PLAN {query}"))
        assert "event_subject" in plan
    connection.close()
