"""The boom: the line that opens it, and the one that tells how it stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Edge:
    """A line went on or off, at a time of the monotonic clock."""

    on: bool
    mono_ns: int


class BoomOutput(Protocol):
    """The line that opens the boom while it is on. Off from the start, and held by one alone.

    It goes off when the process that holds it ends, however that ends. Not to be shared between threads.
    """

    def set(self, *, on: bool) -> None:
        """Turn it on or off.

        Raises:
            BoomFailed: nobody knows how it stands; `close` it.
        """
        ...

    def close(self) -> None:
        """Turn it off and let go; may be called twice, and never raises."""
        ...


class BoomInput(Protocol):
    """A line that says whether the boom is open, or the loop in the road occupied. Not shared between threads."""

    @property
    def on(self) -> bool:
        """How it stands, as far as edges were taken."""
        ...

    def wait(self, timeout_s: float) -> tuple[Edge, ...]:
        """Return the edges since the last call, bounces left out; wait up to `timeout_s` for the first.

        Raises:
            BoomFailed: it cannot be read any more.
        """
        ...

    def close(self) -> None:
        """Let go; may be called twice, and never raises."""
        ...
