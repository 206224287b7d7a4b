"""Engines of the plate networks that say something else than their network are refused."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pytest

from edge.cli import main
from edge.errors import ModelError
from edge.inference.finder_card import FinderCard, load_finder_card
from edge.inference.ort import OrtEngine
from edge.inference.plate_acceptance import GoldenPlate, golden_plates, try_finder, try_recogniser
from edge.inference.reader_card import ReaderCard, load_reader_card
from edge.ports import TensorSpec
from edge.types import F32


class Broken:
    """An engine whose input or answer is changed on the way."""

    label = "broken"

    def __init__(
        self, file: Path, fed: Callable[[F32], F32] | None = None, given: Callable[[F32], F32] | None = None
    ) -> None:
        self._engine, self._fed, self._given = OrtEngine(file), fed, given
        self.inputs: tuple[TensorSpec, ...] = self._engine.inputs
        self.outputs: tuple[TensorSpec, ...] = self._engine.outputs
        self.metadata = self._engine.metadata

    def infer(self, inputs: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        if self._fed:
            inputs = {name: self._fed(value) for name, value in inputs.items()}
        answer = dict(self._engine.infer(inputs))
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
    assert f"{len(golden)} of {len(golden)} texts the same" in try_recogniser(
        reader, OrtEngine(reader.file), golden=golden
    )


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
