"""A power cut at any moment: whatever was not flushed may be there, may be missing, may be half there.

The store runs on a file system that notes every write and flush. Files are put together as they could be found after a
cut at a random moment: what was flushed stands, of the rest any part, torn at any disk sector.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import apsw
import pytest

from edge.clock import ManualClock
from edge.ports import OutboxStage
from edge.store import open_store
from edge.store.reports import open_reports
from edge.store.verify import verify
from edge.types import Draft

SYSTEM = apsw.vfs_names()[0]
SECTOR = 512
CUTS = 60
MakePass = Callable[..., Draft]


@dataclass(frozen=True, slots=True)
class Step:
    """One operation on one file: write `data` at `offset`, cut to `offset`, flush, or remove."""

    kind: str
    file: str
    offset: int = 0
    data: bytes = b""


@dataclass(slots=True)
class Disk:
    """What was asked of the disk so far, and which seq was confirmed when."""

    steps: list[Step] = field(default_factory=list)
    confirmed: list[tuple[int, int]] = field(default_factory=list)

    def confirm(self, seq: int) -> None:
        self.confirmed.append((len(self.steps), seq))

    def confirmed_at(self, moment: int) -> int:
        return max((seq for when, seq in self.confirmed if when <= moment), default=0)

    def after_a_cut(self, moment: int, dice: random.Random) -> dict[str, bytes]:
        """Return the files as they could be found when the power goes before step `moment`."""
        flushed: dict[str, bytearray] = {}
        waiting: dict[str, list[Step]] = {}
        for step in self.steps[:moment]:
            if step.kind == "remove":
                flushed.pop(step.file, None)
                waiting.pop(step.file, None)
            elif step.kind == "flush":
                for late in waiting.pop(step.file, []):
                    _apply(flushed.setdefault(step.file, bytearray()), late)
            else:
                waiting.setdefault(step.file, []).append(step)
                flushed.setdefault(step.file, bytearray())
        for name, steps in waiting.items():
            dice.shuffle(steps)
            for late in steps[: dice.randrange(len(steps) + 1)]:
                _apply(flushed[name], _torn(late, dice) if dice.random() < 0.3 else late)
        return {name: bytes(content) for name, content in flushed.items()}


def _torn(step: Step, dice: random.Random) -> Step:
    kept = dice.randrange(0, len(step.data) + 1, SECTOR)
    return Step(step.kind, step.file, step.offset, step.data[:kept])


def _apply(content: bytearray, step: Step) -> None:
    if step.kind == "cut":
        del content[step.offset :]
        return
    content.extend(bytes(max(0, step.offset + len(step.data) - len(content))))
    content[step.offset : step.offset + len(step.data)] = step.data


class NotingFile(apsw.VFSFile):
    def __init__(self, disk: Disk, name: apsw.URIFilename | str | None, flags: list[int]) -> None:
        super().__init__(SYSTEM, name, flags)
        self._disk = disk
        self._file = Path(name.filename() if isinstance(name, apsw.URIFilename) else name or "").name

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802 - SQLite's name
        self._disk.steps.append(Step("write", self._file, offset, bytes(data)))
        super().xWrite(data, offset)

    def xTruncate(self, newsize: int) -> None:  # noqa: N802 - as above
        self._disk.steps.append(Step("cut", self._file, newsize))
        super().xTruncate(newsize)

    def xSync(self, flags: int) -> None:  # noqa: N802 - as above
        super().xSync(flags)
        self._disk.steps.append(Step("flush", self._file))


class NotingFiles(apsw.VFS):
    def __init__(self, disk: Disk) -> None:
        super().__init__("noting", SYSTEM)
        self._disk = disk

    def xOpen(self, name: apsw.URIFilename | str | None, flags: list[int]) -> apsw.VFSFile:  # noqa: N802 - as above
        return NotingFile(self._disk, name, flags)

    def xDelete(self, filename: str, syncdir: bool) -> None:  # noqa: N802, FBT001 - as above
        super().xDelete(filename, syncdir)
        self._disk.steps.append(Step("remove", Path(filename).name))


@contextmanager
def noting(disk: Disk) -> Iterator[None]:
    files = NotingFiles(disk)
    apsw.set_default_vfs("noting")
    try:
        yield
    finally:
        apsw.set_default_vfs(SYSTEM)
        files.unregister()


def work(path: Path, a_pass: MakePass, clock: ManualClock, *, synchronous: str) -> Disk:
    """Record, mark and retain for a while; checkpoints come often. Returns what was asked of the disk."""
    disk = Disk()
    with noting(disk):
        _work(disk, path, a_pass, clock, synchronous)
    return disk


def _work(disk: Disk, path: Path, a_pass: MakePass, clock: ManualClock, synchronous: str) -> None:
    store = open_store(path, "cam-1", "depot", clock)
    store._connection.pragma("wal_autocheckpoint", 25)
    for number in range(40):
        store._connection.pragma("synchronous", synchronous)
        disk.confirm(store.record([a_pass(f"{number}", pictures=number % 3, side=64), a_pass("b")])[-1].seq)
        clock.advance(10**9)
        if synchronous == "full" and number % 5 == 4:
            store.mark(range(2 * number - 6, 2 * number), OutboxStage.BROKER_ACKED)
        if number == 30:
            store.retain(20.0, 1 << 20, published=False)
    store.close()


def cuts(disk: Disk, tmp_path: Path) -> Iterator[tuple[int, Path]]:
    """Yield random moments after the file was made, each with the file found after a cut then."""
    dice = random.Random(7)  # noqa: S311 - moments, not secrets
    for number in range(CUTS):
        moment = dice.randrange(len(disk.steps) // 20, len(disk.steps) + 1)
        found = tmp_path / f"cut{number}"
        found.mkdir()
        for name, content in disk.after_a_cut(moment, dice).items():
            (found / name).write_bytes(content)
        yield moment, found / "events.db"


def test_nothing_confirmed_is_lost_and_the_file_is_whole(
    tmp_path: Path, path: Path, a_pass: MakePass, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = work(path, a_pass, clock, synchronous="full")
    in_a_transaction = 0
    for moment, found in cuts(disk, tmp_path):
        store = open_store(found, "cam-1", "depot", clock)
        last = store.last_seq()
        assert last >= disk.confirmed_at(moment)
        in_a_transaction += moment not in {when for when, _ in disk.confirmed}
        assert store.record([a_pass("after")])[0].seq == last + 1
        store.close()
        with monkeypatch.context() as other_process:
            other_process.delitem(sys.modules, "apsw")
            with open_reports(found) as reports:
                assert verify(reports).faults == ()
    assert in_a_transaction > CUTS // 2


def test_the_proof_would_notice_a_store_that_does_not_flush(
    tmp_path: Path, path: Path, a_pass: MakePass, clock: ManualClock
) -> None:
    disk = work(path, a_pass, clock, synchronous="normal")
    lost = 0
    for moment, found in cuts(disk, tmp_path):
        store = open_store(found, "cam-1", "depot", clock)
        lost += store.last_seq() < disk.confirmed_at(moment)
        store.close()
    assert lost > 0
