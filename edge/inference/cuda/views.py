"""Runs the kernels of one camera's pictures and fetches what they make."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np
import numpy.typing as npt

from edge.inference.cuda.driver import Cuda, Pinned
from edge.inference.cuda.kernels import Kernels
from edge.types import U8


class ViewStream:
    """One stream, on which everything of a camera is done in turn, and the room that results are fetched through.

    Because all work is in one stream, a picture's memory may be used again as soon as its last view was asked for:
    what is asked next comes after it. For any thread: one view at a time.
    """

    def __init__(self, cuda: Cuda, kernels: Kernels) -> None:
        self.cuda, self.kernels = cuda, kernels
        self.stream = cuda.stream()
        self._asking = threading.Lock()
        self._room = 0
        self._pinned: Pinned | None = None
        self._events: dict[int, int] = {}

    def fetch(self, kernel: str, view: Any, shape: tuple[int, ...]) -> U8:
        """Run a kernel over the view's size and return its result, uint8 of this shape, as the caller's own."""
        size = int(np.prod(shape))
        with self._asking:
            pinned = self._roomy(size)
            view["out"] = self._room
            self.kernels.run(kernel, view, (shape[1], shape[0]), self.stream)
            self.cuda.download(pinned, self._room, size, self.stream)
            self.cuda.synchronise(self.stream)
            return np.array(pinned.octets[:size]).reshape(shape)

    def begin(self, kernel: str, view: Any, size_wh: tuple[int, int]) -> int:
        """Begin a kernel that writes to the view's own `out`, and return an event that comes when it is done.

        The event is that of the address, and stands for what was begun there last.
        """
        address = int(view["out"])
        with self._asking:
            if address not in self._events:
                self._events[address] = self.cuda.event()
            self.kernels.run(kernel, view, size_wh, self.stream)
            self.cuda.record(self._events[address], self.stream)
            return self._events[address]

    def copied(self, address: int, shape: tuple[int, ...], dtype: npt.DTypeLike) -> npt.NDArray[Any]:
        """Return a copy of device memory, after all that was begun."""
        size = int(np.prod(shape)) * np.dtype(dtype).itemsize
        with self._asking:
            pinned = self._roomy(size)
            self.cuda.download(pinned, address, size, self.stream)
            self.cuda.synchronise(self.stream)
            return np.array(pinned.octets[:size]).view(dtype).reshape(shape)

    def send(self, address: int, octets: U8) -> None:
        """Put bytes into device memory and wait until they are there."""
        with self._asking:
            pinned = self._roomy(octets.size)
            pinned.octets[: octets.size] = octets.ravel()
            self.cuda.upload(address, pinned, octets.size, self.stream)
            self.cuda.synchronise(self.stream)

    def settle(self) -> None:
        """Wait until all that was begun is done."""
        self.cuda.synchronise(self.stream)

    def close(self) -> None:
        """Let go of stream, events and room."""
        self.settle()
        for event in self._events.values():
            self.cuda.end_event(event)
        self._events.clear()
        self._let_go_of_room()
        self.cuda.end_stream(self.stream)

    def _roomy(self, size: int) -> Pinned:
        """Return pinned memory for so many bytes at least, with as much on the device; it grows and stays."""
        if self._pinned is None or self._pinned.octets.size < size:
            self._let_go_of_room()
            self._room = self.cuda.allocate(size)
            self._pinned = self.cuda.pin(size)
        return self._pinned

    def _let_go_of_room(self) -> None:
        room, self._room = self._room, 0
        pinned, self._pinned = self._pinned, None
        if room:
            self.cuda.free(room)
        if pinned is not None:
            self.cuda.unpin(pinned)
