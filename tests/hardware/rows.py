"""Every row, in the order of the table."""

from __future__ import annotations

from tests.hardware import ports, references
from tests.hardware.row import Row


def rows() -> tuple[Row, ...]:
    """Return the rows."""
    return (*references.ROWS, *ports.ROWS)
