"""Events to put into stores, and stores on a clock that the test moves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from edge.clock import ClockQuality, ManualClock
from edge.store import open_store
from edge.store.sqlite import SqliteStore
from edge.types import Direction, Draft, EventKind, Evidence, EvidenceRef, Pass, Plate, Stage

START_NS = 1_772_640_000_000_000_000
MakePass = Callable[..., Draft]
Open = Callable[[], SqliteStore]


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(START_NS)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "events.db"


@pytest.fixture
def open_again(path: Path, clock: ManualClock) -> Iterator[Open]:
    """Open the store of this test, as the next run of the service would."""
    opened: list[SqliteStore] = []

    def again() -> SqliteStore:
        for store in opened:
            store.close()
        opened.append(open_store(path, "cam-1", "depot", clock))
        return opened[-1]

    yield again
    for store in opened:
        store.close()


@pytest.fixture
def a_pass(clock: ManualClock) -> MakePass:
    def make(
        name: str = "p", *plates: str, pictures: int = 0, quality: ClockQuality = ClockQuality.SYNCED, side: int = 32
    ) -> Draft:
        refs = [EvidenceRef(f"{name}-e{number}", "vehicle", side, side) for number in range(pictures)]
        body = Pass(
            pass_id=name,
            stage=Stage.FINAL,
            revision=1,
            camera_id="gate-1",
            track_id=1,
            line_id="boom",
            road_id="main",
            direction=Direction.IN,
            direction_confidence=1.0,
            wall_ns=clock.wall_ns(),
            class_name="car",
            plates=tuple(Plate(text, 0.9, 3, 3) for text in plates),
            evidence=tuple(refs),
        )
        noise = np.random.default_rng(len(name)).integers(0, 256, (side, side, 3), np.uint8)
        return Draft(EventKind.PASS_FINAL, clock.wall_ns(), quality, body, [Evidence(ref, noise) for ref in refs])

    return make
