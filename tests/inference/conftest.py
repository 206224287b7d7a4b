"""What the tests of engines share."""

from __future__ import annotations

import pytest

from edge.inference.golden import GoldenFrame, trial_frames


@pytest.fixture(scope="session")
def golden() -> tuple[GoldenFrame, ...]:
    """Render what engines are tried on once: drawing them takes longer than looking at them."""
    return tuple(trial_frames())
