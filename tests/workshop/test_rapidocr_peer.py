"""RapidOCR's own pipeline as a mark: its lines become plates by our rules, its failures are told."""

from __future__ import annotations

import importlib.util
import sys
from dataclasses import dataclass

import cv2
import numpy as np
import pytest

from edge.errors import EngineFailed, ModelError
from edge.types import F32, U8
from edge.workshop.rapidocr_peer import RapidOcrPeer, open_rapidocr

PICTURE = np.zeros((100, 200, 3), np.uint8)


@dataclass
class Answer:
    boxes: F32 | None = None
    txts: tuple[str, ...] | None = None
    scores: tuple[float, ...] | None = None


def quad(x1: float, y1: float, x2: float, y2: float) -> list[list[float]]:
    return [[x1, y1], [x2, y1], [x2, y2], [x1, y2]]


def test_lines_are_joined_top_to_bottom_and_small_ones_left_out() -> None:
    quads = np.array([quad(10, 50, 190, 95), quad(10, 5, 150, 48), quad(160, 20, 180, 32)], np.float32)
    peer = RapidOcrPeer(lambda _: Answer(quads, ("F-4321", "kl 07", "IND"), (0.9, 0.8, 0.7)))
    read = peer.read_plate(PICTURE)
    assert read is not None
    assert read.text == "KL07F4321"
    assert read.char_confidence == (0.8,) * 4 + (0.9,) * 5
    assert read.box == (10, 5, 190, 95)


def test_a_picture_without_text_gives_no_plate() -> None:
    peer = RapidOcrPeer(lambda _: Answer())
    assert peer.read_plate(PICTURE) is None
    assert peer.read(PICTURE) == ()


def test_its_failure_is_told_and_not_read_as_nothing() -> None:
    def fails(_: U8, /) -> Answer:
        raise RuntimeError("out of memory")

    with pytest.raises(EngineFailed, match="out of memory"):
        RapidOcrPeer(fails).read_plate(PICTURE)


def test_without_the_package_the_cure_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "rapidocr", None)
    with pytest.raises(ModelError, match=r"edge-gate\[ocr\]"):
        open_rapidocr()


@pytest.mark.skipif(importlib.util.find_spec("rapidocr") is None, reason="rapidocr is not installed")
def test_the_package_itself_reads_a_clear_plate() -> None:
    picture = np.full((90, 320, 3), 235, np.uint8)
    cv2.putText(picture, "AB12 CDE", (30, 60), cv2.FONT_HERSHEY_SIMPLEX, 1.6, (15, 15, 15), 4, cv2.LINE_AA)
    read = open_rapidocr().read_plate(picture)
    assert read is not None
    assert read.text == "AB12CDE"
