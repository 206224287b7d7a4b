"""pycuda on the simulated GPU: `pycuda.driver` and `pycuda.compiler`, as far as they are used.

What of pycuda's own contract can go wrong is kept: each thread has a stack of contexts that must be empty when the
thread ends (pycuda aborts the process otherwise); objects need a current context when they are made; an object dropped
in another thread than its context's, without that context current, is never given back (src/cpp/cuda.hpp of 2026.1).
"""

from __future__ import annotations

import contextlib
import enum
import threading
import types
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

import numpy as np
import numpy.typing as npt

from edge.types import U8
from tests.simulated.gpu import Launch, Rows, SimulatedGpu, image_of
from tests.simulated.statuses import CudaStatus

LAUNCH_ERRORS = {
    "CUDA_ERROR_LAUNCH_FAILED",
    "CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES",
    "CUDA_ERROR_LAUNCH_TIMEOUT",
}
RUNTIME_ERRORS = {
    "CUDA_ERROR_NO_DEVICE",
    "CUDA_ERROR_NO_BINARY_FOR_GPU",
    "CUDA_ERROR_NOT_READY",
    "CUDA_ERROR_ECC_UNCORRECTABLE",
}

P = ParamSpec("P")
R = TypeVar("R")


class Error(Exception):
    """pycuda's root of errors: the text is all that is known of the status."""


class MemoryError(Error):  # noqa: A001 - the package's own name
    pass


class LogicError(Error):
    pass


class LaunchError(Error):
    pass


class RuntimeError(Error):  # noqa: A001 - as above
    pass


class CompileError(Error):
    """nvcc did not succeed."""

    def __init__(self, msg: str, command_line: list[str], stdout: str = "", stderr: str = "") -> None:
        super().__init__(msg)
        self.msg, self.command_line, self.stdout, self.stderr = msg, command_line, stdout, stderr


class event_flags(enum.IntEnum):  # noqa: N801 - as above
    """What an event can do."""

    DEFAULT = 0
    BLOCKING_SYNC = 1
    DISABLE_TIMING = 2


def error_of(failed: CudaStatus) -> Error:
    """Return the exception that pycuda makes of a status."""
    text = f"{failed.call} failed: {failed.words}"
    if failed.status in LAUNCH_ERRORS:
        return LaunchError(text)
    if failed.status == "CUDA_ERROR_OUT_OF_MEMORY":
        return MemoryError(text)
    if failed.status in RUNTIME_ERRORS:
        return RuntimeError(text)
    return Error(text) if failed.status == "CUDA_ERROR_UNKNOWN" else LogicError(text)


def _translated(call: Callable[P, R]) -> Callable[P, R]:
    """Let a call raise pycuda's errors instead of statuses."""

    def translated(*arguments: P.args, **named: P.kwargs) -> R:
        try:
            return call(*arguments, **named)
        except CudaStatus as failed:
            raise error_of(failed) from None

    return translated


