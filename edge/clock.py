"""Time and ids: the two clocks of the product, and identifiers that sort by time.

Durations use `mono_ns`, which never steps. Events carry `wall_ns` (UTC) with the quality of that clock.
"""

from __future__ import annotations

import enum
import secrets
import time
import uuid
from collections.abc import Callable
from typing import Protocol


class ClockQuality(enum.Enum):
    """Whether wall time may be believed."""

    SYNCED = "synced"
    UNSYNCED = "unsynced"
    STATED = "stated"  # media time of a file, counted from a start that the user or the file's date gave


class Clock(Protocol):
    """Where time comes from. All values are nanoseconds."""

    def wall_ns(self) -> int:
        """Return UTC nanoseconds since 1970."""
        ...

    def mono_ns(self) -> int:
        """Return nanoseconds of a clock that never goes back."""
        ...

    def sleep(self, seconds: float) -> None:
        """Let `seconds` pass."""
        ...

    def quality(self) -> ClockQuality:
        """Say whether `wall_ns` may be believed."""
        ...


class SystemClock:
    """The machine's own clocks."""

    def wall_ns(self) -> int:
        return time.time_ns()

    def mono_ns(self) -> int:
        return time.monotonic_ns()

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)

    def quality(self) -> ClockQuality:
        """Ask the kernel: adjtimex reports an unsynchronised clock as TIME_ERROR (state 5)."""
        return ClockQuality.SYNCED if _kernel_clock_is_synced() else ClockQuality.UNSYNCED


class ManualClock:
    """A clock that moves only when told; the fake of the Clock port."""

    def __init__(self, wall_ns: int = 0, mono_ns: int = 0, quality: ClockQuality = ClockQuality.SYNCED) -> None:
        self._wall_ns = wall_ns
        self._mono_ns = mono_ns
        self._quality = quality

    def wall_ns(self) -> int:
        return self._wall_ns

    def mono_ns(self) -> int:
        return self._mono_ns

    def sleep(self, seconds: float) -> None:
        """Advance both clocks by `seconds` without waiting."""
        self.advance(round(seconds * 1e9))

    def advance(self, step_ns: int) -> None:
        """Move both clocks on by `step_ns`.

        Raises:
            ValueError: when asked to go back.
        """
        if step_ns < 0:
            raise ValueError("a monotonic clock does not go back")
        self._wall_ns += step_ns
        self._mono_ns += step_ns

    def step_wall(self, step_ns: int) -> None:
        """Step wall time alone, as a time server does."""
        self._wall_ns += step_ns

    def quality(self) -> ClockQuality:
        return self._quality


def make_id(wall_ns: int, random_bits: Callable[[int], int] = secrets.randbits) -> str:
    """Return a UUID version 7 (RFC 9562, section 5.7): unique, and ordered by the millisecond of `wall_ns`."""
    stamp = (wall_ns // 1_000_000) & ((1 << 48) - 1)
    bits = stamp << 80 | 0x7 << 76 | random_bits(12) << 64 | 0b10 << 62 | random_bits(62)
    return str(uuid.UUID(int=bits))


def _kernel_clock_is_synced() -> bool:
    # Linux alone offers this through timedatectl's marker file; a missing marker means nobody vouched for the clock.
    import ctypes  # noqa: PLC0415 - only asked for once a minute, and not on every command's start

    class _Timex(ctypes.Structure):
        _fields_ = [("modes", ctypes.c_uint), ("_rest", ctypes.c_byte * 512)]

    libc = ctypes.CDLL(None, use_errno=True)
    state = libc.adjtimex(ctypes.byref(_Timex()))
    return bool(0 <= state < 5)  # noqa: PLR2004 - TIME_ERROR is 5, see adjtimex(2)
