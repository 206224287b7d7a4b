"""What INT8 builds are calibrated on: a list beside the card, every picture by its hash.

Half as many scenes of the renderer's training list stand beside the pictures: no labelled set shows our gates.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from edge.errors import ConfigError
from edge.scene import random_scene
from edge.workshop.dataset import HASH_DIGITS, Entry, check_files
from edge.workshop.pictures import read_rgb

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from edge.types import U8

LIST_FILE = "calibration.csv"
RENDERED = "rendered"
SCENE_WH = (640, 360)


def choose(entries: Iterable[Entry], count: int) -> list[Entry]:
    """Return `count` entries, two of three of them pictures of the training side with the lowest hashes.

    Raises:
        ConfigError: the list has no training side.
    """
    training = [entry for entry in entries if entry.side == "train"]
    if not training:
        raise ConfigError("no picture of the list is for training, and calibration takes no other: give another --list")
    scenes = count // 3
    pictures = sorted(training, key=lambda entry: hashlib.sha256(entry.digest.encode()).digest())[: count - scenes]
    return pictures + [Entry(f"{RENDERED}/{seed}", RENDERED, "train", _digest(_scene(seed))) for seed in range(scenes)]


def pictures(data: Path, entries: Sequence[Entry]) -> Iterator[U8]:
    """Yield every picture (H,W,3) uint8 RGB.

    Raises:
        ConfigError: one is missing, not as listed, or cannot be decoded.
    """
    check_files(data, [entry for entry in entries if entry.group != RENDERED])
    for entry in entries:
        if entry.group != RENDERED:
            yield read_rgb(data / entry.file)
            continue
        scene = _scene(int(entry.file.rpartition("/")[2]))
        if _digest(scene) != entry.digest:
            raise ConfigError(
                f"{entry.file}: the renderer has changed since the calibration list was made; "
                "choose anew with --pictures"
            )
        yield scene


def _scene(seed: int) -> U8:
    return random_scene(seed, list_name="training", size_wh=SCENE_WH)[0]


def _digest(picture: U8) -> str:
    return hashlib.sha256(picture.tobytes()).hexdigest()[:HASH_DIGITS]
