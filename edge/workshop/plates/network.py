"""The door to the recogniser's torch module: build it, write it as ONNX."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from edge.inference.slots import INPUT_WH
from edge.workshop.network import import_plain_torch, write_gray_onnx

if TYPE_CHECKING:
    from pathlib import Path

INPUT, CHARACTERS_OUT, REGION_OUT = "image", "characters", "region"
CELLS_WH = (INPUT_WH[0] // 8, INPUT_WH[1] // 8)
"""What the slots look at."""
LARGEST_DIFFERENCE = 1e-4  # of a probability, between torch and the exported file


def build(seed: int = 0) -> Any:
    """Return the network with random weights, as torch module in float32.

    Raises:
        UsageError: the train extra is not installed.
    """
    torch = import_plain_torch()
    torch.manual_seed(seed)
    from edge.workshop.plates.slotnet import SlotNet  # noqa: PLC0415 - imports torch

    return SlotNet()


def write_onnx(model: Any, path: Path, temperature: float) -> None:
    """Write `image` 1x1x64x160 float32 0..1 to `characters` 1x12x37 and `region` 1xR, both probabilities.

    Raises:
        ModelError: the file does not answer as torch does.
    """
    from edge.workshop.plates.slotnet import Reader  # noqa: PLC0415 - imports torch

    reader = Reader(model.float().eval(), temperature).eval()
    write_gray_onnx(reader, path, INPUT_WH, INPUT, (CHARACTERS_OUT, REGION_OUT), LARGEST_DIFFERENCE)
