"""The contract of EventStore, on a file and in memory: the same code, so the fake cannot drift from the real one."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from edge.clock import ClockQuality, ManualClock
from edge.errors import StoreFailed, WireError
from edge.ports import EventStore, OutboxStage
from edge.store import open_store
from edge.types import (
    Anomaly,
    Correction,
    DayCount,
    Direction,
    Draft,
    EventKind,
    ListedAnomaly,
    Pass,
    Plate,
    Reconciliation,
    Ruling,
    RunMark,
    Severity,
    Stage,
    Visit,
    VisitSide,
    VisitState,
)
from edge.wire import decode_event, topic_of

START_NS = 1_772_640_000_000_000_000
STATED = ClockQuality.STATED
Open = Callable[[], EventStore]


@pytest.fixture(params=["file", "memory"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[EventStore]:
    path = tmp_path / "events.db" if request.param == "file" else ":memory:"
    opened = open_store(path, "cam-1", "depot", ManualClock(START_NS))
    yield opened
    opened.close()


def draft(run_id: str = "run") -> Draft:
    return Draft(EventKind.RUN_STARTED, START_NS, ClockQuality.SYNCED, RunMark(run_id, "0.1"))


def visit_draft(number: int, state: VisitState, revision: int = 1) -> Draft:
    side = VisitSide(f"p{number}", "gate-1", "main", START_NS, "car", dhash=2**63)
    visit = Visit(f"v{number}", number, state, revision, side, side if state is VisitState.CLOSED else None)
    kind = EventKind.VISIT_CLOSED if state is VisitState.CLOSED else EventKind.VISIT_OPENED
    return Draft(kind, START_NS, ClockQuality.SYNCED, visit)


def test_events_are_numbered_from_one_without_gaps(store: EventStore) -> None:
    assert store.record(()) == ()
    events = [*store.record((draft(), draft())), *store.record((draft(),))]
    assert [event.seq for event in events] == [1, 2, 3]
    assert {event.epoch for event in events} == {store.epoch}
    assert len({event.event_id for event in events}) == 3


def test_the_outbox_holds_exactly_what_was_recorded(store: EventStore) -> None:
    events = store.record((draft("a"), visit_draft(1, VisitState.OPEN)))
    rows = store.outbox(0, 10)
    assert [decode_event(row.payload) for row in rows] == list(events)
    assert [row.topic for row in rows] == [topic_of(event) for event in events]
    assert {row.stage for row in rows} == {OutboxStage.NEW}
    assert [row.seq for row in store.outbox(1, 10)] == [2]
    assert [row.seq for row in store.outbox(0, 1)] == [1]


def test_a_row_only_moves_forward_until_a_consumer_asks_for_it_again(store: EventStore) -> None:
    store.record((draft(), draft(), draft()))
    store.mark((1, 2), OutboxStage.BROKER_ACKED)
    store.mark((1, 2, 3), OutboxStage.SENT)
    assert [(row.seq, row.stage) for row in store.outbox(0, 9, below=OutboxStage.CONSUMER_ACKED)] == [
        (1, OutboxStage.BROKER_ACKED),
        (2, OutboxStage.BROKER_ACKED),
        (3, OutboxStage.SENT),
    ]
    assert store.backlog() == 1
    assert store.replay(2) == 2
    assert [(row.seq, row.stage) for row in store.outbox(0, 9)] == [(2, OutboxStage.NEW), (3, OutboxStage.NEW)]
    assert store.backlog() == 2


def test_marking_rows_that_do_not_exist_changes_nothing(store: EventStore) -> None:
    store.record((draft(),))
    store.mark((), OutboxStage.SENT)
    store.mark((7, 8), OutboxStage.SENT)
    assert [row.stage for row in store.outbox(0, 9)] == [OutboxStage.NEW]


def test_open_visits_are_those_not_closed_in_their_newest_state(store: EventStore) -> None:
    assert (store.open_visits(), store.last_visit_number()) == ((), 0)
    store.record((visit_draft(1, VisitState.OPEN), visit_draft(2, VisitState.OPEN)))
    revised = visit_draft(2, VisitState.OPEN, revision=2)
    store.record((visit_draft(1, VisitState.CLOSED), revised))
    assert store.open_visits() == (revised.body,)
    assert store.last_visit_number() == 2


def test_an_anomaly_waits_for_somebody_until_it_is_resolved_and_is_found_by_what_a_person_says(
    store: EventStore,
) -> None:
    raised = Anomaly("0a1", "wrong-road", Severity.ALARM, "left by side", START_NS, "gate-1", "side", None, "v7")
    store.record((visit_draft(7, VisitState.OPEN), Draft(EventKind.ANOMALY_RAISED, START_NS, STATED, raised)))
    assert store.unresolved() == 1
    assert store.find_anomalies("7") == store.find_anomalies("0a") == (ListedAnomaly(raised, resolved=False, visit=7),)
    assert store.find_anomalies("8") == store.find_anomalies("0b") == ()
    ruling = Ruling("0a1", "thandi", "announced", START_NS)
    store.record((Draft(EventKind.ANOMALY_RESOLVED, START_NS, STATED, ruling),))
    assert (store.unresolved(), store.find_anomalies("7")[0].resolved) == (0, True)
    store.record((Draft(EventKind.ANOMALY_REOPENED, START_NS, STATED, ruling),))
    assert store.unresolved() == 1


def test_a_pass_is_found_in_its_newest_revision_with_what_was_said_of_it(store: EventStore) -> None:
    seen = Pass("0p1", Stage.FINAL, 1, "gate-1", 1, "boom", "main", Direction.IN, 1.0, START_NS, "car")
    later = dataclasses.replace(seen, revision=2)
    annulled = dataclasses.replace(seen, pass_id="0p2", stage=Stage.ANNULLED)  # noqa: S106 - a vehicle's pass
    told = [Draft(EventKind.PASS_FINAL, START_NS, STATED, one) for one in (seen, later, annulled)]
    said = Correction("0p1", "gate-1", "piet", "seen", START_NS, "bus", "car")
    store.record((*told, Draft(EventKind.PASS_CORRECTED, START_NS, STATED, said)))
    assert store.find_vehicles("0p") == (later,)
    assert (store.corrections("0p1"), store.corrections("0p")) == ((said,), ())


def test_a_visit_is_found_by_a_pass_of_its_and_by_the_one_that_it_gave_its_side_to(store: EventStore) -> None:
    emptied = Visit("v2", 2, VisitState.CLOSED, 2, merged_into="v1")
    store.record((visit_draft(1, VisitState.OPEN), Draft(EventKind.VISIT_OPENED, START_NS, STATED, emptied)))
    found = store.visit_holding("p1")
    assert found is not None
    assert found.visit_id == "v1"
    assert store.visit_emptied_into("v1") == emptied
    assert (store.visit_holding("p2"), store.visit_emptied_into("v2")) == (None, None)


def test_a_day_counts_final_passes_and_whole_visits_once_each(store: EventStore) -> None:
    def passing(name: str, at_ns: int, plate: str, stage: Stage = Stage.FINAL) -> Draft:
        plates = (Plate(plate, 0.9, 3, 3),) if plate else ()
        body = Pass(name, stage, 2, "gate-1", 1, "l", "main", Direction.IN, 0.9, at_ns, "car", plates)
        kind = EventKind.PASS_PROVISIONAL if stage is Stage.PROVISIONAL else EventKind.PASS_FINAL
        return Draft(kind, at_ns, STATED, body)

    store.record((passing("a", START_NS, "CA 1"), passing("a", START_NS, "CA 1"), passing("b", START_NS + 9, "")))
    store.record((passing("c", START_NS, "", Stage.ANNULLED), passing("d", START_NS, "CA 4", Stage.PROVISIONAL)))
    store.record((passing("late", START_NS + 10, "CA 5"), passing("early", START_NS - 1, "CA 6")))
    store.record((visit_draft(1, VisitState.OPEN), visit_draft(1, VisitState.CLOSED, 2)))
    half = Visit("v2", 2, VisitState.CLOSED, 2, VisitSide("p9", "gate-1", "main", START_NS, "car"))
    store.record((Draft(EventKind.VISIT_CLOSED, START_NS, STATED, half),))
    assert store.day(START_NS, START_NS + 10) == DayCount(passes=2, read=1, closed=1)
    assert store.day(0, 1) == DayCount()


def test_the_last_reconciliation_is_remembered(store: EventStore) -> None:
    assert store.last_reconciled_ns() is None
    for at_ns in (START_NS, START_NS + 5):
        body = Reconciliation("depot", at_ns, 0, 0, 0, 0, 0, 0)
        store.record((Draft(EventKind.SITE_RECONCILED, at_ns, STATED, body),))
    assert store.last_reconciled_ns() == START_NS + 5


def test_a_draft_that_cannot_be_published_records_nothing_of_its_call(store: EventStore) -> None:
    wrong = dataclasses.replace(draft(), kind=EventKind.PASS_FINAL)
    with pytest.raises(WireError):
        store.record((draft(), wrong))
    assert store.outbox(0, 9) == ()
    assert [event.seq for event in store.record((draft(),))] == [1]


def test_threads_that_record_at_once_get_their_own_events_and_leave_no_gap(store: EventStore) -> None:
    seen: dict[int, list[str]] = {}

    def worker(name: int) -> None:
        for turn in range(10):
            for event in store.record((draft(f"{name}.{turn}a"), draft(f"{name}.{turn}b"))):
                assert isinstance(event.body, RunMark)
                seen.setdefault(event.seq, []).append(event.body.run_id)

    threads = [threading.Thread(target=worker, args=(name,)) for name in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(seen) == list(range(1, 161))
    stored = {row.seq: decode_event(row.payload).body for row in store.outbox(0, 200)}
    assert {seq: [body.run_id] for seq, body in stored.items() if isinstance(body, RunMark)} == seen
    pairs = [(seen[seq][0], seen[seq + 1][0]) for seq in range(1, 161, 2)]
    assert all(first[:-1] == second[:-1] for first, second in pairs)


def test_a_closed_store_says_so(store: EventStore) -> None:
    store.close()
    store.close()
    with pytest.raises(StoreFailed, match="closed"):
        store.record((draft(),))
    with pytest.raises(StoreFailed, match="closed"):
        store.outbox(0, 1)


def test_what_was_told_of_open_visits_is_remembered_and_of_closed_ones_is_not(store: EventStore) -> None:
    def raised(number: int) -> Draft:
        visit, why = f"v{number}", "Too long."
        told = Anomaly(f"a{number}", "overstay", Severity.WARNING, why, START_NS, "gate-1", "main", None, visit)
        return Draft(EventKind.ANOMALY_RAISED, START_NS, ClockQuality.SYNCED, told)

    assert store.told_of_open_visits() == ()
    store.record([visit_draft(number, VisitState.OPEN) for number in (1, 2)])
    store.record((raised(2), raised(1), raised(3)))
    store.record((visit_draft(2, VisitState.CLOSED),))
    assert store.told_of_open_visits() == (raised(1).body,)
