"""What every training of ours shares: where it stands, how its rate rises and falls, the running average it keeps."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from edge.errors import ModelError

if TYPE_CHECKING:
    from pathlib import Path

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

    def notes(self) -> dict[str, str]:
        """Return it as it is stored beside the weights."""
        return {"step": str(self.step), "stage_begin": str(self.begin), "stage_end": str(self.end)}


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
