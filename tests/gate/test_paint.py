"""Which colours cannot be one vehicle's."""

from __future__ import annotations

from itertools import product

import pytest

from edge.gate.paint import OTHER_NAMES, clearly_other, named
from edge.types import COLOURS


@pytest.mark.parametrize(("first", "second"), [("red", "blue"), ("white", "red"), ("black", "yellow"), ("grey", "red")])
def test_far_colours_are_clearly_other_either_way(first: str, second: str) -> None:
    assert clearly_other(first, second)
    assert clearly_other(second, first)


def test_black_grey_silver_and_white_are_never_clearly_other() -> None:
    neutral = ("black", "grey", "silver", "gray", "white")
    assert not any(clearly_other(first, second) for first, second in product(neutral, neutral))


@pytest.mark.parametrize("known", COLOURS)
def test_what_is_not_known_is_no_other_and_nothing_is_other_than_itself(known: str) -> None:
    assert not clearly_other(known, known)
    assert not clearly_other(known, "")
    assert not clearly_other("", known)
    assert not clearly_other(known, "two-tone")


def test_people_may_write_other_names() -> None:
    assert named(" Silver ") == "grey"
    assert {named(name) for name in OTHER_NAMES} <= set(COLOURS)
    assert clearly_other("silver", "red")
