"""The kinds about a camera's view are counted by the class that the service calls, in processes of their own."""

from __future__ import annotations

import pytest

from edge.scene.view_cases import FAULTS
from edge.workshop.camera_health import Played
from edge.workshop.gate.anomalies import KindScore
from edge.workshop.gate.cameras import camera_kinds

COVERED, MOVED = "camera-covered", "camera-moved"


@pytest.mark.slow
def test_a_case_of_every_fault_is_found_and_none_is_taken_for_another() -> None:
    scores, wrong = camera_kinds("proof", each=1, alike=0, workers=2)
    assert wrong == ()
    assert scores == {kind: KindScore(n=1, negatives=3, found=1, false=0) for kind in FAULTS}


@pytest.mark.parametrize(
    ("name", "found", "is_wrong"),
    [
        (COVERED, ((COVERED, 42.0),), False),
        (COVERED, (), True),
        (COVERED, ((COVERED, -3.0),), True),
        (COVERED, ((COVERED, 42.0), (MOVED, 50.0)), True),
        ("rain", (), False),
        ("rain", ((MOVED, 20.0),), True),
    ],
)
def test_a_case_is_wrong_unless_its_fault_alone_was_found(
    name: str,
    found: tuple[tuple[str, float], ...],
    is_wrong: bool,  # noqa: FBT001 - a column
) -> None:
    assert Played(name, 0, found, ()).is_wrong is is_wrong
