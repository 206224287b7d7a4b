"""What is used to train is never used to prove."""

from __future__ import annotations

from dataclasses import astuple, fields

import numpy as np
import pytest

from edge.scene.actors import drawn
from edge.scene.ingredients import SceneList
from edge.scene.list_proof import PROOF
from edge.scene.list_training import TRAINING
from edge.scene.lists import LISTS
from edge.scene.plates import spelled
from edge.scene.truth import CLASSES

ROWS = [field.name for field in fields(SceneList) if field.name not in {"name", "seeds"}]


def bare(row: object) -> object:
    """Return the row without its name: two rows of other names and the same numbers are the same."""
    if hasattr(row, "name"):
        return tuple(value for value in astuple(row) if value != row.name)  # type: ignore[call-overload]  # every row with a name is a dataclass
    return row


@pytest.mark.parametrize("column", ROWS)
def test_the_two_lists_share_no_row(column: str) -> None:
    training, proof = (getattr(found, column) for found in (TRAINING, PROOF))
    assert training
    assert proof
    assert not {bare(row) for row in training} & {bare(row) for row in proof}


def test_the_two_lists_share_no_seed() -> None:
    assert not set(TRAINING.seeds) & set(PROOF.seeds)


def test_a_plate_text_belongs_to_exactly_one_list_however_it_is_spaced() -> None:
    rng = np.random.default_rng(1)
    texts = [spelled("AA 99|AA-999", "BCDFGH", rng) for _ in range(200)]
    for text in texts:
        assert TRAINING.owns_text(text) != PROOF.owns_text(text)
        assert PROOF.owns_text(text) == PROOF.owns_text(text.replace(" ", "").replace("|", "-").lower())
    assert 0 < sum(PROOF.owns_text(text) for text in texts) < 100


@pytest.mark.parametrize("name", list(LISTS))
def test_actors_wear_only_plates_of_their_own_list(name: str) -> None:
    source, rng = LISTS[name], np.random.default_rng(7)
    seen = 0
    for number in range(120):
        actor = drawn(source, CLASSES[number % len(CLASSES)], number, rng)
        for look in (actor.front, actor.rear, actor.tow_plate):
            if look is not None:
                seen += 1
                assert source.owns_text(look.text)
                assert look.layout in source.layouts
                assert look.font in source.fonts
    assert seen > 50
