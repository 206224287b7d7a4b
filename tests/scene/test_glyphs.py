"""The stroke alphabet can be told apart."""

from __future__ import annotations

from itertools import combinations

import cv2
import numpy as np
import pytest

from edge.scene.glyphs import Font, glyph, line
from edge.scene.lists import LISTS

FONTS = [font for source in LISTS.values() for font in source.fonts]
SIGNS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"


@pytest.mark.parametrize("font", FONTS, ids=lambda font: font.name)
def test_no_two_letters_look_the_same(font: Font) -> None:
    # 24 px high is a plate letter seen at the line; O and 0 may be one form, as on many real plates.
    drawn = {sign: cv2.resize(glyph(sign, font, 48), (24, 32)).astype(np.float32) for sign in SIGNS}
    alike = {
        a + b for a, b in combinations(SIGNS, 2) if a + b != "O0" and np.abs(drawn[a] - drawn[b]).mean() < 0.03 * 255
    }
    assert not alike


@pytest.mark.parametrize("font", FONTS, ids=lambda font: font.name)
def test_every_letter_fills_its_height(font: Font) -> None:
    for sign in SIGNS:
        rows = np.flatnonzero(glyph(sign, font, 60).max(axis=1) > 100)
        assert rows[0] <= 4
        assert rows[-1] >= 55


def test_a_sign_without_a_skeleton_is_refused() -> None:
    with pytest.raises(KeyError):
        glyph("é", FONTS[0], 40)


def test_a_line_is_as_high_as_asked_and_grows_with_its_text() -> None:
    short, long = line("CA", FONTS[0], 50), line("CA 123", FONTS[0], 50)
    assert short.shape[0] == long.shape[0] == 50
    assert long.shape[1] > short.shape[1]
