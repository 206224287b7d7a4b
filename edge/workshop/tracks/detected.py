"""What our detector finds in a sequence, kept on disk: the same network finds the same boxes in the same pictures."""

from __future__ import annotations

import hashlib
import os
import zipfile
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from edge.inference.detector import chosen_card, open_detector
from edge.types import Detections

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from edge.config.model import Models
    from edge.inference.card import ModelCard
    from edge.workshop.tracks.sequence import MotSequence

_CHUNK = 1 << 20
_LAYOUT = "1"
_DAMAGE = (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile)


def usual_cache() -> Path:
    """Return the folder of the user's own where found boxes are kept unless another is named."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "edge" / "tracks"


def detected(
    sequence: MotSequence,
    models: Models,
    cache: Path,
    say: Callable[[str], None],
    tick: Callable[[], object] = lambda: None,
) -> tuple[Detections, ...]:
    """Return the boxes of each frame by the detector of `models`, at the confidence at which the device runs it.

    They are taken from `cache` where the same pictures were looked at by the same weights with the same thresholds, and
    put there otherwise; `say` is told of an entry that is damaged, or cannot be written.

    Raises:
        ModelError, EngineFailed: from the detector.
        ConfigError, SourceBroken: as `MotSequence.frames`.
    """
    entry = cache / f"{_key(sequence, chosen_card(models), models.confidence)}.npz"
    try:
        return _read(entry, sequence.length)
    except FileNotFoundError:
        pass
    except _DAMAGE as error:
        say(f"{entry}: is damaged ({error}); the boxes are found anew")
    found: list[Detections] = []
    with closing(open_detector(models)) as detector:
        for frame in sequence.frames():
            found.append(detector.detect(frame))
            tick()
    try:
        _write(entry, found)
    except OSError as error:
        say(f"{entry}: cannot be written ({error.strerror or error}); the boxes will be found anew next time")
    return tuple(found)


def _key(sequence: MotSequence, card: ModelCard, confidence: float) -> str:
    settings = (_LAYOUT, card.sha256, confidence or card.confidence, card.iou, card.max_detections, card.input)
    digest = hashlib.sha256(repr((*settings, sequence.length)).encode())
    for path in sequence.picture_files() if sequence.media.is_dir() else [sequence.media]:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                digest.update(chunk)
    return digest.hexdigest()


def _read(entry: Path, length: int) -> tuple[Detections, ...]:
    with np.load(entry, allow_pickle=False) as kept:
        counts = kept["counts"]
        whole = Detections(kept["xyxy"], kept["confidence"], kept["class_id"])
    if len(counts) != length or counts.sum() != len(whole):
        raise ValueError(f"holds {len(counts)} frames and {len(whole)} boxes")
    ends = np.cumsum(counts).tolist()
    return tuple(whole[end - count : end] for count, end in zip(counts.tolist(), ends, strict=True))


def _write(entry: Path, found: Sequence[Detections]) -> None:
    entry.parent.mkdir(parents=True, exist_ok=True)
    half = entry.with_name(f"{entry.stem}.{os.getpid()}.half")
    try:
        with half.open("wb") as file:
            np.savez(
                file,
                counts=np.array([len(boxes) for boxes in found], np.int64),
                xyxy=np.concatenate([boxes.xyxy for boxes in found]),
                confidence=np.concatenate([boxes.confidence for boxes in found]),
                class_id=np.concatenate([boxes.class_id for boxes in found]),
            )
        half.replace(entry)
    finally:
        half.unlink(missing_ok=True)
