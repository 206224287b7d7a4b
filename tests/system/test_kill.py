"""kill -9 at random moments: the file stays whole, nothing recorded is lost, a subscriber ends with each event once.

A few kills here; `python -m tests.system.kill --kills 50 [--service]` for more, with figures.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.system.kill import trial


def test_a_writer_killed_under_load_loses_nothing_it_confirmed(tmp_path: Path) -> None:
    result = trial(tmp_path, kills=4, service=False, seed=1)
    assert result.sound, result
    assert result.confirmed > 20


@pytest.mark.slow
def test_a_killed_service_loses_nothing_it_recorded(tmp_path: Path) -> None:
    result = trial(tmp_path, kills=5, service=True, seed=2)
    assert result.sound, result
