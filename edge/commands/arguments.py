"""Numbers on the command line of which there must be one at least."""

from __future__ import annotations

from edge.errors import UsageError


def check_count(option: str, count: int, what: str) -> None:
    """Refuse a count below 1.

    Raises:
        UsageError: naming the option, the count and what it is no number of.
    """
    if count < 1:
        raise UsageError(f"{option} {count}: is no {what}; give 1 or more")
