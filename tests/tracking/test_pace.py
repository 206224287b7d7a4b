"""How often the detector looks, with and without leave to look at everything."""

from __future__ import annotations

import pytest

from edge.ports import Allowance
from edge.tracking.pace import REDUCED_FPS, Pace
from edge.types import Effort

FRAME_NS = 40_000_000
SECOND_NS = 1_000_000_000


def looks(pace: Pace, *, busy: bool = True, seconds: int = 10) -> int:
    """Count how many of the frames of so many seconds, 25 of them each, are looked at."""
    count = 0
    for at_ns in range(0, seconds * SECOND_NS, FRAME_NS):
        if pace.due(at_ns, busy=busy, cut=False):
            pace.looked(at_ns)
            count += 1
    return count


def with_effort(effort: Effort) -> Allowance:
    allowance = Allowance()
    allowance.effort = effort
    return allowance


def test_every_frame_is_looked_at_while_something_moves() -> None:
    assert looks(Pace(0.0, 5.0)) == 250


@pytest.mark.parametrize(("fps", "count"), [(10.0, 84), (2.0, 20)])
def test_the_configuration_bounds_the_rate(fps: float, count: int) -> None:
    assert looks(Pace(fps, 5.0)) == count  # a third of 25 frames a second is the nearest below 10


@pytest.mark.parametrize("effort", [Effort.LESS_ANALYSIS, Effort.NO_SECOND_MODELS])
def test_doing_less_bounds_it_too_but_never_raises_it(effort: Effort) -> None:
    assert looks(Pace(0.0, 5.0, with_effort(effort))) == REDUCED_FPS * 10
    assert looks(Pace(2.0, 5.0, with_effort(effort))) == looks(Pace(2.0, 5.0))


@pytest.mark.parametrize("effort", Effort)
def test_the_heartbeat_the_first_frame_and_a_cut_are_never_left_out(effort: Effort) -> None:
    pace = Pace(0.0, 5.0, with_effort(effort))
    assert looks(pace, busy=False) == 2
    assert pace.due(10 * SECOND_NS - FRAME_NS + 1, busy=False, cut=True)
    pace.reset()
    assert pace.due(10 * SECOND_NS, busy=False, cut=False)


def test_each_step_leaves_out_one_thing_more() -> None:
    left = [(with_effort(effort).full_analysis, with_effort(effort).second_looks) for effort in Effort]
    assert left == [(True, True), (False, True), (False, False)]
    assert [effort.rank for effort in Effort] == [0, 1, 2]
