"""The PlateCropReader port: a picture that is a plate is read as one text, or as none."""

from __future__ import annotations

import importlib.util

import cv2
import numpy as np
import pytest

from edge.config.model import Models
from edge.inference.ppocr import open_ppocr
from edge.ports import PlateCropReader
from edge.types import U8

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("rapidocr") is None, reason="rapidocr, which carries the reader's models, is not installed"
)


@pytest.fixture(scope="module")
def reader() -> PlateCropReader:
    found = open_ppocr(Models(threads=1))
    assert isinstance(found, PlateCropReader)
    return found


def plate(*rows: str) -> U8:
    picture = np.full((60 * len(rows), 260, 3), 235, np.uint8)
    for number, row in enumerate(rows):
        cv2.putText(picture, row, (12, 46 + 60 * number), cv2.FONT_HERSHEY_SIMPLEX, 1.5, (15, 15, 15), 4, cv2.LINE_AA)
    return picture


@pytest.mark.parametrize(("rows", "text"), [(("AB12 CDE",), "AB12CDE"), (("KL07", "F4321"), "KL07F4321")])
def test_one_row_or_two_make_one_text_with_a_confidence_each(
    reader: PlateCropReader, rows: tuple[str, ...], text: str
) -> None:
    read = reader.read_plate(plate(*rows))
    assert read is not None
    assert read.text == text
    assert len(read.char_confidence) == len(text)
    assert min(read.char_confidence) > 0.5


def test_its_box_lies_in_the_picture_that_was_given(reader: PlateCropReader) -> None:
    read = reader.read_plate(plate("AB12 CDE"))
    assert read is not None
    x1, y1, x2, y2 = read.box
    assert -8 <= x1 < 30
    assert 200 < x2 <= 268
    assert -8 <= y1 < y2 <= 68


def test_a_blank_picture_has_no_text(reader: PlateCropReader) -> None:
    assert reader.read_plate(np.full((60, 260, 3), 235, np.uint8)) is None
