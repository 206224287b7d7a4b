"""What recording costs: `python -m tests.benchmarks.store [--events N] [--dir DIR]` prints JSON lines, summary last.

Run it on the medium that will hold the store: a flush on a server's disk says nothing about an SD card.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import numpy as np

from edge.clock import ClockQuality, SystemClock
from edge.ports import OutboxStage
from edge.store import open_store
from edge.store.pictures import to_jpeg
from edge.store.sqlite import SqliteStore
from edge.types import (
    U8,
    Direction,
    Draft,
    EventKind,
    Evidence,
    EvidenceRef,
    Pass,
    Plate,
    Stage,
    Visit,
    VisitSide,
    VisitState,
)

CLOCK = SystemClock()
SIDE = 320
VIDEO_GB_A_WEEK = 258.0
VISITS_A_DAY = 1000


def crop(number: int) -> U8:
    """Return a picture with the detail of a vehicle crop: smooth shapes, edges and a little noise."""
    dice = np.random.default_rng(number)
    y, x = np.mgrid[0:SIDE, 0:SIDE]
    waves = sum(np.sin(x / dice.uniform(5, 60) + y / dice.uniform(5, 60)) for _ in range(6))
    picture = 128 + 18 * waves[..., None] + dice.normal(0, 6, (SIDE, SIDE, 3))
    fitted: U8 = picture.clip(0, 255).astype(np.uint8)
    return fitted


CROPS = [crop(number) for number in range(8)]


def visit_drafts(number: int, pictures: int) -> list[list[Draft]]:
    """Return the record calls of one visit: each side as a provisional pass, then its final pass with the visit."""
    sides = []
    calls = []
    for direction in (Direction.IN, Direction.OUT):
        name = f"0199c3a1-{number:08d}-{direction.value}"
        refs = [EvidenceRef(f"{name}-{count}", "vehicle", SIDE, SIDE) for count in range(pictures)]
        plates = (Plate("CA 123-456", 0.931234567, 5, 4, "CA 123-458"),)
        now_ns = CLOCK.wall_ns()
        base = (name, Stage.FINAL, 2, "gate-1", number, "boom", "main", direction, 0.9712345678, now_ns, "car")
        final = Pass(*base, plates, 0x0F1E2D3C4B5A6978, tuple(refs))
        first = Pass(name, Stage.PROVISIONAL, 1, *base[3:])
        sides.append(VisitSide(name, "gate-1", "main", now_ns, "car", plates, final.dhash))
        closed = len(sides) == 2
        state = VisitState.CLOSED if closed else VisitState.OPEN
        visit = Visit(f"v{number}", number, state, len(sides), sides[0], sides[1] if closed else None)
        kind = EventKind.VISIT_CLOSED if closed else EventKind.VISIT_OPENED
        evidence = [Evidence(ref, CROPS[(number + at) % len(CROPS)]) for at, ref in enumerate(refs)]
        quality = ClockQuality.SYNCED
        calls.append([Draft(EventKind.PASS_PROVISIONAL, now_ns, quality, first)])
        calls.append(
            [Draft(EventKind.PASS_FINAL, now_ns, quality, final, evidence), Draft(kind, now_ns, quality, visit)]
        )
    return calls


def written_bytes() -> int:
    """Return what this process has caused to be written to the medium so far."""
    rows = dict(line.split(": ") for line in Path("/proc/self/io").read_text("ascii").splitlines())
    return int(rows["write_bytes"])


@contextmanager
def a_store(folder: Path) -> Iterator[SqliteStore]:
    """A fresh store that is removed afterwards."""
    with tempfile.TemporaryDirectory(dir=folder) as room:
        store = open_store(Path(room) / "events.db", "cam-1", "depot", CLOCK)
        yield store
        store.close()


def milliseconds(times_s: Sequence[float]) -> dict[str, float]:
    """Return median, 99th percentile and worst."""
    ordered = sorted(times_s)
    picks = {"p50": ordered[len(ordered) // 2], "p99": ordered[len(ordered) * 99 // 100], "max": ordered[-1]}
    return {f"{name}_ms": round(1000 * value, 3) for name, value in picks.items()}


def timed(calls: Sequence[Callable[[], object]]) -> list[float]:
    """Return how long each call took, in seconds."""
    times = []
    for call in calls:
        began = time.perf_counter()
        call()
        times.append(time.perf_counter() - began)
    return times


def visits(folder: Path, count: int, pictures: int) -> dict[str, object]:
    """Record whole visits one after the other: latency of a call, bytes kept and written for a visit."""
    with a_store(folder) as store:
        path = Path(store._place)
        calls = [call for number in range(count) for call in visit_drafts(number, pictures)]
        before = written_bytes()
        times = timed([partial(store.record, call) for call in calls])
        store._connection.pragma("wal_checkpoint", "TRUNCATE")
        written = written_bytes() - before
        rows = store.outbox(0, 10**6)
        published = sum(len(row.payload) + len(row.topic) for row in rows)
        return {
            "kind": f"visit with {2 * pictures} pictures",
            **milliseconds(times),
            "events": len(rows) // count,
            "published_bytes": published // count,
            "kept_bytes": path.stat().st_size // count,
            "written_bytes": written // count,
        }


def together(folder: Path, count: int, threads: int) -> dict[str, object]:
    """Record from several threads at once."""
    drafts = visit_drafts(0, 0)[0]
    with a_store(folder) as store:
        times: list[float] = []
        work = [partial(store.record, drafts)] * (count // threads)
        workers = [threading.Thread(target=lambda: times.extend(timed(work))) for _ in range(threads)]
        began = time.perf_counter()
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        rate = count / (time.perf_counter() - began)
    return {"kind": f"{threads} threads at once", **milliseconds(times), "events_per_s": round(rate)}


def upkeep(folder: Path, count: int) -> dict[str, object]:
    """Mark and drop what was recorded."""
    with a_store(folder) as store:
        for number in range(count):
            for call in visit_drafts(number, 1):
                store.record(call)
        last = store.last_seq()
        marks = timed([partial(store.mark, (seq,), OutboxStage.SENT) for seq in range(1, min(last, 300))])
        began = time.perf_counter()
        dropped = store.retain(0.0, 0, published=False)
        spent = time.perf_counter() - began
    return {"kind": "upkeep", "mark": milliseconds(marks), "dropped_events_per_s": round(dropped.events / spent)}


def pictures_as_files(folder: Path, count: int) -> dict[str, object]:
    """What a visit's two pictures would cost as files of their own, flushed as the events are (see ADR 0001)."""
    jpegs = [to_jpeg(picture) for picture in CROPS]

    def write(path: Path, jpeg: bytes) -> None:
        with path.open("wb") as file:
            file.write(jpeg)
            file.flush()
            os.fsync(file.fileno())
        room = os.open(path.parent, os.O_RDONLY)
        os.fsync(room)
        os.close(room)

    with tempfile.TemporaryDirectory(dir=folder) as room:
        before = written_bytes()
        paths = [Path(room) / f"{number}.jpg" for number in range(2 * count)]
        times = timed([partial(write, path, jpegs[at % 8]) for at, path in enumerate(paths)])
        written = written_bytes() - before
    size = round(statistics.mean(map(len, jpegs)))
    return {"kind": "2 pictures as files", **milliseconds(times), "jpeg_bytes": size, "written_bytes": written // count}


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=1000, help="about so many a measurement (default: %(default)s)")
    parser.add_argument("--dir", type=Path, default=Path(), help="folder on the medium (default: here)")
    args = parser.parse_args()
    count = max(1, args.events // 6)
    plain, pictured = visits(args.dir, count, 0), visits(args.dir, count, 1)
    rows = [plain, pictured, pictures_as_files(args.dir, count), together(args.dir, args.events, 4)]
    rows.append(upkeep(args.dir, count))
    week = VISITS_A_DAY * 7 * int(str(pictured["published_bytes"])) / 1e6
    summary = {
        "kind": "summary",
        "visits_a_week": VISITS_A_DAY * 7,
        "published_mb_a_week": round(week, 1),
        "kept_mb_a_week": round(VISITS_A_DAY * 7 * int(str(pictured["kept_bytes"])) / 1e6, 1),
        "video_over_published": round(VIDEO_GB_A_WEEK * 1000 / week),
    }
    for row in (*rows, summary):
        sys.stdout.write(json.dumps(row) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
