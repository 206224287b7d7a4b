"""What is used to train the plate reader is never used to prove it, and a text says what is drawn."""

from __future__ import annotations

from dataclasses import astuple

import numpy as np
import pytest

from edge.inference.slots import SLOTS
from edge.workshop.plates import list_proof, list_training
from edge.workshop.plates.hands import is_near, random_stroke
from edge.workshop.plates.layouts import REGIONS, Layout, Sign, is_proof_text, spell, text_of

EVERY = list_training.LAYOUTS + list_proof.LAYOUTS


def test_the_two_lists_share_no_row_and_no_seed() -> None:
    training, proof = ({astuple(row)[1:] for row in rows.LAYOUTS} for rows in (list_training, list_proof))
    assert not training & proof
    assert len({row.name for row in EVERY}) == len(EVERY)
    assert list_training.SEEDS.stop <= list_proof.SEEDS.start


def test_no_drawn_hand_is_one_of_the_proof() -> None:
    rng = np.random.default_rng(3)
    for _ in range(2000):
        font = random_stroke(rng).font
        assert not any(is_near(font, kept) for kept in list_proof.FONTS)


def test_all_south_african_provinces_are_in_both_lists() -> None:
    for rows in (list_training.LAYOUTS, list_proof.LAYOUTS):
        written = " ".join(p.replace("\\", "") for row in rows if row.region == "za" for p in row.patterns)
        for code in ("CA ", "CY ", "CF ", "CJ ", "ND ", "GP", "ZN", " L", "MP", "NW", "NC", "EC", "FS"):
            assert code in written, code


@pytest.mark.parametrize("layout", EVERY, ids=lambda row: row.name)
def test_every_pattern_is_a_text_that_the_reader_has_room_for(layout: Layout) -> None:
    assert layout.region in REGIONS
    rng = np.random.default_rng(1)
    for pattern in layout.patterns:
        text = text_of(spell(pattern, layout.letters, rng))
        assert 2 <= len(text) <= SLOTS
        assert text.isascii()
        assert text.isalnum()
        assert text == text.upper()


def test_signs_of_a_pattern_are_told_apart() -> None:
    signs = spell(r"\AB^-1^|9*", "X", np.random.default_rng(1))
    assert [(s.sign, s.row, s.small) for s in signs[:4]] == [
        ("A", 0, False), ("B", 0, False), ("-", 0, True), ("1", 0, True),
    ]  # fmt: skip
    assert signs[4].row == 1
    assert signs[5] == Sign("*", 1)
    assert text_of(signs) == f"AB1{signs[4].sign}"


def test_one_text_in_five_is_kept_for_the_proof() -> None:
    kept = sum(is_proof_text(f"CA{number}") for number in range(2000))
    assert 300 < kept < 500
