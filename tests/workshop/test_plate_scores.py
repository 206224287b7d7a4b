"""Found, exact, characters and extra mean what the command's help says they mean."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.types import Box, PlateRead
from edge.workshop.plate_scores import PlateTally
from edge.workshop.plate_sets import PlatePicture, PlateTruth

AT: Box = (10.0, 10.0, 60.0, 20.0)
FAR: Box = (200.0, 10.0, 250.0, 20.0)


def read(text: str, box: Box = AT) -> PlateRead:
    return PlateRead(text, (0.9,) * len(text), box, 1.0, box[2] - box[0], box[3] - box[1])


def counted(*pictures: tuple[list[PlateTruth], list[PlateRead]]) -> PlateTally:
    tally = PlateTally()
    for plates, reads in pictures:
        tally.add(PlatePicture(Path("a.jpg"), tuple(plates)), reads)
    return tally


def test_a_right_reading_is_all_right() -> None:
    said = counted(([PlateTruth(AT, "AB12CD")], [read("AB12CD")])).summary
    assert said == {"images": 1, "plates": 1, "found": 1, "exact": 1, "characters": 1, "extra_per_image": 0}


def test_found_asks_for_half_an_overlap() -> None:
    half = (10.0, 10.0, 60.0, 15.0)
    less = (10.0, 10.0, 60.0, 14.0)
    assert counted(([PlateTruth(AT, "")], [read("X", half)])).summary["found"] == 1
    assert counted(([PlateTruth(AT, "")], [read("X", less)])).summary["found"] == 0


def test_exact_asks_for_the_text_anywhere_in_the_picture() -> None:
    said = counted(([PlateTruth(AT, "AB12CD"), PlateTruth(FAR, "")], [read("AB12CD", FAR)])).summary
    assert (said["exact"], said["found"], said["extra_per_image"]) == (1, 0.5, 0)


def test_a_wrong_reading_of_a_plate_is_an_extra_string_and_mostly_right_characters() -> None:
    said = counted(([PlateTruth(AT, "AB12CD")], [read("AB12C0")]), ([PlateTruth(AT, "AB12CD")], [])).summary
    assert said["exact"] == 0
    assert said["characters"] == pytest.approx(5 / 12, abs=1e-4)
    assert said["extra_per_image"] == 0.5


def test_a_string_on_a_plate_without_text_is_not_extra_and_one_beside_it_is() -> None:
    unknown = [PlateTruth(AT, "")]
    assert counted((unknown, [read("X1", (55.0, 15.0, 90.0, 30.0))])).summary["extra_per_image"] == 0
    assert counted((unknown, [read("X1", FAR)])).summary["extra_per_image"] == 1


def test_without_texts_there_is_no_exactness() -> None:
    said = counted(([PlateTruth(AT, "")], [])).summary
    assert (said["exact"], said["characters"]) == (None, None)


def test_a_picture_that_is_the_plate_is_found_when_something_is_read() -> None:
    said = counted(([PlateTruth(None, "AB12")], [read("AB1Z")]), ([PlateTruth(None, "AB12")], [])).summary
    assert (said["found"], said["exact"], said["characters"]) == (0.5, 0, 0.375)
    assert said["extra_per_image"] == 0.5


def test_confusions_are_named_true_first() -> None:
    tally = counted(
        ([PlateTruth(AT, "AB12CD")], [read("A812C0")]),
        ([PlateTruth(AT, "AB12CD")], [read("A812CDX")]),
        ([PlateTruth(AT, "AB12CD")], [read("ZZZZZZ")]),
    )
    assert tally.confusions() == {("B", "8"): 2, ("D", "0"): 1, ("-", "X"): 1}


def test_a_plate_seen_and_not_read_is_found_and_no_string() -> None:
    tally = PlateTally()
    unread = PlateRead("", (), (0.0, 0.0, 50.0, 20.0), 0.0, 50.0, 20.0)
    tally.add(PlatePicture(Path("a.jpg"), (PlateTruth((0.0, 0.0, 50.0, 20.0), "AB12"),)), [unread])
    assert tally.summary["found"] == 1
    assert tally.summary["exact"] == 0
    assert tally.summary["extra_per_image"] == 0
