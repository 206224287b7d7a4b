"""The GPU through pycuda, compiling with nvcc as pycuda does.

pycuda keeps a stack of contexts for each thread and aborts the process when a thread ends with one on it; and it gives
an object back only where the object's own context is current (its src/cpp/cuda.hpp). So the context is pushed and
popped around every call, and everything made is kept here until it is given back, never left to the garbage collector.
"""

from __future__ import annotations

import contextlib
import ctypes
import itertools
import threading
import traceback
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from edge.errors import EngineFailed
from edge.inference.cuda.driver import Pinned
from edge.inference.cuda.failures import failure
from edge.inference.cuda.nvcc import compile_with_nvcc
from edge.inference.cuda.status_words import StatusWords

NON_BLOCKING = 1
"""CU_STREAM_NON_BLOCKING of cuda.h: no waiting for the default stream, which other libraries use."""


@dataclass(slots=True, eq=False)
class _Primary:
    """The process's one retained context and what was made in it, by the number it goes by.

    Streams go by the driver's handle, memory by its address; of events, modules and functions pycuda tells no handle,
    so they are counted.
    """

    device: Any
    context: Any
    users: int = 0
    blocks: dict[int, Any] = field(default_factory=dict)
    streams: dict[int, Any] = field(default_factory=dict)
    events: dict[int, Any] = field(default_factory=dict)
    modules: dict[int, Any] = field(default_factory=dict)
    functions: dict[int, tuple[int, Any]] = field(default_factory=dict)
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))


_primaries: dict[Any, _Primary] = {}
"""By pycuda's driver module: objects of one pycuda context are no good in another one's."""
_opening = threading.RLock()
"""Taken again by the thread that holds it where the collector, in the middle of opening, closes what nobody used."""


