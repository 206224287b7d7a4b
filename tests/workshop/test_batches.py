"""A batch follows from the seed and the step alone, and its boxes lie inside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

from edge.errors import ConfigError
from edge.workshop.batches import Mix, Picture, Pool, batches, load_pictures, make_batch
from edge.workshop.dataset import build_list

if TYPE_CHECKING:
    from pathlib import Path

MIX = Mix(((96, 64), (64, 64)), batch=4)


def make_pictures(folder: Path, count: int = 5) -> list[Picture]:
    rng = np.random.default_rng(0)
    for part in ("images", "labels"):
        (folder / "set" / part).mkdir(parents=True)
    (folder / "set" / "classes.txt").write_text("car\nbicycle\n", encoding="utf-8")
    for number in range(count):
        picture = rng.integers(0, 256, (60, 80, 3), np.uint8)
        assert cv2.imwrite(str(folder / "set" / "images" / f"{number}.png"), picture)
        row = f"{int(number == 0)} 0.5 0.5 0.4 0.5\n"
        (folder / "set" / "labels" / f"{number}.txt").write_text(row, encoding="utf-8")
    return load_pictures(folder, build_list(folder))


def test_a_batch_is_the_same_for_the_same_seed_and_step(tmp_path: Path) -> None:
    pictures = make_pictures(tmp_path)
    first = list(batches(pictures, pictures, MIX, 7, 3, 6))
    second = list(batches(pictures, pictures, MIX, 7, 3, 6))
    assert len(first) == 3
    for one, other in zip(first, second, strict=True):
        np.testing.assert_array_equal(one.images, other.images)
        np.testing.assert_array_equal(one.boxes, other.boxes)


def test_a_training_taken_up_again_sees_the_batches_it_would_have_seen(tmp_path: Path) -> None:
    pictures = make_pictures(tmp_path)
    whole = list(batches(pictures, [], MIX, 7, 0, 4))
    rest = list(batches(pictures, [], MIX, 7, 2, 4))
    np.testing.assert_array_equal(whole[2].images, rest[0].images)


def test_sizes_take_turns_and_boxes_lie_inside(tmp_path: Path) -> None:
    pictures = make_pictures(tmp_path)
    made = [make_batch(Pool(pictures), Pool([]), MIX, np.random.default_rng(step), step) for step in range(4)]
    assert [batch.images.shape[1:3] for batch in made] == [(64, 96), (64, 64), (64, 96), (64, 64)]
    boxes = np.concatenate([batch.boxes for batch in made])
    assert len(boxes) > 0
    corners = np.concatenate([boxes[:, 2:4] - boxes[:, 4:6] / 2, boxes[:, 2:4] + boxes[:, 4:6] / 2])
    assert corners.min() >= -1e-5
    assert corners.max() <= 1 + 1e-5


def test_pictures_of_rare_classes_weigh_more(tmp_path: Path) -> None:
    weights = [picture.weight for picture in make_pictures(tmp_path)]
    assert weights[0] == pytest.approx(2.0)  # one bicycle to four cars
    assert weights[1:] == [1.0] * 4


def test_a_damaged_picture_ends_the_training_with_its_name(tmp_path: Path) -> None:
    pictures = make_pictures(tmp_path, 1)
    pictures[0].path.write_bytes(b"no picture")
    with pytest.raises(ConfigError, match=r"0\.png: is no picture"):
        list(batches(pictures, [], MIX, 7, 0, 2))


def test_a_near_view_shows_one_of_the_objects_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("edge.workshop.batches.NEAR_SHARE", 1.0)
    monkeypatch.setattr("edge.workshop.batches.NEAR_HIGH", (0.8, 0.8))
    far = [Picture(one.path, np.array([[0, 0.45, 0.4, 0.55, 0.5]], np.float32)) for one in make_pictures(tmp_path)]
    whole = Mix(((96, 64),), batch=8, mosaic=0.0)
    boxes = make_batch(Pool(far), Pool([]), whole, np.random.default_rng(3), 0).boxes
    assert len(boxes) == 8
    # 6 px high in a picture of 60: enlarged as far as it may be, to 21 of 64 px, less where an edge cuts it.
    assert np.median(boxes[:, 5]) == pytest.approx(21 / 64, abs=0.04)
