"""A board pretended inside real GStreamer: all between appsink and frame is the product's own."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import numpy as np
import pytest

from edge.capture import launch, rows
from edge.errors import EdgeError
from edge.ports import Masks, PictureMemory
from tests.simulated.nvbufsurface import SimulatedLibrary, SimulatedSurface
from tests.simulated.pictures import SimulatedPictureMemory


class PretendedBoard:
    """Pretends that planes in ordinary memory are a board's surfaces; keeps the memories that cameras opened."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, size_wh: tuple[int, int]) -> None:
        from edge.capture import gst_device  # noqa: PLC0415 - only where GStreamer is

        self._size_wh = size_wh
        self.library = SimulatedLibrary()
        self.memories: list[SimulatedPictureMemory] = []
        self.spoil: Callable[[SimulatedSurface], None] = lambda _one: None
        self.fault: EdgeError | None = None
        self._mapped = gst_device.mapped
        software = next(row for row in rows.CODECS["video/x-h264"].decoders if row.element == "avdec_h264")
        pretended = replace(software, stay="videoconvert name=home ! video/x-raw,format=(string)NV12")
        monkeypatch.setitem(rows.CODECS, "video/x-h264", rows.CodecRow("h264", "h264parse", (pretended,)))
        monkeypatch.setattr(launch, "DEVICE_SINK", rows.SINK)
        monkeypatch.setattr(gst_device, "mapped", self.mapped)
        monkeypatch.setattr(gst_device, "NvBufSurfaceLibrary", lambda: self.library)

    @contextmanager
    def mapped(self, buffer: object) -> Iterator[tuple[int, int]]:
        width, height = self._size_wh
        with self._mapped(buffer) as (address, _size):
            planes = np.frombuffer(ctypes.string_at(address, width * height * 3 // 2), np.uint8)
            luma = planes[: width * height].reshape(height, width)
            chroma = planes[width * height :].reshape(height // 2, width // 2, 2)
            one = SimulatedSurface(luma, chroma)
            self.spoil(one)
            self.library.add(one)
            yield one.address, ctypes.sizeof(one.whole)

    def make_memory(self, masks: Masks) -> PictureMemory:
        if self.fault is not None:
            raise self.fault
        memory = SimulatedPictureMemory(masks, self.library)
        self.memories.append(memory)
        return memory
