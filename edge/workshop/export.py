"""From trained weights to what the device loads: the ONNX file, and the card beside it brought up to date."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

from edge.errors import ModelError
from edge.types import CLASSES
from edge.workshop import network
from edge.workshop.builds import without_builds

if TYPE_CHECKING:
    from pathlib import Path


def export(weights: Path, card: Path, file: Path, input_wh: tuple[int, int], version: str) -> str:
    """Write `file` from `weights` and put its hash, input size and version into `card`; return the SHA-256.

    Raises:
        ModelError: the weights cannot be read, or the card lacks a key to bring up to date.
        UsageError: the input size does not suit the network.
    """
    model = network.build(len(CLASSES))
    network.read_weights(weights, model)
    network.write_onnx(model, file, input_wh)
    return bring_up_to_date(card, file, version, width=input_wh[0], height=input_wh[1])


def bring_up_to_date(card: Path, file: Path, version: str, **numbers: float) -> str:
    """Put the hash of newly written weights, their version and other numbers into the card; return the SHA-256.

    Other builds are taken off the card: they are of the weights before.

    Raises:
        ModelError: the card lacks a key to bring up to date.
    """
    sha256 = hashlib.sha256(file.read_bytes()).hexdigest()
    values = {"sha256": f'"{sha256}"', "version": f'"{version}"'} | {key: f"{one}" for key, one in numbers.items()}
    text = without_builds(card.read_text(encoding="utf-8"))
    for key, value in values.items():
        text = replace_value(text, key, value, card)
    card.write_text(text, encoding="utf-8")
    return sha256


def replace_value(text: str, key: str, value: str, card: Path) -> str:
    """Put another value behind the first `key = …` of a card, its comment and everything else kept.

    Raises:
        ModelError: the key is not there.
    """
    changed, count = re.subn(rf'(?m)^({key}\s*=\s*)("[^"]*"|[^\s#]+)', lambda found: found[1] + value, text, count=1)
    if not count:
        raise ModelError(f"{card}: has no `{key} =` to bring up to date; write the key and export again")
    return changed
