"""Tells a live reader that it has fallen behind, so that it shows now after a gap instead of ever longer ago."""

from __future__ import annotations

LIMIT_NS = 2_000_000_000
"""So much of a stream may wait for a decoder that is behind."""
EDGE_NS = 3_000_000
"""Whoever had to wait this long for data has read everything that had come."""


class Backlog:
    """How far a reader is behind what has been sent; for one connection and one thread.

    Whenever a read has to wait there is nothing queued, and that moment ties the stream's stamps to the clock. A stream
    whose stamps jump is therefore mistaken for a backlog only until the next such moment.
    """

    def __init__(self) -> None:
        self._offset_ns: int | None = None
        self.behind = False

    def note(self, now_ns: int, pts_ns: int, waited_ns: int) -> bool:
        """Take in a packet, stamped `pts_ns`, that was waited for so long; returns whether the reader is behind."""
        offset_ns = now_ns - pts_ns
        if waited_ns >= EDGE_NS or self._offset_ns is None:
            self._offset_ns = offset_ns
            self.behind = False
        elif offset_ns - self._offset_ns > LIMIT_NS:
            self.behind = True
        return self.behind
