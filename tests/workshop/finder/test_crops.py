"""A real plate cut out with a margin is set where it shall be, its margin fading into the picture."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from edge.types import F32
from edge.workshop.finder.crops import plate_in, set_crop
from edge.workshop.finder.scenes import Scene
from edge.workshop.finder.sources import Mix, Sources, whole_canvas
from edge.workshop.finder.targets import NEAR

AS_IS = (1.0, 0.0)


def box(*sides: float) -> F32:
    return np.array(sides, np.float32)


def crop_of(wide: int = 108, high: int = 58) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """A white plate on black."""
    crop = np.zeros((high, wide), np.uint8)
    x1, y1, x2, y2 = np.rint(plate_in((wide, high))).astype(int)
    crop[y1:y2, x1:x2] = 250
    return crop


def test_the_plate_lies_within_its_margins() -> None:
    assert plate_in((108, 116)).tolist() == pytest.approx([4, 8, 104, 108])


def test_the_plate_fills_its_place_and_the_picture_stays_beyond_the_margin() -> None:
    picture = np.full((120, 200), 90, np.uint8)
    set_crop(picture, crop_of(), box(60, 40, 140, 70), AS_IS)
    assert (picture[43:67, 63:137] > 240).all()
    assert (picture[:37] == 90).all()
    assert (picture[:, :56] == 90).all()
    assert (picture[73:] == 90).all()
    assert (picture[:, 144:] == 90).all()


def test_the_margin_fades_into_the_picture() -> None:
    picture = np.full((300, 500), 200, np.uint8)
    set_crop(picture, np.zeros((116, 216), np.uint8), box(100, 100, 400, 200), AS_IS)
    across = picture[150, 88:100].astype(int)
    assert (np.diff(across) <= 0).all()
    assert across[0] > 170
    assert across[-1] < 25


@pytest.mark.parametrize(
    "place", [(-40, 40, 40, 70), (160, 100, 240, 130), (-200, -90, -100, -50), (50, 50, 51, 50.5)], ids=str
)
def test_a_plate_cut_by_the_edge_beyond_it_or_too_small_does_no_harm(place: tuple[float, ...]) -> None:
    picture = np.full((120, 200), 90, np.uint8)
    set_crop(picture, crop_of(), box(*place), AS_IS)
    changed = np.argwhere(picture != 90)
    margin = 9
    assert (
        (changed >= (place[1] - margin, place[0] - margin)) & (changed <= (place[3] + margin, place[2] + margin))
    ).all()


@pytest.fixture
def sources(tmp_path: Path) -> Sources:
    street, plate = tmp_path / "street.png", tmp_path / "plate.png"
    assert cv2.imwrite(str(street), np.full((240, 320, 3), 70, np.uint8))
    assert cv2.imwrite(str(plate), np.dstack([crop_of()] * 3))
    return Sources([Scene(street, box(120, 150, 200, 190)[None])], crops=[plate])


def test_a_crop_is_a_picture_of_its_own_with_its_outline(sources: Sources) -> None:
    whole = whole_canvas(sources, Mix(gates=0, vehicles=0, crops=1), np.random.default_rng(1))
    assert whole.picture.shape == (58, 108)
    assert whole.known.tolist() == [NEAR]
    assert whole.quads[0][[0, 2]].ravel().tolist() == pytest.approx(plate_in((108, 58)).tolist())


def test_a_crop_takes_the_place_of_a_boxed_plate(sources: Sources) -> None:
    mix = Mix(gates=0, vehicles=0, crops=0, boxed=0, replaced=1, removed=0, real=1)
    whole = whole_canvas(sources, mix, np.random.default_rng(2))
    assert whole.known.tolist() == [NEAR]
    middle, size = whole.quads[0].mean(axis=0), np.ptp(whole.quads[0], axis=0)
    assert middle.tolist() == pytest.approx([160, 170], abs=0.1)
    assert size[0] / size[1] == pytest.approx(2.0, rel=0.02)
    assert size.prod() == pytest.approx(80 * 40, rel=0.35)
