"""The pulse: on for a bounded while, whatever is ordered, and off when the service is not heard of."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.boom.pulse import BEAT_S, MOST_S, Pulse
from edge.errors import BoomFailed

SECOND = 1_000_000_000
ORDERS = st.one_of(
    st.tuples(st.just("open"), st.floats(-5, 100)),
    st.tuples(st.just("beat"), st.just(0.0)),
    st.tuples(st.just("pass"), st.floats(0, 60)),
)


class Recorded:
    """An output that notes when it was on."""

    def __init__(self) -> None:
        self.now_ns = 0
        self.on_ns: int | None = None
        self.spans: list[tuple[int, int]] = []

    def set(self, *, on: bool) -> None:
        if on and self.on_ns is None:
            self.on_ns = self.now_ns
        elif not on and self.on_ns is not None:
            self.spans.append((self.on_ns, self.now_ns))
            self.on_ns = None

    def close(self) -> None:
        self.set(on=False)


def passing(pulse: Pulse, line: Recorded, seconds: float) -> None:
    """Let time pass as the keeper does: it wakes when something is due, and not later."""
    end_ns = line.now_ns + round(seconds * SECOND)
    while line.now_ns < end_ns:
        line.now_ns = min(end_ns, line.now_ns + max(1, round(pulse.wait_s(line.now_ns) * SECOND)))
        pulse.step(line.now_ns)


@given(st.lists(ORDERS, max_size=60))
def test_whatever_is_ordered_the_line_is_never_on_for_longer_than_the_maximum(orders: list[tuple[str, float]]) -> None:
    line = Recorded()
    pulse = Pulse(line, 0)
    last_beat_ns = 0
    for order, seconds in orders:
        if order == "open":
            pulse.open(line.now_ns, line.now_ns + round(seconds * SECOND))
        elif order == "beat":
            pulse.beat(line.now_ns)
            last_beat_ns = line.now_ns
        else:
            passing(pulse, line, seconds)
        assert line.on_ns is None or line.now_ns - last_beat_ns <= BEAT_S * SECOND
        assert pulse.on is (line.on_ns is not None)
    line.now_ns += round(MOST_S * SECOND)
    pulse.step(line.now_ns)
    assert line.on_ns is None
    passed = [(end_ns - start_ns) / SECOND for start_ns, end_ns in line.spans[:-1]]
    assert all(seconds <= MOST_S for seconds in passed)


def test_an_opening_ends_by_itself_and_a_new_one_renews_it() -> None:
    line = Recorded()
    pulse = Pulse(line, 0)
    assert pulse.open(0, 2 * SECOND)
    passing(pulse, line, 1)
    assert pulse.open(line.now_ns, line.now_ns + 2 * SECOND)
    passing(pulse, line, 5)
    assert line.spans == [(0, 3 * SECOND)]


def test_an_order_that_comes_too_late_opens_nothing() -> None:
    line = Recorded()
    pulse = Pulse(line, 0)
    assert not pulse.open(2 * SECOND, 2 * SECOND)
    assert line.on_ns is None


def test_a_service_that_is_not_heard_of_turns_it_off_and_opens_nothing_until_it_is() -> None:
    line = Recorded()
    pulse = Pulse(line, 0)
    pulse.open(0, 20 * SECOND)
    passing(pulse, line, 10)
    assert line.spans == [(0, round(BEAT_S * SECOND))]
    assert not pulse.open(line.now_ns, line.now_ns + SECOND)
    pulse.beat(line.now_ns)
    assert pulse.open(line.now_ns, line.now_ns + SECOND)


def test_a_line_that_cannot_be_set_is_an_error() -> None:
    class Broken(Recorded):
        def set(self, *, on: bool) -> None:
            del on
            raise BoomFailed("boom: gone")

    with pytest.raises(BoomFailed):
        Pulse(Broken(), 0).open(0, SECOND)