class FakePycuda:
    """The two modules for one device; `stacks` are the contexts each thread left on its stack."""

    def __init__(self, gpu: SimulatedGpu) -> None:
        self.gpu = gpu
        self.stacks: dict[str, list[Context]] = {}
        self.driver, self.compiler = types.ModuleType("pycuda.driver"), types.ModuleType("pycuda.compiler")
        self.package = types.ModuleType("pycuda")
        self.package.__dict__.update(VERSION_TEXT="2026.1", driver=self.driver, compiler=self.compiler, __path__=[])
        for error in (Error, MemoryError, LogicError, LaunchError, RuntimeError, CompileError, event_flags):
            setattr(self.driver, error.__name__, error)
        kinds = {kind.__name__: type(kind.__name__, (kind,), {"fake": self}) for kind in KINDS_OF_OBJECTS}
        self.driver.__dict__.update(
            kinds,
            init=_translated(self.gpu.cuInit),
            mem_get_info=_translated(self.gpu.cuMemGetInfo),
            get_driver_version=self.gpu.cuDriverGetVersion,
            mem_alloc=kinds["DeviceAllocation"],
            module_from_buffer=kinds["Module"],
            pagelocked_empty=self._pagelocked_empty,
            memcpy_htod_async=self._memcpy_htod_async,
            memcpy_dtoh_async=self._memcpy_dtoh_async,
        )
        self.compiler.__dict__.update(compile=_compile)

    def left_on_stacks(self) -> list[str]:
        """Return the threads that ended, or will, with a context on pycuda's stack."""
        return [name for name, stack in self.stacks.items() if stack]

    @property
    def stack(self) -> list[Context]:
        return self.stacks.setdefault(f"{threading.current_thread().name} {threading.get_ident()}", [])

    def current(self) -> Context | None:
        """Return the context on top of this thread's stack; contexts that were let go of fall off it."""
        while self.stack and not self.stack[-1].valid:
            self.stack.pop()
        return self.stack[-1] if self.stack else None

    def ward(self) -> Context:
        """Return the context that a new object belongs to."""
        context = self.current()
        if context is None:
            self.gpu.fault("pycuda: an object made without a current context")
            raise LogicError("explicit_context_dependent failed: invalid device context - no currently active context?")
        return context

    def may_drop(self, what: str, context: Context) -> bool:
        """Say whether a dropped object of this context can be given back here."""
        if not context.valid:
            return False
        if self.current() is not context:
            self.gpu.fault(f"pycuda: {what} dropped where its context is not current")
            return False
        return True

    def _pagelocked_empty(self, shape: int, dtype: npt.DTypeLike, order: str = "C", mem_flags: int = 0) -> U8:
        del order, mem_flags
        if np.dtype(dtype) != np.uint8:
            raise TypeError("pagelocked_empty: the simulated one makes uint8")
        return np.asarray(self.driver.PagelockedHostAllocation(shape))

    def _memcpy_htod_async(self, dest: int, src: U8, stream: Stream) -> None:
        _translated(self.gpu.cuMemcpyHtoDAsync)(int(dest), src.ctypes.data, src.nbytes, stream.handle)

    def _memcpy_dtoh_async(self, dest: U8, src: int, stream: Stream) -> None:
        _translated(self.gpu.cuMemcpyDtoHAsync)(dest.ctypes.data, int(src), dest.nbytes, stream.handle)


def _compile(source: str, nvcc: str = "nvcc", options: list[str] | None = None, **more: Any) -> bytes:
    del nvcc, options
    if "#error" in source:
        raise CompileError("nvcc compilation of kernel.cu failed", ["nvcc"], stderr="kernel.cu(1): error: broken")
    return image_of(source, more["arch"])


class Device:
    """The one device."""

    fake: FakePycuda

    def __init__(self, number: int) -> None:
        self._device = _translated(self.fake.gpu.cuDeviceGet)(number)

    def name(self) -> str:
        return self.fake.gpu.cuDeviceGetName(256, self._device).decode()

    def compute_capability(self) -> tuple[int, int]:
        return self.fake.gpu.capability

    def retain_primary_context(self) -> Any:
        return self.fake.driver.Context()


class Context:
    """The primary context, as `Device.retain_primary_context` returns it."""

    fake: FakePycuda

    def __init__(self) -> None:
        self.valid = True
        self.handle = _translated(self.fake.gpu.cuDevicePrimaryCtxRetain)(0)

    def push(self) -> None:
        if self.fake.stack:
            _translated(self.fake.gpu.cuCtxPopCurrent)()
        _translated(self.fake.gpu.cuCtxPushCurrent)(self.handle)
        self.fake.stack.append(self)

    @classmethod
    def pop(cls) -> None:
        if not cls.fake.stack:
            raise LogicError("context::pop failed: invalid device context - cannot pop non-current context")
        _translated(cls.fake.gpu.cuCtxPopCurrent)()
        cls.fake.stack.pop()
        if (below := cls.fake.current()) is not None:
            _translated(cls.fake.gpu.cuCtxPushCurrent)(below.handle)

    def detach(self) -> None:
        if not self.valid:
            raise LogicError("context::detach failed: invalid device context - cannot detach from invalid context")
        if self.fake.current() is self:
            # As all of pycuda's clean-up: a failure is printed and not raised.
            with contextlib.suppress(CudaStatus):
                self.fake.gpu.cuDevicePrimaryCtxRelease(0)
        else:
            self.fake.gpu.fault("pycuda: a context detached where it is not current may stay retained")
        self.valid = False
        self.fake.current()


class _Owned:
    """What belongs to a context and is given back when it is dropped, or by `free`."""

    fake: FakePycuda
    words = "an object"

    def __init__(self) -> None:
        self._ward, self._gone = self.fake.ward(), True

    def _take(self, handle: int) -> int:
        self._gone = False
        return handle

    def _give_back(self) -> None:
        raise NotImplementedError

    def free(self) -> None:
        if self._gone:
            raise LogicError(f"{self.words}: free failed: invalid resource handle")
        self._gone = True
        if self.fake.may_drop(self.words, self._ward):
            _translated(self._give_back)()

    def __del__(self) -> None:
        if not getattr(self, "_gone", True):
            with contextlib.suppress(Error):
                self.free()


