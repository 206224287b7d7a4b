"""What leaves the store, and what never does."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from edge.clock import ClockQuality, ManualClock
from edge.ports import OutboxStage
from edge.store import retention
from edge.store.retention import STEP_EVENTS, Dropped
from edge.store.sqlite import SqliteStore
from edge.types import Draft, EventKind, Visit, VisitSide, VisitState

DAY_S = 86_400.0
DAY_NS = 86_400 * 10**9
PLENTY = 1 << 40
Open = Callable[[], SqliteStore]
MakePass = Callable[..., Draft]


def visit(number: int, state: VisitState) -> Draft:
    side = VisitSide(f"p{number}", "gate-1", "main", 0, "car")
    kind = EventKind.VISIT_CLOSED if state is VisitState.CLOSED else EventKind.VISIT_OPENED
    return Draft(kind, 0, ClockQuality.SYNCED, Visit(f"v{number}", number, state, 1, side))


def seqs(store: SqliteStore) -> list[int]:
    return [row.seq for row in store.outbox(0, 10_000, below=OutboxStage.CONSUMER_ACKED)]


def test_old_events_leave_from_the_front_with_their_pictures(
    open_again: Open, a_pass: MakePass, clock: ManualClock
) -> None:
    store = open_again()
    store.record([a_pass("old", pictures=2), a_pass("old2")])
    clock.advance(2 * DAY_NS)
    store.record([a_pass("new", pictures=1)])
    store.mark((1, 2, 3), OutboxStage.BROKER_ACKED)
    assert store.retain(DAY_S, PLENTY) == Dropped(events=2, pictures=2)
    assert seqs(store) == [3]
    assert store.evidence("old-e0") is None
    assert store.evidence("new-e0") is not None
    assert store.retain(DAY_S, PLENTY) == Dropped()


def test_an_event_the_broker_has_not_acknowledged_stays_and_so_does_all_after_it(
    open_again: Open, a_pass: MakePass, clock: ManualClock
) -> None:
    store = open_again()
    store.record([a_pass(str(number)) for number in range(4)])
    store.mark((1, 3, 4), OutboxStage.BROKER_ACKED)
    clock.advance(400 * DAY_NS)
    assert store.retain(DAY_S, PLENTY) == Dropped(events=1)
    assert seqs(store) == [2, 3, 4]


def test_where_nothing_is_published_age_alone_counts(open_again: Open, a_pass: MakePass, clock: ManualClock) -> None:
    store = open_again()
    store.record([a_pass()])
    clock.advance(2 * DAY_NS)
    assert store.retain(DAY_S, PLENTY, published=False) == Dropped(events=1)


def test_an_open_visit_stays_when_its_events_go_and_a_closed_one_goes_with_them(
    open_again: Open, clock: ManualClock
) -> None:
    store = open_again()
    store.record([visit(1, VisitState.OPEN), visit(2, VisitState.CLOSED)])
    clock.advance(2 * DAY_NS)
    assert store.retain(DAY_S, PLENTY, published=False) == Dropped(events=2, visits=1)
    assert [kept.number for kept in open_again().open_visits()] == [1]
    assert open_again().last_visit_number() == 2


def test_numbers_go_on_after_everything_was_dropped(open_again: Open, a_pass: MakePass, clock: ManualClock) -> None:
    store = open_again()
    epoch = store.epoch
    store.record([a_pass(), a_pass()])
    clock.advance(2 * DAY_NS)
    store.retain(DAY_S, PLENTY, published=False)
    store = open_again()
    assert [event.seq for event in store.record([a_pass()])] == [3]
    assert store.epoch == epoch


def test_more_than_one_step_of_old_events_goes_in_one_call(
    open_again: Open, a_pass: MakePass, clock: ManualClock
) -> None:
    store = open_again()
    store.record([a_pass()] * (2 * STEP_EVENTS + 1))
    clock.advance(2 * DAY_NS)
    assert store.retain(DAY_S, PLENTY, published=False).events == 2 * STEP_EVENTS + 1


def test_the_oldest_pictures_go_first_until_the_rest_fits(open_again: Open, a_pass: MakePass) -> None:
    store = open_again()
    for name in ("a", "b", "c"):
        store.record([a_pass(name, pictures=1)])
    size = len(store.evidence("a-e0") or b"")
    assert store.retain(DAY_S, 2 * size + 1) == Dropped(pictures=1)
    assert [store.evidence(f"{name}-e0") is not None for name in "abc"] == [False, True, True]
    assert seqs(store) == [1, 2, 3]
    assert store.retain(DAY_S, 0) == Dropped(pictures=2)


def test_room_beyond_the_slack_goes_back_to_the_file_system(
    open_again: Open, a_pass: MakePass, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "SLACK_PAGES", 20)
    monkeypatch.setattr(retention, "STEP_PAGES", 30)
    store = open_again()
    for number in range(20):
        store.record([a_pass(str(number), pictures=2, side=96)])
    store.close()
    before = path.stat().st_size
    store = open_again()
    store.retain(DAY_S, 0)
    store.close()
    assert path.stat().st_size < before // 2


def test_an_event_of_a_doubtful_clock_only_goes_with_a_later_one_of_a_sound_clock(
    open_again: Open, a_pass: MakePass, clock: ManualClock
) -> None:
    store = open_again()
    store.record([a_pass("old")])
    clock.step_wall(-1000 * DAY_NS)
    store.record([a_pass("woke up long ago, as its clock has it", quality=ClockQuality.UNSYNCED)])
    clock.step_wall(1000 * DAY_NS)
    store.record([a_pass("new")])
    clock.advance(DAY_NS // 2)
    assert store.retain(DAY_S, PLENTY, published=False) == Dropped()
    clock.advance(DAY_NS)
    assert store.retain(DAY_S, PLENTY, published=False) == Dropped(events=3)


def test_a_clock_that_woke_up_in_the_past_drops_nothing(open_again: Open, a_pass: MakePass, clock: ManualClock) -> None:
    store = open_again()
    store.record([a_pass()])
    clock.step_wall(-1000 * DAY_NS)
    assert store.retain(DAY_S, PLENTY, published=False) == Dropped()
