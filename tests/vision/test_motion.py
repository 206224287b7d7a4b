"""The motion gate wakes for a small far vehicle and sleeps through noise, dusk and a lamp that stays on."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest

from edge.types import U8
from edge.vision.motion import LUMA_WH, Motion, MotionGate

Picture = npt.NDArray[np.float64]
Paint = Callable[[Picture, float], Picture]


def scene() -> Picture:
    """Return a road with verge, wall and sky, (90,160) brightness."""
    rng = np.random.default_rng(5)
    picture = np.full(LUMA_WH[::-1], 90.0)
    picture[:30] = 170
    picture[30:40, 20:70] = 60
    picture[60:, 60:110] = 120
    return picture + rng.normal(0, 8, picture.shape)


def still(picture: Picture, _: float) -> Picture:
    return picture


def play(
    gate: MotionGate, seconds: float, paint: Paint = still, fps: float = 10, start: float = 0.0, noise: float = 2.0
) -> list[Motion]:
    """Feed the scene for `seconds`, changed by `paint(picture, seconds since start)`, with sensor noise."""
    rng, base = np.random.default_rng(9), scene()
    seen = []
    for step in range(round(seconds * fps)):
        t = start + step / fps
        picture = paint(base.copy(), t) + rng.normal(0, noise, base.shape)
        seen.append(gate.step(np.asarray(np.clip(picture, 0, 255), np.uint8), round(t * 1e9)))
    return seen


def watching(noise: float = 2.0) -> MotionGate:
    """Return a gate that has watched the still scene for ten seconds."""
    gate = MotionGate()
    play(gate, 10, noise=noise)
    return gate


def moving(seen: list[Motion]) -> int:
    return sum(motion.moved for motion in seen)


def test_the_first_frame_moves_and_is_no_cut() -> None:
    assert play(MotionGate(), 0.1)[0] == Motion(moved=True, cut=False, share=1.0)


@pytest.mark.parametrize("noise", [0.5, 2.0, 5.0])
def test_sensor_noise_is_silent(noise: float) -> None:
    gate = watching(noise)
    assert moving(play(gate, 30, start=10, noise=noise)) == 0


@pytest.mark.parametrize("fps", [2, 10, 25])
def test_a_small_far_vehicle_wakes_it_at_any_frame_rate(fps: float) -> None:
    def drive(picture: Picture, t: float) -> Picture:
        left = 20 + round((t - 10) * 8)
        picture[44:47, left : left + 4] = 40
        return picture

    seen = play(watching(), 6, drive, fps=fps, start=10)
    assert moving(seen) >= 0.9 * len(seen)


def test_a_vehicle_of_little_contrast_wakes_it() -> None:
    def drive(picture: Picture, t: float) -> Picture:
        left = 20 + round((t - 10) * 10)
        picture[70:78, left : left + 12] += 18
        return picture

    seen = play(watching(), 5, drive, start=10)
    assert moving(seen) >= 0.9 * len(seen)


@pytest.mark.parametrize("direction", [-1, 1])
def test_dusk_and_dawn_are_silent(direction: int) -> None:
    def fade(picture: Picture, t: float) -> Picture:
        return np.asarray(picture * (1 + direction * 0.5 * (t - 10) / 120))

    assert moving(play(watching(), 120, fade, fps=5, start=10)) == 0


def test_an_exposure_change_of_the_whole_picture_is_silent() -> None:
    assert moving(play(watching(), 5, lambda picture, _: picture * 1.3, start=10)) == 0


def test_a_lamp_switched_on_wakes_it_for_moments_only() -> None:
    def lamp(picture: Picture, _: float) -> Picture:
        picture[45:80, 10:60] += 60
        return picture

    seen = play(watching(), 8, lamp, start=10)
    assert seen[0].moved
    assert moving(seen[30:]) == 0, "three seconds later the lamp belongs to the scene"


def test_a_vehicle_that_stops_becomes_still_and_wakes_it_again_when_it_leaves() -> None:
    def stop(picture: Picture, t: float) -> Picture:
        picture[50:60, 40:60] = 30 if t < 20 else 90
        return picture

    seen = play(watching(), 15, stop, start=10)
    assert seen[0].moved
    assert moving(seen[30:99]) == 0
    assert moving(seen[100:110]) > 5


def test_a_masked_area_stays_black_and_silent_while_the_light_changes() -> None:
    def masked(picture: Picture, t: float) -> Picture:
        picture *= 1 - 0.4 * t / 60
        picture[:20, :60] = -50
        return picture

    gate = MotionGate()
    assert moving(play(gate, 60, masked)[1:]) == 0


def test_another_scene_is_a_cut_and_is_learnt_at_once() -> None:
    gate = watching()
    seen = play(gate, 3, lambda picture, _: picture[::-1, ::-1].copy(), start=10)
    assert seen[0].cut
    assert seen[0].moved
    assert not any(motion.cut for motion in seen[1:])
    assert moving(seen[1:]) == 0


def test_a_lorry_before_the_lens_is_no_cut() -> None:
    def lorry(picture: Picture, t: float) -> Picture:
        picture[25:, : round((t - 10) * 60)] = 200
        return picture

    assert not any(motion.cut for motion in play(watching(), 2.4, lorry, start=10))


def test_another_size_is_another_scene() -> None:
    gate = watching()
    view: U8 = np.full((72, 128), 90, np.uint8)
    assert gate.step(view, 11_000_000_000).cut


def test_after_a_reset_the_next_frame_moves() -> None:
    gate = watching()
    gate.reset()
    assert play(gate, 0.1, start=10)[0].moved


def test_the_same_seconds_give_the_same_verdict_at_any_frame_rate() -> None:
    def stop(picture: Picture, _: float) -> Picture:
        picture[50:60, 40:60] = 30
        return picture

    quiet_after = {}
    for fps in (4, 25):
        gate = MotionGate()
        play(gate, 10, fps=fps)
        seen = play(gate, 10, stop, fps=fps, start=10)
        quiet_after[fps] = sum(motion.moved for motion in seen) / fps
    assert abs(quiet_after[4] - quiet_after[25]) <= 0.6
