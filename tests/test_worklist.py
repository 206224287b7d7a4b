"""Working the list: nothing twice, nothing ambiguous, and everything as an event."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.clock import ClockQuality, ManualClock
from edge.config import Site
from edge.errors import StoreFailed, UsageError, WireError
from edge.gate.corrections import corrected
from edge.gate.site import GateSite
from edge.ports import EventStore
from edge.sitebook import SiteBook
from edge.store import open_store
from edge.store.sqlite import SqliteStore
from edge.types import (
    RULE,
    Anomaly,
    Body,
    Correction,
    Draft,
    Event,
    EventKind,
    Plate,
    Ruling,
    Severity,
    Visit,
    VisitSide,
    VisitState,
)
from edge.wire import decode_event
from edge.wire.work import (
    Correct,
    Done,
    Merge,
    Order,
    Refused,
    Reopen,
    Resolve,
    Split,
    decode_answer,
    decode_order,
    encode_answer,
    encode_order,
)
from edge.worklist import WorkList, work_alone

NOW_NS = 1_772_640_000_000_000_000
WORDS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)


def side(pass_id: str, *plates: str, class_name: str = "car") -> VisitSide:
    return VisitSide(
        pass_id, "gate-1", "main", NOW_NS, class_name, tuple(Plate(text, 0.9, 3, 3, "OLD") for text in plates)
    )


def anomaly(name: str, visit_id: str | None = None, kind: str = "wrong-road") -> Anomaly:
    return Anomaly(name, kind, Severity.ALARM, "left by main", NOW_NS, "gate-1", "main", None, visit_id)


def drafts(kind: EventKind, *bodies: Body) -> list[Draft]:
    return [Draft(kind, NOW_NS, ClockQuality.SYNCED, body) for body in bodies]


@pytest.fixture
def store() -> Iterator[SqliteStore]:
    """Hold a visit 7 with two anomalies, a visit 8 with one, and an anomaly without a visit."""
    opened = open_store(":memory:", "box", "yard", ManualClock(NOW_NS))
    opened.record(
        drafts(
            EventKind.VISIT_CLOSED,
            Visit("0v7", 7, VisitState.CLOSED, 2, side("0p1", "CA 1"), side("0p2", "CA 1", "TRL 2"), "plate"),
            Visit("0v8", 8, VisitState.CLOSED, 2, side("0p3"), side("0p4", "CA 8"), "appearance"),
        )
    )
    raised = anomaly("0a1", "0v7"), anomaly("0a2", "0v7", "after-hours"), anomaly("0a3", "0v8"), anomaly("0b")
    opened.record(drafts(EventKind.ANOMALY_RAISED, *raised))
    yield opened
    opened.close()


@pytest.fixture
def work(store: SqliteStore) -> WorkList:
    clock = ManualClock(NOW_NS)
    site = SiteBook(GateSite(Site("yard"), (), (), str), store)
    return WorkList(store, clock, site.decide, site.shown)


def newest(store: SqliteStore, count: int = 1) -> list[Event]:
    return [decode_event(row.payload) for row in store.outbox(store.last_seq() - count, count)]


def test_resolving_and_reopening_are_events_that_say_who_and_why(store: SqliteStore, work: WorkList) -> None:
    assert work.take(Resolve("8", "thandi", "announced")) == ("anomaly 0a3 is resolved; event 7",)
    assert work.take(Reopen("0a3", "piet", "not to me")) == ("anomaly 0a3 is reopened; event 8",)
    resolved, reopened = newest(store, 2)
    assert (resolved.kind, resolved.body) == (
        EventKind.ANOMALY_RESOLVED,
        Ruling("0a3", "thandi", "announced", NOW_NS),
    )
    assert (reopened.kind, reopened.body) == (EventKind.ANOMALY_REOPENED, Ruling("0a3", "piet", "not to me", NOW_NS))


def test_the_count_follows_every_word(store: SqliteStore, work: WorkList) -> None:
    counts = [store.unresolved()]
    for order in (Resolve("0a1", "p", "x"), Resolve("0b", "p", "x"), Reopen("0b", "p", "x")):
        work.take(order)
        counts.append(store.unresolved())
    assert counts == [4, 3, 2, 3]


def test_a_rule_may_take_back_what_it_raised(store: SqliteStore) -> None:
    store.record(drafts(EventKind.ANOMALY_RESOLVED, Ruling("0a3", "rule", "left after all", NOW_NS)))
    assert store.unresolved() == 3
    assert [found.resolved for found in store.find_anomalies("8")] == [True]


def test_what_a_person_resolved_a_rule_does_not_resolve_again(store: SqliteStore, work: WorkList) -> None:
    site = SiteBook(GateSite(Site("yard"), (), (), str), store)
    rule = drafts(EventKind.ANOMALY_RESOLVED, Ruling("0a3", RULE, "left after all", NOW_NS))[0]
    work.take(Resolve("0a3", "thandi", "announced"))
    assert site.record(rule) == ()
    work.take(Reopen("0a3", "thandi", "not to me"))
    (event,) = site.record(rule)
    assert event.body == rule.body
    assert store.unresolved() == 3


@pytest.mark.parametrize(
    ("first", "second", "cause"),
    [
        (None, Reopen("8", "p", "x"), "is open already"),
        (Resolve("8", "p", "x"), Resolve("8", "p", "x"), "is resolved already"),
        (Resolve("8", "p", "x"), Resolve("0a3", "p", "x"), "is resolved already"),
        (None, Resolve("7", "p", "x"), r"may be 0a1 \(wrong-road\), 0a2 \(after-hours\); name one"),
        (None, Resolve("0a", "p", "x"), "may be 0a1"),
        (Resolve("0a1", "p", "x"), Resolve("0a", "p", "x"), "may be 0a1"),
        (None, Resolve("9", "p", "x"), "no such anomaly"),
        (None, Resolve("99999999999999999999", "p", "x"), "no such anomaly"),
        (None, Resolve("%", "p", "x"), "no such anomaly"),
        (None, Resolve("8", "rule", "x"), "stands for the rules"),
        (None, Correct("0p3", "p", "x", class_name="car"), "no such pass"),
        (None, Correct("0v", "p", "x", class_name="bus"), "may be visit 0v7, visit 0v8; name one"),
        (None, Correct("8", "p", "x"), "nothing to correct"),
        (None, Correct("8", "p", "x", class_name="car"), "known as that already"),
        (None, Correct("7", "p", "x", plate="CA 9"), "pass 0p2 has CA 1, TRL 2; say with --was"),
        (None, Correct("8", "p", "x", plate="CA 9", was="CA 7"), "pass 0p3 has no plate"),
    ],
)
def test_what_holds_already_or_is_not_clear_is_said_and_not_done(
    store: SqliteStore, work: WorkList, first: Order | None, second: Order, cause: str
) -> None:
    if first is not None:
        work.take(first)
    before = store.last_seq()
    with pytest.raises(UsageError, match=cause):
        work.take(second)
    assert store.last_seq() == before


def test_of_two_anomalies_of_a_visit_its_number_means_the_one_left(work: WorkList) -> None:
    work.take(Resolve("0a1", "p", "x"))
    assert work.take(Resolve("7", "p", "x"))[0].startswith("anomaly 0a2 is resolved")


def test_many_who_resolve_at_once_resolve_once(store: SqliteStore, work: WorkList) -> None:
    answers: list[bytes] = []
    order = encode_order(Resolve("0b", "p", "x"))
    threads = [threading.Thread(target=lambda: answers.append(work.answer(order))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(type(decode_answer(answer)).__name__ for answer in answers) == ["Done", *["Refused"] * 7]
    assert store.unresolved() == 3


def test_a_visit_is_corrected_on_each_side_where_it_is_wrong(store: SqliteStore, work: WorkList) -> None:
    assert work.take(Correct("8", "p", "x", class_name="bus", plate="CA 8")) == (
        "pass 0p3 is bus, not car; CA 8, not read before; event 7",
        "pass 0p4 is bus, not car; event 8",
        "visit 8 is revised; event 9",
        "visit 8 is revised; event 10",
    )
    entry, leaving, _, visit = (event.body for event in newest(store, 4))
    assert isinstance(visit, Visit)
    assert [(one.class_name, [plate.text for plate in one.plates]) for one in visit.sides] == [("bus", ["CA 8"])] * 2
    assert isinstance(entry, Correction)
    assert isinstance(leaving, Correction)
    assert (entry.plate, entry.was_plate, entry.visit_id, entry.camera_id) == ("CA 8", None, "0v8", "gate-1")
    assert (leaving.plate, leaving.was_class) == (None, "car")


def test_a_correction_of_a_correction_says_what_stood_there_last(store: SqliteStore, work: WorkList) -> None:
    work.take(Correct("7", "p", "x", plate="CF 1", was="ca1"))
    assert "pass 0p1 is CG 1, not CF 1; event 11" in work.take(Correct("7", "p", "x", plate="CG 1", was="CF 1"))
    told = store.corrections("0p2")
    assert [correction.was_plate for correction in told] == ["CA 1", "CF 1"]
    known = corrected(side("0p2", "CA 1", "TRL 2"), told)
    assert [(plate.text, plate.confidence, plate.looks) for plate in known.plates] == [
        ("CG 1", 1, 0),
        ("TRL 2", 0.9, 3),
    ]


@pytest.fixture
def halves(store: SqliteStore) -> None:
    """Add visit 9, in, and visit 10, out, each with an anomaly about its pass."""
    leaving = replace(side("0p6", "CA 9"), wall_ns=NOW_NS + 60 * 10**9)
    entered = Visit("0v9", 9, VisitState.OPEN, 1, side("0p5", "CA 5"))
    store.record(drafts(EventKind.VISIT_OPENED, entered, Visit("0v10", 10, VisitState.OPEN, 1, None, leaving)))
    told = (("0n0", "0v9", "0p5", "never-left"), ("0n1", "0v10", "0p6", "never-entered"), ("0n2", "0v10", "0p6", "x"))
    raised = [replace(anomaly(name, visit_id, kind), pass_id=pass_id) for name, visit_id, pass_id, kind in told]
    store.record(drafts(EventKind.ANOMALY_RAISED, *raised))


@pytest.mark.usefixtures("halves")
def test_merging_and_splitting_are_events_and_the_anomalies_go_along_with_their_pass(store: SqliteStore) -> None:
    work = work_alone(store, ManualClock(NOW_NS), "UTC")
    assert [text.partition(";")[0] for text in work.take(Merge("10", "9", "thandi", "seen"))] == [
        "visits 9 and 10 are merged",
        "visit 9 is closed",
        "visit 10 is revised",
        "anomaly 0n1 is resolved",
        "anomaly 0n0 is resolved",
    ]
    assert [(one.anomaly.anomaly_id, one.resolved) for one in store.find_anomalies("9")] == [
        *(("0n0", True), ("0n1", True), ("0n2", False)),
    ]
    assert (store.find_anomalies("10"), store.open_visits()) == ((), ())
    work = work_alone(store, ManualClock(NOW_NS), "UTC")
    assert work.take(Split("9", "piet", "two cars"))[0].startswith("visits 9 and 10 are split")
    assert [one.number for one in store.open_visits()] == [9, 10]
    assert [one.anomaly.anomaly_id for one in store.find_anomalies("10")] == ["0n1", "0n2"]
    told = [one.anomaly_id for one in store.told_of_open_visits()]
    assert told == ["0n2"], "what a rule took back may be told anew by the service that starts next"


@pytest.mark.usefixtures("halves")
def test_a_corrected_plate_pairs_its_visit_anew_and_says_so(store: SqliteStore) -> None:
    work = work_alone(store, ManualClock(NOW_NS), "UTC")
    told = [text.partition(";")[0] for text in work.take(Correct("9", "p", "x", plate="CA 9"))]
    assert told[:4] == [
        *("pass 0p5 is CA 9, not CA 5", "visit 9 is revised"),
        *("visits 9 and 10 are merged", "visit 9 is closed"),
    ]


@pytest.mark.usefixtures("halves")
def test_a_visit_that_a_full_store_did_not_merge_can_be_merged_later(store: SqliteStore) -> None:
    class Full:
        def __getattr__(self, name: str) -> object:
            return getattr(store, name)

        def record(self, _: object) -> tuple[Event, ...]:
            raise StoreFailed("the disk is full")

    site = GateSite(Site("yard"), (), (), str, store.open_visits(), 10, told=store.told_of_open_visits())
    clock = ManualClock(NOW_NS)
    with pytest.raises(StoreFailed):
        WorkList(store, clock, SiteBook(site, cast("EventStore", Full())).decide, str).take(Merge("9", "10", "p", "x"))
    assert len(site.open_visits) == 2
    assert len(WorkList(store, clock, SiteBook(site, store).decide, str).take(Merge("9", "10", "p", "x"))) == 5


@pytest.mark.parametrize(
    ("order", "cause"),
    [
        (Merge("7", "99", "p", "x"), "99: no such pass or visit"),
        (Merge("7", "8", "p", "x"), "visit 7: has both sides already"),
        (Merge("0p1", "8", "p", "x"), "0p1: no such pass or visit"),
        (Split("0v", "p", "x"), "0v: may be visit 0v7, visit 0v8; name one"),
        (Split("7", "rule", "x"), "stands for the rules"),
    ],
)
def test_what_cannot_be_merged_or_split_is_said_and_not_done(
    store: SqliteStore, work: WorkList, order: Order, cause: str
) -> None:
    before = store.last_seq()
    with pytest.raises(UsageError, match=cause):
        work.take(order)
    assert store.last_seq() == before


def test_an_order_that_is_none_is_answered_with_its_place(work: WorkList) -> None:
    refused = decode_answer(work.answer(b'{"order":"resolve","name":"8","who":"p","why":""}'))
    assert isinstance(refused, Refused)
    assert "`$.why`" in refused.why
    assert refused.exit_code == WireError.exit_code
    said = decode_answer(work.answer(encode_order(Resolve("9", "p", "x"))))
    assert isinstance(said, Refused)
    assert said.exit_code == UsageError.exit_code


def test_a_store_that_fails_is_answered_and_nothing_is_kept_for_later(store: SqliteStore, work: WorkList) -> None:
    seen = work.decide

    def failing(decide: Callable[[GateSite], Sequence[Draft]]) -> tuple[Event, ...]:
        assert decide(GateSite(Site("yard"), (), (), str))
        raise StoreFailed("events.db: recording: the disk is full")

    refused = decode_answer(replace(work, decide=failing).answer(encode_order(Resolve("8", "p", "x"))))
    assert refused == Refused("events.db: recording: the disk is full", 5)
    assert seen(lambda _: ()) == ()
    assert store.unresolved() == 4


@given(
    st.builds(Resolve, WORDS, WORDS, WORDS)
    | st.builds(Reopen, WORDS, WORDS, WORDS)
    | st.builds(Merge, WORDS, WORDS, WORDS, WORDS)
    | st.builds(Split, WORDS, WORDS, WORDS)
    | st.builds(Correct, WORDS, WORDS, WORDS, st.none() | WORDS, st.none() | WORDS, st.none() | WORDS)
)
def test_an_order_comes_back_as_it_was_given(order: Order) -> None:
    assert decode_order(encode_order(order)) == order
    assert decode_answer(encode_answer(Done((order.why,)))) == Done((order.why,))


@pytest.mark.parametrize("payload", [b"", b"\xff", b"[]", b'{"order":"reboot"}', b'{"order":"resolve","name":"8"}'])
def test_bytes_that_are_no_order_are_refused_by_one_error(payload: bytes) -> None:
    with pytest.raises(WireError, match="order"):
        decode_order(payload)
