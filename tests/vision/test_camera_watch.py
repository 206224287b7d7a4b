"""The watch over one camera, on a still scene made of blocks and dots; rendered minutes are played in the workshop."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import astuple

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.types import U8, CameraFinding
from edge.vision.camera_watch import BLIND, COVERED, DEFOCUSED, MOVED, CameraWatch, WatchSettings
from edge.vision.mode import Mode
from edge.vision.view import compare, entropy, layers, small

LEARNT_S = 36.0


def make_scene() -> U8:
    """A view larger than what is looked at, so that the camera can be turned: (130,220)."""
    rng = np.random.default_rng(3)
    scene = np.kron(rng.integers(40, 200, (13, 22)), np.ones((10, 10))).astype(np.uint8)
    scene[rng.integers(0, 130, 900), rng.integers(0, 220, 900)] = 230
    return scene


SCENE = make_scene()


def seen(dx: int = 0) -> U8:
    return SCENE[20:110, 30 + dx : 190 + dx]


def blurred(view: U8, size_px: float) -> U8:
    return np.asarray(cv2.GaussianBlur(view, (0, 0), size_px), np.uint8)


class Days:
    """Shows a watch one view after another, twice a second, with a camera's noise."""

    def __init__(self) -> None:
        self.watch = CameraWatch(WatchSettings(learn_s=27))
        self._rng = np.random.default_rng(1)
        self._at = 0

    def show(self, view: U8, seconds: float, mode: Mode = Mode.DAY) -> list[tuple[float, CameraFinding]]:
        found = []
        for number in range(round(seconds * 2)):
            noisy = np.clip(view + self._rng.normal(0, 2, view.shape), 0, 255).astype(np.uint8)
            found += [(number / 2, one) for one in self.watch.step(noisy, mode, self._at)]
            self._at += 500_000_000
        return found

    def skip(self, seconds: float) -> None:
        self._at += round(seconds * 1e9)


FAULTS: list[tuple[str, Mode, Callable[[], U8]]] = [
    (COVERED, Mode.DAY, lambda: np.full((90, 160), 3, np.uint8)),
    (COVERED, Mode.INFRA_RED, lambda: np.linspace(150, 230, 160, dtype=np.uint8)[None].repeat(90, 0)),
    (MOVED, Mode.DAY, lambda: seen(6)),
    (MOVED, Mode.NIGHT, SCENE[:90, :160][::-1].copy),
    (DEFOCUSED, Mode.DAY, lambda: blurred(seen(), 2.0)),
    (BLIND, Mode.NIGHT, lambda: np.full((90, 160), 6, np.uint8)),
]


@pytest.mark.parametrize(("kind", "mode", "fault"), FAULTS)
def test_a_fault_is_noticed_within_a_minute_and_over_when_the_usual_view_is_back(
    kind: str, mode: Mode, fault: Callable[[], U8]
) -> None:
    days = Days()
    assert days.show(seen(), LEARNT_S, mode) == []
    ((after_s, begun),) = days.show(fault(), 120, mode)
    assert (begun.kind, begun.raised) == (kind, True)
    assert after_s < 60
    assert any(letter.isdigit() for letter in begun.explanation)
    assert days.watch.raised == kind
    ((_, ended),) = days.show(seen(), 30, mode)
    assert (ended.kind, ended.raised) == (kind, False)
    assert days.watch.raised == ""


@pytest.mark.parametrize(("kind", "mode", "fault"), FAULTS)
def test_half_a_minute_of_the_same_is_nothing(kind: str, mode: Mode, fault: Callable[[], U8]) -> None:
    days = Days()
    assert days.show(seen(), LEARNT_S, mode) + days.show(fault(), 32, mode) + days.show(seen(), 90, mode) == []
    assert kind != days.watch.raised


def test_the_same_view_brighter_or_darker_or_flatter_is_nothing() -> None:
    days = Days()
    days.show(seen(), LEARNT_S)
    for gain, lift in ((0.5, 0), (1.2, 10), (0.6, 60)):
        assert days.show(np.clip(seen() * gain + lift, 0, 255).astype(np.uint8), 80) == []


def test_a_cover_that_makes_it_look_like_night_is_a_cover() -> None:
    days = Days()
    days.show(seen(), LEARNT_S)
    dim = np.linspace(10, 35, 160, dtype=np.uint8)[None].repeat(90, 0)
    told = days.show(dim, 25, Mode.DAY) + days.show(dim, 100, Mode.NIGHT)
    assert [one.kind for _, one in told] == [COVERED]


def test_a_camera_turned_away_from_the_light_is_moved_though_it_looks_like_another_mode() -> None:
    days = Days()
    days.show(seen(), LEARNT_S, Mode.DUSK)
    told = days.show(seen(9) // 2, 25, Mode.DUSK) + days.show(seen(9) // 2, 40, Mode.NIGHT)
    assert [one.kind for _, one in told] == [MOVED]


def test_each_mode_has_its_own_view() -> None:
    days = Days()
    night = blurred(SCENE[:90, :160], 1.0) // 3
    for _ in range(2):
        assert days.show(seen(), LEARNT_S, Mode.DAY) + days.show(night, LEARNT_S, Mode.INFRA_RED) == []
    assert [one.kind for _, one in days.show(seen(20), 60, Mode.DAY)] == [MOVED]


def test_what_held_before_a_silence_does_not_count_after_it() -> None:
    days = Days()
    days.show(seen(), LEARNT_S)
    assert days.show(seen(9), 30) == []
    days.skip(20)
    assert days.show(seen(9), 30) == []


def test_a_picture_without_anything_needs_no_usual_view() -> None:
    assert [one.kind for _, one in Days().show(np.full((90, 160), 5, np.uint8), 60, Mode.NIGHT)] == [BLIND]


@pytest.mark.parametrize(("level", "mode", "kind"), [(5, Mode.NIGHT, BLIND), (120, Mode.DAY, COVERED)])
def test_what_was_hidden_from_the_start_ends_with_a_picture_and_its_view_is_learnt(
    level: int, mode: Mode, kind: str
) -> None:
    days = Days()
    days.show(np.full((90, 160), level, np.uint8), 60, mode)
    assert days.watch.raised == kind
    told = days.show(seen(), 30, Mode.DAY)
    assert [(one.kind, one.raised) for _, one in told] == [(kind, False)]
    days.show(seen(), LEARNT_S, Mode.DAY)
    assert [one.kind for _, one in days.show(seen(8), 60, Mode.DAY)] == [MOVED]


@settings(deadline=None, max_examples=60)
@given(st.integers(1, 300), st.integers(1, 300), st.integers(0, 255), st.integers(0, 255), st.booleans())
def test_no_size_and_no_constant_picture_makes_a_figure_that_is_none(
    width: int,
    height: int,
    was: int,
    now: int,
    speckled: bool,  # noqa: FBT001 - drawn
) -> None:
    first, second = (np.full((height, width), level, np.uint8) for level in (was, now))
    if speckled:
        second[::3, ::2] = 255 - now
    looks = compare(layers(small(first)), layers(small(second)))
    figures = [*astuple(looks)[:3], *looks.shift_px, looks.strength, looks.fineness, looks.layout]
    assert np.isfinite(figures).all()
    assert 0 <= entropy(small(second)) <= 6
    watch = CameraWatch()
    for at in range(4):
        watch.step(first if at % 2 else second, Mode.DAY, at * 500_000_000)
