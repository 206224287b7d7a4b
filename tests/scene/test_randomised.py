"""Random scenes are repeatable and their labels lie in the picture."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from edge.scene import CLASSES, random_scene


def test_the_same_seed_gives_the_same_bytes_and_truth() -> None:
    first, again = (random_scene(5, size_wh=(320, 192)) for _ in range(2))
    assert first[0].tobytes() == again[0].tobytes()
    assert first[1] == again[1]


def test_other_seeds_and_other_lists_give_other_pictures() -> None:
    base = random_scene(5, size_wh=(160, 96))[0]
    assert not np.array_equal(base, random_scene(6, size_wh=(160, 96))[0])
    assert not np.array_equal(base, random_scene(5, "proof", (160, 96))[0])


def test_an_unknown_list_is_refused() -> None:
    with pytest.raises(KeyError):
        random_scene(1, "trainign")


def test_pictures_have_the_size_asked_for_and_labels_lie_in_them() -> None:
    kinds: Counter[str] = Counter()
    for seed in range(24):
        picture, truth = random_scene(seed, size_wh=(192, 128))
        assert picture.shape == (128, 192, 3)
        assert picture.dtype == np.uint8
        for actor in truth.actors:
            kinds[actor.kind] += 1
            x0, y0, x1, y1 = actor.box
            assert 0 <= x0 < x1 <= 192
            assert 0 <= y0 < y1 <= 128
            assert 0 <= actor.visible_fraction <= 1
    assert set(kinds) == set(CLASSES)
