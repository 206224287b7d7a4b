"""Passes, visits and plates are compared with the truth as the replay benchmark defines it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from edge.types import Direction, Pass, Plate, Stage, Visit, VisitSide, VisitState
from edge.workshop.gate.scores import GateScore, ToldPass, score
from edge.workshop.gate.truth import ReplayTruth, TruePass

IN, OUT, UNKNOWN = Direction.IN, Direction.OUT, Direction.UNKNOWN
TRUTH = ReplayTruth(
    "day-00",
    "day",
    12.5,
    70.0,
    (
        TruePass(1, "car", "main-line", "in", 10_000_000_000, ("CA 123-456",)),
        TruePass(2, "car", "main-line", "out", 10_400_000_000, ()),
        TruePass(1, "car", "main-line", "out", 40_000_000_000, ("CA 123-456",)),
    ),
    ((0, 2), (None, 1)),
    {1: ("CA 123-456",), 2: ("CF 9",)},
)


def told(number: int, second: float, way: Direction, *plates: str, line: str = "main-line", **more: object) -> ToldPass:
    pass_ = Pass(
        pass_id=f"p{number}",
        stage=Stage.FINAL,
        revision=2,
        camera_id="gate",
        track_id=number,
        line_id=line,
        road_id="main",
        direction=way,
        direction_confidence=1.0,
        wall_ns=0,
        class_name="car",
        plates=tuple(Plate(text, 0.9, 3, 3) for text in plates),
    )
    usual = ToldPass(pass_, second, second + 0.4, second + 3, second + 2)
    return replace(usual, **more)  # type: ignore[arg-type]  # fields of the row by name


def visit(number: int, entry: str | None, leaving: str | None) -> Visit:
    first, last = (VisitSide(key, "gate", "main", 0, "car") if key else None for key in (entry, leaving))
    return Visit(f"v{number}", number, VisitState.OPEN, 1, first, last)


ALL = [told(1, 10.0, IN, "CA 123-456"), told(2, 10.4, OUT), told(3, 40.1, OUT, "CA123456")]
VISITS = [visit(1, "p1", "p3"), visit(2, None, "p2")]


def figures(*told_passes: ToldPass, visits: list[Visit] | None = None) -> dict[str, float | int | None]:
    return score(TRUTH, told_passes, VISITS if visits is None else visits).figures


def test_who_tells_everything_is_right_throughout() -> None:
    found = figures(*ALL)
    assert found["visit_recall"] == found["visit_precision"] == found["visits_per_pass"] == 1
    assert found["direction_accuracy"] == found["plate_exact_voted"] == 1
    assert found["plate_wrong_vehicle"] == found["false_passes"] == found["direction_unknown"] == 0
    assert found["provisional_p95_s"] == pytest.approx(0.4)
    assert found["final_p95_s"] == pytest.approx(1.0)


def test_two_that_pass_each_other_on_the_line_are_told_apart_by_their_ways() -> None:
    swapped = [told(1, 10.4, IN, "CA 123-456"), told(2, 10.0, OUT), ALL[2]]
    assert figures(*swapped)["direction_accuracy"] == 1


def test_an_unknown_direction_is_neither_right_nor_missed() -> None:
    found = figures(told(1, 10.0, UNKNOWN), ALL[1], ALL[2])
    assert found["direction_accuracy"] == pytest.approx(2 / 3, abs=1e-4)
    assert found["direction_unknown"] == pytest.approx(1 / 3, abs=1e-4)


@pytest.mark.parametrize(
    "strange",
    [told(4, 20.0, IN), told(4, 10.2, IN), told(4, 10.0, IN, line="side-line")],
    ids=["time", "twice", "line"],
)
def test_a_pass_that_is_none_is_false(strange: ToldPass) -> None:
    assert figures(*ALL, strange)["false_passes"] == 1


def test_a_visit_of_one_vehicle_with_another_ones_exit_is_wrong_and_so_is_what_is_left() -> None:
    found = figures(*ALL, visits=[visit(1, "p1", "p2"), visit(2, None, "p3")])
    assert (found["visit_recall"], found["visit_precision"]) == (0, 0)


def test_a_pass_that_two_visits_claim_counts_twice() -> None:
    again = told(4, 10.3, IN)
    found = figures(*ALL, again, visits=[*VISITS, visit(3, "p4", None)])
    assert found["visits_per_pass"] == pytest.approx(4 / 3, abs=1e-4)
    assert found["visit_precision"] == pytest.approx(2 / 3, abs=1e-4)


def test_a_plate_of_another_vehicle_is_stolen_and_one_of_nobody_only_wrong() -> None:
    found = figures(ALL[0], told(2, 10.4, OUT, "CA 123-456"), told(3, 40.1, OUT, "CA 123-458"))
    assert found["plate_wrong_vehicle"] == 1
    assert found["plate_exact_voted"] == 0.5


def test_a_single_look_is_worth_the_share_of_looks_that_read_the_plate() -> None:
    first = replace(ALL[0], reads=(("CA123456",), ("CA 123-45",), (), ("CA 123-456", "FUEL")))
    assert score(TRUTH, [first, *ALL[1:]], VISITS).single == pytest.approx(2 / 3)


def test_scores_of_replays_add_up() -> None:
    both = score(TRUTH, ALL, VISITS) + score(TRUTH, ALL[:1], [])
    assert (both.passes, both.found, both.visits, both.visits_right) == (6, 4, 4, 2)
    assert len(both.provisional_s) == 4
    assert GateScore().figures["visit_recall"] is None
