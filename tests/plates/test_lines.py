"""Lines of text in one picture: which are plates, which belong together."""

from __future__ import annotations

import pytest

from edge.plates.lines import TextLine, plates_of, whole_plate


def _line(text: str, x: float, y: float, height: float = 20, confidence: float = 0.98, pitch: float = 0.7) -> TextLine:
    width = len(text) * height * pitch
    return TextLine(text, (confidence,) * len(text), (x, y, x + width, y + height), width, height, 0.5)


def _texts(*lines: TextLine) -> list[str]:
    return [read.text for read in plates_of(lines)]


def test_a_line_that_looks_like_a_registration_is_a_plate() -> None:
    (read,) = plates_of([_line("CF207358", 50, 100)])
    assert read.text == "CF207358"
    assert read.confidence == pytest.approx(0.98)
    assert [*read.box, read.width_px, read.height_px] == pytest.approx([50, 100, 162, 120, 112, 20])


def test_two_stacked_lines_are_one_plate_read_from_the_top() -> None:
    upper, lower = _line("CA123", 50, 100), _line("456GP", 50, 122)
    assert _texts(lower, upper) == ["CA123456GP"]
    (read,) = plates_of([lower, upper])
    assert [*read.box, read.height_px] == pytest.approx([50, 100, 120, 142, 42])


def test_two_parts_of_one_row_are_read_from_the_left() -> None:
    assert _texts(_line("207358", 92, 101), _line("CF", 50, 100)) == ["CF207358"]


def test_a_name_above_a_plate_does_not_join_it() -> None:
    assert _texts(_line("TOYOTA", 50, 78), _line("CF207358", 50, 100)) == ["CF207358"]


def test_a_small_region_name_below_a_plate_does_not_join_it() -> None:
    assert _texts(_line("ABC123", 50, 100, height=30), _line("UTAH", 60, 131, height=10)) == ["ABC123"]


def test_lettering_on_a_lorry_is_no_plate() -> None:
    assert _texts(_line("MOVERS", 50, 20, 60), _line("0825551234", 50, 90), _line("CALLUS24HOURS", 50, 120)) == []


def test_the_plates_of_car_and_trailer_are_both_found() -> None:
    assert sorted(_texts(_line("CF207358", 50, 100), _line("CA998877", 300, 160))) == ["CA998877", "CF207358"]


def test_characters_without_room_are_not_trusted() -> None:
    assert _texts(_line("CF207358", 50, 100, height=8)) == []


def test_a_doubtful_reading_is_left_out() -> None:
    assert _texts(_line("CF207358", 50, 100, confidence=0.4)) == []


def test_stretched_lettering_loses_against_a_plate_but_may_stand_alone() -> None:
    assert _texts(_line("FH500X", 50, 20, height=40, pitch=1.6)) == ["FH500X"]


def test_nothing_in_nothing_out() -> None:
    assert plates_of([]) == ()
    assert _texts(_line("", 0, 0), _line("cf-1", 5, 5)) == []


def test_the_surest_comes_first() -> None:
    assert _texts(_line("AB12CD", 50, 100, confidence=0.8), _line("CF207358", 300, 100)) == ["CF207358", "AB12CD"]


def test_a_picture_that_is_a_plate_is_read_top_to_bottom_without_its_small_print() -> None:
    lines = [_line("F4321", 20, 40), _line("KL07", 20, 10), _line("KERALA", 20, 65, height=8)]
    read = whole_plate(lines)
    assert read is not None
    assert read.text == "KL07F4321"


def test_parts_of_one_row_of_a_plate_are_read_from_the_left() -> None:
    read = whole_plate([_line("4799", 100, 11), _line("LE13", 20, 10)])
    assert read is not None
    assert read.text == "LE134799"


def test_a_plate_without_letters_is_no_reading() -> None:
    assert whole_plate([]) is None
