"""What the tests of engines share."""

from __future__ import annotations

import pytest

from edge.inference.golden import GoldenFrame, golden_frames


@pytest.fixture(scope="session")
def golden() -> tuple[GoldenFrame, ...]:
    """Render the golden frames once: drawing them takes longer than looking at them."""
    return tuple(golden_frames())
