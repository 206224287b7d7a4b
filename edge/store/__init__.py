"""Events on disk: one SQLite file per device, written by one process through apsw; reports read it from theirs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from edge.clock import Clock

if TYPE_CHECKING:
    from edge.store.sqlite import SqliteStore


def open_store(path: Path | str, device: str, site: str, clock: Clock) -> SqliteStore:
    """Open the device's event store, or make it; `:memory:` makes one that ends with the process.

    Raises:
        StoreFailed: not writable, in use by another process, damaged, of another device or program, of a newer schema.
    """
    from edge.store.sqlite import SqliteStore  # noqa: PLC0415 - reports share this package and must not load this engine

    return SqliteStore(path, device, site, clock)


def open_found(path: Path, clock: Clock) -> SqliteStore:
    """Open a store that is there, as the device it belongs to.

    Raises:
        StoreFailed: absent, or as `open_store`.
    """
    from edge.store.opening import owner_of  # noqa: PLC0415 - as above

    device, site = owner_of(str(path))
    return open_store(path, device, site, clock)
