"""What several looks agree on."""

from __future__ import annotations

import itertools
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.lookalikes import UNLIKE, price
from edge.plates.grammar import Prior
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


ZA = Prior(("za",))


def test_what_every_look_misread_is_put_right_by_the_country_and_said_to_be_less_sure() -> None:
    (plate,) = agree([[_read("0F207358")], [_read("0F207358")]], ZA)
    assert (plate.text, plate.shown, plate.country) == ("CF207358", "CF 207-358", "za")
    assert (plate.votes, plate.runner_up, plate.margin) == (0, "0F207358", 0)
    assert 0.8 < plate.confidence < 0.9


def test_without_countries_a_text_stays_as_it_was_read() -> None:
    (plate,) = agree([[_read("0F207358")], [_read("0F207358")]])
    assert (plate.text, plate.shown, plate.country, plate.margin) == ("0F207358", "0F207358", None, 1)


def test_a_text_of_choice_stays_as_it_was_read() -> None:
    (plate,) = agree([[_read("SURF1GP")], [_read("SURF1GP")]], ZA)
    assert (plate.text, plate.country, plate.written) == ("SURF1GP", None, None)
    assert plate.confidence == pytest.approx(0.97)


def test_a_single_look_at_a_misread_plate_is_still_none() -> None:
    assert agree([[_read("0F207358")]], ZA) == ()
    assert agree([[_read("0F207358")], []], ZA) == ()


def test_looks_that_misread_different_characters_back_each_other_under_a_country() -> None:
    (plate,) = agree([[_read("0F207358")], [_read("CF2O7358")]], ZA)
    assert (plate.text, plate.votes) == ("CF207358", 0)


def test_a_plate_that_the_site_knows_needs_two_looks_too() -> None:
    known = Prior((), frozenset({"SURF01"}))
    assert agree([[_read("SURF01")]], known) == ()
    assert [plate.text for plate in agree([[_read("SURF01")]] * 2, known)] == ["SURF01"]


@pytest.mark.parametrize("read", ["8BC1234", "B8C1234", "BBCI234", "8BCI234", "8BC7234", "BBG1234"])
@pytest.mark.parametrize("sure", [0.3, 0.6, 0.97])
def test_who_is_clearly_read_as_another_is_never_a_known_plate(read: str, sure: float) -> None:
    known = Prior((), frozenset({"BBC1234"}))
    for looks in ([read] * 2, [read] * 3, [read, read, "BBC1234"]):
        seen = [[_read(look, sure)] for look in looks]
        assert [plate.text for plate in agree(seen, known)] == [plate.text for plate in agree(seen)]


def test_where_the_looks_cannot_agree_a_known_plate_is_meant_that_one_of_them_read() -> None:
    looks = [[_read("CF207350")], [_read("CF207358", 0.96)]]
    assert agree(looks) == ()
    for text in ("CF207358", "CF207350"):
        (plate,) = agree(looks, Prior((), frozenset({text})))
        assert (plate.text, plate.votes) == (text, 1)
        assert plate.margin == pytest.approx(0, abs=0.02)
    assert agree(looks, Prior((), frozenset({"CF207358", "CF207350"}))) == (), "two of them"
    assert agree(looks, Prior((), frozenset({"CF20735B"}))) == (), "read by nobody"
    assert agree([[_read("CF20735X")], [_read("CF207358")]], Prior((), frozenset({"CF207358"}))) == (), "not alike"
    assert agree([[_read("CF207350")], [_read("CF207358", 0.6)]], Prior((), frozenset({"CF207358"}))) == (), "not even"


LETTERS = "08BDO1IL5S"


@given(
    st.lists(st.text(LETTERS, min_size=6, max_size=7), min_size=1, max_size=4, unique=True),
    st.lists(st.tuples(st.text(LETTERS, min_size=6, max_size=7), st.sampled_from([0.4, 0.7, 0.97])), max_size=3),
)
@settings(max_examples=300, deadline=None)
def test_what_the_looks_agree_on_never_becomes_another_plate_for_being_known(
    known: list[str], drawn: list[tuple[str, float]]
) -> None:
    looks = [[_read(*one)] for one in drawn]
    told = agree(looks)
    more = agree(looks, Prior((), frozenset([*known, *(text for text, _ in drawn[:1])])))
    assert set(told) <= set(more)
    assert {plate.text for plate in more if plate not in told} <= {text for text, _ in drawn}


def test_the_margin_is_that_of_the_least_certain_character() -> None:
    (plate,) = agree([[_read("CF207358", 0.9)], [_read("CF207358", 0.9)], [_read("CF207350", 0.9)]])
    assert plate.margin == pytest.approx(1 / 3)


def test_front_and_trailer_are_put_right_apart() -> None:
    looks = [[_read("0F207358"), _read("BB12C1GP")]] * 2
    assert sorted(plate.text for plate in agree(looks, ZA)) == ["BB12CIGP", "CF207358"]


NEARLY = ["CF207358", "0F207358", "CF2O7358", "CF20735", "8B12CDGP", "BB12C0GP", "XF207358"]
LOOKS = st.lists(
    st.lists(st.tuples(st.sampled_from(NEARLY), st.sampled_from([0.4, 0.7, 0.97])), max_size=2), max_size=4
)


@given(LOOKS)
@settings(max_examples=150, deadline=None)
def test_no_character_is_told_that_no_look_and_no_look_alike_offered(drawn: list[list[tuple[str, float]]]) -> None:
    looks = [[_read(*one) for one in look] for look in drawn]
    offered = {sign for look in looks for read in look for sign in read.text}
    for plate in agree(looks, ZA):
        assert all(any(price(read, sign) < UNLIKE for read in offered) for sign in plate.text)
        assert 0 <= (plate.margin or 0) <= 1
        assert 0 < plate.confidence <= 1


@given(LOOKS, st.randoms(use_true_random=False))
@settings(max_examples=150, deadline=None)
def test_the_vote_is_the_same_in_any_order_of_the_looks(
    drawn: list[list[tuple[str, float]]], chance: random.Random
) -> None:
    looks = [[_read(*one) for one in look] for look in drawn]
    turned = looks.copy()
    chance.shuffle(turned)
    assert agree(turned, ZA) == agree(looks, ZA)


def test_a_single_look_names_what_further_looks_could_make_a_plate() -> None:
    reads = [_read("FH500", 0.99), _read("CA123456", 0.9), _read("1234567", 0.8), _read("BB12CCGP", 0.7)]
    assert [read.text for read in single_look(reads)] == ["CA123456", "BB12CCGP"]
    assert single_look([]) == ()
