"""Every row, in the order of the table."""

from __future__ import annotations

from tests.hardware import cuda, ports, references
from tests.hardware.row import Row


def rows() -> tuple[Row, ...]:
    """Return the rows."""
    return (*cuda.ROWS, *references.ROWS, *ports.ROWS)
