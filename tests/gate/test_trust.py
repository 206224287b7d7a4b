"""How long nobody has vouched for the clock is counted once, whoever tells of it and however late."""

from __future__ import annotations

import pytest

from edge.clock import ClockQuality
from edge.gate.trust import ClockTrust

SECOND = 1_000_000_000
PATIENCE_S = 60.0
BAD, GOOD = ClockQuality.UNSYNCED, ClockQuality.SYNCED


@pytest.mark.parametrize("apart_s", [-20.0, -4.0, 0.0, 4.0])
def test_looks_of_two_cameras_and_passes_told_late_count_no_second_twice(apart_s: float) -> None:
    trust = ClockTrust()
    trust.step(0, GOOD, PATIENCE_S)
    for second in range(1, 50):
        for late_s in (0.0, apart_s):
            assert trust.step(round((second + late_s) * SECOND), BAD, PATIENCE_S)
    assert trust.untrusted_s <= 50 + abs(apart_s)


def test_a_clock_that_was_doubted_is_believed_after_five_seconds_whoever_looks_at_it() -> None:
    trust = ClockTrust()
    believed = [
        trust.step(round((second - late_s) * SECOND), BAD if second < 20 else GOOD, PATIENCE_S)
        for second in range(30)
        for late_s in (0.0, 8.0)
    ]
    assert believed.index(True) // 2 == 24


def test_doubt_goes_on_when_the_clock_is_set_far_back() -> None:
    trust = ClockTrust()
    trust.step(7200 * SECOND, GOOD, PATIENCE_S)
    believed = [trust.step(second * SECOND, BAD, PATIENCE_S) for second in range(70)]
    assert believed.index(False) == 60
