"""A stand-in for jetson_utils with its call contract: what the real library answers with a crash or garbage fails here.

Contract (python/bindings/PyVideo.cpp, codec/gstDecoder.cpp and codec/gstBufferManager.cpp of
github.com/dusty-nv/jetson-utils): `Capture` answers with None after its time-out, in versions before 2023 with an
Exception; at the end it raises and `IsStreaming` is False; its pictures lie in a ring of four buffers; conversion runs
on in the background until the device is synchronised; `Open` must not be called, `Close` not while `Capture` runs.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from functools import partial
from types import ModuleType

import numpy as np

from edge.types import U8

RING = 4
GARBAGE = 171


class CudaImage:
    """A picture in the ring; readable once the device was synchronised."""

    def __init__(self, memory: U8) -> None:
        self.memory = memory
        self.height, self.width = memory.shape[:2]
        self.format, self.timestamp = "rgb8", 0


class SimulatedJetson:
    """Makes the module and keeps what happened to it.

    `script` is called for each Capture with its number: a picture, None for a time-out, or an exception to raise; what
    it raises while `streaming` is True is an old version's time-out. `hang` blocks Capture until it is set.
    """

    def __init__(self, script: Callable[[int], U8 | None], *, old: bool = False) -> None:
        self.script = script
        self.old = old
        self.made: list[tuple[str, tuple[str, ...]]] = []
        self.closed = 0
        self.captures = 0
        self.streaming = True
        self.hang: threading.Event | None = None
        self.cannot_be_made = ""
        self._ready: list[tuple[CudaImage, U8]] = []

    def module(self) -> ModuleType:
        """Return what `import jetson_utils` gives."""
        module = ModuleType("jetson_utils")
        module.__dict__.update(
            videoSource=partial(VideoSource, self),
            cudaToNumpy=lambda image: image.memory,
            cudaDeviceSynchronize=self._synchronise,
        )
        return module

    def image(self, memory: U8, picture: U8) -> CudaImage:
        """Begin to convert a picture into a buffer: it holds garbage until the device is synchronised."""
        memory[:] = GARBAGE
        image = CudaImage(memory)
        self._ready.append((image, picture))
        return image

    def _synchronise(self) -> None:
        for image, picture in self._ready:
            image.memory[:] = picture
        self._ready.clear()


class VideoSource:
    """The library's videoSource."""

    def __init__(self, board: SimulatedJetson, uri: str, argv: Sequence[str] = ()) -> None:
        board.made.append((uri, tuple(argv)))
        if board.cannot_be_made:
            raise Exception(board.cannot_be_made)  # noqa: TRY002 - as the library does
        self._board = board
        self._ring: list[U8] = []
        self._in_capture = threading.Lock()

    def Open(self) -> None:  # noqa: N802 - the library's name
        raise AssertionError("Open reports its failures without the interpreter's lock")

    def Capture(self, *, format: str = "rgb8", timeout: int = -1) -> CudaImage | None:  # noqa: A002, N802
        assert format == "rgb8"
        assert 0 <= timeout <= 1000, "a Capture without end cannot be given up"
        board = self._board
        with self._in_capture:
            number, board.captures = board.captures, board.captures + 1
            if board.hang is not None:
                board.hang.wait(10)
            picture = board.script(number)
            if picture is not None:
                return board.image(self._buffer(number, picture), picture)
            threading.Event().wait(min(timeout, 20) / 1000)
            if board.old:
                raise Exception("videoSource failed to capture image")  # noqa: TRY002 - as the library does
            return None

    def _buffer(self, number: int, picture: U8) -> U8:
        if len(self._ring) < RING:
            self._ring.append(np.empty_like(picture))
            return self._ring[-1]
        return self._ring[number % RING]

    def GetFrameRate(self) -> int:  # noqa: N802 - the library's name
        return 25

    def IsStreaming(self) -> bool:  # noqa: N802 - the library's name
        return self._board.streaming

    def Close(self) -> None:  # noqa: N802 - the library's name
        assert self._in_capture.acquire(blocking=False), "Close while Capture runs"
        self._board.closed += 1
        self._in_capture.release()
