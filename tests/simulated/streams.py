"""Streams and events of the simulated GPU: work waits in a queue until somebody waits for it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

Work = Callable[[], None]


@dataclass(slots=True, eq=False)
class Mark:
    """One recording of an event in a stream; `at_ms` is None until it has come."""

    stream: Stream
    at_ms: float | None = None


@dataclass(slots=True, eq=False)
class Stream:
    """Work in order: something to do, an event's mark, or a mark of another stream to wait for."""

    queue: deque[Work | Mark | tuple[str, Mark]] = field(default_factory=deque)


@dataclass(slots=True, eq=False)
class Event:
    """`mark` is its last recording; an event never recorded counts as come, as the driver has it."""

    timed: bool
    mark: Mark | None = None


class Timeline:
    """Runs queues. Time passes with work: 0.01 ms each, so that durations are the same on every run."""

    def __init__(self) -> None:
        self.now_ms = 0.0

    def drain(self, stream: Stream) -> None:
        """Do everything that is queued in the stream."""
        while stream.queue:
            self._next(stream)

    def reach(self, mark: Mark) -> None:
        """Do the work of the mark's stream up to the mark."""
        while mark.at_ms is None and mark.stream.queue:
            self._next(mark.stream)

    def _next(self, stream: Stream) -> None:
        step = stream.queue.popleft()
        if isinstance(step, Mark):
            step.at_ms = self.now_ms
        elif isinstance(step, tuple):
            self.reach(step[1])
        else:
            self.now_ms += 0.01
            step()
