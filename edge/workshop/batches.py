"""Batches for training: which pictures, put together how. Everything follows from the seed and the step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from edge.types import CLASSES, F32, U8
from edge.workshop import augment
from edge.workshop.ahead import ahead
from edge.workshop.labels import read_class_names, read_yolo
from edge.workshop.pictures import read_rgb

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from edge.workshop.dataset import Entry

SHOWN_WHOLE = 0.5  # share of single pictures shown whole; the others fill more of the canvas and lose some of an edge
NEAR_SHARE = 0.3  # of single pictures: a gate camera sees vehicles large, most labelled pictures show them far away
NEAR_HIGH, NEAR_WIDEST = (0.3, 0.9), 1.2  # size of such an object, over the canvas
MIRRORED = 0.5
NEAREST_SCALE = 3.5  # more shows blots, not vehicles
RARE_MOST = 4.0  # a picture of a rare class is drawn at most so many times as often as one of cars


@dataclass(frozen=True, slots=True)
class Picture:
    """One labelled picture on disk. `boxes` (N,5): class, then x1 y1 x2 y2 in 0..1; `weight` how often it is drawn."""

    path: Path
    boxes: F32
    weight: float = 1.0


class Pool:
    """Pictures to draw from, each as often as its weight says."""

    def __init__(self, pictures: Sequence[Picture]) -> None:
        self._pictures = pictures
        ends = np.cumsum([picture.weight for picture in pictures])
        self._ends = ends / ends[-1] if len(ends) else ends

    def __len__(self) -> int:
        return len(self._pictures)

    def draw(self, rng: np.random.Generator) -> tuple[U8, F32]:
        """Return a picture (H,W,3) uint8 RGB, perhaps mirrored, and its boxes (N,5), class and pixels."""
        place = min(int(np.searchsorted(self._ends, rng.random())), len(self._pictures) - 1)
        picture = self._pictures[place]
        pixels = read_rgb(picture.path)
        height, width = pixels.shape[:2]
        boxes = picture.boxes * np.array([1, width, height, width, height], np.float32)
        return augment.mirrored(pixels, boxes) if rng.random() < MIRRORED else (pixels, boxes)


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """`images` (B,H,W,3) uint8 RGB; `boxes` (N,6) float32: row of `images`, class, then centre and size in 0..1."""

    images: U8
    boxes: F32


@dataclass(frozen=True, slots=True)
class Mix:
    """How batches are made. `sizes_wh` take turns; `rendered` is the share of canvases made of rendered pictures."""

    sizes_wh: tuple[tuple[int, int], ...]
    batch: int = 16
    rendered: float = 0.5
    mosaic: float = 0.6


def load_pictures(data: Path, entries: Sequence[Entry]) -> list[Picture]:
    """Read the labels of the listed pictures and weigh them so that rare classes are seen more often.

    Raises:
        ConfigError: a label or class file is missing or wrong.
    """
    maps = {
        name: read_class_names(data / name / "classes.txt") for name in {entry.file.split("/")[0] for entry in entries}
    }
    boxes = [read_yolo(data / entry.label(), maps[entry.file.split("/")[0]]) for entry in entries]
    labels = np.concatenate([found[:, 0] for found in boxes]) if boxes else np.zeros(0)
    seen = np.maximum(np.bincount(labels.astype(np.int64), minlength=len(CLASSES)), 1)
    rarity = np.clip(np.sqrt(int(np.max(seen)) / seen), 1, RARE_MOST)
    weights = [float(rarity[b[:, 0].astype(int)].max()) if len(b) else 1.0 for b in boxes]
    return [Picture(data / e.file, b, w) for e, b, w in zip(entries, boxes, weights, strict=True)]


def batches(
    real: Sequence[Picture], rendered: Sequence[Picture], mix: Mix, seed: int, first: int, last: int
) -> Iterator[Batch]:
    """Yield the batches of the steps `first` to `last` (excluded), prepared by one thread of its own."""
    pools = Pool(real), Pool(rendered)

    def make(step: int) -> Batch:
        return make_batch(*pools, mix, np.random.default_rng((seed, step)), step)

    return ahead(make, range(first, last))


def make_batch(real: Pool, rendered: Pool, mix: Mix, rng: np.random.Generator, step: int) -> Batch:
    """Make the batch of one step."""
    size_wh = mix.sizes_wh[step % len(mix.sizes_wh)]
    images, rows = [], []
    for index in range(mix.batch):
        use_rendered = len(rendered) > 0 and (len(real) == 0 or rng.random() < mix.rendered)
        pool = rendered if use_rendered else real
        # A gate view fills the picture: rendered ones are shown whole more often than cut into a mosaic.
        picture, boxes = _canvas(pool, size_wh, mix.mosaic * (0.4 if use_rendered else 1.0), rng)
        images.append(augment.weather(picture, rng))
        rows.append(_to_rows(index, boxes, size_wh))
    return Batch(np.stack(images), np.concatenate(rows))


def _canvas(pool: Pool, size_wh: tuple[int, int], mosaic: float, rng: np.random.Generator) -> tuple[U8, F32]:
    width, height = size_wh
    canvas = np.full((height, width, 3), augment.PAD, np.uint8)
    if rng.random() >= mosaic:
        picture, boxes = pool.draw(rng)
        if len(boxes) and rng.random() < NEAR_SHARE:
            return canvas, _near(picture, boxes, canvas, rng)
        whole, filled = sorted((width / picture.shape[1], height / picture.shape[0]))
        # Square pictures always shown whole would teach gray sides and small objects: a wide camera has neither.
        fit = whole if rng.random() < SHOWN_WHOLE else rng.uniform(whole, filled)
        scale = fit * float(rng.choice((1.0, rng.uniform(0.7, 1.0), rng.uniform(1.0, 1.6)), p=(0.4, 0.25, 0.35)))
        slack = np.array([width - picture.shape[1] * scale, height - picture.shape[0] * scale]) / 2
        at = np.array([width, height]) / 2 + slack * rng.uniform(-1, 1, 2)
        return canvas, augment.warp(picture, boxes, canvas, rng, scale, (float(at[0]), float(at[1])))
    return canvas, _mosaic(pool, canvas, rng)


def _near(picture: U8, boxes: F32, canvas: U8, rng: np.random.Generator) -> F32:
    """Come so near to one of the objects that it stands large in the canvas, often cut by an edge."""
    high, wide = canvas.shape[:2]
    x1, y1, x2, y2 = boxes[int(rng.integers(len(boxes))), 1:].tolist()
    scale = min(NEAREST_SCALE, rng.uniform(*NEAR_HIGH) * high / (y2 - y1), NEAR_WIDEST * wide / (x2 - x1))
    middle = (x1 + x2) / 2, (y1 + y2) / 2
    at = (
        _covering(rng.uniform(0, wide), scale * middle[0], scale * picture.shape[1], wide),
        _covering(rng.uniform(0.25, 1) * high, scale * middle[1], scale * picture.shape[0], high),
    )
    return augment.warp(picture, boxes, canvas, rng, scale, at, middle)


def _covering(at: float, before: float, length: float, room: float) -> float:
    """Move `at` so that what reaches from `before` ahead of it over `length` covers the room, or lies inside it."""
    spare = room - length
    return before + min(max(at - before, min(spare, 0.0)), max(spare, 0.0))


def _mosaic(pool: Pool, canvas: U8, rng: np.random.Generator) -> F32:
    height, width = canvas.shape[:2]
    cross_x, cross_y = int(width * rng.uniform(0.3, 0.7)), int(height * rng.uniform(0.3, 0.7))
    found = []
    for left, top, right, bottom in (
        (0, 0, cross_x, cross_y),
        (cross_x, 0, width, cross_y),
        (0, cross_y, cross_x, height),
        (cross_x, cross_y, width, height),
    ):
        picture, boxes = pool.draw(rng)
        tile = canvas[top:bottom, left:right].copy()
        fit = max((right - left) / picture.shape[1], (bottom - top) / picture.shape[0])
        scale = fit * rng.uniform(0.7, 1.5)
        slack = np.array([right - left - picture.shape[1] * scale, bottom - top - picture.shape[0] * scale]) / 2
        at = np.array([right - left, bottom - top]) / 2 + slack * rng.uniform(-1, 1, 2)
        moved = augment.warp(picture, boxes, tile, rng, scale, (float(at[0]), float(at[1])))
        canvas[top:bottom, left:right] = tile
        found.append(moved + np.array([0, left, top, left, top], np.float32))
    return np.concatenate(found)


def _to_rows(index: int, boxes: F32, size_wh: tuple[int, int]) -> F32:
    rows = np.empty((len(boxes), 6), np.float32)
    rows[:, 0], rows[:, 1] = index, boxes[:, 0]
    size = np.array(size_wh, np.float32)
    rows[:, 2:4] = (boxes[:, 1:3] + boxes[:, 3:5]) / 2 / size
    rows[:, 4:6] = (boxes[:, 3:5] - boxes[:, 1:3]) / size
    return rows
