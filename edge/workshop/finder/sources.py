"""What the finder learns from: scenes, vehicles, crops and rendered gates, as pictures with plates set into them."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, TypeVar

import cv2
import numpy as np
import numpy.typing as npt

from edge.types import CLASSES, F32, U8, VEHICLES
from edge.vision import quads as four
from edge.workshop.finder.crops import plate_in, set_crop
from edge.workshop.finder.paste import matching_light, seen_corners, set_plate, take_out
from edge.workshop.finder.targets import CORNERS, NEAR, OUTLINE, Canvas
from edge.workshop.pictures import read_rgb
from edge.workshop.plates.list_training import FRAME_WORDS
from edge.workshop.plates.samples import Fonts, training_plate
from edge.workshop.plates.writing import lay_words

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from edge.workshop.batches import Picture
    from edge.workshop.finder.scenes import Scene

T = TypeVar("T")
LEAST_VEHICLE = 0.11
"""Vehicles whose smaller side is less than this of the picture's get no plate."""
PLATE_SHARE = (0.18, 0.42)
"""Width of a plate set onto a vehicle, as a share of the vehicle's smaller side."""
SMALL_PX = 32.0
"""Of boxes narrower than this in their picture the outline is taught as people drew it: nobody sees where such a plate
ends, and nobody can read it either."""
EDGE_PX = 2.0
"""A box so near to the picture's edge is cut by it."""
FROM_ASIDE = 0.9
"""A box whose width is less than this of its height shows a plate from the side, or a motorcycle's."""
NEARLY_ALL = 0.6
"""A plate wider than this share of the picture nearly fills it."""
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
    """What batches are made of.

    `boxed`: pictures of vehicles in which plates are boxed; `crops`: of single plates; `rare`: see `rarely_seen`.
    """

    scenes: Sequence[Scene]
    vehicles: Sequence[Picture] = ()
    gates: Sequence[Gate] = ()
    fonts: Fonts = field(default_factory=Fonts)
    crops: Sequence[Path] = ()
    boxed: Sequence[Scene] = ()
    rare: Sequence[Scene] = ()


@dataclass(frozen=True, slots=True)
class Mix:
    """How batches are made: sizes take turns; shares of pictures of each kind, the rest are scenes.

    `replaced` and `removed`: shares of the real plates that give way to another one, and to nothing; `real`: share of
    the others that are crops of real plates, where there are any.
    """

    sizes_wh: tuple[tuple[int, int], ...] = ((384, 256),)
    batch: int = 16
    vehicles: float = 0.12
    gates: float = 0.1
    crops: float = 0.04
    boxed: float = 0.12
    rare: float = 0.18
    replaced: float = 0.3
    removed: float = 0.08
    real: float = 0.2


def whole_canvas(sources: Sources, mix: Mix, rng: np.random.Generator) -> Canvas:
    """Take a picture of a kind drawn by its share; a kind without pictures leaves its share to the scenes."""
    kind, plates = rng.random() - mix.gates, _Plates(sources, mix)
    if kind < 0 and len(sources.gates):
        return _gate(_drawn(sources.gates, rng), rng)
    if 0 <= kind < mix.vehicles and len(sources.vehicles):
        return _vehicles(_drawn(sources.vehicles, rng), plates, rng)
    kind -= mix.vehicles
    if 0 <= kind < mix.crops and len(sources.crops):
        return _crop(_drawn(sources.crops, rng), rng)
    kind -= mix.crops
    if 0 <= kind < mix.boxed and len(sources.boxed):
        return _scene(_drawn(sources.boxed, rng), plates, rng)
    kind -= mix.boxed
    rare = 0 <= kind < mix.rare and len(sources.rare)
    return _scene(_drawn(sources.rare if rare else sources.scenes, rng), plates, rng)


def _drawn(pool: Sequence[T], rng: np.random.Generator) -> T:
    return pool[int(rng.integers(len(pool)))]


@dataclass(frozen=True, slots=True)
class _Plates:
    """The plates to set into pictures, and how often."""

    sources: Sources
    mix: Mix

    def crop(self, rng: np.random.Generator) -> U8 | None:
        """A real plate with its margin, gray; None where a drawn one's turn is."""
        crops = self.sources.crops
        if not len(crops) or rng.random() >= self.mix.real:
            return None
        return gray(_drawn(crops, rng), rng)


def _crop(path: Path, rng: np.random.Generator) -> Canvas:
    picture = gray(path, rng)
    return Canvas(picture, _upright(plate_in((picture.shape[1], picture.shape[0])))[None], np.array([NEAR], np.int8))


def _scene(scene: Scene, plates: _Plates, rng: np.random.Generator) -> Canvas:
    picture, mix = gray(scene.path, rng), plates.mix
    quads, known = [], []
    for box in scene.boxes:
        x1, y1, x2, y2 = (float(side) for side in box)
        chance = rng.random()
        if chance >= mix.replaced + mix.removed:
            quads.append(_upright(box))
            known.append(OUTLINE if x2 - x1 < SMALL_PX else NEAR)
            continue
        around = picture[int(y1) : int(y2) + 1, int(x1) : int(x2) + 1].copy()
        take_out(picture, (x1, y1, x2, y2), rng)
        if chance < mix.replaced and around.size:
            crop = plates.crop(rng)
            known.append(CORNERS if crop is None else NEAR)
            if crop is None:
                quads.append(_replace(picture, around, box, plates.sources.fonts, rng))
            else:
                quads.append(_put_in_place(picture, crop, around, box, rng))
    for _ in range(int(rng.integers(1, 4)) if rng.random() < 0.4 else 0):
        _write_words(picture, rng)
    return Canvas(picture, np.array(quads, np.float32).reshape(-1, 4, 2), np.array(known, np.int8), scene.unboxed)


