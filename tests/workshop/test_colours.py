"""The proof of colours: every paint of the scenes has a name, and dirt does not change it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from edge.scene.actors import Actor, drawn
from edge.scene.lists import PROOF, TRAINING, SceneList
from edge.scene.materials import Material
from edge.scene.painter import Stand
from edge.types import COLOURS
from edge.workshop.colours import LIGHTS, evaluate_colour, paint_of


def painted(source: SceneList, number: int, dirt: float) -> Actor:
    actor = drawn(source, "car", 1, np.random.default_rng(1))
    return replace(actor, tints=((Material.PAINT, source.paints[number]),), dirt=dirt)


@pytest.mark.parametrize("source", [TRAINING, PROOF], ids=["training", "proof"])
def test_dirt_does_not_change_the_name_of_a_paint(source: SceneList) -> None:
    stand = Stand(0.0, 8.0, 0.0)
    for number in range(len(source.paints)):
        names = {paint_of(painted(source, number, dirt).placed(stand)) for dirt in (0.0, 0.3, 0.9)}
        assert len(names) == 1
        assert names <= set(COLOURS)


@pytest.mark.slow
def test_every_light_is_shown_and_most_of_what_is_told_by_day_is_right() -> None:
    judged = evaluate_colour(1, PROOF, seconds=16.0)
    told = [one for one in judged if one.told and one.light not in {"dusk", "night"}]
    assert {one.light for one in judged} <= set(LIGHTS)
    assert told
    assert sum(one.told == one.paint for one in told) >= 0.8 * len(told)
