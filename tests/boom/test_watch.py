"""The input is followed for as long as it is wanted, and taken again when it went away."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.boom import watch
from edge.boom.lines import contact_of, open_input
from edge.boom.simulated import drive
from edge.boom.simulator import simulating
from edge.boom.watch import InputWatch
from edge.clock import SystemClock
from tests.waiting import until


def test_edges_are_told_and_the_level_found_after_the_line_was_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "RETRY_S", 0.05)
    contact = contact_of(f"simulate://{tmp_path}/chip/13")
    told: list[bool] = []
    following = InputWatch(lambda: open_input(contact), SystemClock(), lambda _wall_ns, on: told.append(on))
    assert until(lambda: "edge boom simulate" in following.trouble)
    with simulating(tmp_path / "chip"):
        assert until(lambda: told == [False])
        drive(contact, on=True)
        assert until(lambda: told == [False, True])
        assert following.trouble == ""
    assert until(lambda: following.trouble != "")
    with simulating(tmp_path / "chip"):
        assert until(lambda: told == [False, True, False])
        following.close()