def _upright(box: F32) -> F32:
    x1, y1, x2, y2 = box.tolist()
    return np.array([[x1, y1], [x2, y1], [x2, y2], [x1, y2]], np.float32)


def _put_in_place(picture: U8, crop: U8, around: U8, box: F32, rng: np.random.Generator) -> F32:
    """Set a real plate where another was, as large as that."""
    inner = plate_in((crop.shape[1], crop.shape[0]))
    shape, wanted = inner[2:] - inner[:2], box[2:] - box[:2]
    half = shape * np.sqrt(wanted.prod() / shape.prod()) * rng.uniform(0.85, 1.15) / 2
    middle = (box[:2] + box[2:]) / 2
    place = np.concatenate([middle - half, middle + half]).astype(np.float32)
    set_crop(picture, crop, place, matching_light(crop, around, rng))
    return _upright(place)


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


def _vehicles(picture: Picture, plates: _Plates, rng: np.random.Generator) -> Canvas:
    """Set plates onto up to three vehicles; whether the others, and these elsewhere, show plates is not known."""
    pixels = gray(picture.path, rng)
    high, wide = pixels.shape
    boxes = picture.boxes[:, 1:] * np.array([wide, high, wide, high], np.float32)
    large = boxes[_large(picture)]
    quads: list[F32] = []
    known: list[int] = []
    for index in rng.permutation(len(large))[:3]:
        crop = plates.crop(rng)
        quad = _on_vehicle(pixels, large[index], quads, plates.sources.fonts if crop is None else crop, rng)
        if quad is not None:
            quads.append(quad)
            known.append(CORNERS if crop is None else NEAR)
    placed = np.array(quads, np.float32).reshape(-1, 4, 2)
    return Canvas(pixels, placed, np.array(known, np.int8), boxes.astype(np.float32))


def rarely_seen(scenes: Sequence[Scene]) -> list[Scene]:
    """Return the scenes with a plate seen from the side, cut by the picture's edge, or nearly filling the picture."""
    return [scene for scene in scenes if _rare(scene)]


def _rare(scene: Scene) -> bool:
    if not len(scene.boxes):
        return False
    high, wide = _read(scene.path).shape[:2]
    sides = scene.boxes[:, 2:] - scene.boxes[:, :2]
    at_edge = (scene.boxes[:, :2] <= EDGE_PX).any(axis=1) | (
        scene.boxes[:, 2:] >= (wide - EDGE_PX, high - EDGE_PX)
    ).any(axis=1)
    return bool((at_edge | (sides[:, 0] < FROM_ASIDE * sides[:, 1]) | (sides[:, 0] > NEARLY_ALL * wide)).any())


def near_enough(pictures: Sequence[Picture]) -> list[Picture]:
    """Return the pictures that show a vehicle large enough to get a plate."""
    return [picture for picture in pictures if _large(picture).any()]


def _large(picture: Picture) -> npt.NDArray[np.bool_]:
    vehicle = np.isin(picture.boxes[:, 0], [CLASSES.index(name) for name in VEHICLES])
    sides = picture.boxes[:, 3:5] - picture.boxes[:, 1:3]
    return np.asarray(vehicle & (sides.min(axis=1) >= LEAST_VEHICLE), bool)


def _on_vehicle(
    picture: U8, box: F32, others: Sequence[F32], source: Fonts | U8, rng: np.random.Generator
) -> F32 | None:
    """Set a plate, drawn in `source` or the crop that it is, onto a vehicle; None where there is no room for it."""
    plate = training_plate(source, rng).pixels if isinstance(source, Fonts) else source
    side = float(min(box[2] - box[0], box[3] - box[1]))
    aspect = plate.shape[1] / plate.shape[0]
    width = side * float(rng.uniform(*PLATE_SHARE)) * min(1.0, aspect / 3 + 0.3)
    flat = _upright(np.array([-0.5, -0.5 / aspect, 0.5, 0.5 / aspect], np.float32))
    corners = (seen_corners(aspect, rng) if isinstance(source, Fonts) else flat) * width
    at = box[0] + (box[2] - box[0]) * rng.uniform(0.2, 0.8), box[1] + (box[3] - box[1]) * rng.uniform(LOWER_HALF, 0.95)
    quad = np.asarray(corners + np.array(at), np.float32)
    x1, y1, x2, y2 = (int(side) for side in four.bounds(quad))
    inside = x1 >= 0 and y1 >= 0 and x2 < picture.shape[1] and y2 < picture.shape[0]
    if not inside or any(_touch(quad, other) for other in others):
        return None
    light = matching_light(plate, picture[y1 : y2 + 1, x1 : x2 + 1], rng)
    if isinstance(source, Fonts):
        set_plate(picture, plate, quad, light, rng)
    else:
        set_crop(picture, plate, four.outlines(quad[None])[0], light)
    return quad


def _touch(first: F32, second: F32) -> bool:
    return bool((first.min(axis=0) < second.max(axis=0)).all() and (second.min(axis=0) < first.max(axis=0)).all())


def _gate(gate: Gate, rng: np.random.Generator) -> Canvas:
    return Canvas(
        gray(gate.path, rng), gate.quads.copy(), np.full(len(gate.quads), CORNERS, np.int8), gate.hidden.copy()
    )


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
    weights = rng.dirichlet((2.0, 2.5, 1.2)) if rng.random() < 0.5 else np.array([0.299, 0.587, 0.114])
    return np.asarray(cv2.transform(_read(path), weights[None]), np.uint8)


@lru_cache(maxsize=4000)
def _read(path: Path) -> U8:
    return read_rgb(path)
