"""Reading a recogniser's output."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.inference.ctc import LETTERS, Alphabet, read_greedily
from edge.types import F32

CHARACTERS = [*"0123456789", *"abcdefghijklmnopqrstuvwxyz", *"ABCDEFGHIJKLMNOPQRSTUVWXYZ", "浙", "-", "ß", " "]
ALPHABET = Alphabet(CHARACTERS)
BLANK = "_"


def _probability(steps: str, confidence: float = 0.9) -> F32:
    out = np.full((len(steps), len(CHARACTERS) + 1), (1 - confidence) / len(CHARACTERS), np.float32)
    for row, character in enumerate(steps):
        out[row, 0 if character == BLANK else CHARACTERS.index(character) + 1] = confidence
    return out


def _read(steps: str) -> str:
    return read_greedily(ALPHABET.fold(_probability(steps)))[0]


@pytest.mark.parametrize(
    ("steps", "text"),
    [
        ("__CC_F_20_77-3", "CF2073"),
        ("A_A", "AA"),
        ("AAA", "A"),
        ("AAB", "AB"),
        ("cf", "CF"),
        ("C F", "CF"),
        ("C-C", "CC"),
        ("____", ""),
        ("", ""),
    ],
)
def test_repeats_blanks_and_separators_fall_away(steps: str, text: str) -> None:
    assert _read(steps) == text


def test_each_character_has_the_best_confidence_of_its_run() -> None:
    probability = np.concatenate([_probability("A", 0.6), _probability("A", 0.8), _probability("_B", 0.7)])
    text, confidence = read_greedily(ALPHABET.fold(probability))
    assert text == "AB"
    np.testing.assert_allclose(confidence, [0.8, 0.7], atol=0.02)


def test_small_letters_count_for_their_capitals() -> None:
    mixed = np.zeros((1, len(CHARACTERS) + 1), np.float32)
    mixed[0, CHARACTERS.index("o") + 1] = 0.3
    mixed[0, CHARACTERS.index("O") + 1] = 0.3
    mixed[0, CHARACTERS.index("0") + 1] = 0.4
    text, confidence = read_greedily(ALPHABET.fold(mixed))
    assert text == "O"
    assert confidence[0] == pytest.approx(0.6)


def test_a_sign_that_stands_on_no_plate_leaves_a_doubtful_reading() -> None:
    _, confidence = read_greedily(ALPHABET.fold(_probability("浙")))
    assert all(value < 0.2 for value in confidence)


def test_a_model_without_the_digits_is_refused() -> None:
    with pytest.raises(ValueError, match="its characters lack 0123456789"):
        Alphabet([*"ABCDEFGHIJKLMNOPQRSTUVWXYZ"])


@given(st.text(alphabet=LETTERS, max_size=12))
@settings(deadline=None)
def test_any_text_written_with_blanks_between_is_read_back(text: str) -> None:
    text_read, confidence = read_greedily(ALPHABET.fold(_probability(BLANK.join(text))))
    assert text_read == text
    assert len(confidence) == len(text)
    assert all(0 <= value <= 1 for value in confidence)
