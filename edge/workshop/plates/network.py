"""The door to the recogniser's torch module: build it, write it as ONNX, hold the two against each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from edge.errors import ModelError
from edge.inference.slots import INPUT_WH
from edge.workshop.network import OPSET, clean_onnx, import_plain_torch

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
    torch = import_plain_torch()
    from edge.workshop.plates.slotnet import Reader  # noqa: PLC0415 - imports torch

    reader = Reader(model.float().eval(), temperature).eval()
    sample = torch.from_numpy(np.random.default_rng(1).random((1, 1, INPUT_WH[1], INPUT_WH[0]), np.float32))
    torch.onnx.export(
        reader,
        (sample,),
        str(path),
        opset_version=OPSET,
        input_names=[INPUT],
        output_names=[CHARACTERS_OUT, REGION_OUT],
        do_constant_folding=True,
        dynamo=False,
    )
    clean_onnx(path)
    with torch.no_grad():
        wanted = [part.numpy() for part in reader(sample)]
    apart = largest_difference(path, sample.numpy(), wanted)
    if apart > LARGEST_DIFFERENCE:
        raise ModelError(
            f"{path}: differs from torch by {apart:.2g} of a probability; use another torch and export again"
        )


def largest_difference(path: Path, image: np.ndarray[Any, Any], wanted: list[np.ndarray[Any, Any]]) -> float:
    """Return how far the file's answer to one image is from the wanted one, the largest over all outputs."""
    import onnxruntime  # noqa: PLC0415 - only where a file has been written

    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    found = session.run([CHARACTERS_OUT, REGION_OUT], {INPUT: image})
    return max(float(np.abs(a - b).max()) for a, b in zip(found, wanted, strict=True))
