"""What the detector finds is kept, and found anew when anything about it is another."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from edge.config.model import Models
from edge.ports import Frame
from edge.types import Detections
from edge.workshop.tracks import detected as module
from edge.workshop.tracks.detected import detected
from edge.workshop.tracks.sequence import MotSequence, read_sequence
from tests.workshop.tracks.drawn import write_sequence

FRAMES = 6


class Counting:
    """Finds one box more with every frame, and knows how often it was asked."""

    asked = 0

    def detect(self, frame: Frame) -> Detections:
        Counting.asked += 1
        xyxy = np.arange(4 * frame.seq, dtype=np.float32).reshape(-1, 4)
        return Detections(xyxy, np.full(frame.seq, 0.5, np.float32), np.full(frame.seq, frame.seq % 3, np.int16))

    def close(self) -> None:
        pass


@pytest.fixture
def sequence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MotSequence:
    """Return a short sequence that a counting detector looks at."""
    monkeypatch.setattr(module, "open_detector", lambda _: Counting())
    monkeypatch.setattr(Counting, "asked", 0)
    return read_sequence(write_sequence(tmp_path / "one", frames=FRAMES))


def found(sequence: MotSequence, cache: Path, said: list[str] | None = None, confidence: float = 0.0) -> list[int]:
    told = detected(sequence, Models(confidence=confidence), cache, (said if said is not None else []).append)
    assert [one.class_id.tolist() for one in told] == [[seq % 3] * seq for seq in range(FRAMES)]
    assert told[2].xyxy.tolist() == [[0, 1, 2, 3], [4, 5, 6, 7]]
    return [len(one) for one in told]


def test_the_second_time_nobody_looks(sequence: MotSequence, tmp_path: Path) -> None:
    assert found(sequence, tmp_path / "cache") == found(sequence, tmp_path / "cache") == list(range(FRAMES))
    assert Counting.asked == FRAMES


def test_another_threshold_or_another_picture_is_looked_at_anew(sequence: MotSequence, tmp_path: Path) -> None:
    found(sequence, tmp_path / "cache")
    found(sequence, tmp_path / "cache", confidence=0.2)
    assert Counting.asked == 2 * FRAMES
    picture = sequence.media / "000002.png"
    picture.write_bytes((sequence.media / "000005.png").read_bytes())
    found(sequence, tmp_path / "cache")
    assert Counting.asked == 3 * FRAMES


@pytest.mark.parametrize("how", ["cut", "flipped", "empty", "foreign"])
def test_a_damaged_entry_is_said_and_made_anew(sequence: MotSequence, tmp_path: Path, how: str) -> None:
    found(sequence, tmp_path / "cache")
    (entry,) = (tmp_path / "cache").iterdir()
    whole = entry.read_bytes()
    at = whole.index(np.array([4, 5, 6, 7], np.float32).tobytes())
    flipped = whole[:at] + b"\x01" + whole[at + 1 :]
    damaged = {"cut": whole[: len(whole) // 2], "flipped": flipped, "empty": b"", "foreign": b"nothing of the kind"}
    entry.write_bytes(damaged[how])
    said: list[str] = []
    found(sequence, tmp_path / "cache", said)
    assert Counting.asked == 2 * FRAMES
    assert len(said) == 1
    assert "is damaged" in said[0]
    found(sequence, tmp_path / "cache")
    assert Counting.asked == 2 * FRAMES


def test_a_cache_that_cannot_be_written_costs_nothing_but_time(sequence: MotSequence, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file where the folder should be")
    said: list[str] = []
    found(sequence, tmp_path / "cache", said)
    assert "cannot be written" in said[-1]
