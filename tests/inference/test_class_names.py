"""One table says what other people's class names mean; what could mean two things it does not guess."""

from __future__ import annotations

import pytest

from edge.inference.class_names import SYNONYMS, class_of
from edge.types import CLASSES


@pytest.mark.parametrize(("theirs", "ours"), [("Motorbike ", "motorcycle"), ("truck-l-", "truck"), ("van", "car")])
def test_a_synonym_is_known_however_it_is_written(theirs: str, ours: str) -> None:
    number = class_of(theirs)
    assert number is not None
    assert CLASSES[number] == ours


@pytest.mark.parametrize("name", ["auto", "bike", "vehicle", ""])
def test_a_name_that_could_mean_two_things_is_not_guessed(name: str) -> None:
    assert class_of(name) is None


def test_our_own_names_mean_themselves_and_every_synonym_one_of_them() -> None:
    assert [class_of(name) for name in CLASSES] == list(range(len(CLASSES)))
    assert set(SYNONYMS.values()) == set(CLASSES)
