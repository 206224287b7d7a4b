"""How the scene is lit, from brightness and colour alone."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.types import U8
from edge.vision.mode import Mode, ModeWatch

COLOURED = np.full((24, 40, 2), (118, 137), np.uint8)
GRAY = np.full((24, 40, 2), 128, np.uint8)


def lit(level: float, dark: float | None = None) -> U8:
    """A view whose median is `level` and whose darkest fifth is `dark`."""
    view = np.full((90, 160), level, np.uint8)
    view[:18] = level / 2 if dark is None else dark
    return view


def modes(watch: ModeWatch, levels: list[float], begin_s: float = 0.0, step_s: float = 0.5) -> list[Mode]:
    return [
        watch.step(lit(level), COLOURED, round((begin_s + number * step_s) * 1e9))
        for number, level in enumerate(levels)
    ]


@pytest.mark.parametrize(
    ("view", "tint", "mode"),
    [
        (lit(110, 60), COLOURED, Mode.DAY),
        (lit(96, 20), COLOURED, Mode.DAY),
        (lit(55, 42), COLOURED, Mode.DUSK),
        (lit(40, 12), COLOURED, Mode.NIGHT),
        (lit(60, 20), GRAY, Mode.INFRA_RED),
        (lit(3, 1), GRAY, Mode.NIGHT),
    ],
)
def test_a_light_is_known_by_its_first_picture(view: U8, tint: U8, mode: Mode) -> None:
    assert ModeWatch().step(view, tint, 0) is mode


def test_a_light_that_wavers_about_the_border_at_dusk_changes_the_mode_once() -> None:
    rng = np.random.default_rng(4)
    falling = [float(level) for level in np.linspace(90, 60, 1200) + rng.normal(0, 3, 1200)]
    told = modes(ModeWatch(), falling)
    assert [told[0], told[-1]] == [Mode.DAY, Mode.DUSK]
    assert sum(a is not b for a, b in pairwise(told)) == 1


def test_headlights_at_night_do_not_make_it_day() -> None:
    watch = ModeWatch()
    before = modes(watch, [30.0] * 60)
    during = modes(watch, [140.0] * 30, begin_s=30)
    assert set(before + during + modes(watch, [30.0] * 60, begin_s=45)) == {Mode.NIGHT}


@pytest.mark.parametrize("step_s", [0.1, 0.5, 2.0])
def test_a_new_light_is_believed_after_the_same_seconds_at_any_pace(step_s: float) -> None:
    watch = ModeWatch()
    modes(watch, [110.0] * round(30 / step_s), step_s=step_s)
    told = modes(watch, [30.0] * round(60 / step_s), begin_s=30, step_s=step_s)
    assert told.index(Mode.NIGHT) * step_s == pytest.approx(22.5, abs=3)


def test_after_a_long_silence_the_light_is_found_anew() -> None:
    watch = ModeWatch()
    modes(watch, [110.0] * 60)
    assert watch.step(lit(30), COLOURED, round(3600e9)) is Mode.NIGHT


@settings(deadline=None, max_examples=60)
@given(st.integers(1, 200), st.integers(1, 200), st.integers(0, 255), st.integers(0, 255))
def test_any_constant_picture_of_any_size_has_a_mode(width: int, height: int, level: int, tint: int) -> None:
    watch = ModeWatch()
    view, colour = np.full((height, width), level, np.uint8), np.full((height, width, 2), tint, np.uint8)
    assert all(isinstance(watch.step(view, colour, at * 500_000_000), Mode) for at in range(3))
