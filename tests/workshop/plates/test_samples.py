"""A seed is a sample: text, places, shape and type follow from it, whatever is done to the picture."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from edge.inference.slots import INPUT_WH, SLOTS, encode
from edge.types import U8
from edge.workshop.plates import list_proof
from edge.workshop.plates.batches import UNKNOWN_REGION, Mix, RealPlate, collate, make_batch, real_sample
from edge.workshop.plates.crops import Crop
from edge.workshop.plates.draw import PlatePicture, draw_plate
from edge.workshop.plates.hands import StrokeHand
from edge.workshop.plates.layouts import Layout, is_proof_text, spell, text_of
from edge.workshop.plates.samples import Fonts, proof_sample, training_sample
from edge.workshop.plates.view import View, look, motion_kernel

CLEAN = View(width_px=200)


def _plate(seed: int = 1) -> PlatePicture:
    rng = np.random.default_rng(seed)
    layout = Layout("x", "eu", ("AA 99|AA 99",), aspect=(1.5, 1.5))
    return draw_plate(layout, spell(layout.patterns[0], layout.letters, rng), StrokeHand(list_proof.FONTS[0]), rng)


def test_the_same_seed_gives_the_same_sample_and_another_one_another() -> None:
    first, again, other = training_sample(5, Fonts()), training_sample(5, Fonts()), training_sample(6, Fonts())
    assert first.text == again.text
    assert np.array_equal(first.picture, again.picture)
    assert np.array_equal(first.centres, again.centres)
    assert first.picture.shape != other.picture.shape or not np.array_equal(first.picture, other.picture)


@pytest.mark.parametrize("seed", range(60))
def test_samples_are_gray_pictures_with_a_place_for_each_character(seed: int) -> None:
    sample = training_sample(seed, Fonts())
    assert sample.picture.dtype == np.uint8
    assert sample.picture.ndim == 2
    assert min(sample.picture.shape) >= 8
    assert sample.centres.shape == (len(sample.text), 2)
    assert np.isfinite(sample.centres).all()
    assert (np.abs(sample.centres - 0.5) < 0.75).all()


def test_training_and_proof_never_show_the_same_text() -> None:
    assert not any(is_proof_text(training_sample(seed, Fonts()).text) for seed in range(100))
    for layout in list_proof.LAYOUTS:
        assert is_proof_text(proof_sample(list_proof.SEEDS.start, (layout,), CLEAN).text)


def test_characters_stand_left_to_right_and_the_first_line_above_the_second() -> None:
    plate = _plate()
    picture, centres = look(plate, CLEAN, np.random.default_rng(1))
    assert (np.diff(centres[:4, 0]) > 0).all()
    assert (np.diff(centres[4:, 0]) > 0).all()
    assert float(np.max(centres[:4, 1])) < float(np.min(centres[4:, 1]))
    # The ink really is there: around each place it is darker than the ground between the lines.
    for x, y in centres * np.array(picture.shape[::-1]):
        around = picture[int(y) - 12 : int(y) + 12, int(x) - 8 : int(x) + 8]
        assert int(np.min(around)) < 100 < int(np.max(around))


@pytest.mark.parametrize(
    "change",
    [
        {"width_px": 24.0},
        {"turn_deg": 12.0, "shear": 0.3, "keystone": (0.2, 0.1)},
        {"cut": (-0.1, -0.1, 0.6, 0.6)},
        {"motion_px": 9.0, "motion_deg": 40.0},
        {"defocus_px": 2.0},
        {"contrast": 0.2, "noise": 12.0},
        {"jpeg": 12},
        {"glare": 1.0},
        {"shadow": 0.8},
        {"dirt": 0.8},
    ],
    ids=lambda change: next(iter(change)),
)
def test_every_condition_keeps_the_type_and_changes_the_picture(change: dict[str, float]) -> None:
    plain, _ = look(_plate(), CLEAN, np.random.default_rng(1))
    shown, centres = look(_plate(), replace(CLEAN, **change), np.random.default_rng(1))  # type: ignore[arg-type]  # fields differ in type
    assert shown.dtype == np.uint8
    assert shown.ndim == 2
    assert len(centres) == 8
    assert shown.shape != plain.shape or not np.array_equal(shown, plain)


def test_a_plate_is_as_wide_as_the_view_asks() -> None:
    plate = _plate()
    bare = look(plate, View(width_px=90, cut=(0, 0, 0, 0)), np.random.default_rng(1))[0]
    assert bare.shape == (round(90 * plate.pixels.shape[0] / plate.pixels.shape[1]), 90)


def test_motion_spreads_a_point_along_its_direction() -> None:
    level, upright = motion_kernel(7, 0), motion_kernel(7, 90)
    assert level.sum() == pytest.approx(1)
    assert level.sum(axis=0).astype(bool).sum() > 5
    assert np.allclose(level, upright.T, atol=0.02)


def _gray() -> U8:
    return np.random.default_rng(1).integers(0, 255, (40, 90)).astype(np.uint8)


def test_a_batch_mixes_rendered_and_real_and_follows_from_its_seed(tmp_path: Path) -> None:
    plates = [RealPlate(_gray(), Crop(tmp_path / "a.jpg", "AB12CDE", "GB"))]
    one, two = (make_batch(plates, Fonts(), Mix(16, 0.5), (1, 2)) for _ in range(2))
    assert one.images.shape == (16, INPUT_WH[1], INPUT_WH[0])
    assert np.array_equal(one.images, two.images)
    assert np.array_equal(one.slots, two.slots)
    real = np.isnan(one.centres).all(axis=(1, 2))
    assert 0 < real.sum() < 16
    assert (one.slots[real] == encode("AB12CDE")).all()


def test_a_real_crop_is_never_shown_larger_than_it_is(tmp_path: Path) -> None:
    for seed in range(30):
        sample = real_sample(RealPlate(_gray(), Crop(tmp_path / "a.jpg", "AB1", "")), np.random.default_rng(seed))
        assert sample.picture.shape[1] <= 1.35 * 90
        assert sample.text == "AB1"
    assert collate([sample]).regions.tolist() == [UNKNOWN_REGION]
    assert collate([sample]).slots.shape == (1, SLOTS)


def test_a_text_that_no_plate_has_room_for_is_refused() -> None:
    with pytest.raises(ValueError, match="12 at most"):
        encode("A" * 13)
    assert text_of(spell("AA 9", "B", np.random.default_rng(0)))[:2] == "BB"
