"""Our recogniser's input and answer: stretched without aliasing, read up to the first end."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from edge.errors import EngineFailed, ModelError
from edge.inference.any_card import load_any_card
from edge.inference.card import ModelCard
from edge.inference.feeds import AtOnce, on_host
from edge.inference.reader_card import ReaderCard, load_reader_card
from edge.inference.slots import CHARACTERS, END, SLOTS, SlotRead, SlotRecogniser, decode, encode, glance, prepare
from edge.ports import Feeds, TensorSpec
from edge.types import F32

WEIGHTS = b"not really weights"
GOOD = f"""
name = "peer"
task = "read"
file = "peer.onnx"
sha256 = "{hashlib.sha256(WEIGHTS).hexdigest()}"
characters = "characters"
region = "region"
regions = ["za", "eu"]
licence = "none of ours"
temperature = 1.2

[input]
name = "image"
width = 160
height = 64
"""


@pytest.fixture
def card(tmp_path: Path) -> ReaderCard:
    (tmp_path / "model.toml").write_text(GOOD, encoding="utf-8")
    (tmp_path / "peer.onnx").write_bytes(WEIGHTS)
    return load_reader_card(tmp_path)


def _answer(text: str) -> F32:
    slots = np.full((SLOTS, END + 1), 0.1 / END, np.float32)
    slots[np.arange(SLOTS), encode(text)] = 0.9
    return slots


class CannedEngine(AtOnce):
    """Answers the same to every picture and keeps what it was asked."""

    label = "canned"
    metadata: Mapping[str, str] = {}

    def __init__(self, characters: F32, region: F32, names: tuple[str, str] = ("characters", "region")) -> None:
        self.inputs = (TensorSpec("image", (1, 1, 64, 160), "float32"),)
        self.outputs = tuple(TensorSpec(name, None, "float32") for name in names)  # type: ignore[arg-type]  # never read
        self._answer = dict(zip(names, (characters, region), strict=True))
        self.asked: list[npt.NDArray[Any]] = []

    def infer(self, feeds: Feeds) -> Mapping[str, npt.NDArray[Any]]:
        self.asked.append(on_host(feeds["image"]))
        return self._answer

    def close(self) -> None: ...


@pytest.mark.parametrize("text", ["", "CA123456", "BB12CCGP", "A" * SLOTS])
def test_what_is_encoded_is_decoded(text: str) -> None:
    read, confidence = decode(_answer(text))
    assert read == text
    assert confidence == pytest.approx((0.9,) * len(text))


@pytest.mark.parametrize(("share", "size"), [(0.0, (40, 100)), (0.05, (36, 90)), (-0.05, (44, 110))])
def test_a_glance_cuts_closer_or_shows_more(share: float, size: tuple[int, int]) -> None:
    picture = np.arange(40 * 100 * 3, dtype=np.uint32).astype(np.uint8).reshape(40, 100, 3)
    assert glance(picture, share).shape[:2] == size


def test_what_all_glances_say_is_told(card: ReaderCard) -> None:
    class Wavering(CannedEngine):
        """Says another second character to every picture but the first."""

        def infer(self, feeds: Feeds) -> Mapping[str, npt.NDArray[Any]]:
            super().infer(feeds)
            said = _answer("AB12" if len(self.asked) == 1 else "AC12")
            return {"characters": said[None], "region": np.array([[0.7, 0.3]], np.float32)}

    read = SlotRecogniser(card, Wavering(_answer("")[None], np.zeros((1, 2), np.float32))).read(
        np.zeros((40, 100, 3), np.uint8)
    )
    assert read.text == "AC12"
    assert read.char_confidence[0] == pytest.approx(0.9)
    assert read.char_confidence[1] == pytest.approx(0.6, abs=0.01)


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_what_both_looks_find_likely_is_told(card: ReaderCard, order: tuple[int, int]) -> None:
    said = [np.full((SLOTS, END + 1), (1 - sure) / END, np.float32) for sure in (0.9, 0.6)]
    for slots, text, sure in zip(said, ("AB12CDE", "AB12COE"), (0.9, 0.6), strict=True):
        slots[np.arange(SLOTS), encode(text)] = sure

    class Looking(CannedEngine):
        """Says of a bright look what it says first, of a dark one the other."""

        def infer(self, feeds: Feeds) -> Mapping[str, npt.NDArray[Any]]:
            super().infer(feeds)
            bright = float(self.asked[-1].mean()) > 0.5
            return {"characters": said[0 if bright else 1][None], "region": np.array([[0.7, 0.3]], np.float32)}

    looks = [np.full((40, 100, 3), tone, np.uint8) for tone in (250, 5)]
    engine = Looking(_answer("")[None], np.zeros((1, 2), np.float32))
    read = SlotRecogniser(card, engine).read(*(looks[place] for place in order))
    assert read.text == "AB12CDE"
    assert read.char_confidence[0] == pytest.approx(0.75)
    assert read.char_confidence[5] == pytest.approx((0.9 + 0.4 / END) / 2)


def test_nothing_behind_the_first_end_is_read() -> None:
    slots = _answer("AB")
    slots[5] = 0
    slots[5, CHARACTERS.index("Z")] = 1
    assert decode(slots)[0] == "AB"


@pytest.mark.parametrize("shape", [(20, 24), (64, 160), (300, 320), (30, 300), (200, 90)])
def test_every_picture_fills_the_input(shape: tuple[int, int]) -> None:
    picture = np.full((*shape, 3), 77, np.uint8)
    fitted = prepare(picture)
    assert fitted.shape == (64, 160)
    assert fitted.dtype == np.uint8
    assert np.unique(fitted).tolist() == [77]
    assert np.array_equal(prepare(picture[..., 0]), fitted)


def test_fine_stripes_do_not_alias_when_only_one_axis_shrinks() -> None:
    stripes = np.zeros((30, 320), np.uint8)
    stripes[:, ::2] = 200
    assert np.ptp(prepare(stripes)) <= 1


def test_a_plate_is_read_with_its_region(card: ReaderCard) -> None:
    engine = CannedEngine(_answer("CF207358")[None], np.array([[0.8, 0.2]], np.float32))
    read = SlotRecogniser(card, engine).read(np.full((40, 120, 3), 255, np.uint8))
    assert (read.text, read.region) == ("CF207358", "za")
    assert read.region_confidence == pytest.approx(0.8)
    assert engine.asked[0].shape == (1, 1, 64, 160)
    assert engine.asked[0].dtype == np.float32
    assert float(engine.asked[0].max()) == pytest.approx(1.0)


def test_an_answer_of_another_shape_is_an_error_not_an_empty_plate(card: ReaderCard) -> None:
    engine = CannedEngine(_answer("A")[None], np.zeros((1, 5), np.float32))
    with pytest.raises(EngineFailed, match="use the file of the card"):
        SlotRecogniser(card, engine).read(np.zeros((40, 120, 3), np.uint8))


def test_a_network_with_other_outputs_is_refused(card: ReaderCard) -> None:
    engine = CannedEngine(_answer("A")[None], np.zeros((1, 2), np.float32), ("output0", "output1"))
    with pytest.raises(ModelError, match="other inputs or outputs"):
        SlotRecogniser(card, engine)


def test_a_card_says_which_kind_it_is(card: ReaderCard) -> None:
    assert load_any_card(card.path) == card
    gate = Path(__file__).parents[2] / "models" / "gate-n" / "model.toml"
    assert isinstance(load_any_card(gate), ModelCard)


@pytest.mark.parametrize(
    ("line", "wrong", "cause"),
    [
        ('region = "region"', "", "region"),
        ("width = 160", "width = 2", "width"),
        (f'sha256 = "{hashlib.sha256(WEIGHTS).hexdigest()}"', 'sha256 = "12"', "64 hexadecimal digits"),
        ("temperature = 1.2", "temperature = 0.0", "temperature"),
    ],
)
def test_a_wrong_card_is_refused_in_one_line(card: ReaderCard, line: str, wrong: str, cause: str) -> None:
    card.path.write_text(GOOD.replace(line, wrong), encoding="utf-8")
    with pytest.raises(ModelError, match=cause) as caught:
        load_any_card(card.path)
    assert "\n" not in str(caught.value)


def test_damaged_weights_are_refused(card: ReaderCard) -> None:
    card.check_file()
    card.file.write_bytes(b"damaged")
    with pytest.raises(ModelError, match="its SHA-256 is"):
        card.check_file()


def test_the_likeliest_characters_of_a_slot_come_in_their_order_without_the_end() -> None:
    characters = np.zeros((SLOTS, END + 1), np.float32)
    characters[0, [CHARACTERS.index("O"), CHARACTERS.index("0"), END]] = 0.2, 0.3, 0.5
    found = SlotRead("0", (0.3,), "za", 0.5, characters).likely(2)
    assert len(found) == SLOTS
    assert found[0] == "0O"
