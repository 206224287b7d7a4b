"""Plate texts: normalising, format, distance and alignment."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.plates.text import align, distance, has_usual_layout, normalise, plausibility, resemble

TEXTS = st.text("AB012", max_size=9)


@pytest.mark.parametrize(
    ("shown", "kept"),
    [("cf 207-358", "CF207358"), ("BB 12 CC GP", "BB12CCGP"), ("M·AB 1234", "MAB1234"), ("浙A·12", "A12")],
)
def test_only_capitals_and_digits_are_kept(shown: str, kept: str) -> None:
    assert normalise(shown) == kept


@pytest.mark.parametrize("text", ["CF207358", "BB12CCGP", "ND344292", "CA123456", "KR5GX68", "B21GSB", "LEC148740"])
def test_real_registrations_are_plausible(text: str) -> None:
    assert plausibility(text) == 1.0


@pytest.mark.parametrize("text", ["", "A1", "MOVERS", "0821234567890", "TOYOTAHILUX4X4"])
def test_words_scraps_and_long_numbers_are_not(text: str) -> None:
    assert plausibility(text) == 0.0


@pytest.mark.parametrize("text", ["20735", "A1B2C3D4"])
def test_fleet_and_serial_numbers_are_doubtful(text: str) -> None:
    assert 0 < plausibility(text) < 1


@pytest.mark.parametrize(
    "text", ["CF207358", "BB12CCGP", "DRJ174NW", "KT08WVN", "B21GSB", "AB123CD", "1234BCD", "ABC1D23"]
)
def test_usual_layouts_are_known(text: str) -> None:
    assert has_usual_layout(text)


@pytest.mark.parametrize("text", ["KT0BWVN", "C7207358", "", "A"])
def test_unusual_layouts_are_none(text: str) -> None:
    assert not has_usual_layout(text)


@pytest.mark.parametrize(
    ("first", "second", "alike"), [("8", "B", True), ("O", "0", True), ("6", "8", False), ("O", "D", False)]
)
def test_only_a_letter_and_a_digit_can_resemble(first: str, second: str, alike: bool) -> None:  # noqa: FBT001 - pytest names it
    assert resemble(first, second) == resemble(second, first) == alike


@given(TEXTS, TEXTS, TEXTS)
@settings(deadline=None)
def test_distance_is_a_metric(first: str, second: str, third: str) -> None:
    assert distance(first, second) == distance(second, first)
    assert (distance(first, second) == 0) == (first == second)
    assert distance(first, third) <= distance(first, second) + distance(second, third)


@given(TEXTS, TEXTS)
@settings(deadline=None)
def test_an_alignment_keeps_the_order_and_explains_the_distance(text: str, reference: str) -> None:
    places = align(text, reference)
    assert len(places) == len(reference)
    used = [place for place in places if place is not None]
    assert used == sorted(set(used))
    changed = sum(place is not None and text[place] != reference[at] for at, place in enumerate(places))
    assert changed + places.count(None) + len(text) - len(used) == distance(text, reference)


def test_a_missing_first_character_leaves_its_place_empty() -> None:
    assert align("PP148", "NPP148") == (None, 0, 1, 2, 3, 4)
