"""The PlateFinder port: corners in reading order, in pixels of the picture that was given, surest first."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from edge.errors import ModelError
from edge.inference.finder import QuadFinder, open_finder
from edge.inference.finder_card import load_finder_card
from edge.ports import PlateFinder
from edge.types import U8
from edge.vision import quads as four
from edge.workshop.finder.paste import set_plate
from edge.workshop.plates.samples import Fonts, training_plate
from tests.inference.canned_finder import SeeingFinder, write_card

CORNERS = np.array([[150, 192], [268, 196], [268, 226], [150, 222]], np.float32)


def shipped(_: Path) -> PlateFinder:
    try:
        return open_finder(load_finder_card("plate-n"))
    except ModelError as error:
        pytest.skip(f"the finder's network is not here: {error}")


def seeing(folder: Path) -> PlateFinder:
    """One whose network takes what is bright for a plate."""
    return QuadFinder(load_finder_card(write_card(folder)), SeeingFinder())


def vehicle() -> U8:
    """The back of something like a car, with a plate on it."""
    picture = np.full((320, 400), 150, np.uint8)
    picture[40:140, 60:340] = 40
    picture[150:290, 40:360] = 95
    picture[250:290, 40:360] = 50
    rng = np.random.default_rng(3)
    set_plate(picture, training_plate(Fonts(), rng).pixels, CORNERS, (0.6, 110.0), rng)
    return np.asarray(np.repeat(picture[..., None], 3, axis=2), np.uint8)


@pytest.fixture(params=[shipped, seeing], ids=["shipped", "seeing"])
def finder(request: pytest.FixtureRequest, tmp_path: Path) -> PlateFinder:
    found: PlateFinder = request.param(tmp_path)
    return found


def test_the_plate_of_a_vehicle_is_found_with_its_corners(finder: PlateFinder) -> None:
    plates = finder.find(vehicle())
    assert len(plates) >= 1
    apart = np.linalg.norm(plates.quads[0] - CORNERS, axis=1)
    assert float(apart.mean()) < 0.25 * four.size(CORNERS)[1]
    assert 0 < float(plates.confidence[0]) <= 1


def test_surer_plates_come_first(finder: PlateFinder) -> None:
    confidence = finder.find(vehicle()).confidence
    assert (np.diff(confidence) <= 0).all()


def test_the_label_names_the_model_and_what_runs_it(finder: PlateFinder) -> None:
    assert " on " in finder.label


def test_the_picture_is_left_as_it_was(finder: PlateFinder) -> None:
    picture = vehicle()
    before = picture.copy()
    finder.find(picture)
    assert np.array_equal(picture, before)


def test_a_tiny_picture_is_no_error(finder: PlateFinder) -> None:
    finder.find(np.zeros((3, 5, 3), np.uint8))
