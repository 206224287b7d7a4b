"""From the recogniser's trained weights to what the device loads, calibrated where crops are given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from edge.inference.slots import GLANCES, INPUT_WH, encode, glance, prepare
from edge.types import F32
from edge.workshop.export import bring_up_to_date
from edge.workshop.network import import_plain_torch, read_weights
from edge.workshop.pictures import read_rgb
from edge.workshop.plates import network
from edge.workshop.plates.calibrate import Calibration, calibrate

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from edge.inference.reader_card import ReaderCard
    from edge.workshop.plates.crops import Crop


def export(weights: Path, card: ReaderCard, version: str, held_out: Sequence[Crop]) -> tuple[str, Calibration | None]:
    """Write the card's file from `weights` and bring the card up to date; return SHA-256 and what was calibrated.

    Without held-out crops the temperature stays as on the card.

    Raises:
        ModelError: the weights cannot be read, the file differs from torch, or the card lacks a key.
        UsageError: the train extra is not installed.
    """
    model = network.build()
    read_weights(weights, model)
    model.eval()
    found = None
    if held_out:
        found = calibrate(scores_of(model, held_out), np.array([encode(c.text) for c in held_out], np.int64))
    temperature = found.temperature if found else card.temperature
    network.write_onnx(model, card.file, temperature)
    return bring_up_to_date(card.path, card.file, version, temperature=temperature), found


def scores_of(model: Any, crops: Sequence[Crop]) -> F32:
    """Return the network's scores (G,N,12,37) of all glances at the crops, before the softmax."""
    torch = import_plain_torch()
    rows = []
    with torch.no_grad():
        for crop in crops:
            picture = read_rgb(crop.path)
            views = np.stack([prepare(glance(picture, share), INPUT_WH) for share in GLANCES])
            rows.append(model(torch.from_numpy(views.astype(np.float32)[:, None] / 255))[0].numpy())
    return np.stack(rows, axis=1)
