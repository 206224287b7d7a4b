"""The GPU through NVIDIA's cuda-bindings, 12.x and 13.x, compiling with NVRTC."""

from __future__ import annotations

import ctypes
from typing import Any

import numpy as np

from edge.errors import EngineFailed
from edge.inference.cuda.driver import Pinned
from edge.inference.cuda.failures import failure
from edge.inference.cuda.nvrtc import compile_with_nvrtc

NAME_ROOM = 256


class ThroughBindings:
    """A retained primary context of device 0; the driver counts how often it was retained.

    Handles go to the driver as plain integers, which the package takes wherever it takes its own types.
    """

    compiler = "nvrtc"

    def __init__(self, version: str) -> None:
        from cuda.bindings import driver  # noqa: PLC0415 - loads the driver's library, which not every machine has

        self._driver: Any = driver
        self._open = True
        self._raw("cuInit", 0)
        self._number = self._raw("cuDeviceGet", 0)
        self._context = int(self._raw("cuDevicePrimaryCtxRetain", self._number))
        name = self._raw("cuDeviceGetName", NAME_ROOM, self._number).split(b"\0")[0].decode()
        asked = driver.CUdevice_attribute
        major, minor = (
            self._raw("cuDeviceGetAttribute", which, self._number)
            for which in (
                asked.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR,
                asked.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR,
            )
        )
        self.architecture = f"sm_{major}{minor}"
        self.device = f"{name} {self.architecture}"
        cuda = self._raw("cuDriverGetVersion")
        self.label = f"cuda-bindings {version}, {name}, {self.architecture}, CUDA {cuda // 1000}.{cuda % 1000 // 10}"

    def attach(self) -> None:
        if not self._open:
            raise EngineFailed("CUDA: used after it was closed: a fault of this program, please report it")
        self._raw("cuCtxSetCurrent", self._context)

    def memory(self) -> tuple[int, int]:
        free, total = self._ask("cuMemGetInfo")
        return int(free), int(total)

    def allocate(self, size: int) -> int:
        return int(self._ask("cuMemAlloc", size))

    def free(self, address: int) -> None:
        self._ask("cuMemFree", address)

    def pin(self, size: int) -> Pinned:
        address = int(self._ask("cuMemHostAlloc", size, 0))
        octets = np.frombuffer((ctypes.c_uint8 * size).from_address(address), np.uint8)
        return Pinned(octets, address)

    def unpin(self, pinned: Pinned) -> None:
        self._ask("cuMemFreeHost", pinned.address)

    def stream(self) -> int:
        return int(self._ask("cuStreamCreate", int(self._driver.CUstream_flags.CU_STREAM_NON_BLOCKING)))

    def end_stream(self, stream: int) -> None:
        self._ask("cuStreamDestroy", stream)

    def upload(self, address: int, source: Pinned, size: int, stream: int, offset: int = 0) -> None:
        self._ask("cuMemcpyHtoDAsync", address, source.address + offset, size, stream)

    def download(self, target: Pinned, address: int, size: int, stream: int, offset: int = 0) -> None:
        self._ask("cuMemcpyDtoHAsync", target.address + offset, address, size, stream)

    def copy_rows(self, target: int, source: int, pitches: tuple[int, int], size_wh: tuple[int, int], st: int) -> None:
        rows = self._driver.CUDA_MEMCPY2D()
        rows.srcMemoryType = rows.dstMemoryType = self._driver.CUmemorytype.CU_MEMORYTYPE_DEVICE
        rows.dstDevice, rows.srcDevice = target, source
        rows.dstPitch, rows.srcPitch = pitches
        rows.WidthInBytes, rows.Height = size_wh
        self._ask("cuMemcpy2DAsync", rows, st)

    def synchronise(self, stream: int) -> None:
        self._ask("cuStreamSynchronize", stream)

    def event(self, *, timed: bool = False) -> int:
        flags = self._driver.CUevent_flags
        return int(self._ask("cuEventCreate", int(flags.CU_EVENT_DEFAULT if timed else flags.CU_EVENT_DISABLE_TIMING)))

    def end_event(self, event: int) -> None:
        self._ask("cuEventDestroy", event)

    def record(self, event: int, stream: int) -> None:
        self._ask("cuEventRecord", event, stream)

    def wait_event(self, stream: int, event: int) -> None:
        self._ask("cuStreamWaitEvent", stream, event, 0)

    def finish_event(self, event: int) -> None:
        self._ask("cuEventSynchronize", event)

    def elapsed_ms(self, begin: int, end: int) -> float:
        return float(self._ask("cuEventElapsedTime", begin, end))

    def load(self, image: bytes) -> int:
        return int(self._ask("cuModuleLoadData", image))

    def unload(self, module: int) -> None:
        self._ask("cuModuleUnload", module)

    def function(self, module: int, name: str) -> int:
        return int(self._ask("cuModuleGetFunction", module, name.encode()))

    def launch(
        self,
        function: int,
        grid: tuple[int, int, int],
        block: tuple[int, int, int],
        argument: bytes,
        stream: int,
    ) -> None:
        # An address of addresses, as the driver takes it; the argument is copied before the call returns.
        octets = np.frombuffer(argument, np.uint8)
        places = np.array([octets.ctypes.data], np.uint64)
        self._ask("cuLaunchKernel", function, *grid, *block, 0, stream, places.ctypes.data, 0)

    def compile(self, source: str, name: str) -> bytes:
        return compile_with_nvrtc(source, name, self.architecture)

    def close(self) -> None:
        if self._open:
            self._open = False
            self._raw("cuDevicePrimaryCtxRelease", self._number)

    def _ask(self, call: str, *arguments: Any) -> Any:
        self.attach()
        return self._raw(call, *arguments)

    def _raw(self, call: str, *arguments: Any) -> Any:
        status, *results = getattr(self._driver, call)(*arguments)
        if status != 0:
            raise failure(call, getattr(status, "name", f"status {int(status)}"))
        return results[0] if len(results) == 1 else results
