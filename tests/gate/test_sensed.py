"""What the boom's input tells, put beside what was decided and seen."""

from __future__ import annotations

from edge.gate.sensed import Sensed
from edge.types import Access, Decision, Direction, Match, Opening, Pass, Stage

SECOND = 1_000_000_000
OPENING = Opening("o", "cam", 1, "car", 0, 2.0, Access(Decision.ALLOW, Match.EXACT, "known"), road_id="main")


def passing(revision: int = 1) -> Pass:
    return Pass("p", Stage.PROVISIONAL, revision, "cam", 1, "l", "main", Direction.IN, 0.9, 0, "car")


def test_an_opening_of_ours_is_named_and_counts_who_was_seen_once() -> None:
    sensed = Sensed("boom")
    sensed.opened([OPENING])
    up = sensed.take(3 * SECOND, on=True)
    sensed.passed(passing())
    sensed.passed(passing(2))
    down = sensed.take(10 * SECOND, on=False)
    assert up is not None
    assert down is not None
    assert (up.opening_id, up.in_words) == ("o", "boom open")
    assert (down.lasted_s, down.passes, down.in_words) == (7.0, 1, "boom shut after 7.0 s, 1 seen")


def test_a_boom_that_nobody_opened_and_nobody_came_through_says_so() -> None:
    sensed = Sensed("loop")
    sensed.opened([OPENING])
    up, down = sensed.take(60 * SECOND, on=True), sensed.take(62 * SECOND, on=False)
    assert up is not None
    assert down is not None
    assert (up.opening_id, up.in_words) == (None, "loop occupied, not by us")
    assert down.in_words == "loop free after 2.0 s, nobody was seen"


def test_what_does_not_change_is_not_told() -> None:
    sensed = Sensed("boom")
    assert sensed.take(0, on=False) is None
    assert sensed.take(1, on=True) is not None
    assert sensed.take(2, on=True) is None
