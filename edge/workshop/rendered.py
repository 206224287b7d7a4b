"""Labelled gate scenes from the renderer: a set on disk to train on, and examples of the proof list to measure by."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from edge.errors import UsageError
from edge.scene import random_scene
from edge.scene.gate_days import LORRIES, MOST_TOW, gate_day
from edge.scene.live_gate import LiveGate
from edge.scene.traffic import USUAL
from edge.types import CLASSES, F32, U8, VEHICLES
from edge.workshop.labelled import Example
from edge.workshop.pictures import make_set, write_labelled

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from edge.scene import ActorTruth, FrameTruth

SET_NAME = "rendered"
SIZES_WH = ((640, 360), (640, 360), (480, 360))  # as cameras show it: two wide pictures to one of the old shape
MOMENTS = 12  # pictures of one gate in one light: its background is drawn once
PROOF_WH = (1280, 720)
PROOF_LIGHTS = ("day", "day", "dusk", "night", "infrared")
KEEP_VISIBLE = 0.25  # less than this of an object is no label
PARTLY_VISIBLE, MOSTLY_IN = (0.3, 0.85), 0.5  # of a vehicle behind others, and how much of it the picture shows
MUST_FIND_VISIBLE = 0.5  # less than this of a whole object need not be found
SMALLEST = 8 / 640  # of the picture's width: smaller objects are no label


def render_set(out: Path, count: int, seed: int, view: str = "any") -> int:
    """Write `count` scenes of the training list as a set under `out` and return how many; those there are kept.

    `view`: `any` is every kind of road and camera, `gate` the gate itself with its traffic, near and cut off,
    `towing` the same where most cars have a trailer, `lorries` where half the vehicles are lorries and buses, `hidden`
    what is left of that without the moments in which no vehicle is partly hidden. A gate is drawn whole, MOMENTS
    scenes of it, so there may be a few more than `count`.

    Raises:
        UsageError: the folder cannot be written.
    """
    folder = out / SET_NAME
    writers: dict[str, Callable[[Path, int], int]] = {
        "any": _write_scene,
        "gate": _write_gate_day,
        "towing": partial(_write_gate_day, name="towing", towing=MOST_TOW),
        "lorries": partial(_write_gate_day, name="lorries", shares=LORRIES),
        "hidden": _write_hidden,
    }
    done, number = 0, seed
    try:
        make_set(folder)
        while done < count:
            done += writers[view](folder, number)
            number += 1
    except OSError as error:
        raise UsageError(f"{out}: cannot be written ({error.strerror or error}); give another folder") from error
    return done


def _write_scene(folder: Path, number: int) -> int:
    name = f"{number:06d}"
    if not (folder / "images" / f"{name}.jpg").exists():
        rgb, truth = random_scene(number, list_name="training", size_wh=SIZES_WH[number % len(SIZES_WH)])
        _write(folder, name, rgb, truth)
    return 1


def _write_gate_day(
    folder: Path, number: int, name: str = "gate", towing: float | None = None, shares: tuple[float, ...] = USUAL
) -> int:
    names = [f"{name}_{number:06d}_{moment:02d}" for moment in range(MOMENTS)]
    if not (folder / "images" / f"{names[-1]}.jpg").exists():
        for one, (rgb, truth) in zip(names, gate_day(number, SIZES_WH[0], MOMENTS, towing, shares), strict=True):
            _write(folder, one, rgb, truth)
    return MOMENTS


def _write_hidden(folder: Path, number: int) -> int:
    """Write the moments of a gate in which a vehicle is partly hidden; which they are is known when they are drawn."""
    written = 0
    for moment, (rgb, truth) in enumerate(gate_day(number, SIZES_WH[0], 2 * MOMENTS, shares=LORRIES)):
        if any(_is_partly_hidden(actor) for actor in truth.actors):
            _write(folder, f"hidden_{number:06d}_{moment:02d}", rgb, truth)
            written += 1
    return written


def _write(folder: Path, name: str, rgb: U8, truth: FrameTruth) -> None:
    write_labelled(folder, name, rgb, boxes_of(truth.actors, rgb.shape[1], KEEP_VISIBLE))


def _is_partly_hidden(actor: ActorTruth) -> bool:
    least, most = PARTLY_VISIBLE
    return actor.kind in VEHICLES and actor.in_picture > MOSTLY_IN and least <= actor.visible_fraction <= most


def boxes_of(actors: tuple[ActorTruth, ...], width_px: int, least_visible: float) -> F32:
    """Return the visible boxes (N,5) `class x1 y1 x2 y2` px of the actors that show enough of themselves."""
    rows = [
        (CLASSES.index(actor.kind), *actor.box)
        for actor in actors
        if actor.visible_fraction >= least_visible
        and min(actor.box[2] - actor.box[0], actor.box[3] - actor.box[1]) >= SMALLEST * width_px
    ]
    return np.asarray(rows, np.float32).reshape(-1, 5)


def proof_examples(count: int, scenes: str = "roads") -> Iterator[Example]:
    """Yield `count` scenes of the proof list at camera size; what is mostly hidden or tiny need not be found.

    `scenes`: `roads` is every kind of road, camera and weather; `gate` the gate of `test://gate` in heavy traffic, by
    day, at dusk, by night and in infra-red in turn, every third in rain.
    """
    for seed in range(count):
        rgb, truth = random_scene(seed, list_name="proof", size_wh=PROOF_WH) if scenes == "roads" else _proof_gate(seed)
        every = boxes_of(truth.actors, 0, 0.0)
        plain = tuple(one for one in truth.actors if one.visible_fraction * one.in_picture >= MUST_FIND_VISIBLE)
        asked = {tuple(row) for row in boxes_of(plain, PROOF_WH[0], 0.0)}
        optional = np.array([tuple(row) not in asked for row in every], bool)
        yield Example(rgb, every, optional, f"{scenes} {seed}", light="dark" if truth.dark else "day")


def _proof_gate(seed: int) -> tuple[U8, FrameTruth]:
    light = PROOF_LIGHTS[seed % len(PROOF_LIGHTS)]
    gate = LiveGate(seed, PROOF_WH, light, rain=seed % 3 == 0, traffic="heavy", fps=12.5)
    return gate.frame(seed, float(np.random.default_rng([seed, 3]).uniform(20, 120)))
