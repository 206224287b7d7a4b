# ruff: noqa: N802 - the methods bear the driver's own names, by which failures are injected too
"""A GPU without one: the CUDA driver's calls with their contract, over real bytes in host memory.

What a GPU punishes late or never fails here at once: memory used after it was freed, freed twice, written past its
end or never given back; a call in a thread without a context; a copy from memory that is not page-locked; a result
read before it was waited for (it is not there yet: a stream's work is done when somebody waits for it).

Each fault is kept in `faults` besides the status that the call comes to, so that no handler can hide it: a test ends
with `close`, which raises AssertionError when there was one, or when anything is left over.
"""

from __future__ import annotations

import functools
import hashlib
import itertools
import json
import re
import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Concatenate, NoReturn, ParamSpec, TypeVar

from edge.types import U8
from tests.simulated.memory import Ledger
from tests.simulated.statuses import STICKY, CudaStatus
from tests.simulated.streams import Event, Mark, Stream, Timeline, Work

P = ParamSpec("P")
R = TypeVar("R")

PRIMARY = 0x5EED0000
"""Handle of the primary context."""
IMAGE_MARK = b"simulated cubin\n"
COMPUTE_MAJOR, COMPUTE_MINOR = 75, 76
"""CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR and _MINOR of cuda.h."""
DISABLE_TIMING = 2
"""CU_EVENT_DISABLE_TIMING of cuda.h."""


@dataclass(frozen=True, slots=True)
class Rows:
    """A two-dimensional copy within the device, in bytes: width, height and both sides' pitches."""

    target: int
    target_pitch: int
    source: int
    source_pitch: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Launch:
    """What a kernel is started with: `argument` are the bytes of the structure it takes by value."""

    function: int
    grid: tuple[int, int, int]
    block: tuple[int, int, int]
    argument: bytes


@dataclass(frozen=True, slots=True)
class Kernel:
    """What a kernel does, and how many bytes the structure has that it takes."""

    size: int
    run: Callable[[SimulatedGpu, Launch], None]


_Queue = deque[Work | Mark | tuple[str, Mark]]


def _driver(
    *, context: bool = True
) -> Callable[[Callable[Concatenate[SimulatedGpu, P], R]], Callable[Concatenate[SimulatedGpu, P], R]]:
    """Give a method what every driver call has: a lock, injected failures, sticky statuses, a check of the context."""

    def wrap(method: Callable[Concatenate[SimulatedGpu, P], R]) -> Callable[Concatenate[SimulatedGpu, P], R]:
        @functools.wraps(method)
        def call(self: SimulatedGpu, /, *arguments: P.args, **named: P.kwargs) -> R:
            with self.lock:
                self._enter(method.__name__, context=context)
                return method(self, *arguments, **named)

        return call

    return wrap


