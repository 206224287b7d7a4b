"""Merging, splitting and correcting visits: what the ledger, the rules and the events make of it."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from edge.clock import ClockQuality
from edge.config import Road, Rule, Site
from edge.errors import StoreFailed, UsageError
from edge.gate.regroup import Saying
from edge.gate.site import GateSite
from edge.types import (
    RULE,
    Anomaly,
    Correction,
    DayCount,
    Direction,
    Draft,
    EventKind,
    Pass,
    Plate,
    Reconciliation,
    Regrouping,
    Ruling,
    Stage,
    Visit,
    VisitState,
)

ZONE = "Africa/Johannesburg"
SYNCED = ClockQuality.SYNCED
RULES = (Rule("never-left"), Rule("never-entered"), Rule("plate-mismatch"))


def wall(text: str) -> int:
    return round(datetime.fromisoformat(f"2019-02-{text}").replace(tzinfo=ZoneInfo(ZONE)).timestamp()) * 10**9


class Yard:
    """A site with its newest visits and everything it told."""

    def __init__(self) -> None:
        ids = itertools.count(1)
        self.site = GateSite(
            Site("yard", ZONE), (Road("main"),), RULES, lambda _: f"id-{next(ids)}", last_visit_number=6
        )
        self.visits: dict[int, Visit] = {}
        self.told: list[Draft] = []
        self._tracks = itertools.count(1)

    def hear(self, drafts: Sequence[Draft]) -> list[Draft]:
        self.told += drafts
        self.visits |= {draft.body.number: draft.body for draft in drafts if isinstance(draft.body, Visit)}
        return list(drafts)

    def cross(self, when: str, way: Direction, plate: str = "", class_name: str = "car") -> list[Draft]:
        number = next(self._tracks)
        plates = (Plate(plate, 0.95, 5, 5),) if plate else ()
        dhash = number * 0x9E3779B97F4A7C15 % 2**64
        told = Pass(
            f"pass-{number}", Stage.FINAL, 2, "cam", number, "line", "main", way, 0.9, wall(when), class_name, plates,
            dhash,
        )  # fmt: skip
        return self.hear(self.site.take(told, SYNCED))

    def merge(self, first: int, second: int) -> list[Draft]:
        said = Saying("thandi", "seen", wall("09 12:00:00"))
        return self.hear(self.site.merge(self.visits[first], self.visits[second], said, SYNCED))

    def split(self, number: int, when: str = "09 13:00:00") -> list[Draft]:
        visit = self.visits[number]
        emptied = next((one for one in self.visits.values() if one.merged_into == visit.visit_id), None)
        return self.hear(self.site.split(visit, emptied, Saying("piet", "two cars", wall(when)), SYNCED))

    def correct(self, pass_id: str, plate: str, was: str | None) -> list[Draft]:
        visit = next(one for one in self.visits.values() for side in one.sides if side.pass_id == pass_id)
        said = Correction(pass_id, "cam", "piet", "seen", wall("09 14:00:00"), plate=plate, was_plate=was)
        find = {one.merged_into: one for one in self.visits.values()}
        return self.hear(self.site.correct(visit, said, find.get, SYNCED))

    def tick(self, when: str) -> list[Draft]:
        return self.hear(self.site.tick(wall(when), SYNCED))

    @property
    def open(self) -> list[int]:
        return [visit.number for visit in self.site.open_visits]


def kinds(drafts: Sequence[Draft], but: str = "anomaly.raised") -> list[str]:
    return [draft.kind.value for draft in drafts if draft.kind.value != but]


@pytest.fixture
def yard() -> Yard:
    """Hold visit 7 (in, its plate misread) and visit 8 (out, the plate is another)."""
    site = Yard()
    site.cross("07 08:00:00", Direction.IN, "CF207358")
    site.cross("07 17:00:00", Direction.OUT, "XX999YY")
    return site


@pytest.mark.parametrize("order", [(7, 8), (8, 7)])
def test_two_halves_become_one_visit_by_a_word_and_the_other_keeps_its_number_without_a_side(
    yard: Yard, order: tuple[int, int]
) -> None:
    merged, closed, emptied = yard.merge(*order)
    word, whole, rest = merged.body, closed.body, emptied.body
    assert isinstance(word, Regrouping)
    assert isinstance(whole, Visit)
    assert isinstance(rest, Visit)
    assert kinds([merged, closed, emptied]) == ["visit.merged", "visit.closed", "visit.revised"]
    assert (word.number, word.other_number, word.pass_id, word.who, word.why) == (7, 8, "pass-2", "thandi", "seen")
    assert (whole.number, whole.state, whole.paired_by, whole.dwell_s) == (7, VisitState.CLOSED, "hand", 9 * 3600)
    assert (rest.number, rest.state, rest.sides, rest.merged_into) == (8, VisitState.CLOSED, (), whole.visit_id)
    assert yard.open == []


@pytest.mark.parametrize(
    ("pair", "cause"),
    [
        ((7, 9), "visits 7 and 9: are both entries; name one that came in and one that went out"),
        ((8, 10), "visits 8 and 10: are both exits"),
        ((9, 8), "visits 9 and 8: 8 went out before 9 came in; name the exit"),
        ((7, 7), "visit 7: is named twice"),
        ((11, 8), "visit 11: has both sides already; split it first"),
    ],
)
def test_what_is_no_visit_is_refused_and_changes_nothing(yard: Yard, pair: tuple[int, int], cause: str) -> None:
    yard.cross("07 18:00:00", Direction.IN, "GP404911")
    yard.cross("07 19:00:00", Direction.OUT, "ZZ777AB")
    yard.cross("07 20:00:00", Direction.IN, "CY88431")
    yard.cross("07 21:00:00", Direction.OUT, "CY88431")
    before = yard.open
    with pytest.raises(UsageError, match=cause):
        yard.merge(*pair)
    assert yard.open == before


def test_a_visit_that_was_merged_is_not_merged_again(yard: Yard) -> None:
    yard.merge(7, 8)
    yard.cross("07 18:00:00", Direction.IN, "GP404911")
    with pytest.raises(UsageError, match="visit 8: was merged already"):
        yard.merge(9, 8)
    with pytest.raises(UsageError, match="visit 8: has no two sides"):
        yard.split(8)


def test_a_split_gives_the_exit_back_to_the_visit_it_came_from(yard: Yard) -> None:
    yard.merge(7, 8)
    assert kinds(yard.split(7)) == ["visit.split", "visit.revised", "visit.revised"]
    assert [(one.number, one.state, one.revision, one.merged_into) for one in yard.visits.values()] == [
        (7, VisitState.OPEN, 3, None),
        (8, VisitState.OPEN, 3, None),
    ]
    assert yard.open == [7, 8]
    assert yard.visits[8].exit is not None


def test_a_split_of_a_visit_that_was_never_two_opens_a_new_one(yard: Yard) -> None:
    yard.cross("08 08:00:00", Direction.IN, "CY88431")
    yard.cross("08 09:00:00", Direction.OUT, "CY88431")
    assert kinds(yard.split(9)) == ["visit.split", "visit.revised", "visit.opened"]
    assert (yard.visits[10].entry, yard.open) == (None, [7, 8, 9, 10])


def test_never_left_and_never_entered_end_when_their_halves_are_merged_and_are_judged_again_after_a_split(
    yard: Yard,
) -> None:
    raised = {one.body.kind: one.body for one in yard.tick("08 03:02:00") if isinstance(one.body, Anomaly)}
    assert set(raised) == {"never-left", "never-entered"}
    ends = {one.body.anomaly_id: one.body for one in yard.merge(7, 8) if isinstance(one.body, Ruling)}
    assert {name: one.who for name, one in ends.items()} == {one.anomaly_id: RULE for one in raised.values()}
    assert ends[raised["never-left"].anomaly_id].why.startswith("out by main on Thu 07 Feb 2019 17:00:00 after 9 h")
    assert ends[raised["never-entered"].anomaly_id].why == "in by main on Thu 07 Feb 2019 08:00:00"
    again = [one.body.kind for one in yard.split(7) if isinstance(one.body, Anomaly)]
    assert sorted(again) == ["never-entered", "never-left"]


def test_a_mismatch_ends_when_its_visit_is_split_even_when_nobody_here_remembers_it(yard: Yard) -> None:
    yard.cross("08 08:00:00", Direction.IN, "CY88431")
    told = yard.cross("08 09:00:00", Direction.OUT, "CY88431", "truck")
    (mismatch,) = (one.body for one in told if isinstance(one.body, Anomaly))
    other = Yard()
    other.visits = dict(yard.visits)
    other.site.learn([mismatch])
    for told in (yard.split(9), other.split(9)):
        (end,) = (one.body for one in told if isinstance(one.body, Ruling))
        assert (end.anomaly_id, end.why) == (mismatch.anomaly_id, "the visit was split")


def test_what_was_not_recorded_did_not_happen(yard: Yard) -> None:
    yard.tick("08 03:02:00")
    before = yard.site.open_visits
    said = Saying("p", "x", wall("09 12:00:00"))

    def fails() -> None:
        with yard.site.undone_if_unrecorded():
            yard.site.merge(yard.visits[7], yard.visits[8], said, SYNCED)
            raise StoreFailed("the disk is full")

    with pytest.raises(StoreFailed):
        fails()
    assert (yard.site.open_visits, yard.site.ends()) == (before, ())
    assert kinds(yard.merge(7, 8)).count("anomaly.resolved") == 2


def test_a_corrected_plate_revises_its_visit_and_completes_the_open_half_that_has_it(yard: Yard) -> None:
    told = yard.correct("pass-2", "CF 207-358", "XX999YY")
    assert kinds(told) == ["visit.revised", "visit.merged", "visit.closed", "visit.revised"]
    word = told[1].body
    assert isinstance(word, Regrouping)
    assert (word.number, word.other_number, word.who) == (7, 8, RULE)
    assert word.why == "the plate was corrected to CF 207-358 by piet"
    assert yard.visits[7].paired_by == "plate"


def test_a_corrected_plate_that_belongs_to_nobody_pairs_nothing(yard: Yard) -> None:
    assert kinds(yard.correct("pass-2", "GP 1", "XX999YY")) == ["visit.revised"]
    assert yard.open == [7, 8]


def test_a_corrected_plate_that_is_as_near_to_two_pairs_none(yard: Yard) -> None:
    yard.cross("07 09:00:00", Direction.IN, "CF207350")
    assert kinds(yard.correct("pass-2", "CF207355", "XX999YY")) == ["visit.revised"]


def test_a_side_that_was_paired_wrongly_goes_to_the_half_whose_plate_it_has(yard: Yard) -> None:
    yard.cross("08 08:00:00", Direction.IN, "CY88431")
    yard.cross("08 09:00:00", Direction.OUT, "CY88431")
    told = yard.correct("pass-4", "CF207358", "CY88431")
    assert kinds(told) == [
        *("visit.revised", "visit.split", "visit.revised", "visit.opened"),
        *("visit.merged", "visit.closed", "visit.revised"),
    ]
    assert [(side.pass_id) for side in yard.visits[7].sides] == ["pass-1", "pass-4"]
    assert yard.open == [8, 9]
    assert yard.visits[10].sides == ()


def test_a_side_stays_where_it_is_when_nobody_open_has_its_corrected_plate(yard: Yard) -> None:
    yard.cross("08 08:00:00", Direction.IN, "CY88431")
    yard.cross("08 09:00:00", Direction.OUT, "CY88431")
    assert kinds(yard.correct("pass-4", "GP 1", "CY88431")) == ["visit.revised"]
    assert len(yard.visits[9].sides) == 2


def test_a_day_is_reconciled_once_and_a_night_slept_through_is_made_up_for(yard: Yard) -> None:
    site = yard.site
    assert site.reconciliation_due(wall("08 02:00:00")) is None, "the first look only notes the time"
    assert site.reconciliation_due(wall("08 03:00:30")) is None, "late passes are waited for"
    due = site.reconciliation_due(wall("08 03:01:00"))
    assert due == (wall("07 03:00:00"), wall("08 03:00:00"))
    (told,) = site.reconcile(due, DayCount(passes=8, read=6, closed=3), SYNCED)
    body = told.body
    assert isinstance(body, Reconciliation)
    assert replace(body, by_class=()) == Reconciliation("yard", due[1], 1, 1, 1, 3, 0, 8, 0.75)
    assert [(one.class_name, one.count) for one in body.by_class] == [("car", 1)]
    assert told.wall_ns == due[1]
    assert site.reconciliation_due(wall("08 03:01:01")) is None
    assert site.reconciliation_due(wall("11 09:00:00")) == (wall("10 03:00:00"), wall("11 03:00:00"))
    assert site.reconciliation_due(wall("01 09:00:00")) is not None, "a clock that was set back silences nothing"
    site.resume(wall("11 03:00:00"))
    assert site.reconciliation_due(wall("11 09:00:00")) is None, "a restart tells no night twice"


def test_half_visits_older_than_the_site_waits_are_set_aside_and_count_as_nobody_inside(yard: Yard) -> None:
    raised = [one.body for one in yard.tick("08 03:02:00") if isinstance(one.body, Anomaly)]
    assert len(raised) == 2
    site = yard.site
    site.resume(wall("08 03:00:00"))
    due = (wall("08 03:00:00") + 30 * 86_400 * 10**9, wall("09 03:00:00") + 30 * 86_400 * 10**9)
    drafts = yard.hear(site.reconcile(due, DayCount(), SYNCED))
    assert kinds(drafts) == ["visit.closed", "visit.closed", "site.reconciled"]
    body = drafts[-1].body
    assert isinstance(body, Reconciliation)
    assert (body.inside, body.without_entry, body.set_aside, body.read_rate) == (0, 0, 2, None)
    assert yard.open == []
    assert site.ends() == (), "what was told of them waits for somebody all the same"
    assert kinds(yard.merge(7, 8))[:2] == ["visit.merged", "visit.closed"], "a person can still put them together"


def test_who_is_inside_is_counted_by_class_and_an_exit_alone_is_nobody(yard: Yard) -> None:
    yard.cross("07 18:00:00", Direction.IN, "GP404911", "truck")
    assert [(one.class_name, one.count) for one in yard.site.inside] == [("car", 1), ("truck", 1)]
    yard.cross("07 19:00:00", Direction.OUT, "GP404911", "truck")
    assert [(one.class_name, one.count) for one in yard.site.inside] == [("car", 1)]


def test_every_event_of_a_regrouping_is_of_its_kind(yard: Yard) -> None:
    yard.merge(7, 8)
    yard.split(7)
    assert all(isinstance(one.body, Regrouping) for one in yard.told if one.kind is EventKind.VISIT_SPLIT)
    revisions = [one.body.revision for one in yard.told if isinstance(one.body, Visit) and one.body.number == 7]
    assert revisions == [1, 2, 3]
