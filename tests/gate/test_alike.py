"""Plate distance: what looks alike costs little."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.gate.alike import closest, distance
from edge.types import Plate

texts = st.text("0O1I2Z5S8BCADG7", max_size=8)


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("CF 207-358", "cf207358", 0.0),
        ("CF207358", "CF2O7358", 0.2),
        ("CF207358", "CF207350", 0.6),
        ("CF207358", "CF207359", 1.0),
        ("CF207358", "F207358", 1.0),
        ("CF207358", "0F207358", 0.4),
        ("CF207358", "", 8.0),
    ],
)
def test_look_alikes_cost_less_than_other_characters(first: str, second: str, expected: float) -> None:
    assert distance(first, second) == pytest.approx(expected)


@settings(deadline=None)  # a busy machine is no failure
@given(texts, texts, texts)
def test_distance_is_symmetric_and_never_more_than_rewriting(first: str, second: str, third: str) -> None:
    assert distance(first, second) == pytest.approx(distance(second, first))
    assert distance(first, first) == 0
    assert distance(first, second) <= max(len(first), len(second))
    assert distance(first, third) <= len(first) + len(third)


def test_the_trailers_plate_may_be_the_one_that_matches() -> None:
    def plates(*read: str) -> list[Plate]:
        return [Plate(text, 0.9, 5, 5) for text in read]

    assert closest(plates("AAA111", "TRL900"), plates("TRL900")) == 0
    assert closest(plates("AAA111"), plates()) is None
    assert closest(plates("-"), plates("AAA111")) is None
