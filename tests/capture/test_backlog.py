"""Falling behind a live stream: noticed after the limit, over as soon as a read had to wait."""

from __future__ import annotations

from edge.capture.backlog import LIMIT_NS, Backlog

STEP_NS = 40_000_000


def test_a_reader_that_keeps_up_is_never_behind() -> None:
    backlog = Backlog()
    assert not any(backlog.note(9 + number * STEP_NS, number * STEP_NS, STEP_NS // 2) for number in range(1000))


def test_a_slow_reader_is_behind_after_the_limit_and_not_before() -> None:
    backlog = Backlog()
    noted = [backlog.note(number * 2 * STEP_NS, number * STEP_NS, 0) for number in range(100)]
    assert noted.index(True) == LIMIT_NS // STEP_NS + 1


def test_waiting_for_data_means_having_caught_up() -> None:
    backlog = Backlog()
    backlog.note(0, 0, 0)
    assert backlog.note(LIMIT_NS + STEP_NS, 0, 0)
    assert backlog.note(LIMIT_NS + 2 * STEP_NS, STEP_NS, 0)
    assert not backlog.note(LIMIT_NS + 3 * STEP_NS, 2 * STEP_NS, STEP_NS)


def test_stamps_that_jump_back_are_forgiven_at_the_next_wait() -> None:
    backlog = Backlog()
    backlog.note(0, 10**12, STEP_NS)
    assert not backlog.note(STEP_NS, 0, STEP_NS)
    assert not backlog.note(2 * STEP_NS, STEP_NS, 0)
