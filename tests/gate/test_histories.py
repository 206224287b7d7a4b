"""Whatever a day brings, and people say: no negative dwell, no visit closed twice, no event without its cause."""

from __future__ import annotations

import itertools
from collections.abc import Callable

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from edge.errors import UsageError
from edge.gate.corrections import corrected
from edge.gate.regroup import Regrouped, Saying, correct, merge, split
from edge.gate.visits import Ledger, VisitChange
from edge.types import (
    Correction,
    Direction,
    EventKind,
    Pass,
    Plate,
    Regrouping,
    Stage,
    Visit,
    VisitSide,
    VisitState,
)

PLATES = ("CF207358", "CF207350", "GP991ZZ", "")
sides = st.sampled_from((Direction.IN, Direction.OUT, Direction.UNKNOWN))


class Visits(RuleBasedStateMachine):
    """Books passes in any order, with any plates and looks, revised or repeated, over cold starts.

    People merge, split and correct whatever they like in between.
    """

    @initialize()
    def begin(self) -> None:
        self.ids = itertools.count(1)
        self.ledger = Ledger(last_number=2200)
        self.booked: dict[str, Pass] = {}
        self.living: list[str] = []  # passes end with the run that saw them; only those may be revised
        self.visits: dict[str, Visit] = {}
        self.words: list[tuple[EventKind, Regrouping]] = []
        self.numbers: list[int] = []

    @rule(
        direction=sides,
        minute=st.integers(0, 3000),
        plate=st.sampled_from(PLATES),
        class_name=st.sampled_from(("car", "truck")),
        dhash=st.sampled_from((0, 7, 2**64 - 1)),
        stage=st.sampled_from((Stage.FINAL, Stage.FINAL, Stage.PROVISIONAL, Stage.ANNULLED)),
        track=st.integers(1, 30),
        line=st.sampled_from(("l", "l", "l2")),
    )
    def book(
        self,
        direction: Direction,
        minute: int,
        plate: str,
        class_name: str,
        dhash: int,
        stage: Stage,
        track: int,
        line: str,
    ) -> None:
        plates = (Plate(plate, 0.9, 5, 5),) if plate else ()
        pass_id, wall_ns = f"pass-{next(self.ids)}", minute * 60_000_000_000
        self.take(Pass(pass_id, stage, 2, "cam", track, line, "r", direction, 0.9, wall_ns, class_name, plates, dhash))

    @rule(pick=st.integers(0, 10**6), plate=st.sampled_from(PLATES))
    def revise(self, pick: int, plate: str) -> None:
        if self.living:
            old = self.booked[self.living[pick % len(self.living)]]
            plates = (Plate(plate, 0.9, 5, 5),) if plate else ()
            self.take(
                Pass(
                    old.pass_id, old.stage, old.revision + 1, old.camera_id, old.track_id, old.line_id, old.road_id,
                    old.direction, 0.9, old.wall_ns, old.class_name, plates, old.dhash,
                )
            )  # fmt: skip

    @rule(first=st.integers(0, 10**6), second=st.integers(0, 10**6))
    def merge(self, first: int, second: int) -> None:
        if self.visits:
            one, other = self.pick(first), self.pick(second)
            self.regroup(lambda: merge(self.ledger, one, other, Saying("p", "x", 0)))

    @rule(pick=st.integers(0, 10**6))
    def split(self, pick: int) -> None:
        if self.visits:
            visit = self.pick(pick)
            emptied = self.emptied_into(visit.visit_id)
            self.regroup(lambda: split(self.ledger, visit, emptied, Saying("p", "x", 0), self.make_id))

    @rule(pick=st.integers(0, 10**6), plate=st.sampled_from(PLATES[:3]))
    def correct(self, pick: int, plate: str) -> None:
        sides = [(visit, side) for visit in self.visits.values() for side in visit.sides]
        if sides:
            visit, side = sides[pick % len(sides)]
            was = side.plates[0].text if side.plates else None
            said = Correction(side.pass_id, "cam", "p", "x", 0, plate=plate, was_plate=was)
            known = corrected(side, (said,))
            self.regroup(lambda: correct(self.ledger, visit, known, said, self.emptied_into, self.make_id))

    @rule(minute=st.integers(0, 3000))
    def set_aside(self, minute: int) -> None:
        self.ledger, changes = self.ledger.set_aside(minute * 60_000_000_000)
        for change in changes:
            self.follow(change.kind, change.visit)

    @rule()
    def restart(self) -> None:
        self.ledger = Ledger(self.ledger.last_number, self.ledger.open)
        self.living = []

    def take(self, pass_: Pass) -> None:
        self.ledger, changes = self.ledger.take(pass_, self.make_id)
        self.booked[pass_.pass_id] = pass_
        self.living = [*self.living, pass_.pass_id][-20:]
        for number, change in enumerate(changes):
            self.check(change, pass_, first=number == 0)

    def make_id(self, _: int) -> str:
        return f"visit-{next(self.ids)}"

    def pick(self, pick: int) -> Visit:
        return list(self.visits.values())[pick % len(self.visits)]

    def emptied_into(self, visit_id: str) -> Visit | None:
        return next((visit for visit in self.visits.values() if visit.merged_into == visit_id), None)

    def regroup(self, ask: Callable[[], Regrouped]) -> None:
        try:
            self.ledger, told = ask()
        except UsageError:
            return
        for kind, body in told:
            if isinstance(body, Visit):
                self.follow(kind, body)
            else:
                self.words.append((kind, body))

    def check(self, change: VisitChange, cause: Pass, *, first: bool) -> None:
        visit = change.visit
        assert cause.stage is Stage.FINAL
        assert cause.direction is not Direction.UNKNOWN
        if first:
            lines = [line for side in visit.sides for line in side.route]
            assert cause.pass_id in pass_ids(visit) or "cam/l2" in lines, "a change has its pass as its cause"
        self.follow(change.kind, visit)

    def follow(self, kind: EventKind, visit: Visit) -> None:
        before = self.visits.get(visit.visit_id)
        assert visit.revision == (1 if before is None else before.revision + 1)
        assert (kind is EventKind.VISIT_OPENED) == (before is None)
        if before is None:
            self.numbers.append(visit.number)
        else:
            assert (visit.number, visit.visit_id) == (before.number, before.visit_id)
        if kind is EventKind.VISIT_CLOSED:
            # One that was set aside closes once more when a person finds its other half, and only then.
            assert before is not None
            assert before.state is VisitState.OPEN or len(before.sides) < len(visit.sides)
        assert all(pass_id in self.booked for pass_id in pass_ids(visit))
        self.visits[visit.visit_id] = visit

    @invariant()
    def no_dwell_is_negative(self) -> None:
        assert all(visit.dwell_s is None or visit.dwell_s >= 0 for visit in self.visits.values())

    @invariant()
    def an_open_visit_has_one_side_and_the_ledger_knows_all_of_them(self) -> None:
        still = {visit.visit_id: visit for visit in self.visits.values() if visit.state is VisitState.OPEN}
        assert all(len(visit.sides) == 1 for visit in still.values())
        assert {visit.visit_id: visit for visit in self.ledger.open} == still

    @invariant()
    def a_visit_without_a_side_gave_it_to_one_with_two(self) -> None:
        for visit in self.visits.values():
            assert (visit.merged_into is not None) == (not visit.sides)
            if visit.merged_into is not None:
                assert len(self.visits[visit.merged_into].sides) == 2

    @invariant()
    def every_word_of_a_regrouping_names_two_visits_and_a_pass_of_theirs(self) -> None:
        for _, word in self.words:
            assert word.visit_id != word.other_id
            assert {word.visit_id, word.other_id} <= self.visits.keys()
            assert word.pass_id in self.booked

    @invariant()
    def a_pass_is_in_one_visit_and_on_its_own_side(self) -> None:
        held = [pass_id for visit in self.visits.values() for pass_id in pass_ids(visit)]
        assert len(held) == len(set(held))
        for visit in self.visits.values():
            assert direction_of(self, visit.entry) in {None, Direction.IN}
            assert direction_of(self, visit.exit) in {None, Direction.OUT}

    @invariant()
    def numbers_count_up_without_a_gap(self) -> None:
        assert self.numbers == list(range(2201, 2201 + len(self.numbers)))


def pass_ids(visit: Visit) -> list[str]:
    return [side.pass_id for side in (visit.entry, visit.exit) if side is not None]


def direction_of(machine: Visits, side: VisitSide | None) -> Direction | None:
    return None if side is None else machine.booked[side.pass_id].direction


TestVisits = Visits.TestCase
TestVisits.settings = settings(max_examples=80, stateful_step_count=40, deadline=None)
