"""PlanarFrame: views on demand that agree with the whole picture."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.ports import Frame
from edge.types import U8
from edge.vision.frame import PlanarFrame
from edge.vision.planes import Matrix, PixelFormat, Planes


def _planes(
    kind: PixelFormat, width: int, height: int, sar: tuple[int, int] = (1, 1), matrix: Matrix = Matrix.BT709
) -> Planes:
    """Smooth planes, as a camera makes them."""
    across = np.linspace(20, 220, width)[None, :].repeat(height, 0)
    down = np.linspace(30, 200, height)[:, None].repeat(width, 1)
    blue, red = (np.rint(plane[::2, ::2]).astype(np.uint8) for plane in (80 + down / 4, 190 - across / 4))
    luma = np.rint(across * 0.6 + down * 0.4).astype(np.uint8)
    arrays: dict[PixelFormat, tuple[U8, ...]] = {
        PixelFormat.I420: (luma, blue, red),
        PixelFormat.NV12: (luma, np.dstack([blue, red])),
        PixelFormat.GRAY8: (luma,),
        PixelFormat.RGB: (np.dstack([luma, luma[::-1], luma[:, ::-1]]),),
    }
    return Planes(kind, arrays[kind], matrix, sar=sar)


def _frame(planes: Planes) -> PlanarFrame:
    return PlanarFrame("gate", 3, 1, 2, 4, planes)


@pytest.fixture(params=list(PixelFormat))
def frame(request: pytest.FixtureRequest) -> PlanarFrame:
    return _frame(_planes(request.param, 321, 181))


def test_it_is_a_frame() -> None:
    port: Frame = PlanarFrame.from_rgb(
        np.zeros((4, 6, 3), np.uint8), camera_id="gate", seq=1, wall_ns=2, mono_ns=3, pts_ns=4
    )
    assert (port.camera_id, port.seq, port.wall_ns, port.mono_ns, port.pts_ns) == ("gate", 1, 2, 3, 4)
    assert port.size_wh == (6, 4)


def test_from_rgb_gives_back_the_very_pixels() -> None:
    picture = np.random.default_rng(1).integers(0, 256, (40, 60, 3)).astype(np.uint8)
    frame = PlanarFrame.from_rgb(picture, camera_id="gate", seq=0, wall_ns=0, mono_ns=0, pts_ns=0)
    assert (frame.crop((10, 5, 30, 25)) == picture[5:25, 10:30]).all()
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    assert (frame.luma(60, 40) == grey).all()


@given(x=st.floats(0, 320), y=st.floats(0, 180), width=st.floats(0.5, 200), height=st.floats(0.5, 200))
@settings(max_examples=80, deadline=None)
def test_a_crop_is_that_part_of_the_whole(x: float, y: float, width: float, height: float) -> None:
    frame = _frame(_planes(PixelFormat.I420, 321, 181))
    whole = frame.crop((0, 0, 321, 181))
    part = frame.crop((x, y, x + width, y + height))
    rows = slice(int(np.floor(y)), min(int(np.ceil(y + height)), 181))
    columns = slice(int(np.floor(x)), min(int(np.ceil(x + width)), 321))
    assert (part == whole[rows, columns]).all()


def test_a_box_outside_the_frame_is_refused(frame: PlanarFrame) -> None:
    for box in ((400.0, 0.0, 500.0, 50.0), (-9.0, -9.0, -1.0, -1.0), (50.0, 50.0, 50.0, 60.0)):
        with pytest.raises(ValueError, match="nothing of the box"):
            frame.crop(box)


def test_a_box_over_the_edge_is_clipped(frame: PlanarFrame) -> None:
    assert frame.crop((-20, 170, 10, 400)).shape == (11, 10, 3)


@pytest.mark.parametrize("size", [(160, 90), (320, 192), (640, 384), (97, 211)])
def test_a_letterbox_holds_the_whole_picture_between_its_bars(frame: PlanarFrame, size: tuple[int, int]) -> None:
    width, height = size
    box = frame.letterbox(width, height, pad=114)
    assert box.picture.shape == (height, width, 3)
    inner_w, inner_h = round(321 * box.scale), round(181 * box.scale)
    left, top = int(box.pad_x), int(box.pad_y)
    outside = np.ones((height, width), bool)
    outside[top : top + inner_h, left : left + inner_w] = False
    assert (box.picture[outside] == 114).all()
    whole = frame.crop((0, 0, 321, 181))
    wanted = cv2.resize(whole, (inner_w, inner_h), interpolation=cv2.INTER_AREA)
    inner = box.picture[top : top + inner_h, left : left + inner_w].astype(int)
    # Planes shrunk and then converted differ from a whole conversion shrunk by rounding and by where colour sits.
    assert np.abs(inner - wanted)[2:-2, 2:-2].mean() < 1.5


def test_a_letterbox_may_lie_top_left(frame: PlanarFrame) -> None:
    box = frame.letterbox(416, 416, centre=False, pad=9)
    assert (box.pad_x, box.pad_y) == (0, 0)
    assert (box.picture[300:] == 9).all()


def test_a_mark_is_found_where_the_inverse_says() -> None:
    luma = np.full((720, 1280), 40, np.uint8)
    luma[400:440, 900:960] = 220
    colour = np.full((360, 640), 128, np.uint8)
    frame = _frame(Planes(PixelFormat.I420, (luma, colour, colour)))
    for width, height in ((640, 384), (416, 416), (333, 500)):
        box = frame.letterbox(width, height, pad=0)
        rows, columns = np.nonzero(box.picture[:, :, 1] > 150)
        x1 = (np.min(columns) - box.pad_x) / box.scale
        y2 = (np.max(rows) + 1 - box.pad_y) / box.scale
        assert abs(x1 - 900) <= 1 / box.scale
        assert abs(y2 - 440) <= 1 / box.scale


@pytest.mark.parametrize("kind", list(PixelFormat))
@pytest.mark.parametrize("sar", [(2, 1), (12, 11), (128, 59), (1, 2)])
def test_crops_of_non_square_pixels_come_out_unstretched(kind: PixelFormat, sar: tuple[int, int]) -> None:
    frame = _frame(_planes(kind, 176, 144, sar))
    wide, high = frame.size_wh
    assert wide / high == pytest.approx(176 * sar[0] / (144 * sar[1]), rel=0.01)
    whole = frame.crop((0, 0, wide, high))
    assert whole.shape == (high, wide, 3)
    coded = _frame(_planes(kind, 176, 144)).crop((0, 0, 176, 144))
    wanted = cv2.resize(coded, (wide, high), interpolation=cv2.INTER_LINEAR).astype(int)
    assert np.max(np.abs(whole - wanted)) <= 3
    part = frame.crop((20.4, 10.2, 80, 70)).astype(int)
    assert np.max(np.abs(part - whole[10:70, 20:80])) <= 3
    assert frame.letterbox(320, 192).scale == pytest.approx(min(320 / wide, 192 / high))


def test_i420_and_nv12_of_one_picture_look_the_same() -> None:
    one, other = (_frame(_planes(kind, 320, 180)) for kind in (PixelFormat.I420, PixelFormat.NV12))
    box = (31.0, 17.0, 200.0, 150.0)
    assert (one.crop(box) == other.crop(box)).all()
    assert (one.letterbox(160, 96).picture == other.letterbox(160, 96).picture).all()


def test_views_leave_the_planes_untouched(frame: PlanarFrame) -> None:
    before = [plane.copy() for plane in frame.planes.arrays]
    frame.luma(64, 36).fill(0)
    frame.letterbox(64, 64).picture.fill(0)
    frame.crop((0, 0, 321, 181)).fill(0)
    assert all((plane == copy).all() for plane, copy in zip(frame.planes.arrays, before, strict=True))


def test_the_tint_of_a_picture_is_the_same_from_every_layout() -> None:
    picture = np.full((48, 64, 3), (180, 90, 60), np.uint8)
    i420 = np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2YUV_I420), np.uint8)
    luma, blue, red = i420[:48], i420[48:60].reshape(24, 32), i420[60:].reshape(24, 32)
    planar = _frame(Planes(PixelFormat.I420, (luma, blue, red), Matrix.BT601, full_range=False))
    packed = _frame(Planes(PixelFormat.NV12, (luma, np.dstack([blue, red])), Matrix.BT601, full_range=False))
    rgb = PlanarFrame.from_rgb(picture, camera_id="cam", seq=0, wall_ns=0, mono_ns=0, pts_ns=0)
    tint = planar.tint(8, 6)
    assert tint.shape == (6, 8, 2)
    assert tint.dtype == np.uint8
    np.testing.assert_array_equal(packed.tint(8, 6), tint)
    # OpenCV's full-range colour reaches a seventh farther than the limited one of video.
    np.testing.assert_allclose((rgb.tint(8, 6).astype(float) - 128) * 224 / 255, tint.astype(float) - 128, atol=9)
    assert (np.sign(rgb.tint(8, 6).astype(int) - 128) == np.sign(tint.astype(int) - 128)).all()


def test_a_gray_picture_has_no_tint() -> None:
    gray = _frame(Planes(PixelFormat.GRAY8, (np.full((48, 64), 77, np.uint8),)))
    rgb = PlanarFrame.from_rgb(np.full((48, 64, 3), 77, np.uint8), camera_id="c", seq=0, wall_ns=0, mono_ns=0, pts_ns=0)
    assert set(gray.tint(8, 6).ravel().tolist()) == set(rgb.tint(8, 6).ravel().tolist()) == {128}
