"""Plates look as their layout says."""

from __future__ import annotations

import numpy as np
import pytest

from edge.scene.list_proof import PROOF
from edge.scene.lists import LISTS
from edge.scene.plates import PlateLook, picture, spelled

RNG = np.random.default_rng(3)


def test_a_pattern_keeps_what_is_escaped_or_no_letter_or_digit() -> None:
    text = spelled("C\\A 99-A|Z", "X", np.random.default_rng(1))
    assert text[:3] == "CA "
    assert text[3:5].isdigit()
    assert text[5:] == "-X|Z"


@pytest.mark.parametrize("layout", [p for found in LISTS.values() for p in found.layouts], ids=lambda p: p.name)
def test_a_plate_has_the_proportions_of_its_layout_and_ink_in_the_middle(layout: object) -> None:
    found = next(p for source in LISTS.values() for p in source.layouts if p is layout)
    text = spelled(found.patterns[0], found.letters, RNG)
    plate = picture(PlateLook(text, found, PROOF.fonts[0]))
    height, width = plate.shape[:2]
    assert width / height == pytest.approx(found.wh_m[0] / found.wh_m[1], rel=0.02)
    assert (plate[..., 3] == 255).all()
    middle = plate[height // 5 : -height // 5, width // 5 : -width // 5, :3].astype(int)
    inked = (np.abs(middle - np.array(found.ink)).sum(axis=2) < 60).mean()
    assert 0.08 < inked < 0.6


def test_dirt_lowers_the_contrast() -> None:
    layout, font = PROOF.layouts[0], PROOF.fonts[0]
    clean, dirty = (picture(PlateLook("CA 776-317", layout, font, dirt))[..., :3].astype(float) for dirt in (0.0, 0.9))
    assert dirty.std() < clean.std()
