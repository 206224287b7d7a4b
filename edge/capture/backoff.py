"""Waits between attempts: longer each time up to a bound, with jitter, so that cameras do not return in step."""

from __future__ import annotations

from collections.abc import Callable


class Backoff:
    """Doubling waits with jitter: the n-th lies between a half and the whole of min(longest, first * 2^n)."""

    def __init__(self, first_s: float, longest_s: float, draw: Callable[[], float]) -> None:
        self._first_s = first_s
        self._longest_s = longest_s
        self._draw = draw
        self._attempts = 0

    def next_s(self) -> float:
        """Return the seconds to wait before the next attempt."""
        # Bounded exponent: a camera that is away for a year must not overflow.
        whole_s = min(self._longest_s, self._first_s * 2.0 ** min(self._attempts, 30))
        self._attempts += 1
        return whole_s * (0.5 + 0.5 * self._draw())

    def reset(self) -> None:
        """Start from the shortest wait again: things have been well for a while."""
        self._attempts = 0
