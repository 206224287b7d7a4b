"""Rendered samples: a seed becomes one look at one plate with its text, region and the places of its characters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from edge.types import F32, U8
from edge.workshop.plates import list_proof, list_training
from edge.workshop.plates.draw import PlatePicture, draw_plate
from edge.workshop.plates.fittings import add_fittings
from edge.workshop.plates.furniture import wear
from edge.workshop.plates.hands import Hand, StrokeHand, TypeHand, random_stroke
from edge.workshop.plates.layouts import Layout, Sign, is_proof_text, spell, text_of
from edge.workshop.plates.view import View, look, random_view

if TYPE_CHECKING:
    from collections.abc import Sequence

TYPE_SHARE = 0.55  # of the plates in TrueType fonts, where there are any
TRIES = 100
BOLTED, WORN = 0.35, 0.2  # of the training plates
DARK_GROUND = 110  # mean brightness below which a plate is written light on dark


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """One look at one plate.

    `picture` (H,W) uint8 gray; `centres` (N,2) float32 in 0..1 of the picture, NaN where unknown; `region` a name of
    REGIONS, empty where unknown.
    """

    picture: U8
    text: str
    region: str
    centres: F32


@dataclass(frozen=True, slots=True)
class Fonts:
    """TrueType hands with how often each is drawn."""

    hands: tuple[TypeHand, ...] = ()
    shares: tuple[float, ...] = ()


def training_sample(seed: int, fonts: Fonts) -> Sample:
    """Render one sample of the training list."""
    rng = np.random.default_rng((seed, 1))
    layout, signs, hand = _training(fonts, rng)
    plate = _worn(draw_plate(layout, signs, hand, rng), rng)
    return _taken(layout, signs, plate, random_view(rng), rng)


def training_plate(fonts: Fonts, rng: np.random.Generator) -> PlatePicture:
    """Draw one plate of the training list, flat and clean."""
    layout, signs, hand = _training(fonts, rng)
    return _worn(draw_plate(layout, signs, hand, rng), rng)


def _worn(plate: PlatePicture, rng: np.random.Generator) -> PlatePicture:
    """Add in place what only training plates have: fittings anywhere and rubbed-off ink. Proofs stay as they are."""
    if rng.random() < BOLTED:
        add_fittings(plate.pixels, plate.centres, rng)
    if rng.random() < WORN:
        wear(plate.pixels, int(np.percentile(plate.pixels, 85 if plate.pixels.mean() > DARK_GROUND else 15)), rng)
    return plate


def _training(fonts: Fonts, rng: np.random.Generator) -> tuple[Layout, tuple[Sign, ...], Hand]:
    layout = list_training.LAYOUTS[_drawn(_SHARES_TRAINING, rng)]
    signs = _text(layout, rng, proof=False)
    hand: Hand
    if fonts.hands and rng.random() < TYPE_SHARE:
        hand = fonts.hands[_drawn(np.cumsum(fonts.shares, dtype=np.float32), rng)]
    else:
        hand = random_stroke(rng)
    return layout, signs, hand


def proof_sample(seed: int, layouts: Sequence[Layout], view: View) -> Sample:
    """Render one sample of the proof list under set conditions."""
    rng = np.random.default_rng((seed, 2))
    layout = layouts[_drawn(_shares(layouts), rng)]
    signs = _text(layout, rng, proof=True)
    hand = StrokeHand(list_proof.FONTS[int(rng.integers(len(list_proof.FONTS)))])
    return _taken(layout, signs, draw_plate(layout, signs, hand, rng), view, rng)


def _taken(
    layout: Layout, signs: tuple[Sign, ...], plate: PlatePicture, view: View, rng: np.random.Generator
) -> Sample:
    picture, centres = look(plate, view, rng)
    return Sample(picture, text_of(signs), layout.region, centres)


def _text(layout: Layout, rng: np.random.Generator, *, proof: bool) -> tuple[Sign, ...]:
    """Draw a text that belongs to the list. The last of many tries stands for layouts with few texts."""
    for _ in range(TRIES):
        pattern = layout.patterns[int(rng.integers(len(layout.patterns)))]
        signs = spell(pattern, layout.letters, rng)
        if is_proof_text(text_of(signs)) == proof:
            return signs
    raise AssertionError(f"{layout.name}: {TRIES} texts in a row belong to the other list")


def _shares(layouts: Sequence[Layout]) -> F32:
    weights = np.array([layout.weight for layout in layouts], np.float32)
    return np.asarray((weights / weights.sum()).cumsum(), np.float32)


def _drawn(shares: F32, rng: np.random.Generator) -> int:
    return min(int(np.searchsorted(shares, rng.random())), len(shares) - 1)


_SHARES_TRAINING = _shares(list_training.LAYOUTS)
