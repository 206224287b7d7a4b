"""What the engine's errors mean to the person who has to do something about them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import apsw

from edge.errors import StoreFailed

_CURES: tuple[tuple[type[apsw.Error], str], ...] = (
    (apsw.FullError, "the disk is full; free space or keep less ([retention] days, evidence_mb)"),
    (apsw.ReadOnlyError, "it cannot be written; give the service's user write access to the file and its folder"),
    (apsw.CantOpenError, "it cannot be opened; the folder must exist and be writable by the service's user"),
    (apsw.PermissionsError, "access was refused; give the service's user write access to the file and its folder"),
    (apsw.NotADBError, "this is no event store; point store.path elsewhere"),
    (apsw.CorruptError, "the file is damaged; move it away (a new one starts a new epoch) and check the disk"),
    (apsw.BusyError, "another program holds it locked; close that program"),
    (apsw.IOError, "the disk does not answer; check it, its mount and the system's log"),
    (apsw.ConnectionClosedError, "it was closed already"),
)


@contextmanager
def failing_as(place: str, doing: str) -> Iterator[None]:
    """Turn every error of the engine into StoreFailed: place, what was being done, cause, cure."""
    try:
        yield
    except apsw.Error as error:
        cure = next((cure for kind, cure in _CURES if isinstance(error, kind)), "this is a fault of the product")
        raise StoreFailed(f"{place}: {doing}: {error}: {cure}") from error
