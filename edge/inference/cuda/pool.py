"""Device memory that is used again: blocks of one size, given back when nobody refers to what lies in them."""

from __future__ import annotations

import logging
import threading
import weakref
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from edge.errors import EngineFailed
from edge.inference.cuda.driver import Cuda

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Block:
    """So many bytes of device memory."""

    address: int
    size: int


@dataclass(frozen=True, slots=True)
class Loan:
    """A block in use; `give_back` ends that at once, where waiting for the collector would be too long."""

    address: int
    give_back: Callable[[], object]


class Pool:
    """At most `limit` blocks in use at a time; taking one more is an error, never a wait. For any thread.

    Blocks come back from whichever thread drops the last reference, in the middle of whatever it does: the collector
    may run anywhere, also in a thread that holds a lock or is inside of a driver call. So coming back is only an
    append, which needs no lock; memory is freed by the next `lend`, by `close`, or, when the pool is closed already,
    by whoever brings a block back, and nobody ever waits for somebody else to do it.
    """

    def __init__(self, cuda: Cuda, what: str, limit: int, settle: Callable[[], None]) -> None:
        self._cuda, self._what, self._limit = cuda, what, limit
        self._settle = settle
        """Waits for work that was begun on a block: freeing does not."""
        self._back: deque[Block] = deque()
        self._made = 0
        self._lending, self._sweeping = threading.Lock(), threading.Lock()
        self._then: Callable[[], None] | None = None

    def lend(self, size: int, user: object) -> Loan:
        """Lend a block of `size` bytes that is `user`'s until it is gone.

        Raises:
            EngineFailed: as many are in use as may be, or the pool is closed.
            CudaFailed: the device has no memory left.
        """
        with self._lending:
            if self._then is not None:
                raise EngineFailed(f"{self._what}: asked for after they were closed: a fault of this program")
            block = self._spare(size)
        gone = weakref.finalize(user, self._came_back, block)
        # An exit of the process frees device memory by itself, and a driver call then may come too late.
        gone.atexit = False
        return Loan(block.address, gone)

    def close(self, then: Callable[[], None]) -> None:
        """Free every block as soon as it is back, and call `then` after the last one; once."""
        with self._lending:
            if self._then is not None:
                return
            self._then = then
        self._sweep()

    def _spare(self, size: int) -> Block:
        while self._back:
            block = self._back.popleft()
            if block.size == size:
                return block
            # Pictures, or what is asked of them, came to have another size.
            self._free(block)
        if self._made >= self._limit:
            raise EngineFailed(
                f"{self._what}: all {self._limit} are in use: somebody keeps them, a fault of this program"
            )
        block = Block(self._cuda.allocate(size), size)
        self._made += 1
        return block

    def _came_back(self, block: Block) -> None:
        self._back.append(block)
        if self._then is not None:
            self._sweep()

    def _sweep(self) -> None:
        """Free what is back. Who finds another at it leaves it to him: he looks once more after he let go."""
        while self._sweeping.acquire(blocking=False):
            try:
                while self._back:
                    self._quietly(partial(self._free, self._back.popleft()))
                last = self._made == 0
            finally:
                self._sweeping.release()
            if last and self._then is not None:
                then, self._then = self._then, _nothing
                self._quietly(then)
            if not self._back:
                return

    def _quietly(self, work: Callable[[], None]) -> None:
        # Often in a finaliser, where nobody can catch anything. A lost device takes its memory back by itself.
        try:
            work()
        except EngineFailed as failed:
            log.warning("%s: device memory was not given back: %s", self._what, failed)

    def _free(self, block: Block) -> None:
        self._made -= 1
        self._settle()
        self._cuda.free(block.address)


def _nothing() -> None:
    """Stand for what was done already."""
