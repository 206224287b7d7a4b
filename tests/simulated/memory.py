"""Memory of the simulated GPU: real bytes at real addresses, with a ledger of what lives where."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import numpy as np

from edge.types import U8

ALIGNED = 256
"""cuMemAlloc returns addresses aligned for every type; 256 bytes on all devices there are."""
GUARD = 256
GUARDED, FRESH, GONE = 0xA5, 0xCD, 0xDD
"""What stands around a block, in a new one (device memory is not zeroed) and in one that was given back."""
KEPT_FREED_BYTES = 1 << 28
"""So much freed memory stays mapped, so that native code that uses it too late reads `GONE` and does not crash."""


@dataclass(slots=True, eq=False)
class Block:
    """One allocation: `octets` (size,) uint8 begins at `address`, guards on both sides of it in `whole`."""

    address: int
    octets: U8
    whole: U8
    first: int

    def guards_intact(self) -> bool:
        end = self.first + len(self.octets)
        return bool((self.whole[: self.first] == GUARDED).all() and (self.whole[end:] == GUARDED).all())


class Ledger:
    """Blocks alive by address. Not for several threads: the GPU's lock is held."""

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self.alive: dict[int, Block] = {}
        self.freed: set[int] = set()
        self._kept: deque[Block] = deque()
        self._kept_bytes = 0

    @property
    def used(self) -> int:
        return sum(len(block.octets) for block in self.alive.values())

    def allocate(self, size: int) -> int | None:
        """Return the address of a new block, or None when there is no room for it."""
        if self.used + size > self.capacity:
            return None
        whole = np.full(size + 2 * GUARD + ALIGNED, GUARDED, np.uint8)
        first = GUARD + -(whole.ctypes.data + GUARD) % ALIGNED
        octets = whole[first : first + size]
        octets[:] = FRESH
        block = Block(whole.ctypes.data + first, octets, whole, first)
        self.alive[block.address] = block
        self.freed.discard(block.address)
        return block.address

    def free(self, address: int) -> str:
        """Give a block back; return what is wrong with that, or nothing."""
        block = self.alive.pop(address, None)
        if block is None:
            known = "a second time" if address in self.freed else "which was never allocated"
            return f"freed {address:#x} {known}"
        self.freed.add(address)
        written = "" if block.guards_intact() else f"something was written outside of block {address:#x}"
        block.octets[:] = GONE
        self._kept.append(block)
        self._kept_bytes += len(block.octets)
        while self._kept_bytes > KEPT_FREED_BYTES:
            self._kept_bytes -= len(self._kept.popleft().octets)
        return written

    def view(self, address: int, size: int) -> U8 | None:
        """Return (size,) uint8 at this address, None unless all of it lies in one block that is alive."""
        for block in self.alive.values():
            start = address - block.address
            if start >= 0 and start + size <= len(block.octets):
                return block.octets[start : start + size]
        return None

    def overwritten(self) -> list[int]:
        """Return the addresses of the blocks around which something was written."""
        return [address for address, block in self.alive.items() if not block.guards_intact()]
