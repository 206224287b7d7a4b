"""From the finder's trained weights to what the device loads, and the card beside it brought up to date."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edge.workshop.export import bring_up_to_date
from edge.workshop.finder import network
from edge.workshop.network import read_weights

if TYPE_CHECKING:
    from pathlib import Path

    from edge.inference.finder_card import FinderCard


def export(weights: Path, card: FinderCard, version: str) -> str:
    """Write the card's file from `weights` and put its hash and version into the card; return the SHA-256.

    Raises:
        ModelError: the weights cannot be read, the file differs from torch, or the card lacks a key.
        UsageError: the train extra is not installed.
    """
    model = network.build()
    read_weights(weights, model)
    network.write_onnx(model, card.file, (card.input.width, card.input.height))
    return bring_up_to_date(card.path, card.file, version)
