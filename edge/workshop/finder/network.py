"""The door to the finder's torch module: build it, write it as ONNX, hold the two against each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from edge.errors import ModelError
from edge.workshop.network import OPSET, clean_onnx, import_plain_torch

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
    torch = import_plain_torch()
    from edge.workshop.finder.quadnet import Finder  # noqa: PLC0415 - imports torch

    finder = Finder(model.float().eval()).eval()
    sample = torch.from_numpy(np.random.default_rng(1).random((1, 1, size_wh[1], size_wh[0]), np.float32))
    torch.onnx.export(
        finder,
        (sample,),
        str(path),
        opset_version=OPSET,
        input_names=[INPUT],
        output_names=[OUTPUT],
        do_constant_folding=True,
        dynamo=False,
    )
    clean_onnx(path)
    with torch.no_grad():
        wanted = finder(sample).numpy()
    apart = largest_difference(path, sample.numpy(), wanted)
    if apart > LARGEST_DIFFERENCE:
        raise ModelError(f"{path}: differs from torch by {apart:.2g}; use another torch and export again")


def largest_difference(path: Path, image: np.ndarray[Any, Any], wanted: np.ndarray[Any, Any]) -> float:
    """Return how far the file's answer to one image is from the wanted one."""
    import onnxruntime  # noqa: PLC0415 - only where a file has been written

    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    return float(np.abs(session.run([OUTPUT], {INPUT: image})[0] - wanted).max())
