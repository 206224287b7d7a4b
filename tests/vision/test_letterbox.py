"""Letterbox geometry: as large as fits, and exactly undone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.vision.letterbox import fit_inside, to_input, to_picture

SIDES = st.integers(1, 4000)


@pytest.mark.parametrize(
    ("picture", "inside", "scale", "pads", "inner"),
    [
        ((1280, 720), (640, 384), 0.5, (0, 12), (640, 360)),
        ((1280, 720), (416, 416), 0.325, (0, 91), (416, 234)),
        ((360, 640), (640, 384), 0.6, (212, 0), (216, 384)),
    ],
)
def test_a_picture_is_fitted_as_large_as_it_can_be(
    picture: tuple[int, int], inside: tuple[int, int], scale: float, pads: tuple[int, int], inner: tuple[int, int]
) -> None:
    fit = fit_inside(picture, inside, centre=True)
    assert fit.scale == pytest.approx(scale)
    assert ((fit.pad_x, fit.pad_y), fit.inner_wh) == (pads, inner)
    assert fit_inside(picture, inside, centre=False).pad_y == 0


@given(st.tuples(SIDES, SIDES), st.tuples(SIDES, SIDES), st.booleans())
def test_the_picture_always_lies_within_the_input(
    picture: tuple[int, int],
    inside: tuple[int, int],
    centre: bool,  # noqa: FBT001 - drawn by hypothesis
) -> None:
    fit = fit_inside(picture, inside, centre=centre)
    assert 1 <= fit.inner_wh[0] <= inside[0] - fit.pad_x
    assert 1 <= fit.inner_wh[1] <= inside[1] - fit.pad_y
    assert fit.inner_wh[0] == inside[0] or fit.inner_wh[1] == inside[1] or min(fit.inner_wh) == 1


@given(st.tuples(SIDES, SIDES), st.tuples(SIDES, SIDES), st.tuples(*[st.floats(0, 4000)] * 4))
def test_the_inverse_is_exact(
    picture: tuple[int, int], inside: tuple[int, int], box: tuple[float, float, float, float]
) -> None:
    fit = fit_inside(picture, inside, centre=True)
    assert to_picture(to_input(box, fit), fit) == pytest.approx(box, abs=1e-6, rel=1e-9)


def test_empty_sizes_are_refused() -> None:
    with pytest.raises(ValueError, match="must be positive"):
        fit_inside((0, 720), (640, 384), centre=True)
