"""The boom in processes of its own: off when either of them ends, and honest when it cannot open."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from edge.boom.boom import RETRY_S, Boom
from edge.boom.simulator import Simulator, simulating
from edge.clock import ManualClock, SystemClock
from edge.errors import BoomFailed, ConfigError
from tests.waiting import until


def beaten(boom: Boom) -> Boom:
    """Return it after one more beat."""
    boom.beat()
    return boom


@contextmanager
def booming(folder: Path) -> Iterator[tuple[Boom, Simulator]]:
    """Hold line 12 of a simulated chip."""
    with simulating(folder / "chip") as simulator:
        boom = Boom(f"simulate://{folder}/chip/12", SystemClock())
        try:
            assert until(lambda: simulator.chip.level("12") == (False, True))
            yield boom, simulator
        finally:
            boom.close()


def test_an_opening_is_a_pulse_of_the_time_it_was_ordered_for(tmp_path: Path) -> None:
    with booming(tmp_path) as (boom, simulator):
        boom.open(0.3)
        assert until(lambda: len(simulator.chip.edges) == 2)
        on, off = (seen.edge for seen in simulator.chip.edges)
        assert (on.on, off.on) == (True, False)
        assert off.mono_ns - on.mono_ns >= 0.2e9


def test_it_is_off_when_its_keeper_is_killed_and_held_again_later(tmp_path: Path) -> None:
    with booming(tmp_path) as (boom, simulator):
        boom.open(30.0)
        assert until(lambda: simulator.chip.level("12") == (True, True))
        assert boom._keeper is not None
        os.kill(boom._keeper.pid, signal.SIGKILL)
        assert until(lambda: simulator.chip.level("12") == (False, False))
        assert until(lambda: "ended" in beaten(boom).trouble)
        with pytest.raises(BoomFailed, match="ended"):
            boom.open(1.0)
        boom._retry_ns = 0
        boom.beat()
        assert until(lambda: beaten(boom).trouble == "")
        boom.open(1.0)
        assert until(lambda: simulator.chip.level("12")[0])


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_keeper_that_is_told_to_end_turns_it_off_itself(tmp_path: Path, number: int) -> None:
    with booming(tmp_path) as (boom, simulator):
        boom.open(30.0)
        assert until(lambda: simulator.chip.level("12")[0])
        assert boom._keeper is not None
        os.kill(boom._keeper.pid, number)
        assert until(lambda: simulator.chip.level("12") == (False, False))


def test_it_is_off_and_let_go_when_it_is_closed(tmp_path: Path) -> None:
    with booming(tmp_path) as (boom, simulator):
        boom.open(30.0)
        assert until(lambda: simulator.chip.level("12")[0])
        boom.close()
        boom.close()
        assert until(lambda: simulator.chip.level("12") == (False, False))
        with pytest.raises(BoomFailed, match="closed"):
            boom.open(1.0)


def test_it_is_off_when_nobody_beats_any_more(tmp_path: Path) -> None:
    with booming(tmp_path) as (boom, simulator):
        boom.open(30.0)
        assert until(lambda: len(simulator.chip.edges) == 2)
        on, off = (seen.edge.mono_ns for seen in simulator.chip.edges)
        assert off - on < 20e9


def test_a_line_that_cannot_be_held_is_told_and_tried_again_later(tmp_path: Path) -> None:
    clock = ManualClock()
    boom = Boom(f"simulate://{tmp_path}/chip/12", clock)
    assert until(lambda: beaten(boom)._keeper is None)
    assert "edge boom simulate" in boom.trouble
    with pytest.raises(BoomFailed):
        boom.open(1.0)
    clock.sleep(RETRY_S / 2)
    boom.beat()
    assert boom._keeper is None
    with simulating(tmp_path / "chip"):
        clock.sleep(RETRY_S)
        boom.beat()
        assert until(lambda: beaten(boom).trouble == "")
        boom.close()


def test_a_keeper_that_hangs_does_not_hold_up_who_orders(tmp_path: Path) -> None:
    hanging = [sys.executable, "-c", "import time; time.sleep(60)"]
    boom = Boom(f"simulate://{tmp_path}/chip/12", SystemClock(), command=hanging)
    for _ in range(20_000):
        boom.beat()
    with pytest.raises(BoomFailed):
        boom.open(1.0)
    boom.close()


def test_an_address_that_is_none_is_refused() -> None:
    with pytest.raises(ConfigError, match="gpiochip0/12"):
        Boom("relay 1", SystemClock())
