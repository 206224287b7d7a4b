"""Engines of the plate networks that say something else than their network are refused."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from edge.cli import main
from edge.errors import ModelError
from edge.inference import plate_acceptance
from edge.inference.acceptance import Bound
from edge.inference.feeds import AtOnce, on_host
from edge.inference.finder import QuadFinder
from edge.inference.finder_card import FinderCard, load_finder_card
from edge.inference.ort import OrtEngine
from edge.inference.plate_acceptance import GoldenPlate, golden_plates, try_finder, try_recogniser
from edge.inference.reader_card import ReaderCard, load_reader_card
from edge.inference.slots import END, SLOTS, SlotRead, encode
from edge.ports import Feeds, TensorSpec
from edge.types import F32, U8


class Broken(AtOnce):
    """An engine whose input or answer is changed on the way."""

    label = "broken"

    def __init__(
        self, file: Path, fed: Callable[[F32], F32] | None = None, given: Callable[[F32], F32] | None = None
    ) -> None:
        self._engine, self._fed, self._given = OrtEngine(file), fed, given
        self.inputs: tuple[TensorSpec, ...] = self._engine.inputs
        self.outputs: tuple[TensorSpec, ...] = self._engine.outputs
        self.metadata = self._engine.metadata

    def infer(self, feeds: Feeds) -> Mapping[str, npt.NDArray[Any]]:
        if self._fed:
            feeds = {name: self._fed(on_host(value)) for name, value in feeds.items()}
        answer = dict(self._engine.infer(feeds))
        if self._given:
            name = self.outputs[0].name
            answer[name] = self._given(np.array(answer[name]))
        return answer

    def close(self) -> None:
        self._engine.close()


def _off(answer: F32) -> F32:
    """Move all corners by eight pixels."""
    answer[:, 1:] += 8
    return answer


def _faint(answer: F32) -> F32:
    answer[:, 0] *= 0.5
    return answer


def _fainter(answer: F32) -> F32:
    answer[:, 0] *= 0.995
    return answer


def _moved_on(answer: F32) -> F32:
    """Name every character as the next one."""
    return np.asarray(np.concatenate([np.roll(answer[..., :-1], 1, axis=-1), answer[..., -1:]], axis=-1), np.float32)


def _flattened(answer: F32) -> F32:
    """Draw the probabilities together, as a range far too narrow does: the texts stay."""
    flat = answer**0.5
    return np.asarray(flat / flat.sum(axis=-1, keepdims=True), np.float32)


FINDERS: dict[str, tuple[Callable[[F32], F32] | None, Callable[[F32], F32] | None]] = {
    "scaled twice": (lambda image: image / np.float32(255), None),
    "upside down": (lambda image: np.ascontiguousarray(image[:, :, ::-1]), None),
    "corners off": (None, _off),
    "faint": (None, _faint),
}
READERS: dict[str, tuple[Callable[[F32], F32] | None, Callable[[F32], F32] | None]] = {
    "scaled twice": (lambda image: image / np.float32(255), None),
    "mirrored": (lambda image: np.ascontiguousarray(image[..., ::-1]), None),
    "characters moved on": (None, _moved_on),
    "flattened": (None, _flattened),
}


@pytest.fixture(scope="module")
def golden() -> list[GoldenPlate]:
    return list(golden_plates())


@pytest.fixture(scope="module")
def finder() -> FinderCard:
    return load_finder_card("plate-n")


@pytest.fixture(scope="module")
def reader() -> ReaderCard:
    return load_reader_card("plate-ocr")


def test_golden_plates_show_their_text_from_straight_ahead(golden: list[GoldenPlate]) -> None:
    assert len(golden) >= 15
    for one in golden:
        high, wide = one.plate().shape[:2]
        assert wide >= 35
        assert 1 < wide / high < 8
        assert one.text


def test_the_networks_themselves_are_sound(golden: list[GoldenPlate], finder: FinderCard, reader: ReaderCard) -> None:
    assert "1.000 of the clear plates the same" in try_finder(finder, OrtEngine(finder.file), golden=golden)
    said = try_recogniser(reader, OrtEngine(reader.file), golden=golden)
    same, clear = (int(word) for word in said.split(" clear texts")[0].split(" of "))
    assert same == clear >= len(golden) / 2
    assert "confidences differ by 0.0000" in said


def read_of(text: str, lead: float) -> SlotRead:
    """Return a read whose first character leads the next by `lead`, and every other one by .9."""
    characters = np.full((SLOTS, END + 1), 0.1 / END, np.float32)
    for slot, best in enumerate(encode(text)):
        characters[slot, best] = 0.9 + 0.1 / END
    first, other = encode(text)[0], encode("8")[0]
    characters[0] = 0
    characters[0, [first, other]] = 0.5 + lead / 2, 0.5 - lead / 2
    return SlotRead(text, (0.9,) * len(text), "eu", 0.9, characters)


@pytest.fixture
def turned_over(reader: ReaderCard, monkeypatch: pytest.MonkeyPatch) -> Callable[[float], str]:
    """Return what the trial says where 3 of 15 texts differ in a character that leads by so much on either side."""
    corners = np.array([[0, 0], [99, 0], [99, 39], [0, 39]], np.float32)
    plates = [GoldenPlate(np.zeros((40, 100, 3), np.uint8), corners, "B123")] * 15

    def trial(lead: float) -> str:
        same = [read_of("B123", 0.9)] * 12

        class Canned:
            label = "canned"

            def __init__(self, _: ReaderCard, engine: OrtEngine | Broken) -> None:
                text = "B123" if isinstance(engine, OrtEngine) else "H123"
                self._reads = iter([*same, *[read_of(text, lead)] * 3])

            def read(self, _: U8) -> SlotRead:
                return next(self._reads)

            def close(self) -> None: ...

        monkeypatch.setattr(plate_acceptance, "SlotRecogniser", Canned)
        return try_recogniser(reader, Broken(reader.file), golden=plates)

    return trial


def test_a_character_that_hangs_on_the_third_decimal_may_turn_over(turned_over: Callable[[float], str]) -> None:
    assert "12 of 12 clear texts the same" in turned_over(0.004)


def test_a_character_that_is_clear_may_not_turn_over(turned_over: Callable[[float], str]) -> None:
    with pytest.raises(ModelError, match="only 12 of 15 clear texts are the same"):
        turned_over(0.4)


def test_a_plate_that_slips_under_the_threshold_has_faded_and_is_not_gone(
    golden: list[GoldenPlate], finder: FinderCard
) -> None:
    sound = QuadFinder(finder, OrtEngine(finder.file))
    sure = sorted(float(one) for plate in golden for one in sound.find(plate.vehicle).confidence)
    at = replace(finder, confidence=sure[len(sure) // 2] - 1e-4)  # one plate stands just above it
    wide = Bound(kept=0.9, change=1.0, drift=1.0, iou=0.9)
    said = try_finder(at, Broken(finder.file, given=_fainter), wide, golden)
    assert float(said.split("differ by ")[1].split(",")[0]) < 0.01


@pytest.mark.parametrize("how", FINDERS)
def test_a_broken_finder_is_refused(golden: list[GoldenPlate], finder: FinderCard, how: str) -> None:
    with pytest.raises(ModelError, match=r"is refused: .*: build it anew"):
        try_finder(finder, Broken(finder.file, *FINDERS[how]), golden=golden)


@pytest.mark.parametrize("how", READERS)
def test_a_broken_reader_is_refused(golden: list[GoldenPlate], reader: ReaderCard, how: str) -> None:
    with pytest.raises(ModelError, match=r"is refused: .*: build it anew"):
        try_recogniser(reader, Broken(reader.file, *READERS[how]), golden=golden)


def test_a_precision_that_a_card_does_not_list_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models", "check", "plate-n", "--precision", "int8"]) == 4
    assert "lists no int8 build" in capsys.readouterr().err
