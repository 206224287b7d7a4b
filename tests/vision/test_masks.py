"""Privacy masks: what they cover is black in every view, and nothing else changes."""

from __future__ import annotations

import numpy as np
import pytest

from edge.types import U8
from edge.vision.frame import PlanarFrame
from edge.vision.masks import PrivacyMasks
from edge.vision.planes import PixelFormat, Planes

CLOCK = ((0.5, 0.0), (1.0, 0.0), (1.0, 0.25), (0.5, 0.25))
WIDTH, HEIGHT = 161, 91


def _noise(kind: PixelFormat) -> Planes:
    draw = np.random.default_rng(7)
    half = ((HEIGHT + 1) // 2, (WIDTH + 1) // 2)
    shapes: dict[PixelFormat, list[tuple[int, ...]]] = {
        PixelFormat.I420: [(HEIGHT, WIDTH), half, half],
        PixelFormat.NV12: [(HEIGHT, WIDTH), (*half, 2)],
        PixelFormat.GRAY8: [(HEIGHT, WIDTH)],
        PixelFormat.RGB: [(HEIGHT, WIDTH, 3)],
    }
    return Planes(kind, tuple(draw.integers(30, 230, shape).astype(np.uint8) for shape in shapes[kind]))


def _frame(planes: Planes) -> PlanarFrame:
    return PlanarFrame("gate", 0, 0, 0, 0, planes)


def _whole(planes: Planes) -> U8:
    return _frame(planes).crop((0, 0, WIDTH, HEIGHT))


@pytest.mark.parametrize("kind", list(PixelFormat))
def test_every_view_sees_black_under_a_mask_and_the_picture_beside_it(kind: PixelFormat) -> None:
    planes = _noise(kind)
    masked = PrivacyMasks([CLOCK]).blacken(planes)
    whole, before = _whole(masked), _whole(planes)
    assert np.max(whole[:22, 81:]) == 0
    # A margin: colour is shared by four pixels and interpolated between them.
    assert (whole[28:] == before[28:]).all()
    assert (whole[:, :76] == before[:, :76]).all()
    assert np.max(_frame(masked).luma(WIDTH, HEIGHT)[:22, 81:]) == 0
    assert np.max(_frame(masked).luma(16, 9)[0, 9:]) == 0
    box = _frame(masked).letterbox(80, 46, pad=7).picture
    assert np.max(box[:10, 42:]) == 0
    assert np.mean(box[30:40]) > 50


def test_ticking_digits_under_a_mask_change_nothing() -> None:
    masks = PrivacyMasks([CLOCK])
    first = _noise(PixelFormat.I420)
    luma = first.arrays[0].copy()
    luma[4:12, 90:150] = 255 - luma[4:12, 90:150]
    second = Planes(first.format, (luma, *first.arrays[1:]))
    assert (_whole(masks.blacken(first)) == _whole(masks.blacken(second))).all()


def test_the_decoders_own_planes_are_left_alone() -> None:
    planes = _noise(PixelFormat.I420)
    copies = [plane.copy() for plane in planes.arrays]
    PrivacyMasks([CLOCK]).blacken(planes)
    assert all((plane == copy).all() for plane, copy in zip(planes.arrays, copies, strict=True))


def test_without_masks_nothing_is_copied() -> None:
    planes = _noise(PixelFormat.NV12)
    assert PrivacyMasks([]).blacken(planes) is planes


def test_a_change_of_resolution_moves_the_mask_along() -> None:
    masks = PrivacyMasks([CLOCK])
    masks.blacken(_noise(PixelFormat.GRAY8))
    large = Planes(PixelFormat.GRAY8, (np.full((400, 600), 200, np.uint8),), full_range=True)
    luma = masks.blacken(large).arrays[0]
    assert np.max(luma[:100, 300:]) == 0
    assert np.min(luma[103:]) == 200
    assert np.min(luma[:, :297]) == 200


def test_a_mask_hides_every_pixel_it_touches() -> None:
    planes = Planes(PixelFormat.GRAY8, (np.full((10, 10), 200, np.uint8),), full_range=True)
    sliver = ((0.34, 0.0), (0.36, 0.0), (0.36, 1.0), (0.34, 1.0))
    assert np.max(PrivacyMasks([sliver]).blacken(planes).arrays[0][:, 3]) == 0


def test_masks_follow_square_pixels() -> None:
    planes = Planes(PixelFormat.GRAY8, (np.full((100, 100), 200, np.uint8),), full_range=True, sar=(2, 1))
    frame = _frame(PrivacyMasks([CLOCK]).blacken(planes))
    assert frame.size_wh == (200, 100)
    assert np.max(frame.crop((106, 0, 200, 24))) == 0
    assert np.min(frame.crop((0, 0, 94, 100))) == 200
