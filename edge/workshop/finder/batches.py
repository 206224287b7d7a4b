"""Batches for the finder: pictures of its sources, framed as the finder looks at them.

Everything follows from the seed and the step.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from edge.types import F32, U8
from edge.vision import quads as four
from edge.workshop.ahead import ahead
from edge.workshop.finder.framing import framed, random_frame, spoiled
from edge.workshop.finder.sources import Mix, Sources, whole_canvas
from edge.workshop.finder.targets import Canvas, Targets, targets

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """`images` (B,H,W) uint8; `score` (B,rows,columns) int8; the rest as in Targets, `cells` (N,3) with the picture."""

    images: U8
    score: npt.NDArray[np.int8]
    cells: npt.NDArray[np.int64]
    quads: F32
    known: npt.NDArray[np.int8]
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
        np.concatenate([one.known for one in asked]),
        np.concatenate([one.weight for one in asked]),
    )


def make_canvas(sources: Sources, mix: Mix, size_wh: tuple[int, int], rng: np.random.Generator) -> Canvas:
    """Make one picture to learn from."""
    whole = whole_canvas(sources, mix, rng)
    outline = four.outlines(whole.quads)[int(rng.integers(len(whole.quads)))] if len(whole.quads) else None
    picture_wh = (whole.picture.shape[1], whole.picture.shape[0])
    shown = framed(whole, random_frame(picture_wh, outline, size_wh, rng), size_wh, rng)
    shown.picture = spoiled(shown.picture, shown.quads, rng)
    return shown
