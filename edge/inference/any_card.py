"""Cards of every kind: which one a card is, is told by the task it names."""

from __future__ import annotations

from pathlib import Path

from edge.inference.card import FIND_TASK, READ_TASK, ModelCard, find_card, load_card, task_of
from edge.inference.finder_card import FinderCard, load_finder_card
from edge.inference.reader_card import ReaderCard, load_reader_card


def load_any_card(name_or_path: str | Path) -> ModelCard | ReaderCard | FinderCard:
    """Read a card of any kind, by what it says its task is.

    Raises:
        ModelError: as `load_card`, `load_reader_card` and `load_finder_card`.
    """
    path = find_card(name_or_path)
    task = task_of(path)  # where that fails, the loader below says what is wrong, with its line
    if task == FIND_TASK:
        return load_finder_card(path)
    return load_reader_card(path) if task == READ_TASK else load_card(path)
