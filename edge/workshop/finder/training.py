"""The finder's training loop: one stage, stopped and taken up again at any step."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import cv2

from edge.workshop.finder import network
from edge.workshop.finder.batches import Batch, batches
from edge.workshop.finder.sources import Mix, Sources
from edge.workshop.network import forward, import_plain_torch, make_optimizer
from edge.workshop.schedule import Progress, descend, learning_rate, run_stage, taken_up

if TYPE_CHECKING:
    from pathlib import Path

CORNERS_WEIGHT = 2.5
CLIP_NORM = 5.0


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage: `steps` batches with a top learning rate of `rate`; weights are written every `save_every` steps."""

    mix: Mix
    steps: int
    rate: float = 2e-3
    warm_up: int = 100
    seed: int = 1
    threads: int = 1
    save_every: int = 200
    bf16: bool = False
    device: str = "cpu"


def train(start: Path | None, out: Path, sources: Sources, stage: Stage, *, fresh: bool) -> Progress:
    """Train one stage, writing the averaged weights to `out` as it goes.

    Args:
        start: weights to begin from, None for random ones. An open stage noted there is taken up where it stood.
        out: the safetensors file.
        sources: pictures of the training side.
        stage: what to do.
        fresh: begin a new stage even where one is open.

    Raises:
        ModelError: the weights cannot be read or the loss is no longer a number.
        ConfigError: a picture is missing or damaged.
        UsageError: the train extra is not installed.
    """
    torch = import_plain_torch(stage.threads)
    cv2.setNumThreads(1)
    model = network.build(stage.seed)
    progress = taken_up(start, model, stage.steps, fresh=fresh)
    model.train().to(stage.device, memory_format=torch.channels_last)
    optimizer = make_optimizer(model, stage.rate)

    def step(batch: Batch, done: int) -> dict[str, float]:
        return _step(torch, model, optimizer, batch, stage, done)

    made = batches(sources, stage.mix, stage.seed, range(progress.step, progress.end))
    notes = {"mix": repr(asdict(stage.mix))}
    return run_stage(torch, model, out, progress, made, step, stage.save_every, notes)


def _step(torch: Any, model: Any, optimizer: Any, batch: Batch, stage: Stage, done: int) -> dict[str, float]:
    from edge.workshop.finder.loss import losses  # noqa: PLC0415 - imports torch

    images = torch.from_numpy(batch.images).to(stage.device)[:, None].float().div_(255)
    answer = forward(torch, model, images, bf16=stage.bf16)
    scores, corners = losses(answer, batch)
    loss = scores + CORNERS_WEIGHT * corners
    rate = learning_rate(stage.rate, stage.warm_up, stage.steps, done)
    descend(torch, model, optimizer, loss, rate, CLIP_NORM)
    return {"scores": float(scores.detach()), "corners": float(corners.detach())}