class ThroughPycuda:
    """The primary context of device 0, shared by all that are open in this process."""

    compiler = "nvcc"

    def __init__(self, library: Any) -> None:
        import pycuda  # noqa: PLC0415 - loads the driver's library, which not every machine has
        from pycuda import driver  # noqa: PLC0415 - as above

        self._driver: Any = driver
        self._library = library
        self._words = StatusWords(library)
        with _opening, self._told():
            self._here = self._joined()
        self._open = True
        name = self._here.device.name()
        major, minor = self._here.device.compute_capability()
        self.architecture = f"sm_{major}{minor}"
        self.device = f"{name} {self.architecture}"
        cuda = driver.get_driver_version()
        self.label = (
            f"pycuda {pycuda.VERSION_TEXT}, {name}, {self.architecture}, CUDA {cuda // 1000}.{cuda % 1000 // 10}"
        )

    def _joined(self) -> _Primary:
        while True:
            primary = _primaries.get(self._driver) or self._retained()
            primary.users += 1
            if _primaries.get(self._driver) is primary:
                return primary

    def _retained(self) -> _Primary:
        self._driver.init()
        device = self._driver.Device(0)
        primary = _primaries[self._driver] = _Primary(device, device.retain_primary_context())
        return primary

    def attach(self) -> None:
        # Through the driver itself: what pycuda pushes for good would abort the process when this thread ends.
        self._check_open()
        status = self._library.cuCtxSetCurrent(ctypes.c_void_p(self._here.context.handle))
        if status:
            raise failure("cuCtxSetCurrent", self._words.name(status))

    def memory(self) -> tuple[int, int]:
        with self._inside():
            free, total = self._driver.mem_get_info()
        return int(free), int(total)

    def allocate(self, size: int) -> int:
        with self._inside():
            block = self._driver.mem_alloc(size)
        self._here.blocks[int(block)] = block
        return int(block)

    def free(self, address: int) -> None:
        with self._inside():
            self._taken(self._here.blocks, address, "memory").free()

    def pin(self, size: int) -> Pinned:
        with self._inside():
            octets = self._driver.pagelocked_empty(size, np.uint8)
        self._here.blocks[octets.ctypes.data] = octets.base
        return Pinned(octets, octets.ctypes.data)

    def unpin(self, pinned: Pinned) -> None:
        with self._inside():
            self._taken(self._here.blocks, pinned.address, "page-locked memory").free()

    def stream(self) -> int:
        with self._inside():
            stream = self._driver.Stream(NON_BLOCKING)
        self._here.streams[int(stream.handle)] = stream
        return int(stream.handle)

    def end_stream(self, stream: int) -> None:
        with self._inside():
            self._taken(self._here.streams, stream, "stream")

    def upload(self, address: int, source: Pinned, size: int, stream: int, offset: int = 0) -> None:
        with self._inside():
            part = source.octets[offset : offset + size]
            self._driver.memcpy_htod_async(address, part, self._stream(stream))

    def download(self, target: Pinned, address: int, size: int, stream: int, offset: int = 0) -> None:
        with self._inside():
            part = target.octets[offset : offset + size]
            self._driver.memcpy_dtoh_async(part, address, self._stream(stream))

    def copy_rows(self, target: int, source: int, pitches: tuple[int, int], size_wh: tuple[int, int], st: int) -> None:
        with self._inside():
            copy = self._driver.Memcpy2D()
            copy.set_dst_device(target)
            copy.set_src_device(source)
            copy.dst_pitch, copy.src_pitch = pitches
            copy.width_in_bytes, copy.height = size_wh
            copy(self._stream(st))

    def synchronise(self, stream: int) -> None:
        with self._inside():
            self._stream(stream).synchronize()

    def event(self, *, timed: bool = False) -> int:
        flags = self._driver.event_flags
        with self._inside():
            made = self._driver.Event(flags.DEFAULT if timed else flags.DISABLE_TIMING)
        return self._numbered(self._here.events, made)

    def end_event(self, event: int) -> None:
        with self._inside():
            self._taken(self._here.events, event, "event")

    def record(self, event: int, stream: int) -> None:
        with self._inside():
            self._event(event).record(self._stream(stream))

    def wait_event(self, stream: int, event: int) -> None:
        with self._inside():
            self._stream(stream).wait_for_event(self._event(event))

    def finish_event(self, event: int) -> None:
        with self._inside():
            self._event(event).synchronize()

    def elapsed_ms(self, begin: int, end: int) -> float:
        with self._inside():
            return float(self._event(end).time_since(self._event(begin)))

    def load(self, image: bytes) -> int:
        with self._inside():
            module = self._driver.module_from_buffer(image)
        return self._numbered(self._here.modules, module)

    def unload(self, module: int) -> None:
        with self._inside():
            # pycuda's functions keep their module: they go first.
            of_it = [number for number, (owner, _) in self._here.functions.items() if owner == module]
            for number in of_it:
                del self._here.functions[number]
            self._taken(self._here.modules, module, "module")

    def function(self, module: int, name: str) -> int:
        with self._inside():
            found = self._got(self._here.modules, module, "module").get_function(name)
        return self._numbered(self._here.functions, (module, found))

    def launch(
        self,
        function: int,
        grid: tuple[int, int, int],
        block: tuple[int, int, int],
        argument: bytes,
        stream: int,
    ) -> None:
        with self._inside():
            self._kernel(function)(np.void(argument), grid=grid, block=block, stream=self._stream(stream))

    def compile(self, source: str, name: str) -> bytes:
        return compile_with_nvcc(source, name, self.architecture)

    def close(self) -> None:
        with _opening:
            if not self._open:
                return
            self._open = False
            self._here.users -= 1
            if not self._here.users and _primaries.pop(self._driver, None) is self._here:
                with self._told():
                    # Detached while it is current, or pycuda would leave it retained; it is off the stack then.
                    self._here.context.push()
                    self._here.context.detach()

    def _stream(self, stream: int) -> Any:
        return self._got(self._here.streams, stream, "stream")

    def _kernel(self, function: int) -> Any:
        return self._got(self._here.functions, function, "function")[1]

    def _event(self, event: int) -> Any:
        return self._got(self._here.events, event, "event")

    def _numbered(self, kept: dict[int, Any], made: Any) -> int:
        number = next(self._here.numbers)
        kept[number] = made
        return number

    def _got(self, kept: dict[int, Any], number: int, what: str) -> Any:
        try:
            return kept[number]
        except KeyError:
            raise failure(f"CUDA: {number:#x} as {what}", "CUDA_ERROR_INVALID_HANDLE") from None

    def _taken(self, kept: dict[int, Any], number: int, what: str) -> Any:
        found = self._got(kept, number, what)
        del kept[number]
        return found

    def _check_open(self) -> None:
        if not self._open:
            raise EngineFailed("CUDA: used after it was closed: a fault of this program, please report it")

    @contextlib.contextmanager
    def _inside(self) -> Iterator[None]:
        """Have the context current for what follows."""
        self._check_open()
        with self._told():
            self._here.context.push()
            try:
                yield
            except BaseException:
                # On a lost device popping fails too: what went wrong first is what has to be told.
                with contextlib.suppress(self._driver.Error):
                    self._here.context.pop()
                raise
            self._here.context.pop()

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        """Turn pycuda's errors into ours."""
        try:
            yield
        except self._driver.Error as failed:
            # Or the error's traceback would keep pycuda's objects from being given back where their context is.
            traceback.clear_frames(failed.__traceback__)
            call, status = self._words.told_by(failed)
            raise failure(call, status) from failed