class DeviceAllocation(_Owned):
    """Device memory."""

    words = "device memory"

    def __init__(self, size: int) -> None:
        super().__init__()
        self._address = self._take(_translated(self.fake.gpu.cuMemAlloc)(size))

    def __int__(self) -> int:
        return self._address

    def _give_back(self) -> None:
        self.fake.gpu.cuMemFree(self._address)


class PagelockedHostAllocation(_Owned):
    """What a page-locked array stands on."""

    words = "page-locked memory"

    def __init__(self, size: int) -> None:
        super().__init__()
        address = self._take(_translated(self.fake.gpu.cuMemHostAlloc)(size))
        self._address = address
        self.__array_interface__ = {"version": 3, "shape": (size,), "typestr": "|u1", "data": (address, False)}

    def _give_back(self) -> None:
        self.fake.gpu.cuMemFreeHost(self._address)


class Stream(_Owned):
    """A stream; `handle` is the driver's."""

    words = "a stream"

    def __init__(self, flags: int = 0) -> None:
        super().__init__()
        self.handle = self._take(_translated(self.fake.gpu.cuStreamCreate)(flags))

    def synchronize(self) -> None:
        _translated(self.fake.gpu.cuStreamSynchronize)(self.handle)

    def wait_for_event(self, event: Event) -> None:
        _translated(self.fake.gpu.cuStreamWaitEvent)(self.handle, event.number)

    def _give_back(self) -> None:
        self.fake.gpu.cuStreamDestroy(self.handle)


class Event(_Owned):
    """An event; the package does not tell the driver's handle."""

    words = "an event"

    def __init__(self, flags: int = 0) -> None:
        super().__init__()
        self.number = self._take(_translated(self.fake.gpu.cuEventCreate)(flags))

    def record(self, stream: Stream) -> Event:
        _translated(self.fake.gpu.cuEventRecord)(self.number, stream.handle)
        return self

    def synchronize(self) -> Event:
        _translated(self.fake.gpu.cuEventSynchronize)(self.number)
        return self

    def time_since(self, begin: Event) -> float:
        return _translated(self.fake.gpu.cuEventElapsedTime)(begin.number, self.number)

    def _give_back(self) -> None:
        self.fake.gpu.cuEventDestroy(self.number)


class Memcpy2D:
    """A copy of rows."""

    fake: FakePycuda

    def __init__(self) -> None:
        self.src_pitch = self.dst_pitch = self.width_in_bytes = self.height = 0
        self._source = self._target = 0

    def set_src_device(self, address: int) -> None:
        self._source = address

    def set_dst_device(self, address: int) -> None:
        self._target = address

    def __call__(self, stream: Stream) -> None:
        sides = (self._target, self.dst_pitch, self._source, self.src_pitch)
        rows = Rows(*sides, self.width_in_bytes, self.height)
        _translated(self.fake.gpu.cuMemcpy2DAsync)(rows, stream.handle)


class Module(_Owned):
    """A loaded image."""

    words = "a module"

    def __init__(self, image: bytes) -> None:
        super().__init__()
        self.number = self._take(_translated(self.fake.gpu.cuModuleLoadData)(bytes(image)))

    def get_function(self, name: str) -> Any:
        return self.fake.driver.Function(_translated(self.fake.gpu.cuModuleGetFunction)(self.number, name), self)

    def _give_back(self) -> None:
        self.fake.gpu.cuModuleUnload(self.number)


class Function:
    """A kernel; keeps its module loaded, as the package's does."""

    fake: FakePycuda

    def __init__(self, number: int, module: Module) -> None:
        self._number, self._module = number, module

    def __call__(
        self,
        argument: np.void,
        *,
        grid: tuple[int, int, int],
        block: tuple[int, int, int],
        stream: Stream,
    ) -> None:
        if not isinstance(argument, np.void):
            raise TypeError("invalid type on parameter #0 (0-based)")
        launch = Launch(self._number, grid, block, bytes(memoryview(argument)))
        _translated(self.fake.gpu.cuLaunchKernel)(launch, stream.handle)


KINDS_OF_OBJECTS: tuple[type, ...] = (
    Device,
    Context,
    DeviceAllocation,
    PagelockedHostAllocation,
    Stream,
    Event,
    Memcpy2D,
    Module,
    Function,
)
"""What the driver module holds for each device anew."""
