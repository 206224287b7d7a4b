"""What every training of ours shares: where it stands, its loop, how its rate rises and falls, the average it keeps."""

from __future__ import annotations

import math
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from tqdm import tqdm

from edge.errors import ModelError
from edge.workshop.network import read_weights, write_weights

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

Batch = TypeVar("Batch")
AVERAGE_DECAY = 0.9985  # the average spans some 700 steps, and fewer at the start


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a training stands: steps of all stages together, and the first and last step of the open one."""

    step: int
    begin: int
    end: int

    @staticmethod
    def read(notes: dict[str, str], where: Path) -> Progress:
        """Take it from the notes beside the weights; weights without notes stand at step 0.

        Raises:
            ModelError: the notes are not numbers.
        """
        try:
            return Progress(*(int(notes.get(name, "0")) for name in ("step", "stage_begin", "stage_end")))
        except ValueError as error:
            raise ModelError(
                f"{where}: notes beside the weights are damaged ({error}); start from other weights"
            ) from error

    def opened(self, steps: int, *, fresh: bool) -> Progress:
        """Return the stage to go on with: the open one, or a new one of `steps` when none is or it shall be `fresh`."""
        if fresh or self.step >= self.end:
            return Progress(self.step, self.step, self.step + steps)
        return self

    def notes(self) -> dict[str, str]:
        """Return it as it is stored beside the weights."""
        return {"step": str(self.step), "stage_begin": str(self.begin), "stage_end": str(self.end)}


def taken_up(start: Path | None, model: Any, steps: int, *, fresh: bool) -> Progress:
    """Load the weights to begin from into the model, None for those it has, and return the stage to go on with.

    Raises:
        ModelError: the weights cannot be read, or their notes are damaged.
    """
    progress = Progress.read(read_weights(start, model), start) if start else Progress(0, 0, 0)
    return progress.opened(steps, fresh=fresh)


def descend(torch: Any, model: Any, optimizer: Any, loss: Any, rate: float, clip_norm: float) -> None:
    """Take one step of the optimizer down the loss, the gradient's norm cut to `clip_norm`."""
    for group in optimizer.param_groups:
        group["lr"] = rate
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), clip_norm)
    optimizer.step()


def run_stage(
    torch: Any,
    model: Any,
    out: Path,
    progress: Progress,
    batches: Iterable[Batch],
    step: Callable[[Batch, int], dict[str, float]],
    save_every: int,
    notes: dict[str, str],
) -> Progress:
    """Take the batches of a stage step by step, showing its figures and writing the averaged weights as it goes.

    Args:
        torch: the module.
        model: what `step` trains.
        out: the safetensors file, written every `save_every` steps and at the end.
        progress: where the stage stands.
        batches: those from there to its end.
        step: learns from one batch, given how many steps of the stage are done; returns figures to show.
        save_every: in steps of all stages together.
        notes: to write beside the weights, besides the progress.

    Raises:
        ModelError: a figure is no longer a number.
    """
    averaged = {name: tensor.detach().clone() for name, tensor in model.state_dict().items()}
    bar = tqdm(
        batches,
        total=progress.end - progress.begin,
        initial=progress.step - progress.begin,
        desc=out.parent.name,
        file=sys.stderr,
        mininterval=5,
    )
    for batch in bar:
        done = progress.step - progress.begin
        figures = step(batch, done)
        if not math.isfinite(sum(figures.values())):
            raise ModelError(
                f"{out}: the loss is no number at step {progress.step}; lower the rate and take it up again"
            )
        fold_average(torch, averaged, model, done)
        progress = Progress(progress.step + 1, progress.begin, progress.end)
        bar.set_postfix({name: f"{value:.3f}" for name, value in figures.items()}, refresh=False)
        if progress.step == progress.end or progress.step % save_every == 0:
            write_weights(out, averaged, progress.notes() | notes)
    return progress


def learning_rate(top: float, warm_up: int, steps: int, done: int) -> float:
    """Return the learning rate after `done` of `steps`: a linear rise to `top`, then half a cosine to zero."""
    if done < warm_up:
        return top * (done + 1) / warm_up
    part = (done - warm_up) / max(1, steps - warm_up)
    return top * 0.5 * (1 + math.cos(math.pi * part))


def fold_average(torch: Any, averaged: dict[str, Any], model: Any, done: int) -> None:
    """Fold the weights into their running average, which follows closely at first."""
    keep = min(AVERAGE_DECAY, (1 + done) / (20 + done))
    with torch.no_grad():
        for name, tensor in model.state_dict().items():
            if tensor.is_floating_point():
                averaged[name].lerp_(tensor, 1 - keep)
            else:
                averaged[name].copy_(tensor)
