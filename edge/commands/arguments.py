"""Checks of what was given on the command line, before anything is loaded."""

from __future__ import annotations

import argparse
from collections.abc import Iterable

from edge.errors import UsageError


def check_count(option: str, count: int, what: str) -> None:
    """Refuse a count below 1.

    Raises:
        UsageError: naming the option, the count and what it is no number of.
    """
    if count < 1:
        raise UsageError(f"{option} {count}: is no {what}; give 1 or more")


def leave_out(args: argparse.Namespace, names: Iterable[str], why: str) -> None:
    """Refuse options that would be ignored.

    Raises:
        UsageError: naming those given, after `why`.
    """
    given = [f"--{name}" for name in names if getattr(args, name) is not None]
    if given:
        raise UsageError(f"{why}: leave {', '.join(given)} out")
