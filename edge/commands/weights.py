"""Where the weights beside a card are: those of an open training, or those that a closed one was written from."""

from __future__ import annotations

from pathlib import Path

LAST_FILE = "last.safetensors"
WEIGHTS_HELP = f"default, beside the card: {LAST_FILE}, or NAME.safetensors of a training that is closed"


def weights_beside(card: Path) -> Path:
    """Return the weights beside a card; whether they are there is not looked at."""
    last = card.parent / LAST_FILE
    return last if last.is_file() else card.parent / f"{card.parent.name}.safetensors"
