"""What several looks agree on."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.plates.vote import agree, single_look
from edge.types import PlateRead


def _read(text: str, confidence: float = 0.97, width_px: float = 110) -> PlateRead:
    return PlateRead(text, (confidence,) * len(text), (0, 0, width_px, 25), 0.5, width_px, 25)


def test_one_look_is_never_enough_however_sure() -> None:
    assert agree([[_read("CF207358", 1.0)]]) == ()


def test_two_equal_looks_are_a_plate() -> None:
    (plate,) = agree([[_read("CF207358")], [_read("CF207358")]])
    assert (plate.text, plate.looks, plate.votes, plate.runner_up) == ("CF207358", 2, 2, None)
    assert plate.confidence == pytest.approx(0.97)


def test_two_looks_that_differ_are_none() -> None:
    assert agree([[_read("CF207358")], [_read("CF207350")]]) == ()


def test_two_looks_outvote_a_surer_third() -> None:
    (plate,) = agree([[_read("CF207350", 0.99)], [_read("CF207358", 0.9)], [_read("CF207358", 0.9)]])
    assert (plate.text, plate.looks, plate.votes, plate.runner_up) == ("CF207358", 3, 2, "CF207350")
    assert plate.confidence < 0.7


def test_three_looks_each_wrong_elsewhere_make_the_right_text() -> None:
    (plate,) = agree([[_read("XF207358")], [_read("CF2O7358")], [_read("CF207353")]])
    assert (plate.text, plate.looks, plate.votes) == ("CF207358", 3, 0)


def test_between_a_letter_and_the_digit_it_resembles_the_usual_layout_decides() -> None:
    (plate,) = agree([[_read("KT0BWVN", 0.92)], [_read("KT08WVN", 0.9)], [_read("KT0BWVN", 0.93)]])
    assert (plate.text, plate.votes, plate.runner_up) == ("KT08WVN", 1, "KT0BWVN")
    assert plate.confidence < 0.5


def test_a_layout_nobody_read_is_not_made_up() -> None:
    (plate,) = agree([[_read("KT0BWVN")], [_read("KT0BWVN")]])
    assert plate.text == "KT0BWVN"


def test_digits_that_look_alike_stay_a_matter_of_votes() -> None:
    (plate,) = agree([[_read("CF748906")], [_read("CF748908")], [_read("CF748908")]])
    assert (plate.text, plate.runner_up) == ("CF748908", "CF748906")


def test_a_look_that_missed_a_character_still_supports_the_rest() -> None:
    (plate,) = agree([[_read("F207358")], [_read("CF207358")], [_read("CF207358")]])
    assert plate.text == "CF207358"
    assert plate.looks == 3


def test_a_part_of_a_plate_is_no_plate_of_its_own() -> None:
    (plate,) = agree([[_read("CF2073")], [_read("CF207358")], [_read("CF207358")]])
    assert plate.text == "CF207358"


def test_a_trailers_plate_stands_beside_the_cars() -> None:
    looks = [[_read("CF207358"), _read("CA998877")]] * 2
    assert sorted(plate.text for plate in agree(looks)) == ["CA998877", "CF207358"]


def test_a_second_text_that_hardly_looks_like_a_plate_is_lettering() -> None:
    assert [plate.text for plate in agree([[_read("CF207358"), _read("20735")]] * 2)] == ["CF207358"]


def test_a_type_badge_does_not_stand_before_the_plate_nor_beside_it() -> None:
    looks = [[_read("FH500", 0.99), _read("CF207358", 0.9)]] * 3
    assert [plate.text for plate in agree(looks)] == ["CF207358"]


def test_a_short_plate_alone_is_a_plate() -> None:
    assert [plate.text for plate in agree([[_read("A1234")]] * 2)] == ["A1234"]


def test_empty_looks_add_nothing_and_take_nothing() -> None:
    assert agree([]) == ()
    assert agree([[], []]) == ()
    assert agree([[], [_read("CF207358")], [], [_read("CF207358")]])[0].looks == 2


def test_characters_with_little_room_count_less() -> None:
    close, far = _read("CF207358", 0.9, 110), _read("CF207350", 0.9, 50)
    (plate,) = agree([[close], [far], [close], [far]])
    assert plate.text == "CF207358"


@given(st.lists(st.sampled_from(["CF207358", "CF2O7358", "CF20735", "BB12CCGP", "8821"]), max_size=4), st.data())
@settings(max_examples=80, deadline=None)
def test_no_plate_without_two_looks_and_none_with_more_looks_than_there_were(
    texts: list[str], data: st.DataObject
) -> None:
    looks = [[_read(text, data.draw(st.floats(0.3, 1)))] for text in texts]
    for plate in agree(looks):
        assert 2 <= plate.looks <= len(looks)
        assert plate.votes <= plate.looks
        assert 0 < plate.confidence <= 1
        assert plate.runner_up != plate.text


def test_the_order_of_the_looks_does_not_matter() -> None:
    looks = [[_read("CF207358", 0.91)], [_read("CF2O7358", 0.93)], [_read("CF207358", 0.95)]]
    assert len({agree(order) for order in itertools.permutations(looks)}) == 1


def test_a_single_look_names_what_further_looks_could_make_a_plate() -> None:
    reads = [_read("FH500", 0.99), _read("CA123456", 0.9), _read("1234567", 0.8), _read("BB12CCGP", 0.7)]
    assert [read.text for read in single_look(reads)] == ["CA123456", "BB12CCGP"]
    assert single_look([]) == ()
