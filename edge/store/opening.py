"""Opening the file: one process at a time, an engine without the known fault, settings that survive a power cut."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from typing import Any

import apsw

from edge.clock import make_id
from edge.errors import StoreFailed
from edge.store.chain import GENESIS
from edge.store.faults import failing_as
from edge.store.identity import APPLICATION_ID
from edge.store.migrations import make_or_migrate
from edge.store.transactions import forced
from edge.store.writing import Origin

MEMORY = ":memory:"
GROUP_READS = 0o640
WAL_LIMIT_BYTES = 16 << 20
BUSY_MS = 5_000


def engine_is_sound(version: str) -> bool:
    """Return whether this SQLite is free of the WAL-reset fault of 3.7.0 to 3.51.2, back-ported to 3.50.7 and 3.44.6.

    Source: sqlite.org, "Write-Ahead Logging", section "The WAL-Reset Bug".
    """
    major, minor, patch = (int(part) for part in version.split(".")[:3])
    return (major, minor, patch) >= (3, 51, 3) or (minor == 50 and patch >= 7) or (minor == 44 and patch >= 6)  # noqa: PLR2004


def sqlite_version() -> str:
    """Return the version of the engine that this process writes with."""
    return str(apsw.sqlite_lib_version())


class FileLock:
    """Holds `<path>.lock` while this process lives; the kernel lets go of it however the process ends.

    A file of its own: closing any descriptor of the database itself would drop the engine's locks on it.
    """

    def __init__(self, path: str) -> None:
        """Take the lock.

        Raises:
            StoreFailed: another process (or this one) holds it, or the folder is missing or not writable.
        """
        self._file = -1
        if path == MEMORY:
            return
        try:
            self._file = os.open(f"{path}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, GROUP_READS)
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            os.ftruncate(self._file, 0)
            os.pwrite(self._file, f"{os.getpid()}\n".encode("ascii"), 0)
        except BlockingIOError:
            holder = os.pread(self._file, 20, 0).decode("ascii", "replace").strip() or "unknown"
            self.release()
            raise StoreFailed(f"{path}: in use by process {holder}; stop it or set another store.path") from None
        except OSError as error:
            self.release()
            raise StoreFailed(
                f"{path}: {error.strerror}; its folder must exist, have room and be writable by the service's user"
            ) from error

    def release(self) -> None:
        """Let go; may be called twice. The file stays, because removing it would let two processes in."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1


class Anchor:
    """Notices when the file is moved, replaced or removed: the engine would go on writing where nobody finds it."""

    def __init__(self, path: str) -> None:
        """Remember the file that `path` names now."""
        self._path = path
        self._found = self._look()

    def check(self) -> None:
        """Raise StoreFailed when `path` names another file, or none."""
        if self._look() != self._found:
            raise StoreFailed(f"{self._path}: was moved, replaced or removed while in use; restart the service")

    def _look(self) -> tuple[int, int] | None:
        try:
            found = Path(self._path).stat()
        except OSError:
            return None
        return found.st_dev, found.st_ino


def open_file(path: str, device: str, site: str, now_ns: int) -> tuple[apsw.Connection, Origin]:
    """Return the connection to the device's file, made or migrated, and whose events it holds.

    Raises:
        StoreFailed: as `edge.store.open_store` says; nothing stays open then.
    """
    with failing_as(path, "opening"):
        connection = connect(path)
        try:
            make_or_migrate(connection, path)
            return connection, _claim(connection, path, Origin(device, site, make_id(now_ns)), now_ns)
        except (StoreFailed, apsw.Error):
            connection.close()
            raise


def owner_of(path: str) -> tuple[str, str]:
    """Return device and site of a store that is there.

    Raises:
        StoreFailed: absent, not readable, or of another program.
    """
    if not Path(path).is_file():
        raise StoreFailed(f"{path}: no such file; the service makes it, `--db` or `--config` says where it is")
    with failing_as(path, "opening"):
        connection = apsw.Connection(path, flags=apsw.SQLITE_OPEN_READWRITE)
        try:
            row: Any = None
            if connection.pragma("application_id") == APPLICATION_ID:
                row = connection.execute("SELECT device, site FROM store").fetchone()
        finally:
            connection.close()
    if row is None:
        raise StoreFailed(f"{path}: this is no event store; point store.path elsewhere")
    return row[0], row[1]


def _claim(connection: apsw.Connection, path: str, claim: Origin, now_ns: int) -> Origin:
    with forced(connection):
        connection.execute(
            "INSERT OR IGNORE INTO store (one, device, site, epoch, created_ns, last_chain, dropped_chain)"
            " VALUES (1, ?, ?, ?, ?, ?, ?)",
            (claim.device, claim.site, claim.epoch, now_ns, GENESIS, GENESIS),
        )
        row: Any = connection.execute("SELECT device, epoch FROM store").fetchone()
        if row[0] != claim.device:
            raise StoreFailed(
                f"{path}: belongs to device {row[0]!r}, not {claim.device!r}; set device.id back, or move the file away"
            )
        connection.execute("UPDATE store SET site = ? WHERE site <> ?", (claim.site, claim.site))
    return Origin(claim.device, claim.site, row[1])


def connect(path: str) -> apsw.Connection:
    """Return the read-write connection, set up to survive a power cut.

    Raises:
        apsw.Error: as the engine says.
        StoreFailed: the engine has the WAL-reset fault, or the file system cannot carry a write-ahead log.
    """
    if not engine_is_sound(apsw.sqlite_lib_version()):
        raise StoreFailed(
            f"{path}: SQLite {apsw.sqlite_lib_version()} can damage its write-ahead log; install apsw 3.51.3 or newer"
        )
    if path != MEMORY and not Path(path).exists():
        # Plates are nobody else's business: readable by the group at most; the engine gives its log the same rights.
        os.close(os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, GROUP_READS))
    connection = apsw.Connection(path)
    connection.set_busy_timeout(BUSY_MS)
    connection.pragma("auto_vacuum", 2)  # incremental; takes effect in a new file only
    mode = connection.pragma("journal_mode", "wal")
    if mode not in {"wal", "memory"}:
        connection.close()
        raise StoreFailed(f"{path}: this file system cannot carry a write-ahead log; use a local disk")
    connection.pragma("synchronous", "full")
    connection.pragma("foreign_keys", 1)
    connection.pragma("trusted_schema", 0)
    connection.pragma("cell_size_check", 1)
    connection.pragma("journal_size_limit", WAL_LIMIT_BYTES)
    return connection
