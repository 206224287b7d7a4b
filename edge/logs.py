"""One log line a fact: time, level, place, message; to stderr, where the journal picks it up."""

from __future__ import annotations

import logging
import sys


def setup_logs(level: str = "info") -> None:
    """Send the product's log lines at `level` and above to stderr; replaces an earlier setup.

    Raises:
        ValueError: when `level` is no logging level.
    """
    stream = logging.StreamHandler(sys.stderr)
    stream.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s", "%Y-%m-%dT%H:%M:%S%z"))
    root = logging.getLogger("edge")
    root.handlers[:] = [stream]
    root.setLevel(level.upper())
    root.propagate = False


def get_log(place: str) -> logging.Logger:
    """Return the log of one place, named as the operator knows it: a camera id, the relay, the store."""
    return logging.getLogger(f"edge.{place}")
