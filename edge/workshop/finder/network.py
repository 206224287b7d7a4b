"""The door to the finder's torch module: build it, write it as ONNX."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from edge.workshop.network import import_plain_torch, write_gray_onnx

if TYPE_CHECKING:
    from pathlib import Path

INPUT, OUTPUT = "image", "plates"
LARGEST_DIFFERENCE = 1e-2  # of a pixel or a probability, between torch and the exported file


def build(seed: int = 0) -> Any:
    """Return the network with random weights, as torch module in float32.

    Raises:
        UsageError: the train extra is not installed.
    """
    torch = import_plain_torch()
    torch.manual_seed(seed)
    from edge.workshop.finder.quadnet import QuadNet  # noqa: PLC0415 - imports torch

    return QuadNet()


def write_onnx(model: Any, path: Path, size_wh: tuple[int, int]) -> None:
    """Write `image` 1x1xHxW float32 0..1 to `plates` 1x9xH/8xW/8: probability, then corners in px.

    Raises:
        ModelError: the file does not answer as torch does.
    """
    from edge.workshop.finder.quadnet import Finder  # noqa: PLC0415 - imports torch

    finder = Finder(model.float().eval()).eval()
    write_gray_onnx(finder, path, size_wh, INPUT, (OUTPUT,), LARGEST_DIFFERENCE)
