"""The training loop: one stage from given weights to better ones, stopped and taken up again at any step.

A stage is short. Its learning rate rises in a few steps and falls to nothing along a cosine; what is kept is a
running average of the weights. Taken up again, the average goes on as it stood and the optimizer starts afresh.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import cv2

from edge.types import CLASSES
from edge.workshop import network
from edge.workshop.batches import Batch, Mix, Picture, batches
from edge.workshop.schedule import Progress, descend, learning_rate, run_stage, taken_up

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

CLIP_NORM = 10.0


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage. `steps` batches with a top learning rate of `rate`; weights are written every `save_every` steps.

    The first `frozen` layers stay as they are: with the low ones still, a short stage is a third quicker and keeps what
    they have learnt of real pictures. `device` is torch's name of one that `pick_device` knows to work.
    """

    mix: Mix
    steps: int
    rate: float = 4e-4
    warm_up: int = 60
    seed: int = 1
    threads: int = 1
    save_every: int = 100
    bf16: bool = False
    device: str = "cpu"
    frozen: int = 0


def train(
    start: Path, out: Path, real: Sequence[Picture], rendered: Sequence[Picture], stage: Stage, *, fresh: bool
) -> Progress:
    """Train one stage from the weights in `start`, writing the averaged weights to `out` as it goes.

    An open stage noted in `start` is taken up where it stood, unless `fresh` begins a new one.

    Raises:
        ModelError: the weights cannot be read or the loss is no longer a number.
        ConfigError: a picture or label is missing or damaged.
    """
    torch = network.import_torch(stage.threads)
    cv2.setNumThreads(1)
    model = network.build(len(CLASSES), stage.seed)
    progress = taken_up(start, model, stage.steps, fresh=fresh)
    model.train().to(stage.device, memory_format=torch.channels_last)
    for layer in model.model[: stage.frozen]:
        layer.eval().requires_grad_(requires_grad=False)
    optimizer = network.make_optimizer(model, stage.rate)
    criterion = model.init_criterion()

    def step(batch: Batch, done: int) -> dict[str, float]:
        return _step(torch, model, criterion, optimizer, batch, stage, done)

    made = batches(real, rendered, stage.mix, stage.seed, progress.step, progress.end)
    notes = {"names": ",".join(CLASSES), "mix": repr(asdict(stage.mix))}
    return run_stage(torch, model, out, progress, made, step, stage.save_every, notes)


def _step(
    torch: Any, model: Any, criterion: Any, optimizer: Any, batch: Batch, stage: Stage, done: int
) -> dict[str, float]:
    images = torch.from_numpy(batch.images).to(stage.device).permute(0, 3, 1, 2).float().div_(255)
    rows = torch.from_numpy(batch.boxes).to(stage.device)
    targets = {"batch_idx": rows[:, 0], "cls": rows[:, 1:2], "bboxes": rows[:, 2:6], "img": images}
    answer = network.forward(torch, model, images, bf16=stage.bf16)
    loss, parts = criterion(answer, targets)
    rate = learning_rate(stage.rate, stage.warm_up, stage.steps, done)
    descend(torch, model, optimizer, loss.sum(), rate, CLIP_NORM)
    return {name.removesuffix("_loss"): float(value) for name, value in parts.items()}
