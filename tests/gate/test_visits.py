"""Visits: an entry and an exit of one vehicle become one visit; in doubt they stay apart."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace

import pytest

from edge.gate.visits import Ledger, VisitChange
from edge.types import Direction, EventKind, NoPlate, Pass, Plate, Stage, Visit, VisitState

HOUR = 3600.0
WALL_NS = 1_700_000_000_000_000_000
RED, BLUE = 0x0123456789ABCDEF, 0xFEDCBA9876543210


class Gate:
    """Books passes one after the other."""

    def __init__(self, ledger: Ledger | None = None) -> None:
        self.ledger = ledger or Ledger()
        self.history: list[VisitChange] = []
        self._tracks = itertools.count(1)
        self._ids = itertools.count(1)

    def book(self, pass_: Pass) -> list[VisitChange]:
        self.ledger, changes = self.ledger.take(pass_, self._visit_id)
        self.history += changes
        return list(changes)

    def _visit_id(self, _: int) -> str:
        return f"visit-{next(self._ids)}"

    def pass_(
        self,
        direction: Direction,
        t: float,
        plate: str = "",
        *,
        class_name: str = "car",
        dhash: int = RED,
        camera: str = "cam",
        track: int | None = None,
    ) -> Pass:
        number = next(self._tracks) if track is None else track
        plates = (Plate(plate, 0.95, 6, 6),) if plate else ()
        return Pass(
            f"{camera}-{number}-{direction.value}-{t}", Stage.FINAL, 2, camera, number, "gate", "main", direction, 0.9,
            WALL_NS + round(t * 1e9), class_name, plates, dhash,
        )  # fmt: skip

    def enter(
        self, t: float, plate: str = "", *, class_name: str = "car", dhash: int = RED, camera: str = "cam"
    ) -> list[VisitChange]:
        return self.book(self.pass_(Direction.IN, t, plate, class_name=class_name, dhash=dhash, camera=camera))

    def leave(self, t: float, plate: str = "", *, class_name: str = "car", dhash: int = RED) -> list[VisitChange]:
        return self.book(self.pass_(Direction.OUT, t, plate, class_name=class_name, dhash=dhash))


def kinds(changes: list[VisitChange]) -> list[EventKind]:
    return [change.kind for change in changes]


OPENED, CLOSED, REVISED = EventKind.VISIT_OPENED, EventKind.VISIT_CLOSED, EventKind.VISIT_REVISED


def test_an_entry_opens_a_visit_and_the_same_plate_closes_it() -> None:
    gate = Gate(Ledger(last_number=2200))
    (opened,) = gate.enter(0, "CF 207-358")
    assert (opened.kind, opened.visit.number, opened.visit.state) == (OPENED, 2201, VisitState.OPEN)
    (closed,) = gate.leave(HOUR, "CF207358", dhash=BLUE)
    assert (closed.kind, closed.visit.visit_id, closed.visit.number) == (CLOSED, opened.visit.visit_id, 2201)
    assert (closed.visit.revision, closed.visit.paired_by, closed.visit.dwell_s) == (2, "plate", HOUR)
    assert not gate.ledger.open


def test_a_misread_look_alike_still_closes_the_right_visit() -> None:
    gate = Gate()
    gate.enter(0, "CF207358")
    gate.enter(60, "CA123456")
    (closed,) = gate.leave(HOUR, "0F2O7358", dhash=BLUE)
    assert closed.visit.entry is not None
    assert closed.visit.entry.plates[0].text == "CF207358"
    assert closed.visit.paired_by == "near-plate"


def test_two_open_plates_equally_near_leave_the_exit_unpaired() -> None:
    gate = Gate()
    gate.enter(0, "CF207351", dhash=BLUE)
    gate.enter(60, "CF207352", dhash=BLUE)
    (half,) = gate.leave(HOUR, "CF207353")
    assert half.kind is OPENED
    assert half.visit.entry is None


def test_an_exit_without_an_entry_is_half_a_visit_with_a_number_of_its_own() -> None:
    gate = Gate()
    (half,) = gate.leave(0, "CF207358")
    assert (half.kind, half.visit.number, half.visit.state, half.visit.dwell_s) == (OPENED, 1, VisitState.OPEN, None)


def test_an_exit_before_the_entry_is_another_visit() -> None:
    gate = Gate()
    gate.enter(HOUR, "CF207358")
    assert kinds(gate.leave(0, "CF207358")) == [OPENED]


def test_an_entry_told_after_its_exit_completes_the_half_visit() -> None:
    gate = Gate()
    (half,) = gate.leave(HOUR, "CF207358")
    (closed,) = gate.enter(0, "CF207358")
    assert (closed.kind, closed.visit.visit_id, closed.visit.dwell_s) == (CLOSED, half.visit.visit_id, HOUR)


def test_two_open_visits_of_one_plate_close_the_last_first() -> None:
    gate = Gate()
    gate.enter(0, "CF207358")
    gate.enter(HOUR, "CF207358")
    (closed,) = gate.leave(2 * HOUR, "CF207358")
    assert closed.visit.number == 2


def test_without_plates_the_same_looks_close_the_visit() -> None:
    gate = Gate()
    gate.enter(0, dhash=RED)
    gate.enter(60, dhash=BLUE)
    (closed,) = gate.leave(HOUR, dhash=BLUE ^ 0b111)
    assert (closed.visit.number, closed.visit.paired_by) == (2, "appearance")


def test_without_plates_the_only_vehicle_of_its_class_inside_is_the_one_that_leaves() -> None:
    gate = Gate()
    gate.enter(0, class_name="truck", dhash=RED)
    (closed,) = gate.leave(HOUR, class_name="truck", dhash=BLUE)
    assert closed.visit.paired_by == "elimination"


@pytest.mark.parametrize("second", ["car", "truck"])
def test_without_plates_two_possible_vehicles_stay_unpaired(second: str) -> None:
    gate = Gate()
    gate.enter(0, class_name="truck", dhash=RED)
    gate.enter(60, class_name=second, dhash=RED)
    assert kinds(gate.leave(HOUR, class_name="truck", dhash=BLUE)) == [OPENED]


def test_another_plate_is_another_vehicle_however_alike_they_look() -> None:
    gate = Gate()
    gate.enter(0, "CF207358", dhash=RED)
    assert kinds(gate.leave(HOUR, "GP991ZZ", dhash=RED)) == [OPENED]


def test_without_a_plate_a_visit_of_days_is_not_believed() -> None:
    gate = Gate()
    gate.enter(0)
    assert kinds(gate.leave(30 * HOUR)) == [OPENED]


def test_with_a_plate_a_visit_of_days_is_one_visit() -> None:
    gate = Gate()
    gate.enter(0, "CF207358")
    assert kinds(gate.leave(300 * HOUR, "CF207358")) == [CLOSED]


def test_a_visit_closed_on_looks_is_mended_when_the_plate_turns_up() -> None:
    gate = Gate()
    (entry,) = gate.enter(0, "CF207358", dhash=RED)
    (wrong,) = gate.leave(HOUR, dhash=RED)
    assert wrong.visit.paired_by == "appearance"
    mended, half = gate.leave(2 * HOUR, "CF207358", dhash=BLUE)
    assert (mended.kind, mended.visit.visit_id, mended.visit.paired_by) == (REVISED, entry.visit.visit_id, "plate")
    assert (mended.visit.revision, mended.visit.dwell_s) == (3, 2 * HOUR)
    assert (half.kind, half.visit.exit) == (OPENED, wrong.visit.exit)


def test_a_later_revision_of_a_pass_revises_its_visit_once() -> None:
    gate = Gate()
    entry = gate.pass_(Direction.IN, 0)
    gate.book(entry)
    learnt = replace(entry, revision=3, plates=(Plate("CF207358", 0.9, 5, 5),))
    (revised,) = gate.book(learnt)
    assert (revised.kind, revised.visit.revision) == (REVISED, 2)
    assert not gate.book(learnt)
    assert kinds(gate.leave(HOUR, "CF207358", dhash=BLUE)) == [CLOSED]


@pytest.mark.parametrize("stage", [Stage.PROVISIONAL, Stage.ANNULLED])
def test_only_final_passes_are_booked(stage: Stage) -> None:
    gate = Gate()
    assert not gate.book(replace(gate.pass_(Direction.IN, 0), stage=stage))


def test_a_pass_of_unknown_direction_belongs_to_no_visit() -> None:
    gate = Gate()
    assert not gate.book(gate.pass_(Direction.UNKNOWN, 0, "CF207358"))


def test_one_vehicle_over_two_lines_or_before_two_cameras_is_booked_once() -> None:
    gate = Gate()
    first = gate.pass_(Direction.IN, 0, track=5)
    gate.book(first)
    route = replace(gate.pass_(Direction.IN, 8, track=5), line_id="inner")
    gate.book(route)
    assert gate.ledger.visit_of(route) == gate.ledger.visit_of(first) == "visit-1"
    gate.enter(100, "CF207358", camera="front")
    gate.enter(103, "CF 207 358", camera="rear")
    assert [visit.entry.route for visit in gate.ledger.open if visit.entry] == [
        ("cam/gate", "cam/inner"),
        ("front/gate", "rear/gate"),
    ]


def test_a_route_stands_in_the_order_of_time_whichever_line_is_told_first_and_each_line_once() -> None:
    gate = Gate()
    passes = [
        replace(gate.pass_(Direction.IN, at, track=5), line_id=line) for at, line in ((9, "c"), (2, "a"), (5, "b"))
    ]
    for pass_ in (*passes, passes[1]):
        gate.book(pass_)
    assert [change.kind for change in gate.history] == [OPENED, REVISED, REVISED]
    (visit,) = gate.ledger.open
    assert visit.entry is not None
    assert (visit.entry.route, visit.entry.wall_ns) == (("cam/a", "cam/b", "cam/c"), passes[0].wall_ns)
    gate.book(replace(passes[0], revision=3, plates=(Plate("CF207358", 0.9, 5, 5),)))
    assert gate.ledger.open[0].entry is not None
    assert gate.ledger.open[0].entry.route == ("cam/a", "cam/b", "cam/c"), "a later revision keeps it"


def test_half_visits_that_nobody_waits_for_close_as_they_are() -> None:
    gate = Gate()
    gate.enter(0, "CF207358")
    gate.leave(HOUR, "GP991ZZ")
    gate.enter(2 * HOUR, "CA1")
    ledger, changes = gate.ledger.set_aside(WALL_NS + round(1.5 * HOUR * 1e9))
    assert [(change.kind, change.visit.number, change.visit.state) for change in changes] == [
        (CLOSED, 1, VisitState.CLOSED),
        (CLOSED, 2, VisitState.CLOSED),
    ]
    assert [change.visit.dwell_s for change in changes] == [None, None]
    assert [visit.number for visit in ledger.open] == [3]
    assert ledger.set_aside(0) == (ledger, ())


def test_the_same_plate_again_much_later_is_a_visit_of_its_own() -> None:
    gate = Gate()
    gate.enter(0, "CF207358")
    assert kinds(gate.enter(HOUR, "CF207358")) == [OPENED]


def test_open_visits_survive_a_cold_start() -> None:
    before = Gate()
    before.enter(0, "CF207358")
    after = Gate(Ledger(last_number=before.ledger.last_number, open=before.ledger.open))
    assert kinds(after.leave(HOUR, "CF207358", dhash=BLUE)) == [CLOSED]
    assert after.enter(2 * HOUR, "CA1")[0].visit.number == 2


def test_memory_is_bounded() -> None:
    gate = Gate(Ledger(open=tuple(_visit(number) for number in range(5000))))
    opened, crowded_out = gate.enter(0, "CF207358")
    assert (opened.kind, crowded_out.kind, crowded_out.visit.visit_id) == (OPENED, CLOSED, "old-0")
    assert len(gate.ledger.open) == 5000
    assert len(gate.ledger.heard) == 1


def _visit(number: int) -> Visit:
    return Visit(f"old-{number}", number, VisitState.OPEN, 1)


def test_ids_come_from_the_function_given() -> None:
    asked: list[int] = []

    def make_id(wall_ns: int) -> str:
        asked.append(wall_ns)
        return "id"

    maker: Callable[[int], str] = make_id
    Ledger().take(Gate().pass_(Direction.IN, 5, "CF207358"), maker)
    assert asked == [WALL_NS + 5_000_000_000]


def test_who_leaves_comes_back_and_leaves_again_within_half_a_minute_left_twice() -> None:
    gate = Gate()
    gate.leave(0, "NJ 2235")
    gate.enter(15, "NJ 2235")
    (closed,) = gate.leave(29, "NJ 2235")
    assert (closed.kind, closed.visit.dwell_s) == (CLOSED, 14.0)
    assert not gate.leave(30, "NJ 2235")


@pytest.mark.parametrize("lost", ["", "CF 207-358"])
def test_a_motorcycle_is_paired_though_a_car_without_a_plate_is_inside(lost: str) -> None:
    gate = Gate()
    gate.enter(0, lost, class_name="car", dhash=RED)
    (opened,) = gate.enter(10, class_name="motorcycle", dhash=BLUE)
    (closed,) = gate.leave(60, "PB 777 TL", class_name="motorcycle", dhash=RED)
    assert (closed.visit.visit_id, closed.visit.paired_by) == (opened.visit.visit_id, "elimination")


def test_who_left_without_a_plate_in_clear_pictures_is_who_came_without_one() -> None:
    gate = Gate()
    (bare,) = gate.enter(0, dhash=RED)
    gate.enter(10, "WK 03040", dhash=BLUE)
    seen = replace(gate.pass_(Direction.OUT, 60, dhash=0x5555555555555555), no_plate=NoPlate.NOT_FOUND)
    (closed,) = gate.book(seen)
    assert (closed.visit.visit_id, closed.kind) == (bare.visit.visit_id, CLOSED)


def test_a_vehicle_of_clearly_another_colour_is_another_vehicle() -> None:
    gate = Gate()
    (red,) = gate.book(replace(gate.pass_(Direction.IN, 0, dhash=RED), colour="red"))
    gate.book(replace(gate.pass_(Direction.IN, 10, dhash=RED), colour="white"))
    (closed,) = gate.book(replace(gate.pass_(Direction.OUT, 60, dhash=BLUE), colour="red"))
    assert (closed.visit.visit_id, closed.kind) == (red.visit.visit_id, CLOSED)


def test_a_half_visit_whose_times_may_be_wrong_is_waited_for_though_it_looks_old() -> None:
    gate = Gate()
    (doubted,) = gate.enter(0, "CF 207-358")
    gate.enter(10, "WK 03040")
    ledger, changes = gate.ledger.set_aside(WALL_NS + round(40 * 24 * HOUR * 1e9), {doubted.visit.visit_id})
    assert [visit.visit_id for visit in ledger.open] == [doubted.visit.visit_id]
    assert kinds(list(changes)) == [CLOSED]
