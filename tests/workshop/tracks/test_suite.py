"""A scripted sequence the whole way: rendered, found by the real detector, followed, scored beside a peer."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from edge.cli import main

if TYPE_CHECKING:
    from pathlib import Path

EPISODE = "return-02"


@pytest.mark.slow
def test_a_vehicle_that_comes_back_is_one_vehicle(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["scene", "tracks", "--list", "tuning", "--only", EPISODE, "--out", str(tmp_path)]) == 0
    asked = ["eval", "track", "--dir", str(tmp_path), "--cache", str(tmp_path / ".cache")]
    capsys.readouterr()
    assert main([*asked, "--trackers", "ours", "bytetrack", "--json"]) == 0
    *rows, last = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    ours = next(row for row in rows if row["tracker"] == "ours")
    assert ours["tracks_per_vehicle"] <= 1.02
    assert ours["swaps"] == 0
    assert last["trackers"]["ours"]["IDF1"] > last["trackers"]["bytetrack"]["IDF1"]
