"""Training sees the training list of the renderer alone; the proof list only measures."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from edge.scene import random_scene
from edge.types import CLASSES
from edge.workshop import rendered
from edge.workshop.batches import load_pictures
from edge.workshop.dataset import build_list

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def watched_lists(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    asked: list[str] = []

    def scene(seed: int, list_name: str, size_wh: tuple[int, int]) -> object:
        asked.append(list_name)
        return random_scene(seed, list_name=list_name, size_wh=(size_wh[0] // 4, size_wh[1] // 4))

    monkeypatch.setattr(rendered, "random_scene", scene)
    return asked


def test_a_rendered_set_is_labelled_and_all_training(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = watched_lists(monkeypatch)
    assert rendered.render_set(tmp_path, 3, seed=10) == 3
    entries = build_list(tmp_path)
    assert asked == ["training"] * 3
    assert [entry.side for entry in entries] == ["train"] * 3
    for picture in load_pictures(tmp_path, entries):
        assert set(picture.boxes[:, 0]) <= set(range(len(CLASSES)))


def test_a_rendered_set_cut_off_goes_on_where_it_stood(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = watched_lists(monkeypatch)
    rendered.render_set(tmp_path, 1, seed=10)
    rendered.render_set(tmp_path, 2, seed=10)
    assert len(asked) == 2


def test_gates_are_drawn_whole_and_counted_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[int] = []

    def write(_: Path, number: int) -> int:
        drawn.append(number)
        return rendered.MOMENTS

    monkeypatch.setattr(rendered, "_write_gate_day", write)
    assert rendered.render_set(tmp_path, rendered.MOMENTS + 1, seed=5, view="gate") == 2 * rendered.MOMENTS
    assert drawn == [5, 6]


def test_of_hidden_vehicles_only_moments_that_show_one_are_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rgb, truth = random_scene(1002, list_name="training", size_wh=(320, 180))
    (car, *_) = (actor for actor in truth.actors if actor.kind == "car")
    whole = replace(car, visible_fraction=1.0, in_picture=1.0)
    shown = (1.0, 0.5, 0.1, 0.85)
    moments = [(rgb, replace(truth, actors=(whole, replace(whole, visible_fraction=one)))) for one in shown]
    monkeypatch.setattr(rendered, "gate_day", lambda *_, **__: iter(moments))
    assert rendered.render_set(tmp_path, 3, seed=7, view="hidden") == 4
    names = sorted(path.stem for path in (tmp_path / rendered.SET_NAME / "images").iterdir())
    assert names == ["hidden_000007_01", "hidden_000007_03", "hidden_000008_01", "hidden_000008_03"]


def test_examples_come_from_the_proof_list(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = watched_lists(monkeypatch)
    examples = list(rendered.proof_examples(2))
    assert asked == ["proof"] * 2
    assert all(len(example.optional) == len(example.boxes) for example in examples)


def test_what_is_mostly_hidden_is_no_label() -> None:
    _, truth = random_scene(1002, list_name="training", size_wh=(320, 180))
    every = rendered.boxes_of(truth.actors, 0, 0.0)
    shown = rendered.boxes_of(truth.actors, 320, 0.999)
    assert len(every) == len(truth.actors)
    assert len(shown) == sum(
        actor.visible_fraction >= 0.999
        and min(actor.box[2] - actor.box[0], actor.box[3] - actor.box[1]) >= rendered.SMALLEST * 320
        for actor in truth.actors
    )
    assert every.dtype == np.float32


def test_gate_scenes_are_day_and_dark_and_repeat(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rendered, "PROOF_WH", (320, 180))
    first, again = ([*rendered.proof_examples(5, "gate")] for _ in range(2))
    assert [one.light for one in first] == ["day", "day", "dark", "dark", "dark"]
    assert all(np.array_equal(one.picture, other.picture) for one, other in zip(first, again, strict=True))
