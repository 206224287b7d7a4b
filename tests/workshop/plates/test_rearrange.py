"""Rearranged crops: what a text says stands where its places say, and nothing is cut through."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from edge.types import F32, U8
from edge.workshop.plates.batches import TWO_LINES, Mix, RealPlate, make_batch, more_of_two_lines, with_pieces
from edge.workshop.plates.crops import Crop
from edge.workshop.plates.layouts import is_proof_text
from edge.workshop.plates.rearrange import STEEPEST, Piece, cut_up, rearranged
from edge.workshop.plates.samples import Fonts

TONES = {sign: 10 + 9 * number for number, sign in enumerate("0123456789ABCDEF")}
HIGH, WIDE, GAP = 24, 12, 6


def plate(*rows: str, slope: float = 0.0) -> tuple[U8, F32]:
    """Draw each sign as a bar of its own tone; return the picture and the places, 0..1."""
    across = max(len(row) for row in rows) * (WIDE + GAP) + 3 * GAP
    picture = np.full((len(rows) * 2 * HIGH + round(abs(slope) * across), across), 240, np.uint8)
    places = []
    for number, row in enumerate(rows):
        for column, sign in enumerate(row):
            x = 2 * GAP + column * (WIDE + GAP)
            y = number * 2 * HIGH + HIGH // 2 + round(slope * x)
            picture[y : y + HIGH, x : x + WIDE] = TONES[sign]
            places.append((x + WIDE / 2, y + HIGH / 2))
    return picture, (np.array(places) / np.array(picture.shape[::-1])).astype(np.float32)


def pieces_of(*rows: str, slope: float = 0.0) -> tuple[tuple[Piece, ...], ...]:
    picture, places = plate(*rows, slope=slope)
    found = cut_up(picture, "".join(rows), places)
    assert found is not None
    return found


@pytest.mark.parametrize("rows", [("AB12",), ("ABC123", "45DE67")])
def test_each_character_is_a_piece_and_the_margins_stay(rows: tuple[str, ...]) -> None:
    found = pieces_of(*rows)
    assert [[piece.text for piece in row] for row in found] == [["", *row, ""] for row in rows]
    assert [[piece.kind for piece in row] for row in found] == [
        ["", *("9" if sign.isdigit() else "A" for sign in row), ""] for row in rows
    ]
    whole = plate(*rows)[0]
    assert np.array_equal(np.concatenate([np.hstack([piece.pixels for piece in row]) for row in found]), whole)


@pytest.mark.parametrize("rows", [("ABC123",), ("ABC123", "45DE67")])
def test_what_the_text_says_stands_where_the_places_say(rows: tuple[str, ...]) -> None:
    found, texts = pieces_of(*rows), set()
    for seed in range(20):
        made = rearranged(found, np.random.default_rng(seed))
        assert len(made.centres) == len(made.text) == sum(len(row) for row in rows)
        told = [made.pixels[int(y), int(x)] for x, y in made.centres]
        assert told == [TONES[sign] for sign in made.text]
        assert [sign.isdigit() for sign in made.text] == [sign.isdigit() for row in rows for sign in row]
        texts.add(made.text)
    assert len(texts) > 10


def test_no_text_of_the_proof_is_made() -> None:
    found = pieces_of("ABC123")
    assert not any(is_proof_text(rearranged(found, np.random.default_rng(seed)).text) for seed in range(40))


def test_a_slanted_line_is_levelled_and_a_steep_one_left_whole() -> None:
    assert [piece.text for piece in pieces_of("AB12", slope=0.15)[0]] == ["", *"AB12", ""]
    picture, places = plate("AB12", slope=STEEPEST + 0.1)
    assert cut_up(picture, "AB12", places) is None


def test_characters_that_touch_stay_together() -> None:
    picture, places = plate("ABC123")
    between = 2 * GAP + WIDE, 2 * GAP + WIDE + GAP
    picture[:, between[0] : between[1]] = np.where(np.arange(GAP) % 2, 0, 255)  # no clear column between A and B
    found = cut_up(picture, "ABC123", places)
    assert found is not None
    assert [piece.text for piece in found[0]] == ["", "AB", *"C123", ""]


def test_nothing_that_could_change_places_is_no_cut() -> None:
    picture, places = plate("A1")
    assert cut_up(picture, "A1", places) is None


def test_a_batch_shows_cut_plates_with_other_texts_and_their_places() -> None:
    picture, places = plate("ABC123")
    crop = Crop(Path("a.png"), "ABC123", "GB")
    (whole,) = with_pieces([RealPlate(picture, crop)], [None])
    (cut,) = with_pieces([RealPlate(picture, crop)], [places])
    assert whole.pieces is None
    assert cut.pieces is not None
    kept = make_batch([whole], Fonts(), Mix(24, 1.0), (1, 1))
    assert len({tuple(row) for row in kept.slots.tolist()}) == 1
    assert np.isnan(kept.centres).all()
    made = make_batch([cut], Fonts(), Mix(24, 1.0), (1, 1))
    assert len({tuple(row) for row in made.slots.tolist()}) > 3
    known = np.isfinite(made.centres[:, 0, 0])
    assert 8 < known.sum() < 24
    assert (np.diff(made.centres[known][:, :6, 0], axis=1) > 0).all()


@pytest.mark.parametrize(("rows", "others"), [(("ABC123",), ("DEF456",)), (("AB12", "3456"), ("CD78", "90AB"))])
def test_another_plate_lends_its_characters_in_the_size_and_tones_of_the_row(
    rows: tuple[str, ...], others: tuple[str, ...]
) -> None:
    own, (picture, places) = pieces_of(*rows), plate(*others)
    small = np.asarray(255 - picture[::2, ::2], np.uint8)  # half the size, light on dark
    lent = cut_up(small, "".join(others), places)
    assert lent is not None
    foreign, borrowed = set("".join(others)) - set("".join(rows)), 0
    for seed in range(30):
        made = rearranged(own, np.random.default_rng(seed), lent)
        assert made.pixels.shape[0] == plate(*rows)[0].shape[0]
        assert [sign.isdigit() for sign in made.text] == [sign.isdigit() for sign in "".join(rows)]
        told = [int(made.pixels[int(y), int(x)]) for x, y in made.centres]
        assert max(told) < 200  # dark on light, as the row was
        assert int(np.percentile(made.pixels, 90)) > 220
        borrowed += sum(sign in foreign for sign in made.text)
    assert borrowed > 30


def test_a_faint_plate_lends_nothing() -> None:
    own, (picture, places) = pieces_of("ABC123"), plate("DEF456")
    lent = cut_up(np.asarray(235 + picture // 20, np.uint8), "DEF456", places)
    assert lent is not None
    assert all(set(rearranged(own, np.random.default_rng(seed), lent).text) <= set("ABC123") for seed in range(20))


def test_plates_of_one_country_with_as_many_rows_are_kin() -> None:
    picture, places = plate("ABC123")
    square, square_places = plate("AB12", "3456")
    crops = [(picture, places, "ABC123", "GB"), (picture, places, "ABC123", "GB"), (picture, places, "ABC123", "FR")]
    crops += [(square, square_places, "AB123456", "GB"), (picture, places, "ABC123", "")]
    plates = [RealPlate(shown, Crop(Path("a.png"), text, country)) for shown, _, text, country in crops]
    assert [len(cut.kin) for cut in with_pieces(plates, [place for _, place, _, _ in crops])] == [2, 2, 1, 1, 0]


def test_plates_with_two_lines_are_looked_at_more_often() -> None:
    picture, places = plate("ABC123")
    square, square_places = plate("AB12", "3456")
    one, two = RealPlate(picture, Crop(Path("a.png"), "ABC123")), RealPlate(square, Crop(Path("b.png"), "AB123456"))
    cut = with_pieces([one, two, one], [places, square_places, None])
    assert [plate.crop.path.name for plate in more_of_two_lines(cut)] == ["a.png", *["b.png"] * TWO_LINES, "a.png"]
