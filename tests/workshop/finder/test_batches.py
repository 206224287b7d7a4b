"""Batches follow from seed and step alone; drawn plates have corners, boxed ones an outline, vehicles are not asked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from edge.errors import ConfigError
from edge.types import CLASSES
from edge.workshop.batches import Picture
from edge.workshop.finder.batches import Batch, batches, make_batch, make_canvas
from edge.workshop.finder.gates import TABLE, read_gates, render_gates
from edge.workshop.finder.scenes import Scene
from edge.workshop.finder.sources import Mix, Sources, near_enough, rarely_seen, whole_canvas
from edge.workshop.finder.targets import CORNERS, NEAR

SIZES_WH = ((192, 128), (128, 96))


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Sources:
    folder = tmp_path_factory.mktemp("pictures")
    rng = np.random.default_rng(1)
    paths = []
    for number in range(4):
        coarse = rng.integers(0, 200, (6, 8, 3), np.uint8)
        picture = np.asarray(cv2.resize(coarse, (320, 240), interpolation=cv2.INTER_LINEAR), np.uint8)
        picture[150:170, 120:200] = 230
        paths.append(folder / f"{number}.png")
        assert cv2.imwrite(str(paths[-1]), picture)
    car = np.array([[CLASSES.index("car"), 0.2, 0.3, 0.8, 0.9]], np.float32)
    return Sources(
        [Scene(path, np.array([[120, 150, 200, 170]], np.float32)) for path in paths],
        [Picture(path, car) for path in paths],
    )


def made(sources: Sources, mix: Mix, step: int) -> Batch:
    return make_batch(sources, mix, (7, step))


def test_the_same_seed_and_step_make_the_same_batch(sources: Sources) -> None:
    mix = Mix(SIZES_WH, batch=4)
    one, other = made(sources, mix, 3), made(sources, mix, 3)
    assert np.array_equal(one.images, other.images)
    assert np.array_equal(one.quads, other.quads)
    assert not np.array_equal(one.images, made(sources, mix, 5).images)


def test_sizes_take_turns_and_everything_fits_together(sources: Sources) -> None:
    steps: Iterator[Batch] = batches(sources, Mix(SIZES_WH, batch=3), 1, range(4))
    for step, batch in enumerate(steps):
        wide, high = SIZES_WH[step % 2]
        assert batch.images.shape == (3, high, wide)
        assert batch.images.dtype == np.uint8
        assert batch.score.shape == (3, high // 8, wide // 8)
        asked = {tuple(cell) for cell in batch.cells.tolist()}
        assert asked == set(zip(*(place.tolist() for place in np.nonzero(batch.score == 1)), strict=True))
        assert len(batch.quads) == len(batch.known) == len(batch.weight) == len(batch.cells)


def test_boxed_plates_are_outlines_and_drawn_ones_corners(sources: Sources) -> None:
    rng = np.random.default_rng(2)
    only = Sources(sources.scenes)
    kept = [make_canvas(only, Mix(replaced=0, removed=0), (384, 256), rng) for _ in range(5)]
    assert [canvas.known.tolist() for canvas in kept] == [[NEAR]] * 5
    drawn = [make_canvas(only, Mix(replaced=1, removed=0), (384, 256), rng) for _ in range(5)]
    assert [canvas.known.tolist() for canvas in drawn] == [[CORNERS]] * 5
    assert not any(len(make_canvas(only, Mix(replaced=0, removed=1), (384, 256), rng).quads) for _ in range(5))


def test_a_vehicle_gets_a_plate_and_is_not_asked_about_its_own(sources: Sources) -> None:
    rng = np.random.default_rng(3)
    found = [make_canvas(sources, Mix(vehicles=1, gates=0), (384, 256), rng) for _ in range(8)]
    assert sum(len(canvas.quads) for canvas in found) >= 5
    assert all((canvas.known == CORNERS).all() for canvas in found)
    assert all(len(canvas.unasked) >= 1 for canvas in found)


def test_people_and_far_vehicles_get_no_plates(sources: Sources) -> None:
    path = sources.scenes[0].path
    far = Picture(path, np.array([[CLASSES.index("car"), 0.4, 0.4, 0.45, 0.45]], np.float32))
    person = Picture(path, np.array([[CLASSES.index("person"), 0.2, 0.3, 0.8, 0.9]], np.float32))
    none = Picture(path, np.zeros((0, 5), np.float32))
    assert near_enough([far, person, none, *sources.vehicles]) == list(sources.vehicles)


@pytest.mark.slow
def test_rendered_gates_are_written_read_and_framed(tmp_path: Path) -> None:
    render_gates(tmp_path, 3, 5)
    gates = read_gates(tmp_path)
    assert len(gates) == 3
    for gate in gates:
        assert gate.path.is_file()
        assert gate.quads.shape[1:] == (4, 2)
        assert ((gate.quads >= -1) & (gate.quads <= (961, 541))).all()
    rng = np.random.default_rng(4)
    shown = make_canvas(Sources([], (), gates), Mix(gates=1), (384, 256), rng)
    assert (shown.known == CORNERS).all()
    (tmp_path / TABLE).write_text("file,visible\na.jpg,1\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="make the set again"):
        read_gates(tmp_path)


@pytest.mark.parametrize(
    ("box", "rare"),
    [
        ((120, 150, 200, 170), False),
        ((120, 100, 150, 150), True),
        ((0, 150, 80, 170), True),
        ((250, 150, 319, 170), True),
        ((60, 100, 260, 150), True),
    ],
)
def test_rare_are_plates_from_the_side_cut_or_close(sources: Sources, box: tuple[int, ...], *, rare: bool) -> None:
    scene = Scene(sources.scenes[0].path, np.array([box], np.float32))
    assert bool(rarely_seen([scene])) == rare


def test_rare_scenes_have_a_share_of_their_own(sources: Sources) -> None:
    rare = Scene(sources.scenes[0].path, np.array([[10, 20, 40, 90]], np.float32))
    mixed = Sources(sources.scenes, rare=[rare])
    mix = Mix(gates=0, vehicles=0, crops=0, boxed=0, rare=0.5, replaced=0, removed=0)
    drawn = [whole_canvas(mixed, mix, np.random.default_rng(seed)).quads[0, 0].tolist() for seed in range(40)]
    assert 10 < drawn.count([10, 20]) < 30


def test_a_folder_without_gates_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="edge models render --view plates"):
        read_gates(tmp_path)
