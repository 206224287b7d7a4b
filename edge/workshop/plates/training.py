"""The recogniser's training loop: one stage, stopped and taken up again at any step.

Three things are learnt together: each slot's character, the region, and (on rendered samples, where it is known) the
place each slot must look at. The last makes the slots find their characters within minutes instead of hours.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from edge.inference.slots import INPUT_WH, decode, prepare
from edge.workshop.network import forward, import_plain_torch, make_optimizer
from edge.workshop.plates import network
from edge.workshop.plates.batches import (
    UNKNOWN_REGION,
    Batch,
    Mix,
    batches,
    load_plates,
    more_of_two_lines,
    with_pieces,
)
from edge.workshop.schedule import Progress, descend, learning_rate, run_stage, taken_up

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from edge.types import F32, U8
    from edge.workshop.plates.crops import Crop
    from edge.workshop.plates.samples import Fonts

REGION_WEIGHT, PLACE_WEIGHT = 0.1, 0.3
SMOOTHING = 0.02  # of the characters' labels: some rendered plates cannot be read by anybody
CELL_SPREAD = 0.8  # of the place a slot must look at, in cells
CLIP_NORM = 5.0


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage: `steps` batches with a top learning rate of `rate`; weights are written every `save_every` steps."""

    mix: Mix
    steps: int
    rate: float = 1e-3
    warm_up: int = 100
    seed: int = 1
    threads: int = 1
    save_every: int = 200
    bf16: bool = False
    device: str = "cpu"


def train(start: Path | None, out: Path, crops: Sequence[Crop], fonts: Fonts, stage: Stage, *, fresh: bool) -> Progress:
    """Train one stage, writing the averaged weights to `out` as it goes.

    Args:
        start: weights to begin from, None for random ones. An open stage noted there is taken up where it stood.
        out: the safetensors file.
        crops: real crops of the training side.
        fonts: TrueType hands, may be empty.
        stage: what to do.
        fresh: begin a new stage even where one is open.

    Raises:
        ModelError: the weights cannot be read or the loss is no longer a number.
        ConfigError: a crop is missing or damaged.
        UsageError: the train extra is not installed.
    """
    torch = import_plain_torch(stage.threads)
    cv2.setNumThreads(1)
    model = network.build(stage.seed)
    progress = taken_up(start, model, stage.steps, fresh=fresh)
    plates = load_plates(crops)
    seen = seen_centres(model, [plate.picture for plate in plates], [plate.crop.text for plate in plates])
    plates = more_of_two_lines(with_pieces(plates, seen))
    model.train().to(stage.device, memory_format=torch.channels_last)
    optimizer = make_optimizer(model, stage.rate)

    def step(batch: Batch, done: int) -> dict[str, float]:
        return _step(torch, model, optimizer, batch, stage, done)

    made = batches(plates, fonts, stage.mix, stage.seed, range(progress.step, progress.end))
    notes = {"mix": repr(asdict(stage.mix))}
    return run_stage(torch, model, out, progress, made, step, stage.save_every, notes)


def _step(torch: Any, model: Any, optimizer: Any, batch: Batch, stage: Stage, done: int) -> dict[str, float]:
    images = torch.from_numpy(batch.images).to(stage.device)[:, None].float().div_(255)
    characters, regions, looked = forward(torch, model, images, bf16=stage.bf16)
    slots, regions_asked, wanted = (
        torch.from_numpy(part).to(stage.device) for part in (batch.slots, batch.regions, places(batch.centres))
    )
    functional = torch.nn.functional
    reading = functional.cross_entropy(characters.flatten(0, 1), slots.flatten(), label_smoothing=SMOOTHING)
    region = functional.cross_entropy(regions, regions_asked, ignore_index=UNKNOWN_REGION)
    known = wanted.sum().clamp(min=1)
    place = sum(-(wanted * (part + 1e-6).log()).sum() for part in looked) / (len(looked) * known)
    loss = reading + PLACE_WEIGHT * place + (REGION_WEIGHT * region if bool((batch.regions >= 0).any()) else 0)
    rate = learning_rate(stage.rate, stage.warm_up, stage.steps, done)
    descend(torch, model, optimizer, loss, rate, CLIP_NORM)
    exact = (characters.argmax(-1) == slots).all(-1).float().mean()
    return {"read": float(reading.detach()), "place": float(place.detach()), "exact": float(exact)}


def seen_centres(model: Any, pictures: Sequence[U8], texts: Sequence[str]) -> list[F32 | None]:
    """Return where a network looks for each character, (N,2) float32 0..1; None for a picture that it reads wrongly.

    Args:
        model: the network; it is left as it is.
        pictures: (H,W) uint8, one plate each.
        texts: what stands on them.
    """
    torch = import_plain_torch()
    wide, high = network.CELLS_WH
    found: list[F32 | None] = []
    was_training = model.training
    model.eval()
    with torch.no_grad():
        for picture, text in zip(pictures, texts, strict=True):
            image = torch.from_numpy(prepare(picture, INPUT_WH))[None, None].float().div_(255)
            characters, _, looked = model(image)
            right = decode(torch.softmax(characters, -1)[0].numpy())[0] == text
            weights = sum(part[0, : len(text)] for part in looked).numpy().reshape(-1, high, wide)
            found.append(_middles(weights) if right else None)
    model.train(was_training)
    return found


def _middles(weights: F32) -> F32:
    """Return the middle (N,2) of what lies around the highest weight of each map (N,H,W), 0..1 of width and height."""
    count, high, wide = weights.shape
    across, down = np.meshgrid(np.arange(wide), np.arange(high))
    best = weights.reshape(count, -1).argmax(axis=1)
    near = (np.abs(across - (best % wide)[:, None, None]) <= 1) & (np.abs(down - (best // wide)[:, None, None]) <= 1)
    kept = weights * near
    total = kept.sum(axis=(1, 2))
    x, y = ((kept * (axis + 0.5)).sum(axis=(1, 2)) / total / side for axis, side in ((across, wide), (down, high)))
    return np.stack([x, y], axis=1).astype(np.float32)


def places(centres: F32) -> F32:
    """Return where each slot must look, (B,12,160) float32 shares of the cells; all 0 where the place is not known."""
    wide, high = network.CELLS_WH
    across, down = np.meshgrid(np.arange(wide) + 0.5, np.arange(high) + 0.5)
    cells = np.stack([across.ravel(), down.ravel()], -1).astype(np.float32)
    away = cells - centres[:, :, None] * np.array(network.CELLS_WH, np.float32)
    weights = np.exp(-(away**2).sum(-1) / (2 * CELL_SPREAD**2))
    weights = np.nan_to_num(weights)
    return np.asarray(weights / np.maximum(weights.sum(-1, keepdims=True), 1e-6), np.float32)
