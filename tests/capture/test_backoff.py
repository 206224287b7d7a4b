"""Back-off: grows, is bounded, never in step, starts over."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from edge.capture.backoff import Backoff


def test_waits_double_up_to_the_bound_and_start_over() -> None:
    backoff = Backoff(0.25, 2.0, lambda: 1.0)
    assert [backoff.next_s() for _ in range(5)] == [0.25, 0.5, 1.0, 2.0, 2.0]
    backoff.reset()
    assert backoff.next_s() == 0.25


@given(st.integers(0, 5000), st.floats(0, 1, exclude_max=True))
def test_a_wait_is_never_zero_nor_over_the_bound(attempts: int, draw: float) -> None:
    backoff = Backoff(0.25, 2.0, lambda: draw)
    waits = [backoff.next_s() for _ in range(min(attempts, 50) + 1)]
    assert all(0.125 <= wait <= 2.0 for wait in waits)


def test_two_cameras_do_not_return_in_step() -> None:
    low, high = Backoff(0.25, 2.0, lambda: 0.0), Backoff(0.25, 2.0, lambda: 0.9)
    assert low.next_s() != high.next_s()
