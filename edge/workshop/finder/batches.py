"""Batches for the finder: real scenes, plates set into them and onto vehicles, rendered gates.

Everything follows from the seed and the step.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from edge.types import CLASSES, F32, U8, VEHICLES
from edge.vision import quads as four
from edge.workshop.ahead import ahead
from edge.workshop.finder.framing import framed, random_frame, spoiled
from edge.workshop.finder.paste import matching_light, seen_corners, set_plate, take_out
from edge.workshop.finder.targets import Canvas, Targets, targets
from edge.workshop.pictures import read_rgb
from edge.workshop.plates.list_training import FRAME_WORDS
from edge.workshop.plates.samples import Fonts, training_plate
from edge.workshop.plates.writing import lay_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from edge.workshop.batches import Picture
    from edge.workshop.finder.scenes import Scene

LEAST_VEHICLE = 0.11
"""Vehicles whose smaller side is less than this of the picture's get no plate."""
PLATE_SHARE = (0.18, 0.42)
"""Width of a plate set onto a vehicle, as a share of the vehicle's smaller side."""
LOWER_HALF = 0.45
"""Plates lie below this share of a vehicle's height."""


@dataclass(frozen=True, slots=True)
class Gate:
    """A rendered scene on disk: `quads` (K,4,2) float32 px of plates it shows, `hidden` (M,4) outlines of others."""

    path: Path
    quads: F32
    hidden: F32


@dataclass(frozen=True, slots=True)
class Sources:
    """What batches are made of."""

    scenes: Sequence[Scene]
    vehicles: Sequence[Picture] = ()
    gates: Sequence[Gate] = ()
    fonts: Fonts = field(default_factory=Fonts)


@dataclass(frozen=True, slots=True)
class Mix:
    """How batches are made: sizes take turns; shares of pictures that are vehicle photos and rendered gates.

    `replaced` and `removed`: shares of the real plates that give way to a drawn one, and to nothing.
    """

    sizes_wh: tuple[tuple[int, int], ...] = ((384, 256),)
    batch: int = 16
    vehicles: float = 0.2
    gates: float = 0.08
    replaced: float = 0.35
    removed: float = 0.1


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """`images` (B,H,W) uint8; `score` (B,rows,columns) int8; the rest as in Targets, `cells` (N,3) with the picture."""

    images: U8
    score: npt.NDArray[np.int8]
    cells: npt.NDArray[np.int64]
    quads: F32
    exact: npt.NDArray[np.bool_]
    weight: F32


def batches(sources: Sources, mix: Mix, seed: int, steps: range) -> Iterator[Batch]:
    """Yield the batches of the steps, prepared by one thread of its own."""
    return ahead(lambda step: make_batch(sources, mix, (seed, step)), steps)


def make_batch(sources: Sources, mix: Mix, seed_step: tuple[int, int]) -> Batch:
    """Make the batch of one step."""
    rng = np.random.default_rng(seed_step)
    size_wh = mix.sizes_wh[seed_step[1] % len(mix.sizes_wh)]
    canvases = [make_canvas(sources, mix, size_wh, rng) for _ in range(mix.batch)]
    return collate([canvas.picture for canvas in canvases], [targets(canvas) for canvas in canvases])


def collate(pictures: Sequence[U8], asked: Sequence[Targets]) -> Batch:
    """Put pictures and targets into arrays."""
    rows = np.repeat(np.arange(len(asked)), [len(one.cells) for one in asked])
    return Batch(
        np.stack(pictures),
        np.stack([one.score for one in asked]),
        np.column_stack([rows, np.concatenate([one.cells for one in asked])]),
        np.concatenate([one.quads for one in asked]),
        np.concatenate([one.exact for one in asked]),
        np.concatenate([one.weight for one in asked]),
    )


def make_canvas(sources: Sources, mix: Mix, size_wh: tuple[int, int], rng: np.random.Generator) -> Canvas:
    """Make one picture to learn from."""
    kind = rng.random()
    if len(sources.gates) and kind < mix.gates:
        whole = _gate(sources.gates[int(rng.integers(len(sources.gates)))], rng)
    elif len(sources.vehicles) and kind < mix.gates + mix.vehicles:
        whole = _vehicles(sources.vehicles[int(rng.integers(len(sources.vehicles)))], sources.fonts, rng)
    else:
        whole = _scene(sources.scenes[int(rng.integers(len(sources.scenes)))], sources.fonts, mix, rng)
    outline = four.outlines(whole.quads)[int(rng.integers(len(whole.quads)))] if len(whole.quads) else None
    picture_wh = (whole.picture.shape[1], whole.picture.shape[0])
    shown = framed(whole, random_frame(picture_wh, outline, size_wh, rng), size_wh, rng)
    shown.picture = spoiled(shown.picture, shown.quads, rng)
    return shown


def _scene(scene: Scene, fonts: Fonts, mix: Mix, rng: np.random.Generator) -> Canvas:
    picture = gray(scene.path, rng)
    quads, exact = [], []
    for box in scene.boxes:
        x1, y1, x2, y2 = (float(side) for side in box)
        chance = rng.random()
        if chance >= mix.replaced + mix.removed:
            quads.append(np.array([[x1, y1], [x2, y1], [x2, y2], [x1, y2]], np.float32))
            exact.append(False)
            continue
        around = picture[int(y1) : int(y2) + 1, int(x1) : int(x2) + 1].copy()
        take_out(picture, (x1, y1, x2, y2), rng)
        if chance < mix.replaced and around.size:
            quads.append(_replace(picture, around, box, fonts, rng))
            exact.append(True)
    for _ in range(int(rng.integers(1, 4)) if rng.random() < 0.4 else 0):
        _write_words(picture, rng)
    return Canvas(picture, np.array(quads, np.float32).reshape(-1, 4, 2), np.array(exact, bool), scene.unboxed)


