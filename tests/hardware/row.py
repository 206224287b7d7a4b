"""One row of the hardware table: what is run, and what came of it."""

from __future__ import annotations

import enum
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import median
from typing import Any

Figures = dict[str, float]
"""Milliseconds, or a number whose name says what it is."""


class NotHere(Exception):
    """The row cannot be run on this machine; the message says what is missing."""


class Wrong(Exception):
    """The row ran, and what came out is not right; the message says what."""


class State(enum.Enum):
    """What came of a row."""

    YES = "yes"
    NO = "no"
    NOT_HERE = "not here"


@dataclass(frozen=True, slots=True)
class Asked:
    """What the owner of the board gave: a camera's address, the contact of a relay; empty where none was given."""

    camera: str = ""
    boom: str = ""
    engines: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """`run` returns one sentence and figures; it raises NotHere, Wrong, or an error of the product."""

    name: str
    part: str
    run: Callable[[Asked], tuple[str, Figures]]
    limit_s: float = 120.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one row."""

    row: str
    state: State
    said: str
    figures: Figures = field(default_factory=dict)

    @property
    def told(self) -> dict[str, Any]:
        """The outcome as JSON has it."""
        return {"row": self.row, "state": self.state.value, "said": self.said, "figures": self.figures}


def timed_ms(work: Callable[[], object], times: int = 50, warm: int = 5) -> float:
    """Return the median milliseconds of a call that returns when its work is done."""
    for _ in range(warm):
        work()
    spent = []
    for _ in range(times):
        began = time.perf_counter_ns()
        work()
        spent.append((time.perf_counter_ns() - began) / 1e6)
    return median(spent)