class SimulatedGpu:
    """One device. `calls` lists the names of the calls in order; `kernels` says in Python what a kernel does."""

    def __init__(
        self,
        *,
        capacity: int = 1 << 28,
        name: str = "Orin",
        capability: tuple[int, int] = (8, 7),
        driver_version: int = 12060,
    ) -> None:
        self.name, self.capability, self.driver_version = name, capability, driver_version
        self.lock = threading.RLock()
        self.device, self.pinned = Ledger(capacity), Ledger(capacity)
        self.kernels: dict[str, Kernel] = {}
        self.calls: list[str] = []
        self.faults: list[str] = []
        self.lost = ""
        self.surfaces: dict[int, Any] = {}
        """Decoders' surfaces by their EGLImage, as the driver tells them: CUeglFrame."""
        self.registered: dict[int, int] = {}
        self._failures: dict[str, list[tuple[int, str]]] = {}
        self._initialised, self._retained = False, 0
        self._current = threading.local()
        self._handles = itertools.count(0x1000, 0x10)
        self._streams: dict[int, Stream] = {}
        self._events: dict[int, Event] = {}
        self._modules: dict[int, list[str]] = {}
        self._functions: dict[int, tuple[int, str]] = {}
        self._time = Timeline()

    @property
    def architecture(self) -> str:
        return f"sm_{self.capability[0]}{self.capability[1]}"

    # What a test does.

    def fail(self, call: str, status: str, *, nth: int = 1) -> None:
        """Let the nth call of this name from now on end with this status; a sticky one loses the device."""
        self._failures.setdefault(call, []).append((nth, status))

    def lose(self, status: str = "CUDA_ERROR_LAUNCH_FAILED") -> None:
        """Break the context for good: every call ends with this status from now on."""
        self.lost = status

    def fault(self, what: str) -> None:
        """Write down a breach of the contract; `close` raises it."""
        self.faults.append(what)

    def forgive(self) -> list[str]:
        """Return the faults so far, which were meant, and forget them."""
        meant, self.faults = self.faults, []
        return meant

    def left(self) -> list[str]:
        """Return what was allocated, created or loaded and is still there."""
        with self.lock:
            counts = {
                "device blocks": len(self.device.alive),
                "pinned blocks": len(self.pinned.alive),
                "streams": len(self._streams),
                "events": len(self._events),
                "modules": len(self._modules),
                "registered surfaces": len(self.registered),
                "retained contexts": self._retained,
            }
        return [f"{count} {what}" for what, count in counts.items() if count]

    def close(self) -> None:
        """End the simulation.

        Raises:
            AssertionError: on a fault, or when something was not given back (a lost device need not be).
        """
        for address in self.device.overwritten() + self.pinned.overwritten():
            self.fault(f"something was written outside of block {address:#x}")
        if not self.lost:
            self.faults += [f"left over: {what}" for what in self.left()]
        if self.faults:
            raise AssertionError("simulated GPU: " + "; ".join(self.faults))

    def enqueue(self, stream: int, work: Callable[[], None]) -> None:
        """Put work of another simulated library into the turn of a stream; it may raise CudaStatus."""
        with self.lock:
            self._of("a stream", self._streams, stream, "enqueue").queue.append(work)

    def demand_context(self, call: str) -> None:
        """Let a call of another simulated library fail as the driver's do: no current context, device lost."""
        with self.lock:
            self._enter(call, context=True)

    def argument_size(self, function: int) -> int:
        """Return the size of a kernel's argument, which the driver reads out of the kernel's image."""
        _, name = self._of("a function", self._functions, function, "cuLaunchKernel")
        return self.kernels[name].size

    def octets(self, address: int, size: int) -> U8:
        """Return (size,) uint8, the device's own bytes, as work in a stream may use them.

        Raises:
            CudaStatus: CUDA_ERROR_ILLEGAL_ADDRESS unless all of it lies in one allocation that is alive.
        """
        view = self.device.view(address, size)
        if view is None:
            why = "after it was freed" if address in self.device.freed else "outside of any allocation"
            self.fault(f"{size} bytes at {address:#x} used {why}")
            raise CudaStatus("device", "CUDA_ERROR_ILLEGAL_ADDRESS")
        return view

    # Device and contexts.

    @_driver(context=False)
    def cuInit(self, flags: int = 0) -> None:
        self._require(flags == 0, "cuInit: flags must be 0", "cuInit")
        self._initialised = True

    @_driver(context=False)
    def cuDriverGetVersion(self) -> int:
        return self.driver_version

    @_driver(context=False)
    def cuDeviceGetCount(self) -> int:
        return 1

    @_driver(context=False)
    def cuDeviceGet(self, ordinal: int) -> int:
        if ordinal != 0:
            raise CudaStatus("cuDeviceGet", "CUDA_ERROR_INVALID_DEVICE")
        return 0

    @_driver(context=False)
    def cuDeviceGetName(self, length: int, device: int) -> bytes:
        del device
        return self.name.encode()[: length - 1]

    @_driver(context=False)
    def cuDeviceGetAttribute(self, attribute: int, device: int) -> int:
        del device
        return {COMPUTE_MAJOR: self.capability[0], COMPUTE_MINOR: self.capability[1]}[attribute]

    @_driver(context=False)
    def cuDevicePrimaryCtxRetain(self, device: int) -> int:
        del device
        self._retained += 1
        return PRIMARY

    @_driver(context=False)
    def cuDevicePrimaryCtxRelease(self, device: int) -> None:
        del device
        if not self._retained:
            self._breach("the primary context released more often than retained", "cuDevicePrimaryCtxRelease")
        self._retained -= 1
        if not self._retained and (left := self.left()):
            self.fault(f"the context went with {', '.join(left)} in it")

    @_driver(context=False)
    def cuCtxSetCurrent(self, context: int) -> None:
        del self._stack[-1:]
        if context:
            self._push(context, "cuCtxSetCurrent")

    @_driver(context=False)
    def cuCtxPushCurrent(self, context: int) -> None:
        self._push(context, "cuCtxPushCurrent")

    @_driver(context=False)
    def cuCtxPopCurrent(self) -> int:
        if not self._stack:
            raise CudaStatus("cuCtxPopCurrent", "CUDA_ERROR_INVALID_CONTEXT")
        return self._stack.pop()

    @_driver(context=False)
    def cuCtxGetCurrent(self) -> int:
        return self._stack[-1] if self._stack else 0

    # Memory.

    @_driver()
    def cuMemGetInfo(self) -> tuple[int, int]:
        return self.device.capacity - self.device.used, self.device.capacity

    @_driver()
    def cuMemAlloc(self, size: int) -> int:
        self._require(size > 0, "cuMemAlloc: a size of 0 bytes", "cuMemAlloc")
        address = self.device.allocate(size)
        if address is None:
            raise CudaStatus("cuMemAlloc", "CUDA_ERROR_OUT_OF_MEMORY")
        return address

    @_driver()
    def cuMemFree(self, address: int) -> None:
        self._freed(self.device, address, "cuMemFree")

    @_driver()
    def cuMemHostAlloc(self, size: int, flags: int = 0) -> int:
        del flags
        self._require(size > 0, "cuMemHostAlloc: a size of 0 bytes", "cuMemHostAlloc")
        address = self.pinned.allocate(size)
        if address is None:
            raise CudaStatus("cuMemHostAlloc", "CUDA_ERROR_OUT_OF_MEMORY")
        return address

    @_driver()
    def cuMemFreeHost(self, address: int) -> None:
        self._freed(self.pinned, address, "cuMemFreeHost")

    @_driver()
    def cuMemcpyHtoDAsync(self, target: int, source: int, size: int, stream: int) -> None:
        self._pinned(source, size, "cuMemcpyHtoDAsync")

        def copy() -> None:
            self.octets(target, size)[:] = self._pinned(source, size, "cuMemcpyHtoDAsync")

        self._queue(stream, "cuMemcpyHtoDAsync").append(copy)

    @_driver()
    def cuMemcpyDtoHAsync(self, target: int, source: int, size: int, stream: int) -> None:
        self._pinned(target, size, "cuMemcpyDtoHAsync")

        def copy() -> None:
            self._pinned(target, size, "cuMemcpyDtoHAsync")[:] = self.octets(source, size)

        self._queue(stream, "cuMemcpyDtoHAsync").append(copy)

    @_driver()
    def cuMemcpy2DAsync(self, rows: Rows, stream: int) -> None:
        room = min(rows.target_pitch, rows.source_pitch) >= rows.width
        self._require(room, "cuMemcpy2DAsync: rows are wider than a pitch", "cuMemcpy2DAsync")

        def copy() -> None:
            for row in range(rows.height):
                source = self.octets(rows.source + row * rows.source_pitch, rows.width)
                self.octets(rows.target + row * rows.target_pitch, rows.width)[:] = source

        self._queue(stream, "cuMemcpy2DAsync").append(copy)

    # Streams and events.

    @_driver()
    def cuStreamCreate(self, flags: int) -> int:
        del flags
        return self._keep(self._streams, Stream())

    @_driver()
    def cuStreamDestroy(self, stream: int) -> None:
        # The driver lets a destroyed stream finish what it was given.
        self._time.drain(self._of("a stream", self._streams, stream, "cuStreamDestroy"))
        del self._streams[stream]

    @_driver()
    def cuStreamSynchronize(self, stream: int) -> None:
        waiting = self._of("a stream", self._streams, stream, "cuStreamSynchronize")
        self._run("cuStreamSynchronize", lambda: self._time.drain(waiting))

    @_driver()
    def cuStreamWaitEvent(self, stream: int, event: int, flags: int = 0) -> None:
        del flags
        mark = self._of("an event", self._events, event, "cuStreamWaitEvent").mark
        queue = self._queue(stream, "cuStreamWaitEvent")
        if mark is not None:
            queue.append(("wait", mark))

    @_driver()
    def cuEventCreate(self, flags: int) -> int:
        return self._keep(self._events, Event(timed=not flags & DISABLE_TIMING))

    @_driver()
    def cuEventDestroy(self, event: int) -> None:
        self._of("an event", self._events, event, "cuEventDestroy")
        del self._events[event]

    @_driver()
    def cuEventRecord(self, event: int, stream: int) -> None:
        queued = self._of("a stream", self._streams, stream, "cuEventRecord")
        mark = Mark(queued)
        self._of("an event", self._events, event, "cuEventRecord").mark = mark
        queued.queue.append(mark)

    @_driver()
    def cuEventSynchronize(self, event: int) -> None:
        mark = self._of("an event", self._events, event, "cuEventSynchronize").mark
        if mark is not None:
            waited = mark
            self._run("cuEventSynchronize", lambda: self._time.reach(waited))

    @_driver()
    def cuEventElapsedTime(self, begin: int, end: int) -> float:
        first, last = (self._of("an event", self._events, each, "cuEventElapsedTime") for each in (begin, end))
        if first.mark is None or last.mark is None or not (first.timed and last.timed):
            raise CudaStatus("cuEventElapsedTime", "CUDA_ERROR_INVALID_HANDLE")
        if first.mark.at_ms is None or last.mark.at_ms is None:
            raise CudaStatus("cuEventElapsedTime", "CUDA_ERROR_NOT_READY")
        return last.mark.at_ms - first.mark.at_ms

    # Surfaces of other libraries.

    @_driver()
    def cuGraphicsEGLRegisterImage(self, image: int, flags: int) -> int:
        del flags
        if image not in self.surfaces:
            raise CudaStatus("cuGraphicsEGLRegisterImage", "CUDA_ERROR_INVALID_HANDLE")
        return self._keep(self.registered, image)

    @_driver()
    def cuGraphicsResourceGetMappedEglFrame(self, resource: int, index: int, level: int) -> Any:
        del index, level
        return self.surfaces[self._of("a surface", self.registered, resource, "cuGraphicsResourceGetMappedEglFrame")]

    @_driver()
    def cuGraphicsUnregisterResource(self, resource: int) -> None:
        self._of("a surface", self.registered, resource, "cuGraphicsUnregisterResource")
        if any(stream.queue for stream in self._streams.values()):
            self.fault("a surface was given back before the work on it was done")
        del self.registered[resource]

    # Kernels.

    @_driver()
    def cuModuleLoadData(self, image: bytes) -> int:
        if not image.startswith(IMAGE_MARK):
            raise CudaStatus("cuModuleLoadData", "CUDA_ERROR_INVALID_IMAGE")
        told = json.loads(image[len(IMAGE_MARK) :])
        if told["architecture"] != self.architecture:
            raise CudaStatus("cuModuleLoadData", "CUDA_ERROR_NO_BINARY_FOR_GPU")
        return self._keep(self._modules, told["functions"])

    @_driver()
    def cuModuleUnload(self, module: int) -> None:
        self._of("a module", self._modules, module, "cuModuleUnload")
        del self._modules[module]
        self._functions = {key: value for key, value in self._functions.items() if value[0] != module}

    @_driver()
    def cuModuleGetFunction(self, module: int, name: str) -> int:
        if name not in self._of("a module", self._modules, module, "cuModuleGetFunction"):
            raise CudaStatus("cuModuleGetFunction", "CUDA_ERROR_NOT_FOUND")
        return self._keep(self._functions, (module, name))

    @_driver()
    def cuLaunchKernel(self, launch: Launch, stream: int) -> None:
        _, name = self._of("a function", self._functions, launch.function, "cuLaunchKernel")
        fits = all(size > 0 for size in (*launch.grid, *launch.block)) and _threads(launch.block) <= 1024
        self._require(fits, f"{name}: grid {launch.grid} of blocks {launch.block}", "cuLaunchKernel")
        kernel = self.kernels[name]
        sized = len(launch.argument) == kernel.size
        self._require(sized, f"{name} takes {kernel.size} bytes, not {len(launch.argument)}", "cuLaunchKernel")
        self._queue(stream, "cuLaunchKernel").append(lambda: kernel.run(self, launch))

    # What the calls share.

    def _enter(self, call: str, *, context: bool) -> None:
        self.calls.append(call)
        self._inject(call)
        if self.lost:
            raise CudaStatus(call, self.lost)
        if not self._initialised and call not in {"cuInit", "cuDriverGetVersion"}:
            raise CudaStatus(call, "CUDA_ERROR_NOT_INITIALIZED")
        if context and not (self._stack and self._retained):
            self._breach(f"{call} without a context in {threading.current_thread().name}", call, "INVALID_CONTEXT")

    def _inject(self, call: str) -> None:
        waiting = [(nth - 1, status) for nth, status in self._failures.get(call, [])]
        self._failures[call] = [entry for entry in waiting if entry[0] > 0]
        for nth, status in waiting:
            if nth == 0:
                self.lost = status if status in STICKY else self.lost
                raise CudaStatus(call, status)

    @property
    def _stack(self) -> list[int]:
        """Contexts of this thread, the current one last."""
        if not hasattr(self._current, "stack"):
            self._current.stack = []
        stack: list[int] = self._current.stack
        return stack

    def _push(self, context: int, call: str) -> None:
        if context != PRIMARY or not self._retained:
            self._breach(f"{call}: no such context, or it was released", call, "INVALID_CONTEXT")
        self._stack.append(context)

    def _keep(self, kept: dict[int, R], value: R) -> int:
        handle = next(self._handles)
        kept[handle] = value
        return handle

    def _of(self, what: str, kept: dict[int, R], handle: int, call: str) -> R:
        if handle not in kept:
            self._breach(f"{call}: {handle:#x} is not {what}, or no longer", call, "INVALID_HANDLE")
        return kept[handle]

    def _queue(self, stream: int, call: str) -> _Queue:
        return self._of("a stream", self._streams, stream, call).queue

    def _pinned(self, address: int, size: int, call: str) -> U8:
        view = self.pinned.view(address, size)
        if view is None:
            self._breach(f"{call}: {size} bytes at {address:#x} are not page-locked, or no longer", call)
        return view

    def _freed(self, ledger: Ledger, address: int, call: str) -> None:
        if wrong := ledger.free(address):
            self._breach(f"{call}: {wrong}", call)

    def _run(self, call: str, work: Callable[[], None]) -> None:
        """Do queued work; what goes wrong in it is told by the call that waits, and loses the device if it sticks."""
        try:
            work()
        except CudaStatus as failed:
            self.lost = failed.status if failed.status in STICKY else self.lost
            raise CudaStatus(call, failed.status) from failed

    def _require(self, holds: bool, what: str, call: str) -> None:  # noqa: FBT001 - reads as a sentence
        if not holds:
            self._breach(what, call)

    def _breach(self, what: str, call: str, status: str = "INVALID_VALUE") -> NoReturn:
        self.fault(what)
        raise CudaStatus(call, f"CUDA_ERROR_{status}")


def _threads(block: Sequence[int]) -> int:
    return block[0] * block[1] * block[2]


def image_of(source: str, architecture: str) -> bytes:
    """Return what a compiler would make of CUDA source: the names of its kernels."""
    names = re.findall(r"__global__\s+void\s+(\w+)\s*\(", source)
    told = {"architecture": architecture, "functions": names, "source": hashlib.sha256(source.encode()).hexdigest()}
    return IMAGE_MARK + json.dumps(told).encode()