def _replace(picture: U8, around: U8, box: F32, fonts: Fonts, rng: np.random.Generator) -> F32:
    """Set a drawn plate where a real one was; of a few the one whose shape suits the place best."""
    wide, high = float(box[2] - box[0]), float(box[3] - box[1])
    plates = [training_plate(fonts, rng).pixels for _ in range(3)]
    shape = wide / high
    plate = min(plates, key=lambda pixels: abs(np.log(pixels.shape[1] / pixels.shape[0] / shape)))
    corners = seen_corners(plate.shape[1] / plate.shape[0], rng)
    spread = corners.max(axis=0) - corners.min(axis=0)
    scale = float(np.sqrt(wide * high / (spread[0] * spread[1])) * rng.uniform(0.85, 1.15))
    quad = np.asarray(corners * scale + (box[:2] + box[2:]) / 2, np.float32)
    set_plate(picture, plate, quad, matching_light(plate, around, rng), rng)
    return quad


def _vehicles(picture: Picture, fonts: Fonts, rng: np.random.Generator) -> Canvas:
    """Set plates onto up to three vehicles; whether the others, and these elsewhere, show plates is not known."""
    pixels = gray(picture.path, rng)
    high, wide = pixels.shape
    boxes = picture.boxes[:, 1:] * np.array([wide, high, wide, high], np.float32)
    large = boxes[_large(picture)]
    quads: list[F32] = []
    for index in rng.permutation(len(large))[:3]:
        quad = _on_vehicle(pixels, large[index], quads, fonts, rng)
        if quad is not None:
            quads.append(quad)
    placed = np.array(quads, np.float32).reshape(-1, 4, 2)
    return Canvas(pixels, placed, np.ones(len(quads), bool), boxes.astype(np.float32))


def near_enough(pictures: Sequence[Picture]) -> list[Picture]:
    """Return the pictures that show a vehicle large enough to get a plate."""
    return [picture for picture in pictures if _large(picture).any()]


def _large(picture: Picture) -> npt.NDArray[np.bool_]:
    vehicle = np.isin(picture.boxes[:, 0], [CLASSES.index(name) for name in VEHICLES])
    sides = picture.boxes[:, 3:5] - picture.boxes[:, 1:3]
    return np.asarray(vehicle & (sides.min(axis=1) >= LEAST_VEHICLE), bool)


def _on_vehicle(picture: U8, box: F32, others: Sequence[F32], fonts: Fonts, rng: np.random.Generator) -> F32 | None:
    plate = training_plate(fonts, rng).pixels
    side = float(min(box[2] - box[0], box[3] - box[1]))
    aspect = plate.shape[1] / plate.shape[0]
    width = side * float(rng.uniform(*PLATE_SHARE)) * min(1.0, aspect / 3 + 0.3)
    corners = seen_corners(aspect, rng) * width
    at = box[0] + (box[2] - box[0]) * rng.uniform(0.2, 0.8), box[1] + (box[3] - box[1]) * rng.uniform(LOWER_HALF, 0.95)
    quad = np.asarray(corners + np.array(at), np.float32)
    x1, y1, x2, y2 = (int(side) for side in four.bounds(quad))
    inside = x1 >= 0 and y1 >= 0 and x2 < picture.shape[1] and y2 < picture.shape[0]
    if not inside or any(_touch(quad, other) for other in others):
        return None
    set_plate(picture, plate, quad, matching_light(plate, picture[y1 : y2 + 1, x1 : x2 + 1], rng), rng)
    return quad


def _touch(first: F32, second: F32) -> bool:
    return bool((first.min(axis=0) < second.max(axis=0)).all() and (second.min(axis=0) < first.max(axis=0)).all())


def _gate(gate: Gate, rng: np.random.Generator) -> Canvas:
    return Canvas(gray(gate.path, rng), gate.quads.copy(), np.ones(len(gate.quads), bool), gate.hidden.copy())


def _write_words(picture: U8, rng: np.random.Generator) -> None:
    """Write what stands on vehicles and walls and is no plate."""
    high, wide = picture.shape
    tall = int(rng.integers(6, max(7, high // 10)))
    across = min(wide - 2, tall * int(rng.integers(3, 9)))
    x, y = int(rng.integers(0, wide - across)), int(rng.integers(0, high - tall))
    words = FRAME_WORDS[int(rng.integers(len(FRAME_WORDS)))]
    lay_words(picture, words, (x, y, x + across, y + tall), int(rng.integers(256)), int(rng.integers(3)))


def gray(path: Path, rng: np.random.Generator) -> U8:
    """Read a picture as gray (H,W), its colours weighed as some camera under some lamp would weigh them."""
    pixels = _read(path)
    weights = rng.dirichlet((2.0, 2.5, 1.2)) if rng.random() < 0.5 else np.array([0.299, 0.587, 0.114])
    return np.asarray(pixels @ weights, np.uint8)


@lru_cache(maxsize=2000)
def _read(path: Path) -> U8:
    return read_rgb(path)
