"""Planes: shapes, square pixels, and colour conversion against the written-out standard."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from edge.types import U8
from edge.vision.planes import Matrix, PixelFormat, Planes, full_luma, resize_by, rgb_from_yuv


def _flat(height: int, width: int, value: int) -> U8:
    return np.full((height, width), value, np.uint8)


@pytest.mark.parametrize(
    ("kind", "shapes"),
    [
        (PixelFormat.I420, [(5, 7), (3, 4), (3, 4)]),
        (PixelFormat.NV12, [(5, 7), (3, 4, 2)]),
        (PixelFormat.GRAY8, [(5, 7)]),
        (PixelFormat.RGB, [(5, 7, 3)]),
    ],
)
def test_odd_sizes_have_rounded_up_colour_planes(kind: PixelFormat, shapes: list[tuple[int, ...]]) -> None:
    planes = Planes(kind, tuple(np.zeros(shape, np.uint8) for shape in shapes))
    assert planes.coded_wh == planes.display_wh == (7, 5)


def test_planes_that_do_not_fit_their_format_are_refused() -> None:
    with pytest.raises(ValueError, match="I420 planes are"):
        Planes(PixelFormat.I420, (_flat(4, 4, 0), _flat(4, 4, 0), _flat(2, 2, 0)))
    with pytest.raises(ValueError, match="must be positive"):
        Planes(PixelFormat.GRAY8, (_flat(4, 4, 0),), sar=(0, 1))


@pytest.mark.parametrize(
    ("sar", "display"),
    [((1, 1), (352, 288)), ((12, 11), (384, 288)), ((128, 59), (764, 288)), ((1, 2), (352, 576))],
)
def test_display_never_has_fewer_pixels_than_were_coded(sar: tuple[int, int], display: tuple[int, int]) -> None:
    planes = Planes(PixelFormat.GRAY8, (_flat(288, 352, 0),), sar=sar)
    assert planes.display_wh == display


@given(
    st.integers(16, 235),
    st.integers(16, 240),
    st.integers(16, 240),
    st.sampled_from(list(Matrix)),
    st.booleans(),
)
@settings(max_examples=60, deadline=None)
def test_rgb_is_what_the_standard_says(luma: int, blue: int, red: int, matrix: Matrix, full: bool) -> None:  # noqa: FBT001 - drawn by hypothesis
    planes = [_flat(1, 1, value) for value in (luma, blue, red)]
    bright = luma / 255 if full else (luma - 16) / 219
    scale = 255 if full else 224
    kr, kb = matrix.value
    r = bright + 2 * (1 - kr) * (red - 128) / scale
    b = bright + 2 * (1 - kb) * (blue - 128) / scale
    g = (bright - kr * r - kb * b) / (1 - kr - kb)
    wanted = np.clip(np.array([r, g, b]) * 255, 0, 255)
    assert np.abs(rgb_from_yuv(planes, matrix, full_range=full)[0, 0] - wanted).max() <= 1


def test_limited_brightness_is_spread_over_the_whole_range() -> None:
    coded = np.array([[0, 16, 126, 235, 255]], np.uint8)
    assert full_luma(coded, full_range=False).tolist() == [[0, 0, 128, 255, 255]]
    assert full_luma(coded, full_range=True) is coded


def test_a_stream_without_a_matrix_gets_the_one_of_its_time() -> None:
    assert Matrix.usual_for(576) is Matrix.BT601
    assert Matrix.usual_for(720) is Matrix.BT709


@given(st.floats(0.05, 3.0), st.floats(0.05, 3.0), st.integers(9, 90), st.integers(9, 90))
@example(0.05859375, 1.0, 45, 9)
@settings(max_examples=60, deadline=None)
def test_scaling_keeps_places_exactly(factor_x: float, factor_y: float, width: int, height: int) -> None:
    ramp = np.rint(np.linspace(0, 250, width))[None, :].repeat(height, 0).astype(np.uint8)
    out_wh = (max(round(width * factor_x), 1), max(round(height * factor_y), 1))
    scaled = resize_by(ramp, factor_x, factor_y, out_wh)
    assert scaled.shape == out_wh[::-1]
    at = (np.arange(out_wh[0]) + 0.5) / factor_x - 0.5
    # Odd edges folded away leave out up to one output pixel at the right, and the last one kept is repeated for half.
    inside = (at > 1 / factor_x + 1) & (at < width - 2 - 2 / factor_x)
    slope = 250 / (width - 1)
    # Half a step of rounding on the way in and out, and half a pixel where an odd edge is folded away.
    assert (np.abs(scaled[0, inside] - at[inside] * slope) <= 2 + slope * 0.51).all()
