"""Whatever a day brings: no negative dwell, no visit closed twice, no event without its cause."""

from __future__ import annotations

import itertools

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from edge.gate.visits import Ledger, VisitChange
from edge.types import Direction, EventKind, Pass, Plate, Stage, Visit, VisitSide, VisitState

PLATES = ("CF207358", "CF207350", "GP991ZZ", "")
sides = st.sampled_from((Direction.IN, Direction.OUT, Direction.UNKNOWN))


class Visits(RuleBasedStateMachine):
    """Books passes in any order, with any plates and looks, revised or repeated, over cold starts."""

    @initialize()
    def begin(self) -> None:
        self.ids = itertools.count(1)
        self.ledger = Ledger(last_number=2200)
        self.booked: dict[str, Pass] = {}
        self.living: list[str] = []  # passes end with the run that saw them; only those may be revised
        self.visits: dict[str, Visit] = {}
        self.closings: dict[str, int] = {}
        self.numbers: list[int] = []

    @rule(
        direction=sides,
        minute=st.integers(0, 3000),
        plate=st.sampled_from(PLATES),
        class_name=st.sampled_from(("car", "truck")),
        dhash=st.sampled_from((0, 7, 2**64 - 1)),
        stage=st.sampled_from((Stage.FINAL, Stage.FINAL, Stage.PROVISIONAL, Stage.ANNULLED)),
        track=st.integers(1, 30),
    )
    def book(
        self, direction: Direction, minute: int, plate: str, class_name: str, dhash: int, stage: Stage, track: int
    ) -> None:
        plates = (Plate(plate, 0.9, 5, 5),) if plate else ()
        pass_id, wall_ns = f"pass-{next(self.ids)}", minute * 60_000_000_000
        self.take(Pass(pass_id, stage, 2, "cam", track, "l", "r", direction, 0.9, wall_ns, class_name, plates, dhash))

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

    @rule()
    def restart(self) -> None:
        self.ledger = Ledger(self.ledger.last_number, self.ledger.open)
        self.living = []

    def take(self, pass_: Pass) -> None:
        self.ledger, changes = self.ledger.take(pass_, lambda _: f"visit-{next(self.ids)}")
        self.booked[pass_.pass_id] = pass_
        self.living = [*self.living, pass_.pass_id][-20:]
        for number, change in enumerate(changes):
            self.check(change, pass_, first=number == 0)

    def check(self, change: VisitChange, cause: Pass, *, first: bool) -> None:
        visit, before = change.visit, self.visits.get(change.visit.visit_id)
        assert cause.stage is Stage.FINAL
        assert cause.direction is not Direction.UNKNOWN
        if first:
            assert cause.pass_id in pass_ids(visit), "a change has its pass as its cause"
        assert visit.revision == (1 if before is None else before.revision + 1)
        assert (change.kind is EventKind.VISIT_OPENED) == (before is None)
        if before is None:
            self.numbers.append(visit.number)
        else:
            assert (visit.number, visit.visit_id) == (before.number, before.visit_id)
        if change.kind is EventKind.VISIT_CLOSED:
            self.closings[visit.visit_id] = self.closings.get(visit.visit_id, 0) + 1
        assert all(pass_id in self.booked for pass_id in pass_ids(visit))
        self.visits[visit.visit_id] = visit

    @invariant()
    def no_dwell_is_negative(self) -> None:
        assert all(visit.dwell_s is None or visit.dwell_s >= 0 for visit in self.visits.values())

    @invariant()
    def no_visit_closes_twice(self) -> None:
        assert all(count == 1 for count in self.closings.values())

    @invariant()
    def a_closed_visit_has_both_sides_and_an_open_one_has_one(self) -> None:
        for visit in self.visits.values():
            assert (len(pass_ids(visit)) == 2) == (visit.state is VisitState.CLOSED)

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
