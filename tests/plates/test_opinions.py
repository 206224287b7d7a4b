"""How likely a reader says what it said: of each way from a text to a reading the likeliest counts."""

from __future__ import annotations

import math

import pytest

from edge.plates.opinions import LEFT_OUT, OTHERS, PUT_IN, SUREST, log_likelihood, one_step_away
from edge.types import PlateRead


def told(text: str, confidence: float) -> PlateRead:
    return PlateRead(text, (confidence,) * len(text), (0.0, 0.0, 9.0, 9.0), 1.0, 9.0, 9.0)


@pytest.mark.parametrize(
    ("text", "chance"),
    [
        ("AB12", 0.9**4),
        ("A812", 0.9**3 * 0.1 / OTHERS),  # taken for another
        ("AB1", 0.9**3 * 0.1 * PUT_IN),  # put in
        ("AB123", 0.9**4 * LEFT_OUT),  # passed over
        ("", (0.1 * PUT_IN) ** 4),
    ],
)
def test_each_kind_of_error_has_its_chance(text: str, chance: float) -> None:
    assert log_likelihood(told("AB12", 0.9), text) == pytest.approx(math.log(chance))


def test_nobody_is_as_sure_as_he_says() -> None:
    assert log_likelihood(told("AB", 1.0), "AB") == pytest.approx(2 * math.log(SUREST))
    assert math.isfinite(log_likelihood(told("AB", 1.0), "XY"))
    assert math.isfinite(log_likelihood(told("AB", 0.0), "AB"))


def test_a_surer_reader_speaks_louder() -> None:
    against = [log_likelihood(told("AB", c), "AB") - log_likelihood(told("AB", c), "AC") for c in (0.5, 0.8, 0.95)]
    assert against == sorted(against)


def test_one_step_is_a_character_less_another_or_more() -> None:
    found = set(one_step_away("AB", ("X", "Y", "Z"), "AC"))
    assert {"A", "B"} <= found  # less
    assert {"XB", "CB", "AY", "AC"} <= found  # another, from the slots and from the other reader
    assert {"XAB", "AYB", "ABZ", "ACB", "ABC"} <= found  # more
    assert all(abs(len(text) - 2) <= 1 for text in found)


def test_no_step_leads_to_nothing_or_past_the_last_slot_with_signs_of_slots() -> None:
    assert "" not in set(one_step_away("A", ("B",), "C"))
    assert set(one_step_away("A", (), "")) == set()
