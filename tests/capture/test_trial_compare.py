"""Each way in which a decoder's pictures can be wrong has its own words, and an honest one's rounding has none."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest

from edge.capture.golden_clips import clip_named
from edge.capture.trial import software_in_disguise
from edge.capture.trial_child import LUMA_WH, RGB_WH, TINT_WH
from edge.capture.trial_compare import check_reference, find_fault
from edge.capture.trial_run import Trace
from edge.scene.pattern import trial_picture
from edge.types import U8
from edge.vision.frame import PlanarFrame

CLIP = clip_named("av1")


@lru_cache(maxsize=1)
def drawn() -> Trace:
    """The clip as it was drawn, 20 pictures."""
    pictures = [trial_picture(number, CLIP.size_wh) for number in range(CLIP.pictures)]
    frames = [
        PlanarFrame.from_rgb(picture, camera_id="trial", seq=0, wall_ns=0, mono_ns=0, pts_ns=0) for picture in pictures
    ]
    return Trace(
        np.stack([frame.luma(*LUMA_WH) for frame in frames]),
        np.stack([frame.tint(*TINT_WH) for frame in frames]),
        np.stack([frame.letterbox(*RGB_WH).picture for frame in frames]),
        CLIP.size_wh,
        0.002,
    )


def in_order(*numbers: int) -> Trace:
    places = list(numbers)
    return replace(drawn(), luma=drawn().luma[places], tint=drawn().tint[places], rgb=drawn().rgb[places])


def with_luma(change: Callable[[U8], U8]) -> Trace:
    return replace(drawn(), luma=change(drawn().luma.copy()))


def half_of_the_next(luma: U8) -> U8:
    luma[4, 100:] = luma[5, 100:]
    return luma


def one_macroblock_row_grey(luma: U8) -> U8:
    luma[9, 90:96] = 128
    return luma


def limited_for_full(luma: U8) -> U8:
    return np.rint(16 + luma * (219 / 255)).astype(np.uint8)


N = range(20)


@pytest.mark.parametrize(
    ("trace", "words"),
    [
        (in_order(*N[:7]), "stops after 7 of 20 pictures"),
        (in_order(*N[:4], *N[5:]), "loses pictures: 1 of 20, the first is number 4"),
        (in_order(*N[:4], 5, *N[5:]), "loses pictures: 1 of 20, the first is number 4"),
        (in_order(0, 1, 2, 2, *N[3:]), "repeats pictures: 21 instead of 20, the first is number 2"),
        (in_order(0, 2, 1, *N[3:]), "mixes up the order: number 2 comes in place of number 1"),
        (with_luma(half_of_the_next), "tears: 1 of 20 pictures, number 4 first, where 5[0-9] to 100 %"),
        (with_luma(one_macroblock_row_grey), "tears: 1 of 20 pictures, number 9 first, where 50 to 53 %"),
        (with_luma(limited_for_full), "shows the wrong range: contrast is 0.86"),
        (with_luma(lambda luma: luma[:, ::-1].copy()), "tears: 20 of 20 pictures"),
        (replace(drawn(), tint=drawn().tint[..., ::-1]), "swaps its colour planes"),
        (replace(drawn(), tint=np.full_like(drawn().tint, 128)), "loses colour"),
        (replace(drawn(), tint=drawn().tint // 2), "shows other colours"),
        (replace(drawn(), rgb=drawn().rgb // 8 * 7), "takes the wrong colour matrix"),
        (replace(drawn(), size_wh=(848, 480)), "cuts pictures wrongly: 848x480 instead of 842x474"),
    ],
)
def test_what_is_wrong_is_said(trace: Trace, words: str) -> None:
    fault = find_fault(trace, drawn(), CLIP)
    assert fault is not None
    assert re.match(words, fault.said), fault.said


def test_an_honest_decoder_may_round() -> None:
    noise = np.random.default_rng(1).integers(-1, 2, drawn().luma.shape)
    rounded = with_luma(lambda luma: np.clip(luma + noise, 0, 255).astype(np.uint8))
    assert find_fault(rounded, drawn(), CLIP) is None
    assert find_fault(drawn(), drawn(), CLIP) is None


def test_only_range_and_matrix_are_faults_of_a_flag() -> None:
    assert find_fault(with_luma(limited_for_full), drawn(), CLIP).by_flag  # type: ignore[union-attr]
    assert not find_fault(with_luma(half_of_the_next), drawn(), CLIP).by_flag  # type: ignore[union-attr]


def test_a_reference_that_is_not_the_clip_that_was_drawn_is_none() -> None:
    assert check_reference(drawn(), CLIP) == ""
    assert "not those that were drawn" in check_reference(in_order(*N[1:]), CLIP)
    assert "640x360" in check_reference(replace(drawn(), size_wh=(640, 360)), CLIP)


@pytest.mark.parametrize(
    ("klass", "share", "software"),
    [
        ("Codec/Decoder/Video/Hardware", 0.2, False),
        ("Codec/Decoder/Video/Hardware", 0.7, False),  # handing pictures home costs something
        ("Codec/Decoder/Video/Hardware", 0.9, True),
        ("Codec/Decoder/Video", 0.2, False),  # nvv4l2decoder does not say that it is hardware
        ("Codec/Decoder/Video", 0.7, True),
        ("Codec/Decoder/Video", None, False),  # nothing was measured, so nothing is known
    ],
)
def test_what_spares_no_processor_time_is_software(klass: str, share: float | None, *, software: bool) -> None:
    reason = software_in_disguise(klass, share)
    assert bool(reason) is software
    assert not reason or reason.startswith("is software: it takes")
