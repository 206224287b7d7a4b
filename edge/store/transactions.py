"""Transactions on the one connection.

Not apsw's own `with connection`: when the engine has rolled back by itself (a full disk), that one fails on its own
rollback and hides the cause.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import apsw


@contextmanager
def forced(connection: apsw.Connection) -> Iterator[None]:
    """One transaction that survives a power cut once this returns."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")


@contextmanager
def unforced(connection: apsw.Connection) -> Iterator[None]:
    """One transaction that a power cut may undo, never damage: it spares the disk a flush."""
    connection.pragma("synchronous", "normal")
    try:
        with forced(connection):
            yield
    finally:
        connection.pragma("synchronous", "full")
