"""Waiting in tests for what another thread or process does."""

from __future__ import annotations

import time
from collections.abc import Callable

_PACE_S = 0.02


def until(what: Callable[[], bool], patience_s: float = 120.0) -> bool:
    """Wait for something to become true; False when it has not after a long time."""
    end = time.monotonic() + patience_s
    while not what():
        if time.monotonic() >= end:
            return what()
        time.sleep(_PACE_S)
    return True
