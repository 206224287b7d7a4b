"""What is asked of a GPU, whichever binding reaches it.

Contexts: one primary context a process, retained when a `Cuda` is opened; every call makes it current in the calling
thread by itself, so a `Cuda` may be used from any thread. Addresses and streams are plain integers, as the driver and
TensorRT take them; events, modules and functions are integers for these calls alone (pycuda tells no more).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from edge.errors import EngineFailed, EngineLost
from edge.types import U8

OPTIONS = ("--std=c++14", "--fmad=false")
"""What every compiler of kernels is told. No fused multiply-add: a value halfway between two must round as it does on
the processor."""


class CudaFailed(EngineFailed):
    """A CUDA call ended with another status than success: `status` is its name, `CUDA_ERROR_ILLEGAL_ADDRESS`."""

    def __init__(self, call: str, status: str, cure: str) -> None:
        super().__init__(f"{call} failed with {status}: {cure}")
        self.call, self.status = call, status


class DeviceFull(CudaFailed):
    """The device has no memory left for this; everything else still works."""


class DeviceLost(CudaFailed, EngineLost):
    """The context is broken for good: nothing in this process can use the GPU again, the service must be restarted."""


@dataclass(frozen=True, slots=True, eq=False)
class Pinned:
    """Page-locked host memory: `octets` (size,) uint8 is a view of it, `address` what the driver calls it."""

    octets: U8
    address: int


class Cuda(Protocol):
    """One GPU. Every call raises CudaFailed (DeviceFull, DeviceLost) with the name of the status it came to.

    Whatever was allocated, created or loaded must be given back before `close`; using it afterwards is an error.
    """

    @property
    def label(self) -> str:
        """Binding, device and driver, as `doctor` prints them: `pycuda 2026.1, Orin, sm_87, CUDA 12.6`."""
        ...

    @property
    def device(self) -> str:
        """Name of the device and its compute capability, for cache keys: `Orin sm_87`."""
        ...

    @property
    def architecture(self) -> str:
        """What kernels are compiled for: `sm_87`."""
        ...

    @property
    def compiler(self) -> str:
        """What `compile` compiles with, for cache keys: `nvcc` or `nvrtc`."""
        ...

    def attach(self) -> None:
        """Make the context current in this thread, for a library that expects one (TensorRT)."""
        ...

    def memory(self) -> tuple[int, int]:
        """Return free and total bytes of the device."""
        ...

    def allocate(self, size: int) -> int: ...
    def free(self, address: int) -> None: ...
    def pin(self, size: int) -> Pinned: ...
    def unpin(self, pinned: Pinned) -> None: ...
    def stream(self) -> int: ...
    def end_stream(self, stream: int) -> None: ...
    def upload(self, address: int, source: Pinned, size: int, stream: int, offset: int = 0) -> None:
        """Copy to the device in the stream's turn; neither side may be touched before it is synchronised."""
        ...

    def download(self, target: Pinned, address: int, size: int, stream: int, offset: int = 0) -> None:
        """Copy from the device in the stream's turn; likewise."""
        ...

    def copy_rows(self, target: int, source: int, pitches: tuple[int, int], size_wh: tuple[int, int], st: int) -> None:
        """Copy rows of bytes within the device, in the turn of stream `st`; pitches are the target's and source's."""
        ...

    def synchronise(self, stream: int) -> None:
        """Wait until all that was put on the stream is done."""
        ...

    def event(self, *, timed: bool = False) -> int: ...
    def end_event(self, event: int) -> None: ...
    def record(self, event: int, stream: int) -> None: ...
    def wait_event(self, stream: int, event: int) -> None:
        """Let the stream's next work wait for the event, without blocking the caller."""
        ...

    def finish_event(self, event: int) -> None:
        """Wait here until the event has come."""
        ...

    def elapsed_ms(self, begin: int, end: int) -> float:
        """Return the milliseconds between two timed events that have come."""
        ...

    def load(self, image: bytes) -> int:
        """Load a compiled module (cubin or PTX) and return it."""
        ...

    def unload(self, module: int) -> None: ...
    def function(self, module: int, name: str) -> int: ...
    def launch(
        self,
        function: int,
        grid: tuple[int, int, int],
        block: tuple[int, int, int],
        argument: bytes,
        stream: int,
    ) -> None:
        """Start a kernel in the stream's turn; `argument` are the bytes of the one structure that it takes by value."""
        ...

    def compile(self, source: str, name: str) -> bytes:
        """Compile CUDA C++ for this device.

        Raises:
            EngineFailed: the compiler is absent, or says what is wrong with the source.
        """
        ...

    def close(self) -> None:
        """Let go of the context; may be called twice."""
        ...
