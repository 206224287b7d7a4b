"""Every row, in the order of the table."""

from __future__ import annotations

from tests.hardware import cuda, decoders, engines, ports, references
from tests.hardware.row import Row


def rows() -> tuple[Row, ...]:
    """Return the rows."""
    return (*decoders.ROWS, *cuda.ROWS, *engines.ROWS, *references.ROWS, *ports.ROWS)
