"""From the recogniser's trained weights to what the device loads, calibrated where crops are given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from edge.inference.slots import GLANCES, INPUT_WH, encode, glance, prepare
from edge.types import F32
from edge.workshop.export import bring_up_to_date
from edge.workshop.network import import_plain_torch, read_weights
from edge.workshop.pictures import read_rgb
from edge.workshop.plates import network
from edge.workshop.plates.calibrate import Calibration, RegionFigures, calibrate, judge_regions

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from edge.inference.reader_card import ReaderCard
    from edge.workshop.plates.crops import Crop


@dataclass(frozen=True, slots=True)
class Judged:
    """What the held-out crops said of the weights."""

    calibration: Calibration
    regions: RegionFigures


def export(weights: Path, card: ReaderCard, version: str, held_out: Sequence[Crop]) -> tuple[str, Judged | None]:
    """Write the card's file from `weights` and bring the card up to date; return SHA-256 and what was calibrated.

    Without held-out crops the temperature stays as on the card.

    Raises:
        ModelError: the weights cannot be read, the file differs from torch, or the card lacks a key.
        UsageError: the train extra is not installed.
    """
    model = network.build()
    read_weights(weights, model)
    model.eval()
    found = judge(model, held_out) if held_out else None
    temperature = found.calibration.temperature if found else card.temperature
    network.write_onnx(model, card.file, temperature)
    return bring_up_to_date(card.path, card.file, version, temperature=temperature), found


def judge(model: Any, crops: Sequence[Crop]) -> Judged:
    """Calibrate a network on crops that it was not trained on, and count their regions."""
    scores, regions = scores_of(model, crops)
    calibration = calibrate(scores, np.array([encode(crop.text) for crop in crops], np.int64))
    return Judged(calibration, judge_regions(regions, [crop.country for crop in crops]))


def scores_of(model: Any, crops: Sequence[Crop]) -> tuple[F32, F32]:
    """Return the scores (G,N,12,37) of all glances at the crops, before the softmax, and the regions told (N,R)."""
    torch = import_plain_torch()
    characters, regions = [], []
    with torch.no_grad():
        for crop in crops:
            picture = read_rgb(crop.path)
            views = np.stack([prepare(glance(picture, share), INPUT_WH) for share in GLANCES])
            answer = model(torch.from_numpy(views.astype(np.float32)[:, None] / 255))
            characters.append(answer[0].numpy())
            regions.append(torch.softmax(answer[1], dim=-1).mean(dim=0).numpy())
    return np.stack(characters, axis=1), np.stack(regions)
