"""Our plate finder's input and answer: an exact inverse, each plate once, corners in the order they are read."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from edge.errors import EngineFailed, ModelError
from edge.inference.any_card import load_any_card
from edge.inference.finder import LARGEST_AGAIN, LARGEST_SCALE, QuadFinder, decode, prepare
from edge.inference.finder_card import FinderCard, load_finder_card
from edge.ports import Feeds
from edge.types import F32, U8, PlateQuads
from tests.inference.canned_finder import BRIGHT, CARD, CannedFinder, SeeingFinder, answer_of, write_card


@pytest.fixture
def card(tmp_path: Path) -> FinderCard:
    return load_finder_card(write_card(tmp_path))


def quad(x: float, y: float, wide: float = 20, high: float = 6) -> F32:
    """A slightly turned plate around a point."""
    half = np.array([[-wide, -high - 1], [wide, -high + 1], [wide, high + 1], [-wide, high - 1]], np.float32) / 2
    return np.asarray(half + np.array([x, y], np.float32), np.float32)


def test_a_plate_said_by_its_cell_is_found_with_its_corners() -> None:
    found = decode(answer_of((quad(50, 30), 0.9)), 0.4)
    assert np.allclose(found.quads[0], quad(50, 30), atol=1e-4)
    assert found.confidence.tolist() == pytest.approx([0.9])


def test_nothing_below_the_threshold_is_a_plate() -> None:
    assert len(decode(answer_of((quad(50, 30), 0.39)), 0.4)) == 0


def test_plates_come_surest_first() -> None:
    found = decode(answer_of((quad(20, 12), 0.5), (quad(60, 50), 0.8)), 0.4)
    assert found.confidence.tolist() == pytest.approx([0.8, 0.5])
    assert found.quads[0].mean(axis=0).tolist() == pytest.approx([60, 50], abs=0.5)


def test_cells_that_agree_make_one_plate_between_them() -> None:
    one, other = quad(47, 30), quad(49, 30)
    answer = answer_of((one, 0.8))
    middle = (np.array([6, 3], np.float32) + 0.5) * 8
    answer[0, 3, 6] = 0.4
    answer[1:, 3, 6] = (other - middle).ravel()
    found = decode(answer, 0.3)
    assert len(found) == 1
    assert np.allclose(found.quads[0], (2 * one + other) / 3, atol=1e-3)


def test_cells_that_disagree_have_no_say_in_the_corners() -> None:
    answer = answer_of((quad(47, 30), 0.8))
    answer[0, 3, 6] = 0.7
    answer[1:, 3, 6] = (quad(56, 30) - np.array([52, 28])).ravel()
    found = decode(answer, 0.3)
    assert len(found) == 1
    assert np.allclose(found.quads[0], quad(47, 30), atol=1e-3)


def test_a_plate_without_area_is_not_averaged_away() -> None:
    flat = np.full((4, 2), 30, np.float32)
    found = decode(answer_of((flat, 0.9)), 0.4)
    assert np.allclose(found.quads[0], 30)


@pytest.mark.parametrize("shape", [(64, 96), (720, 1280), (35, 40), (480, 300), (31, 400)])
def test_corners_in_the_input_come_back_to_where_they_were(shape: tuple[int, int]) -> None:
    fitted = prepare(np.zeros((*shape, 3), np.uint8), (384, 256))
    assert fitted.picture.shape == (256, 384)
    corner = np.array([[shape[1], shape[0]]], np.float32)
    there = corner * fitted.scale + fitted.shift
    assert (there <= (384, 256)).all()
    assert np.allclose(there, np.round(there), atol=1e-3)
    half = prepare(np.zeros((*shape, 3), np.uint8), (384, 256), share=0.5)
    assert (half.scale <= fitted.scale).all()
    assert (corner * half.scale <= (193, 129)).all()
    assert (fitted.scale <= LARGEST_SCALE + 1e-6).all()


def test_bars_lie_around_a_picture_of_another_shape() -> None:
    fitted = prepare(np.full((100, 100), 7, np.uint8), (384, 256), pad=114)
    assert set(np.unique(fitted.picture)) == {7, 114}
    assert (fitted.picture[:, 192] == 7).sum() == 200
    assert (fitted.picture[128] == 7).sum() == 200


def test_fine_stripes_do_not_alias() -> None:
    stripes = np.zeros((512, 768), np.uint8)
    stripes[:, ::2] = 200
    assert np.ptp(prepare(stripes, (384, 256)).picture) <= 1


def road(x1: int, y1: int, x2: int, y2: int, size_wh: tuple[int, int]) -> U8:
    """A dark picture with one bright thing in it."""
    picture = np.full((size_wh[1], size_wh[0], 3), 40, np.uint8)
    picture[y1:y2, x1:x2] = 250
    return picture


def test_plates_are_told_in_pixels_of_the_picture(card: FinderCard) -> None:
    engine = SeeingFinder()
    found = QuadFinder(card, engine).find(road(100, 60, 140, 72, (192, 128)))
    assert np.allclose(found.quads[0], [[100, 60], [140, 60], [140, 72], [100, 72]], atol=1)
    assert engine.asked[0].shape == (1, 1, 64, 96)
    assert float(engine.asked[0].max()) == pytest.approx(250 / 255)


def test_each_plate_is_looked_at_from_nearer_and_nearer(card: FinderCard) -> None:
    engine = SeeingFinder()
    QuadFinder(card, engine).find(road(300, 200, 340, 216, (768, 512)))
    first, second, third = ((asked > BRIGHT).sum() for asked in engine.asked)
    assert second > 4 * first
    assert third > 2 * second


def test_what_two_looks_are_not_sure_of_is_not_looked_at_a_third_time(card: FinderCard) -> None:
    engine = SeeingFinder(0.35)
    assert len(QuadFinder(card, engine).find(road(40, 28, 60, 36, (96, 64)))) == 0
    assert len(engine.asked) == 2


def test_a_tiny_plate_is_enlarged_more_in_the_nearer_looks(card: FinderCard) -> None:
    engine = SeeingFinder()
    QuadFinder(card, engine).find(road(14, 14, 20, 18, (36, 24)))
    first, *nearer = ((asked > BRIGHT).sum() for asked in engine.asked)
    assert nearer == pytest.approx([first * (LARGEST_AGAIN / LARGEST_SCALE) ** 2] * 2, rel=0.25)


class _Doubting(SeeingFinder):
    """Sure of .8 at first, of .4 from near."""

    def infer(self, feeds: Feeds) -> Mapping[str, npt.NDArray[Any]]:
        self._sure = 0.4 if self.asked else 0.8
        return super().infer(feeds)


def test_both_looks_count_by_their_weights(card: FinderCard) -> None:
    found = QuadFinder(card, _Doubting()).find(road(40, 28, 60, 36, (96, 64)))
    assert found.confidence.tolist() == pytest.approx([0.65 * 0.8 + 0.35 * 0.4])


class _Shifting(SeeingFinder):
    """Sees a plate further right in one of its looks, by so many pixels of the input."""

    def __init__(self, look: int, shift: float) -> None:
        super().__init__()
        self._look, self._shift = look, shift

    def infer(self, feeds: Feeds) -> Mapping[str, npt.NDArray[Any]]:
        look = len(self.asked)
        self._sure = (0.8, 0.4, 0.6)[look]
        answers = super().infer(feeds)
        return (
            {name: _moved_right(answer, self._shift) for name, answer in answers.items()}
            if look == self._look
            else answers
        )


def _moved_right(answer: npt.NDArray[Any], shift: float) -> F32:
    moved = np.array(answer)
    moved[:, 1::2] += shift
    return moved


@pytest.mark.parametrize(("look", "share"), [(0, 0.0), (1, 0.4), (2, 0.6)])
def test_the_corners_of_the_nearer_looks_count_as_much_as_each_is_sure(
    card: FinderCard, look: int, share: float
) -> None:
    still, shifted = (
        QuadFinder(card, _Shifting(look, shift)).find(road(40, 28, 60, 36, (96, 64))).quads[0] for shift in (0.0, 4.0)
    )
    scale = (1.0, 96 / 90, 96 / 46)[look]
    assert (shifted - still)[:, 0] == pytest.approx(share * 4 / scale, abs=0.5)
    assert (shifted - still)[:, 1] == pytest.approx(0, abs=0.2)


def test_the_cards_threshold_holds_unless_another_is_given(card: FinderCard) -> None:
    picture = road(40, 28, 60, 36, (96, 64))
    assert len(QuadFinder(card, SeeingFinder(0.35)).find(picture)) == 0
    assert len(QuadFinder(card, SeeingFinder(0.35), 0.3).find(picture)) == 1


def test_a_plate_not_seen_again_counts_its_first_look_alone(card: FinderCard) -> None:
    somewhere = CannedFinder(answer_of((quad(20, 12), 0.6)))
    assert len(QuadFinder(card, somewhere).find(np.zeros((640, 960), np.uint8))) == 0
    found = QuadFinder(card, somewhere, 0.3).find(np.zeros((640, 960), np.uint8))
    assert found.confidence.tolist() == pytest.approx([0.65 * 0.6])


def test_a_large_frame_is_searched_in_tiles_and_a_plate_counts_once(card: FinderCard) -> None:
    engine = SeeingFinder()
    found = QuadFinder(card, engine).find_in_frame(road(200, 100, 230, 110, (384, 256)))
    assert len(found) == 1
    assert found.quads[0].mean(axis=0).tolist() == pytest.approx([215, 105], abs=2)
    assert len(engine.asked) > 6
    small = SeeingFinder()
    assert len(QuadFinder(card, small).find_in_frame(road(40, 28, 60, 36, (96, 64)))) == 1
    assert len(small.asked) == 3


def test_a_plate_at_the_edge_of_the_picture_is_looked_at_as_far_as_that_goes(card: FinderCard) -> None:
    found = QuadFinder(card, SeeingFinder()).find(road(168, 118, 192, 128, (192, 128)))
    assert found.quads[0][2].tolist() == pytest.approx([192, 128], abs=1.5)


def test_an_answer_of_another_shape_is_an_error_not_an_empty_road(card: FinderCard) -> None:
    engine = CannedFinder(answer_of(size_wh=(128, 64)))
    with pytest.raises(EngineFailed, match="use the file of the card"):
        QuadFinder(card, engine).find(np.zeros((64, 96, 3), np.uint8))


def test_a_network_with_other_outputs_is_refused(card: FinderCard) -> None:
    with pytest.raises(ModelError, match="other inputs or outputs"):
        QuadFinder(card, CannedFinder(answer_of(), "output0"))


def test_a_card_says_that_it_is_a_finders(card: FinderCard) -> None:
    assert load_any_card(card.path) == card
    assert card.cells_wh == (12, 8)


@pytest.mark.parametrize(
    ("line", "wrong", "cause"),
    [
        ('output = "plates"', "", "output"),
        ("width = 96", "width = 100", "no multiple of 8"),
        ("height = 64", "height = 9", "height"),
        ("confidence = 0.4", "confidence = 4.0", "confidence"),
        ('sha256 = "', 'sha256 = "x', "64 hexadecimal digits"),
    ],
)
def test_a_wrong_card_is_refused_in_one_line(tmp_path: Path, line: str, wrong: str, cause: str) -> None:
    path = write_card(tmp_path, CARD.replace(line, wrong))
    with pytest.raises(ModelError, match=cause) as caught:
        load_any_card(path)
    assert "\n" not in str(caught.value)


def test_damaged_weights_are_refused(card: FinderCard) -> None:
    card.check_file()
    card.file.write_bytes(b"damaged")
    with pytest.raises(ModelError, match="its SHA-256 is"):
        card.check_file()


@pytest.mark.parametrize(
    ("quads", "confidence", "cause"),
    [
        (np.zeros((1, 4, 2), np.float64), np.zeros(1, np.float32), "quads"),
        (np.zeros((2, 4, 2), np.float32), np.zeros(1, np.float32), "confidence"),
        (np.zeros((2, 4, 2), np.float32), np.array([0.1, 0.2], np.float32), "rises"),
    ],
)
def test_columns_that_do_not_fit_are_refused(quads: F32, confidence: F32, cause: str) -> None:
    with pytest.raises(ValueError, match=cause):
        PlateQuads(quads, confidence)
