"""The committed network and its card belong together; a card is brought up to date without losing a word."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from edge.errors import ModelError
from edge.inference.any_card import load_any_card
from edge.inference.card import load_card
from edge.types import CLASSES
from edge.workshop.export import replace_value

MODELS = Path(__file__).parents[2] / "models"


@pytest.mark.parametrize("path", sorted(MODELS.glob("*/model.toml")), ids=lambda path: path.parent.name)
def test_a_committed_card_holds_the_hash_of_its_file(path: Path) -> None:
    card = load_any_card(path)
    assert hashlib.sha256(card.file.read_bytes()).hexdigest() == card.sha256
    for build in getattr(card, "builds", ()):
        assert hashlib.sha256((path.parent / build.file).read_bytes()).hexdigest() == build.sha256


def test_gate_n_is_small_and_finds_our_classes() -> None:
    card = load_card(MODELS / "gate-n" / "model.toml")
    assert card.classes == CLASSES
    assert card.file.stat().st_size < 10_500_000


def test_a_value_is_replaced_and_the_comment_stays() -> None:
    text = 'name = "a"\nsha256 = "old"   # of the file\n[input]\nname = "b"\nwidth = 320 # px\n'
    text = replace_value(text, "sha256", '"new"', Path("model.toml"))
    text = replace_value(text, "width", "416", Path("model.toml"))
    assert text == 'name = "a"\nsha256 = "new"   # of the file\n[input]\nname = "b"\nwidth = 416 # px\n'


def test_a_card_without_the_key_is_refused() -> None:
    with pytest.raises(ModelError, match=r"model\.toml: has no `sha256 =`"):
        replace_value('name = "a"\n', "sha256", '"new"', Path("model.toml"))
