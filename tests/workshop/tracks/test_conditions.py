"""What makes tracking hard is drawn from a seed: the same on every run, and for every tracker."""

from __future__ import annotations

import numpy as np
import pytest

from edge.commands import eval_track
from edge.types import Detections
from edge.workshop.tracks.conditions import CONDITIONS, Condition, Thinning, impaired
from edge.workshop.tracks.ours import ABLATION, NAME
from edge.workshop.tracks.peers import PEERS

SIZE_WH = (640, 360)
BY_NAME = {one.name: one for one in CONDITIONS}


def boxes(count: int) -> Detections:
    left = np.arange(count, dtype=np.float32)[:, None] * 60
    xyxy = np.concatenate((left, left, left + 40, left + 30), axis=1)
    return Detections(xyxy, np.full(count, 0.9, np.float32), np.ones(count, np.int16))


FOUND = tuple(boxes(5) for _ in range(400))


def same(first: tuple[Detections, ...], second: tuple[Detections, ...]) -> bool:
    return all(np.array_equal(one.xyxy, other.xyxy) for one, other in zip(first, second, strict=True))


@pytest.mark.parametrize("name", ["missed", "false"])
def test_a_condition_hangs_on_the_sequence_alone(name: str) -> None:
    once = impaired(FOUND, BY_NAME[name], "street", SIZE_WH)
    assert same(once, impaired(FOUND, BY_NAME[name], "street", SIZE_WH))
    assert not same(once, impaired(FOUND, BY_NAME[name], "yard", SIZE_WH))
    assert not same(once, FOUND)


def test_three_boxes_in_ten_are_missed() -> None:
    kept = sum(len(one) for one in impaired(FOUND, BY_NAME["missed"], "street", SIZE_WH))
    assert kept == pytest.approx(0.7 * 2000, rel=0.05)


def test_about_one_false_box_a_frame_lies_in_the_picture_behind_the_true_ones() -> None:
    shown = impaired(FOUND, BY_NAME["false"], "street", SIZE_WH)
    assert all(np.array_equal(one.xyxy[:5], FOUND[0].xyxy) for one in shown)
    false = np.concatenate([one.xyxy[5:] for one in shown])
    assert len(false) == pytest.approx(400, rel=0.15)
    assert (false[:, :2] >= 0).all()
    assert (false[:, 2:] <= SIZE_WH).all()
    sides = false[:, 2:] - false[:, :2]
    assert ((sides > (20, 15)) & (sides < (60, 45))).all()
    sure = np.concatenate([one.confidence[5:] for one in shown])
    assert sure.min() >= 0.3
    assert sure.max() <= 0.6


def test_boxes_are_left_alone_where_frames_are_what_is_missing() -> None:
    assert all(same(impaired(FOUND, BY_NAME[name], "street", SIZE_WH), FOUND) for name in ("full", "5fps", "1fps"))


def kept(fps: int, stamps_ns: list[int]) -> list[int]:
    thinning = Thinning(fps)
    return [number for number, at_ns in enumerate(stamps_ns) if thinning.keeps(at_ns)]


def test_frames_are_thinned_by_their_stamps() -> None:
    even = [round(number * 1e9 / 25) + 7_000_000_000 for number in range(50)]
    assert kept(5, even) == list(range(0, 50, 5))
    assert kept(1, even) == [0, 25]
    assert kept(0, even) == list(range(50))
    uneven = [0, 900_000_000, 950_000_000, 1_000_000_000, 1_010_000_000, 3_500_000_000, 3_600_000_000]
    assert kept(1, uneven) == [0, 3, 5]


def test_stamps_rounded_down_are_on_time() -> None:
    assert kept(5, [0, 40_000_000, 199_999_999, 240_000_000]) == [0, 2]


def test_a_slow_sequence_is_not_thinned() -> None:
    assert not Condition("5fps", fps=5).suits(5.0)
    assert Condition("5fps", fps=5).suits(6.0)
    assert Condition("full").suits(1.0)


def test_the_command_offers_what_there_is() -> None:
    assert tuple(BY_NAME) == eval_track.CONDITIONS
    assert (NAME, *PEERS) == eval_track.COMPARED
    assert ABLATION == eval_track.ABLATION
