"""What goes wrong with a file: one line of place, cause and cure, and nothing half done."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import apsw
import pytest

from edge.clock import ManualClock
from edge.errors import StoreFailed
from edge.store import open_store, opening
from edge.store.identity import SCHEMA_VERSION
from edge.store.sqlite import SqliteStore
from edge.types import Draft

ROOT = Path(__file__).parents[2]
Open = Callable[[], SqliteStore]
MakePass = Callable[..., Draft]


def refused(path: Path, device: str = "cam-1") -> str:
    with pytest.raises(StoreFailed) as caught:
        open_store(path, device, "depot", ManualClock())
    message = str(caught.value)
    assert message.startswith(str(path))
    assert "\n" not in message
    return message


def test_a_second_service_on_the_file_is_refused_and_told_who_has_it(open_again: Open, path: Path) -> None:
    open_again()
    script = (
        "import sys; from edge.store import open_store; from edge.clock import ManualClock\n"
        "from edge.errors import StoreFailed\n"
        "try: open_store(sys.argv[1], 'cam-1', 'depot', ManualClock())\n"
        "except StoreFailed as error: print(error)"
    )
    run = subprocess.run([sys.executable, "-c", script, path], cwd=ROOT, capture_output=True, text=True, check=True)
    assert f"in use by process {os.getpid()}" in run.stdout


def test_the_file_is_free_again_after_close_and_after_a_refusal(open_again: Open, path: Path) -> None:
    open_again().close()
    assert "belongs to device 'cam-1', not 'cam-2'" in refused(path, "cam-2")
    assert open_again().last_seq() == 0


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    assert "No such file or directory" in refused(tmp_path / "absent" / "events.db")


def test_a_folder_in_place_of_the_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "events.db").mkdir()
    assert "cannot be opened" in refused(tmp_path / "events.db")


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "owned by root"
    folder.mkdir(mode=0o755)
    script = (
        "import sys; from edge.store import open_store; from edge.clock import ManualClock\n"
        "from edge.errors import StoreFailed\n"
        "import os, edge.store.sqlite; os.geteuid() or os.setuid(65534)\n"
        "try: open_store(sys.argv[1], 'cam-1', 'depot', ManualClock())\n"
        "except StoreFailed as error: print(error)"
    )
    if os.geteuid():
        folder.chmod(0o555)
    for parent in (tmp_path, *list(tmp_path.parents)[:2]):
        parent.chmod(0o755)
    run = subprocess.run(
        [sys.executable, "-c", script, folder / "events.db"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert "Permission denied; its folder must exist, have room and be writable by the service's user" in run.stdout


def test_a_file_that_is_no_database_is_left_as_it_was(path: Path) -> None:
    path.write_bytes(b"not a database at all, but long enough to look at" * 100)
    before = path.read_bytes()
    assert "this is no event store" in refused(path)
    assert path.read_bytes() == before


def test_a_database_of_another_program_is_left_as_it_was(path: Path) -> None:
    connection = apsw.Connection(str(path))
    connection.execute("CREATE TABLE theirs (x)")
    connection.close()
    assert "a database of another program" in refused(path)


def test_a_file_of_a_newer_edge_is_refused(open_again: Open, path: Path) -> None:
    open_again().close()
    connection = apsw.Connection(str(path))
    connection.pragma("user_version", SCHEMA_VERSION + 1)
    connection.close()
    assert f"written by a newer edge (schema {SCHEMA_VERSION + 1}, this one knows {SCHEMA_VERSION})" in refused(path)


def test_a_damaged_file_is_told_when_it_is_met(open_again: Open, path: Path, a_pass: MakePass) -> None:
    store = open_again()
    store.record([a_pass(str(number)) for number in range(200)])
    store.close()
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xa5" * (path.stat().st_size - 4096))
    assert "the file is damaged" in refused(path)


def test_a_full_disk_records_nothing_and_room_heals_it(open_again: Open, a_pass: MakePass) -> None:
    store = open_again()
    store.record([a_pass("first")])
    pages = store._connection.pragma("page_count")
    store._connection.pragma("max_page_count", pages)
    with pytest.raises(StoreFailed, match="the disk is full; free space or keep less"):
        store.record([a_pass("small"), a_pass("big", pictures=4, side=256)])
    assert [row.seq for row in store.outbox(0, 9)] == [1]
    store._connection.pragma("max_page_count", 1 << 30)
    assert [event.seq for event in store.record([a_pass("again")])] == [2]


@pytest.mark.parametrize("crime", ["removed", "moved", "replaced"])
def test_a_file_that_is_taken_away_is_noticed_before_anything_is_lost(
    open_again: Open, path: Path, a_pass: MakePass, crime: str
) -> None:
    store = open_again()
    store.record([a_pass()])
    if crime == "removed":
        path.unlink()
    else:
        path.rename(path.with_name("elsewhere.db"))
    if crime == "replaced":
        path.write_bytes(b"")
    with pytest.raises(StoreFailed, match="moved, replaced or removed while in use; restart the service"):
        store.record([a_pass()])


def test_the_files_are_readable_by_the_group_at_most(open_again: Open, path: Path, a_pass: MakePass) -> None:
    open_again().record([a_pass()])
    found = {file.name: file.stat().st_mode & 0o777 for file in path.parent.iterdir()}
    assert found.keys() == {"events.db", "events.db-wal", "events.db-shm", "events.db.lock"}
    assert all(mode & 0o037 == 0 for mode in found.values()), found


@pytest.mark.system
@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to mount a small file system")
def test_a_really_full_file_system_records_nothing_and_keeps_what_was_recorded(
    tmp_path: Path, a_pass: MakePass, clock: ManualClock
) -> None:
    room = tmp_path / "small"
    room.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "none", room], check=False, capture_output=True)
    if mounted.returncode:
        pytest.skip(f"cannot mount: {mounted.stderr!r}")
    try:
        store = open_store(room / "events.db", "cam-1", "depot", clock)
        recorded = 0
        with pytest.raises(StoreFailed, match="full"):  # noqa: PT012 - which call fills the disk is not known
            for number in range(10_000):
                recorded = store.record([a_pass(str(number), pictures=1, side=96)])[-1].seq
        assert recorded > 10
        store.close()
        store = open_store(room / "events.db", "cam-1", "depot", clock)
        assert store.last_seq() == recorded
        assert [row.seq for row in store.outbox(0, 10_000)] == list(range(1, recorded + 1))
        store.close()
    finally:
        subprocess.run(["umount", room], check=True)


@pytest.mark.parametrize(
    ("version", "sound"),
    [
        ("3.51.3", True),
        ("3.51.2", False),
        ("3.50.7", True),
        ("3.50.6", False),
        ("3.44.6", True),
        ("3.45.1", False),
        ("3.54.1", True),
        ("4.0.0", True),
    ],
)
def test_engines_that_can_damage_the_log_are_known(version: str, *, sound: bool) -> None:
    assert opening.engine_is_sound(version) is sound


def test_an_engine_that_can_damage_the_log_is_refused(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apsw, "sqlite_lib_version", lambda: "3.46.1")
    assert "install apsw 3.51.3 or newer" in refused(path)
