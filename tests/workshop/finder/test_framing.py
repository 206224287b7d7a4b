"""Whatever is seen of a picture, the corners of its plates go with it."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from edge.inference.finder import LARGEST_SCALE
from edge.vision import quads as four
from edge.workshop.finder import framing
from edge.workshop.finder.framing import PAD, Frame, _close_up, framed, random_frame, spoiled
from edge.workshop.finder.targets import CORNERS, NEAR, OUTLINE, Canvas, targets

SIZE_WH = (192, 128)
BOX = (100, 60, 180, 84)


def picture_with_a_plate(*, exact: bool = True) -> Canvas:
    """A dark picture whose one plate is the only bright thing in it."""
    pixels = np.full((200, 320), 30, np.uint8)
    x1, y1, x2, y2 = BOX
    pixels[y1:y2, x1:x2] = 230
    quad = np.array([[[x1, y1], [x2, y1], [x2, y2], [x1, y2]]], np.float32)
    return Canvas(
        pixels, quad, np.array([CORNERS if exact else OUTLINE], np.int8), np.array([[90, 50, 190, 95]], np.float32)
    )


@pytest.mark.parametrize("seed", range(12))
def test_the_corners_stay_on_the_plate(seed: int) -> None:
    rng = np.random.default_rng(seed)
    whole = picture_with_a_plate()
    shown = framed(whole, random_frame((320, 200), np.array(BOX, np.float32), SIZE_WH, rng), SIZE_WH, rng)
    assert shown.picture.shape == (128, 192)
    x1, y1, x2, y2 = four.bounds(shown.quads[0])
    bright = cv2.boundingRect((shown.picture > 150).astype(np.uint8))
    left, top, right, bottom = shown.seen or (0, 0, *SIZE_WH)
    if bright[2] and x1 > left + 1 and y1 > top + 1 and x2 < right - 2 and y2 < bottom - 2 and x2 - x1 > 12:
        assert bright == pytest.approx((x1, y1, x2 - x1, y2 - y1), abs=3)
    across, down = shown.quads[0][1] - shown.quads[0][0], shown.quads[0][3] - shown.quads[0][0]
    assert across[0] > 0, "mirrored, top left must still be left of top right"
    assert down[1] > 0


@pytest.mark.parametrize("known", [CORNERS, OUTLINE])
def test_a_level_plate_leans_with_its_picture(known: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(framing, "LEANING", 1.0)
    slopes = []
    for seed in range(8):
        everything = Frame((160, 100), (320, 200), shows_beyond=True)
        shown = framed(picture_with_a_plate(exact=known == CORNERS), everything, SIZE_WH, np.random.default_rng(seed))
        x1, y1, x2, y2 = four.bounds(shown.quads[0])
        bright = cv2.boundingRect((shown.picture > 150).astype(np.uint8))
        assert bright == pytest.approx((x1, y1, x2 - x1, y2 - y1), abs=3)
        across = shown.quads[0][1] - shown.quads[0][0]
        slopes.append(float(across[1] / across[0]))
    assert min(slopes) < -0.1
    assert max(slopes) > 0.1


def test_a_box_that_may_hold_a_slanted_plate_does_not_lean(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(framing, "LEANING", 1.0)
    square = np.array([[[100, 60], [150, 60], [150, 100], [100, 100]]], np.float32)
    for seed in range(8):
        whole = Canvas(np.full((200, 320), 30, np.uint8), square, np.array([NEAR], np.int8))
        shown = framed(whole, Frame((160, 100), (320, 200), shows_beyond=True), SIZE_WH, np.random.default_rng(seed))
        across = shown.quads[0][1] - shown.quads[0][0]
        assert across[1] == pytest.approx(0, abs=1e-3)


def test_a_close_up_shows_the_whole_plate_and_no_larger_than_the_finder_would() -> None:
    rng = np.random.default_rng(3)
    for _ in range(100):
        frame = _close_up((320, 200), np.array(BOX, np.float32), SIZE_WH, rng)
        left, top = np.array(frame.centre) - np.array(frame.size_wh) / 2
        right, bottom = np.array(frame.centre) + np.array(frame.size_wh) / 2
        assert left <= BOX[0] + 0.1
        assert right >= BOX[2] - 0.1
        assert top <= BOX[1] + 0.1
        assert bottom >= BOX[3] - 0.1
        assert frame.size_wh[0] <= 80 / 0.45 + 0.1 or frame.size_wh[1] < 24 / 0.45**2
        scale = frame.share * min(SIZE_WH[0] / frame.size_wh[0], SIZE_WH[1] / frame.size_wh[1])
        assert scale <= LARGEST_SCALE * 1.23


def test_a_frame_fills_its_share_of_the_input() -> None:
    half = Frame((160, 100), (320, 200), shows_beyond=False, share=0.5)
    shown = framed(picture_with_a_plate(), half, SIZE_WH, np.random.default_rng(4))
    assert shown.seen is not None
    assert shown.seen[2] - shown.seen[0] == pytest.approx(SIZE_WH[0] / 2, rel=0.1)


def test_an_upright_box_is_not_turned(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(framing, "LEANING", 0.0)
    for seed in range(40):
        rng = np.random.default_rng(seed)
        shown = framed(
            picture_with_a_plate(exact=False), Frame((160, 100), (320, 200), shows_beyond=True), SIZE_WH, rng
        )
        quad = shown.quads[0]
        assert quad[0, 1] == pytest.approx(quad[1, 1], abs=1e-3)
        assert quad[0, 0] == pytest.approx(quad[3, 0], abs=1e-3)


def test_what_lies_beyond_a_crop_is_bars_and_a_plate_cut_by_them_is_not_asked_for() -> None:
    rng = np.random.default_rng(1)
    shown = framed(picture_with_a_plate(), Frame((180, 100), (60, 100), shows_beyond=False), SIZE_WH, rng)
    assert (shown.picture[:, :40] == PAD).all()
    assert shown.seen is not None
    assert shown.seen[0] > 40
    assert len(targets(shown).cells) == 0
    everything = Frame((160, 100), (320, 200), shows_beyond=False)
    assert len(targets(framed(picture_with_a_plate(), everything, SIZE_WH, rng)).cells) > 0


@pytest.mark.parametrize(("inside_px", "found"), [(30, False), (60, True)])
def test_the_edge_of_the_picture_cuts_like_a_bar(inside_px: int, *, found: bool) -> None:
    whole = picture_with_a_plate()  # 80 px wide
    whole.quads = whole.quads - np.array([whole.quads[0, 1, 0] - inside_px, 0], np.float32)
    shown = framed(whole, Frame((0, 100), (200, 130), shows_beyond=True), SIZE_WH, np.random.default_rng(2))
    assert (len(targets(shown).cells) > 0) == found


def test_a_squeezed_picture_keeps_its_plate_where_it_is_seen() -> None:
    shapes = []
    for seed in range(60):
        everything = Frame((160, 100), (320, 200), shows_beyond=True)
        shown = framed(picture_with_a_plate(exact=False), everything, SIZE_WH, np.random.default_rng(seed))
        x1, y1, x2, y2 = np.rint(four.outlines(shown.quads)[0]).astype(int).tolist()
        assert float(shown.picture[y1 + 2 : y2 - 2, x1 + 2 : x2 - 2].mean()) > float(shown.picture[:y1].mean()) + 50
        shapes.append((x2 - x1) / (y2 - y1))
    assert min(shapes) < 0.7 * max(shapes)


def test_close_framings_show_plates_from_small_to_large() -> None:
    rng = np.random.default_rng(5)
    widths = []
    for _ in range(200):
        frame = random_frame((1280, 720), np.array([600, 400, 680, 420], np.float32), (384, 256), rng)
        widths.append(80 * min(384 / frame.size_wh[0], 256 / frame.size_wh[1]))
    assert min(widths) < 30
    assert max(widths) > 120


def test_a_picture_without_plates_is_shown_too() -> None:
    rng = np.random.default_rng(6)
    frame = random_frame((320, 200), None, SIZE_WH, rng)
    shown = framed(Canvas(np.zeros((200, 320), np.uint8)), frame, SIZE_WH, rng)
    assert shown.quads.shape == (0, 4, 2)


@pytest.mark.parametrize("seed", range(8))
def test_a_worse_camera_keeps_size_and_kind(seed: int) -> None:
    shown = picture_with_a_plate()
    before = shown.picture.copy()
    after = spoiled(shown.picture, shown.quads, np.random.default_rng(seed))
    assert after.shape == before.shape
    assert after.dtype == np.uint8
    assert np.array_equal(shown.picture, before), "what is read once is used again"
