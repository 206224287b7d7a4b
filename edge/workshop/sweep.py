"""Accuracy against cost over the input sizes of one network, and the smallest size that keeps what matters."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, replace
from statistics import median
from typing import TYPE_CHECKING

from edge.errors import UsageError
from edge.inference.engines import open_engine

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from edge.inference.card import ModelCard
    from edge.ports import Detector, Frame
    from edge.workshop.evaluate import Scores

SIZES_WH = ((320, 192), (416, 256), (512, 288), (640, 384))
KEPT_LOSS = 0.01
"""Recall that a smaller input may cost: less than one picture's luck on a few hundred."""
_PLOT_WH = (640, 400)
_EDGE_PX = 56
_INK = {"recall": "#0072b2", "vehicle AP50": "#d55e00"}


@dataclass(frozen=True, slots=True)
class SweepPoint:
    """One input size: milliseconds of a frame through the whole detector, and its figures."""

    size_wh: tuple[int, int]
    ms: float
    scores: Scores

    @property
    def name(self) -> str:
        """The size as people write it."""
        return f"{self.size_wh[0]}x{self.size_wh[1]}"

    @property
    def recall(self) -> float:
        """Vehicles found at the card's confidence, of those there are."""
        return self.scores.vehicle.recall


def builds(card: ModelCard, weights: Path, sizes_wh: Sequence[tuple[int, int]], folder: Path) -> list[ModelCard]:
    """Return a card for every size: one network with free sizes, or one written anew from its weights for each.

    All come from the same weights: the card's own ONNX is not put beside files of another training.

    Raises:
        UsageError: the train extra is missing, or a size does not suit the network.
        ModelError: the weights cannot be read.
    """
    engine = open_engine(card.file)
    free = engine.inputs[0].shape[2:] == (-1, -1)
    engine.close()
    if free:
        return [_sized(card, card.file, size) for size in sizes_wh]
    if not weights.is_file():
        raise UsageError(
            f"{weights}: is missing, and {card.file} takes {card.input.width}x{card.input.height} alone: "
            "give --weights FILE.safetensors to write other sizes from"
        )
    from edge.types import CLASSES  # noqa: PLC0415 - beside its only use
    from edge.workshop import network  # noqa: PLC0415 - only where a size must be written anew

    made = []
    for size in sizes_wh:
        model = network.build(len(CLASSES))
        network.read_weights(weights, model)
        file = folder / f"{card.name}-{size[0]}x{size[1]}.onnx"
        network.write_onnx(model, file, size)
        made.append(_sized(card, file, size))
    return made


def _sized(card: ModelCard, file: Path, size_wh: tuple[int, int]) -> ModelCard:
    return replace(card, file=file, input=replace(card.input, width=size_wh[0], height=size_wh[1]))


def time_in_turns(detectors: Sequence[Detector], frames: Sequence[Frame], rounds: int = 3) -> list[float]:
    """Return the median milliseconds a frame of each detector; they take turns, so that a busy machine slows all alike.

    Raises:
        EngineFailed: passed on from a detector.
    """
    spent: list[list[float]] = [[] for _ in detectors]
    for _ in range(rounds):
        for frame in frames:
            for detector, taken in zip(detectors, spent, strict=True):
                began = time.perf_counter_ns()
                detector.detect(frame)
                taken.append((time.perf_counter_ns() - began) / 1e6)
    return [median(taken) for taken in spent]


def smallest_that_keeps(points: Sequence[SweepPoint], loss: float = KEPT_LOSS) -> SweepPoint:
    """Return the point of least area whose vehicle recall is at most `loss` below the best.

    Raises:
        UsageError: there was no vehicle to be found, so no size is better than another.
    """
    if any(math.isnan(point.recall) for point in points):
        raise UsageError("the pictures show no vehicle, so no size can be chosen: give others")
    best = max(point.recall for point in points)
    keeping = [point for point in points if point.recall >= best - loss]
    return min(keeping, key=lambda point: point.size_wh[0] * point.size_wh[1])


def plot(points: Sequence[SweepPoint], title: str) -> str:
    """Return an SVG: recall and average precision of vehicles over milliseconds a frame."""
    wide, high = _PLOT_WH
    most_ms = max(point.ms for point in points) * 1.1
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high}" font-family="sans-serif" font-size="12">',
        f'<rect width="{wide}" height="{high}" fill="white"/><text x="{_EDGE_PX}" y="24">{title}</text>',
    ]
    for tenth in range(0, 11, 2):
        y = _place(tenth / 10, 1.0, high, upward=True)
        parts.append(f'<path d="M{_EDGE_PX} {y:.1f}H{wide - 16}" stroke="#ddd"/>')
        parts.append(f'<text x="{_EDGE_PX - 8}" y="{y + 4:.1f}" text-anchor="end">{tenth / 10:.1f}</text>')
    for name, ink in _INK.items():
        at = [
            (_place(point.ms, most_ms, wide, upward=False), _place(_figure(point, name), 1.0, high, upward=True))
            for point in sorted(points, key=lambda point: point.ms)
        ]
        parts.append(f'<path d="M{" L".join(f"{x:.1f} {y:.1f}" for x, y in at)}" fill="none" stroke="{ink}"/>')
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{ink}"/>' for x, y in at]
        parts.append(f'<text x="{at[-1][0]:.1f}" y="{at[-1][1] - 10:.1f}" text-anchor="end" fill="{ink}">{name}</text>')
    for number, point in enumerate(sorted(points, key=lambda point: point.ms)):
        x = _place(point.ms, most_ms, wide, upward=False)
        label = f"{point.name}, {point.ms:.0f} ms"
        parts.append(
            f'<text x="{x:.1f}" y="{high - 28 - 12 * (number % 2)}" text-anchor="middle" font-size="10">{label}</text>'
        )
    parts.append(f'<text x="{wide / 2}" y="{high - 8}" text-anchor="middle">milliseconds a frame</text></svg>')
    return "\n".join(parts) + "\n"


def _figure(point: SweepPoint, name: str) -> float:
    return point.recall if name == "recall" else point.scores.vehicle.ap50


def _place(value: float, most: float, length_px: int, *, upward: bool) -> float:
    """Return the pixel of a value on an axis from 0 to `most`."""
    room = length_px - 2 * _EDGE_PX
    return length_px - _EDGE_PX - room * value / most if upward else _EDGE_PX + room * value / most
