"""Finder and recogniser together: plates are seen from straight ahead, and guesses are not told."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from edge.config.model import Models
from edge.errors import ModelError
from edge.inference.quad_reader import MARGIN, QuadReader
from edge.inference.readers import open_reader
from edge.inference.slots import END, SLOTS, SlotRead, encode
from edge.ports import Allowance
from edge.types import F32, U8, Effort, PlateQuads, PlateRead

SLANTED = np.array([[60, 40], [170, 70], [168, 100], [58, 72]], np.float32)
LEVEL = np.array([[200, 120], [290, 120], [290, 140], [200, 140]], np.float32)


class Found:
    """A finder that answers with what it was made with."""

    label = "found"

    def __init__(self, *quads: F32) -> None:
        self._answer = PlateQuads(
            np.asarray(quads, np.float32).reshape(-1, 4, 2), np.linspace(0.9, 0.6, len(quads), dtype=np.float32)
        )
        self.closed = 0

    def find(self, picture: U8) -> PlateQuads:
        del picture
        return self._answer

    def find_in_frame(self, picture: U8) -> PlateQuads:
        return self.find(picture)

    def close(self) -> None:
        self.closed += 1


class Asked:
    """A second opinion that answers from a list and keeps what it was shown."""

    label = "asked"

    def __init__(self, *answers: tuple[str, float]) -> None:
        self._answers = iter(answers)
        self.shown: list[U8] = []

    def read_plate(self, picture: U8) -> PlateRead | None:
        self.shown.append(picture)
        text, confidence = next(self._answers)
        return PlateRead(text, (confidence,) * len(text), (0.0, 0.0, 1.0, 1.0), 1.0, 1.0, 1.0) if text else None

    def close(self) -> None:
        self.shown.clear()


class Said(Asked):
    """A recogniser that answers so."""

    def read(self, *looks: U8) -> SlotRead:
        first, *others = looks
        read = self.read_plate(first)
        self.shown += others
        text, confidence = (read.text, read.char_confidence[0]) if read else ("", 1.0)
        characters = np.full((SLOTS, END + 1), (1 - confidence) / END, np.float32)
        characters[np.arange(SLOTS), encode(text)] = confidence
        return SlotRead(text, (confidence,) * len(text), "gb", 0.9, characters)


def test_a_slanted_plate_is_seen_from_straight_ahead_and_as_it_stands_there() -> None:
    pattern = np.zeros((32, 128, 3), np.uint8)
    pattern[:, ::16] = pattern[8:24, 40:88] = 255
    way = cv2.getPerspectiveTransform(np.array([[0, 0], [128, 0], [128, 32], [0, 32]], np.float32), SLANTED)
    picture = np.asarray(cv2.warpPerspective(pattern, way, (320, 180)), np.uint8)
    recogniser = Said(("AB12CDE", 0.9))
    (read,) = QuadReader(Found(SLANTED), recogniser).read(picture)
    shown, upright = recogniser.shown
    assert np.array_equal(upright, picture[37:103, 53:175])
    high, wide = shown.shape[:2]
    edge_y, edge_x = (round(side * MARGIN / (1 + 2 * MARGIN)) for side in (high, wide))
    inner = cv2.resize(shown[edge_y : high - edge_y, edge_x : wide - edge_x], (128, 32))
    assert float(np.corrcoef(inner[..., 0].ravel(), pattern[..., 0].ravel())[0, 1]) > 0.8
    assert read.box == (58.0, 40.0, 170.0, 100.0)
    assert read.width_px == pytest.approx(114, abs=1)


def test_the_surest_text_comes_first() -> None:
    reads = QuadReader(Found(SLANTED, LEVEL), Said(("AB12CDE", 0.7), ("CA123456", 0.95))).read(blank())
    assert [read.text for read in reads] == ["CA123456", "AB12CDE"]


@pytest.mark.parametrize(
    ("text", "confidence"),
    [
        ("AB12CDE", 0.4),  # guessed
        ("SCANIA", 0.95),  # lettering
        ("", 0.0),  # nothing
    ],
)
def test_guesses_lettering_and_nothing_are_no_plates(text: str, confidence: float) -> None:
    assert QuadReader(Found(LEVEL), Said((text, confidence))).read(blank()) == ()


def test_a_plate_that_cannot_be_read_is_seen_in_a_frame_without_a_text() -> None:
    reads = QuadReader(Found(SLANTED, LEVEL), Said(("AB12CDE", 0.9), ("AB12CDE", 0.4))).read_frame(blank())
    assert [(read.text, read.box[0]) for read in reads] == [("AB12CDE", 58.0), ("", 200.0)]


def test_a_plate_too_narrow_for_its_text_is_not_told() -> None:
    narrow = LEVEL[0] + (LEVEL - LEVEL[0]) * 0.25
    assert QuadReader(Found(narrow), Said(("AB12CDE", 0.9))).read(blank()) == ()


def test_corners_in_one_point_are_passed_over() -> None:
    recogniser = Said()
    assert QuadReader(Found(np.full((4, 2), 7, np.float32)), recogniser).read(blank()) == ()
    assert not recogniser.shown


def test_a_picture_that_is_a_plate_is_read_as_it_is_where_no_corners_are_found_in_it() -> None:
    recogniser = Said(("AB12CDE", 0.9))
    read = QuadReader(Found(LEVEL), recogniser).read_plate(blank())
    assert read is not None
    assert read.text == "AB12CDE"
    assert [shown.shape for shown in recogniser.shown] == [blank().shape]


def test_a_picture_that_is_a_plate_is_read_straightened_too() -> None:
    plate = np.full((40, 120, 3), 90, np.uint8)
    plate[4:30, 6:100] = (10, 200, 30)
    recogniser = Said(("AB12CDE", 0.9))
    room = np.array([30, 10], np.float32)
    corners = np.array([[6, 4], [100, 4], [100, 30], [6, 30]], np.float32)
    read = QuadReader(Found(corners + room), recogniser).read_plate(plate)
    assert read is not None
    assert read.text == "AB12CDE"
    as_it_is, straight = recogniser.shown
    assert as_it_is.shape == plate.shape
    assert straight.shape[:2] == (round(26 * (1 + 2 * MARGIN)), round(94 * (1 + 2 * MARGIN)))
    assert (straight[3:-3, 6:-6] == (10, 200, 30)).all()


@pytest.mark.parametrize(
    ("own", "other", "told", "asked"),
    [
        (("AB12CDE", 0.9), ("XX99XX", 0.99), "AB12CDE", 0),  # sure: nobody else is asked
        (("AB12CDE", 0.55), ("AB12COE", 0.9), "AB12COE", 1),  # in doubt, and the other is surer
        (("AB12CDE", 0.55), ("", 0.0), "AB12CDE", 1),
        (("", 0.0), ("AB12COE", 0.8), "AB12COE", 1),
    ],
)
def test_the_second_opinion_is_asked_in_doubt_and_believed_when_surer(
    own: tuple[str, float], other: tuple[str, float], told: str, asked: int
) -> None:
    second = Asked(other)
    (read,) = QuadReader(Found(LEVEL), Said(own), second).read(blank())
    assert (read.text, len(second.shown)) == (told, asked)
    assert read.box == (200.0, 120.0, 290.0, 140.0)


def test_nobody_else_is_asked_while_the_device_allows_no_second_looks() -> None:
    second, allowance = Asked(("AB12COE", 0.9), ("AB12COE", 0.9)), Allowance()
    reader = QuadReader(Found(LEVEL), Said(*[("AB12CDE", 0.55)] * 3), second, allowance)
    told = []
    for effort in (Effort.LESS_ANALYSIS, Effort.NO_SECOND_MODELS, Effort.NORMAL):
        allowance.effort = effort
        told.append((reader.read(blank())[0].text, len(second.shown)))
    assert told == [("AB12COE", 1), ("AB12CDE", 1), ("AB12COE", 2)]


def test_a_missing_card_is_named() -> None:
    with pytest.raises(ModelError, match="no-such-finder"):
        open_reader(Models(plates="plate-ocr", finder="no-such-finder"))


def blank() -> U8:
    return np.full((180, 320, 3), 90, np.uint8)
