"""Reading desks: looks at plates wait in a bounded queue beside the frame loop, or are read on the spot."""

from __future__ import annotations

import threading
from collections import deque
from time import perf_counter_ns

from edge.config.model import Models
from edge.errors import EngineFailed
from edge.inference.readers import OpenReader, open_reader
from edge.ports import Allowance, DeskCost, Look, ReadingDesk
from edge.types import U8, PlateRead

CAPACITY = 12
"""Looks that may wait: four vehicles at once. A picture is under 1 MB."""
Answer = tuple[Look, tuple[PlateRead, ...]]


def open_desk(models: Models, *, waits: bool, allowance: Allowance | None = None) -> ReadingDesk:
    """Open the desk with the reader that the configuration names.

    Args:
        models: `plates = "none"` gives a desk that reads nothing.
        waits: read on the spot, so that an analysis gives the same result at any speed; else beside the frame loop.
        allowance: whether second looks may be taken; without one they may.

    Raises:
        ModelError: the reader's package or models are missing or damaged.
        ConfigError: the paddle reader lacks its settings.
    """
    if models.plates == "none":
        return NoDesk()
    reader = open_reader(models, allowance)
    return PromptDesk(reader) if waits else QueuedDesk(reader)


class NoDesk:
    """Reads nothing: plate reading is turned off."""

    cost = DeskCost()

    def submit(self, look: Look, picture: U8) -> bool:
        """Refuse every look."""
        del look, picture
        return False

    def collect(self) -> tuple[Answer, ...]:
        """Return nothing."""
        return ()

    def settle(self) -> None:
        """Nothing ever waits here."""

    def close(self) -> None:
        """Nothing is held here."""


class PromptDesk:
    """Reads at once, in the caller's thread: for files, where the result must not depend on the machine's speed."""

    def __init__(self, reader: OpenReader) -> None:
        self._reader = reader
        self._answers: list[Answer] = []
        self._failure: EngineFailed | None = None
        self.cost = DeskCost()

    def submit(self, look: Look, picture: U8) -> bool:
        """Read one picture now; see `ports.ReadingDesk.submit`."""
        began = perf_counter_ns()
        try:
            self._answers.append((look, self._reader.read(picture)))
        except EngineFailed as error:
            self._failure = error
            self._answers.append((look, ()))
        self.cost = DeskCost(self.cost.looks + 1, 0, self.cost.spent_ns + perf_counter_ns() - began)
        return True

    def collect(self) -> tuple[Answer, ...]:
        """Return what has been read; see `ports.ReadingDesk.collect`."""
        if self._failure is not None:
            failure, self._failure = self._failure, None
            raise failure
        answers, self._answers = tuple(self._answers), []
        return answers

    def settle(self) -> None:
        """Nothing ever waits here."""

    def close(self) -> None:
        """Let go of the reader; may be called twice."""
        self._reader.close()


class QueuedDesk:
    """Reads in a thread of its own. When reading cannot keep up, looks are refused and the frames go on.

    Args:
        reader: used by the desk's thread alone from now on.
        capacity: looks that may wait.
    """

    def __init__(self, reader: OpenReader, capacity: int = CAPACITY) -> None:
        self._reader = reader
        self._capacity = capacity
        self._changed = threading.Condition()
        self._waiting: deque[tuple[Look, U8]] = deque()
        self._answers: list[Answer] = []
        self._failure: EngineFailed | None = None
        self._reading = False
        self._open = True
        self.cost = DeskCost()
        self._thread = threading.Thread(target=self._work, name="plates", daemon=True)
        self._thread.start()

    def submit(self, look: Look, picture: U8) -> bool:
        """Queue one picture; see `ports.ReadingDesk.submit`."""
        with self._changed:
            room = self._open and len(self._waiting) < self._capacity
            if room:
                self._waiting.append((look, picture))
                self._changed.notify_all()
            else:
                self.cost = DeskCost(self.cost.looks, self.cost.refused + 1, self.cost.spent_ns)
            return room

    def collect(self) -> tuple[Answer, ...]:
        """Return what has been read; see `ports.ReadingDesk.collect`."""
        with self._changed:
            if self._failure is not None:
                failure, self._failure = self._failure, None
                raise failure
            answers, self._answers = tuple(self._answers), []
            return answers

    def settle(self) -> None:
        """Wait until nothing waits and nothing is being read."""
        with self._changed:
            self._changed.wait_for(lambda: not self._open or not (self._waiting or self._reading))

    def close(self) -> None:
        """Give up what waits and end the thread; may be called twice."""
        with self._changed:
            self._open = False
            self._waiting.clear()
            self._changed.notify_all()
        self._thread.join()
        self._reader.close()

    def _work(self) -> None:
        try:
            self._serve()
        finally:
            with self._changed:
                if self._open:
                    # Whatever ended the thread is a defect of ours; nobody may wait for its answers for ever.
                    self._failure = EngineFailed("the plate reading thread has died: see the log and restart")
                self._open = self._reading = False
                self._changed.notify_all()

    def _serve(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting or not self._open)
                if not self._open:
                    return
                look, picture = self._waiting.popleft()
                self._reading = True
            began = perf_counter_ns()
            reads: tuple[PlateRead, ...] = ()
            failure = None
            try:
                reads = self._reader.read(picture)
            except EngineFailed as error:
                failure = error
            with self._changed:
                self._reading = False
                self._failure = failure or self._failure
                self._answers.append((look, reads))
                spent_ns = self.cost.spent_ns + perf_counter_ns() - began
                self.cost = DeskCost(self.cost.looks + 1, self.cost.refused, spent_ns)
                self._changed.notify_all()
