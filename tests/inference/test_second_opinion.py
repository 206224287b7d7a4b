"""Two readers of one plate: their likelihoods are added, and what one disputes is told with less confidence."""

from __future__ import annotations

import numpy as np
import pytest

from edge.inference.second_opinion import SURE, is_in_doubt, settled
from edge.inference.slots import CHARACTERS, END, SLOTS, SlotRead, decode, encode
from edge.plates.opinions import SUREST
from edge.types import PlateRead


def slots(text: str, doubts: dict[int, tuple[str, float]] | None = None) -> SlotRead:
    """Our reading: .97 for each character but the doubtful ones, which are another with some probability."""
    characters = np.full((SLOTS, END + 1), 0.03 / END, np.float32)
    characters[np.arange(SLOTS), encode(text)] = 0.97
    for slot, (other, probability) in (doubts or {}).items():
        characters[slot] = 0.01 / END
        characters[slot, encode(text)[slot]] = 0.99 - probability
        characters[slot, CHARACTERS.index(other)] = probability
    return SlotRead(*decode(characters), "gb", 0.9, characters)


def told(text: str, *confidence: float) -> PlateRead:
    each = confidence if len(confidence) == len(text) else confidence * len(text)
    return PlateRead(text, each, (0.0, 0.0, 9.0, 9.0), 1.0, 9.0, 9.0)


def test_one_doubtful_character_is_enough_to_ask() -> None:
    assert not is_in_doubt(slots("AB12CDE"))
    assert is_in_doubt(slots("AB12CDE", {4: ("G", 0.99 - SURE + 0.02)}))
    assert is_in_doubt(slots(""))


def test_a_doubtful_end_is_asked_about_for_a_character_may_be_overlooked_there() -> None:
    overlooked = slots("TR95XM", {6: ("I", 0.4)})
    assert overlooked.text == "TR95XM"
    assert min(overlooked.char_confidence) == pytest.approx(0.97)
    assert is_in_doubt(overlooked)
    assert settled(overlooked, told("TR95XMI", 0.9))[0] == "TR95XMI"
    assert not is_in_doubt(slots("ABCDEFGHIJKL"))


def test_where_we_waver_between_two_the_other_decides() -> None:
    wavering = slots("AB12CDE", {5: ("O", 0.4)})
    assert settled(wavering, told("AB12COE", 0.9))[0] == "AB12COE"
    assert settled(wavering, told("AB12CDE", 0.9))[0] == "AB12CDE"


def test_the_other_does_not_decide_what_we_are_sure_of() -> None:
    wavering = slots("AB12CDE", {5: ("O", 0.4)})
    text, confidence = settled(wavering, told("A812CDE", 0.9))
    assert text == "AB12CDE"
    assert confidence[5] == pytest.approx(0.59, abs=0.01)  # agreed, but our own doubt stays


def test_of_two_as_likely_the_usual_layout_is_told() -> None:
    wavering = slots("KA53MA0109", {6: ("G", 0.2)})
    assert settled(wavering, told("KA53MAG109", 0.5))[0] == "KA53MA0109"
    assert settled(slots("KASSMA", {4: ("N", 0.2)}), told("KASSNA", 0.5))[0] == "KASSNA"


def test_a_caption_that_the_other_read_along_loses() -> None:
    wavering = slots("ADK309", {0: ("4", 0.4)})
    assert settled(wavering, told("ICTADK309", 0.8))[0] == "ADK309"


def test_both_agreeing_are_as_sure_as_the_surer_and_never_too_sure() -> None:
    text, confidence = settled(slots("AB12", {1: ("8", 0.4)}), told("AB12", 0.6, 1.0, 0.6, 0.6))
    assert text == "AB12"
    assert confidence == pytest.approx((0.97, SUREST, 0.97, 0.97))


def test_a_disputed_character_is_told_with_the_chance_of_the_whole_text() -> None:
    text, confidence = settled(slots("AB12", {1: ("C", 0.02)}), told("AC12", 0.98))
    assert text == "AC12"
    assert confidence[0] == pytest.approx(0.98)
    assert 0.5 < confidence[1] < 0.95


def test_nothing_is_never_told_against_a_text() -> None:
    assert settled(slots(""), told("AB12", 0.3))[0] == "AB12"
    text, confidence = settled(slots("AB12", {1: ("8", 0.45)}), None)
    assert text == "AB12"
    assert confidence == pytest.approx((0.97, 0.54, 0.97, 0.97))


def test_a_text_that_no_plate_has_room_for_cannot_win() -> None:
    assert settled(slots("AB12CDE", {5: ("O", 0.3)}), told("GH34JKL" * 2, 0.99))[0] == "AB12CDE"


def test_the_truth_may_lie_between_a_misread_character_and_one_too_many() -> None:
    own, other = slots("TKW1512", {3: ("0", 0.4)}), told("TKW30512", 0.9, 0.9, 0.9, 0.5, 0.9, 0.9, 0.9, 0.9)
    text, confidence = settled(own, other)
    assert text == "TKW0512"
    assert len(set(confidence)) == 1  # that of the whole text, for nobody said it
    assert 0.5 < confidence[0] < SUREST


def test_what_nobody_said_needs_more_than_what_somebody_said() -> None:
    own = slots("AB1", {0: ("X", 0.3), 1: ("Y", 0.3)})
    assert settled(own, told("AC1", 0.5))[0] in {"AB1", "AC1"}
