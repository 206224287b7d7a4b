"""cuda-bindings on the simulated GPU: `cuda.bindings.driver` and `cuda.bindings.nvrtc`, as far as they are used.

Every function returns a tuple that begins with the status; what failed has None in the places of its results. Handles
are accepted as plain integers. Names and arguments are compared with the real packages by test_surface.py.
"""

from __future__ import annotations

import ctypes
import enum
import types
from collections.abc import Callable
from typing import Any

import numpy as np

from tests.simulated.gpu import Launch, Rows, SimulatedGpu, image_of
from tests.simulated.statuses import STATUSES, CudaStatus

CUresult = enum.IntEnum("CUresult", {name: number for name, (number, _) in STATUSES.items()})  # type: ignore[misc]

PLAIN = {
    "cuInit": 0,
    "cuDriverGetVersion": 1,
    "cuDeviceGetCount": 1,
    "cuDeviceGet": 1,
    "cuDeviceGetName": 1,
    "cuDevicePrimaryCtxRetain": 1,
    "cuDevicePrimaryCtxRelease": 0,
    "cuCtxSetCurrent": 0,
    "cuCtxGetCurrent": 1,
    "cuMemGetInfo": 2,
    "cuMemAlloc": 1,
    "cuMemFree": 0,
    "cuMemHostAlloc": 1,
    "cuMemFreeHost": 0,
    "cuMemcpyHtoDAsync": 0,
    "cuMemcpyDtoHAsync": 0,
    "cuStreamCreate": 1,
    "cuStreamDestroy": 0,
    "cuStreamSynchronize": 0,
    "cuStreamWaitEvent": 0,
    "cuEventCreate": 1,
    "cuEventDestroy": 0,
    "cuEventRecord": 0,
    "cuEventSynchronize": 0,
    "cuEventElapsedTime": 1,
    "cuModuleLoadData": 1,
    "cuModuleUnload": 0,
}
"""Calls whose arguments are those of the simulated GPU, with the number of their results."""


class CUmemorytype(enum.IntEnum):
    """Where the ends of a copy lie."""

    CU_MEMORYTYPE_HOST = 1
    CU_MEMORYTYPE_DEVICE = 2


class CUdevice_attribute(enum.IntEnum):  # noqa: N801 - the package's own name
    """What a device is asked."""

    CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR = 75
    CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR = 76


class CUstream_flags(enum.IntEnum):  # noqa: N801 - as above
    """How a stream stands to the default one."""

    CU_STREAM_DEFAULT = 0
    CU_STREAM_NON_BLOCKING = 1


class CUevent_flags(enum.IntEnum):  # noqa: N801 - as above
    """What an event can do."""

    CU_EVENT_DEFAULT = 0
    CU_EVENT_BLOCKING_SYNC = 1
    CU_EVENT_DISABLE_TIMING = 2


class CUDA_MEMCPY2D:  # noqa: N801 - as above
    """A copy of rows; all fields are 0 at first, as the package leaves them."""

    def __init__(self) -> None:
        self.srcMemoryType = self.dstMemoryType = CUmemorytype.CU_MEMORYTYPE_HOST
        self.srcDevice = self.dstDevice = self.srcPitch = self.dstPitch = self.WidthInBytes = self.Height = 0


class nvrtcResult(enum.IntEnum):  # noqa: N801 - as above
    """Statuses of the compiler."""

    NVRTC_SUCCESS = 0
    NVRTC_ERROR_COMPILATION = 6


def driver_module(gpu: SimulatedGpu) -> types.ModuleType:
    """Return what `cuda.bindings.driver` would be on this device."""
    module = types.ModuleType("cuda.bindings.driver")
    for kind in (CUresult, CUmemorytype, CUdevice_attribute, CUstream_flags, CUevent_flags, CUDA_MEMCPY2D):
        setattr(module, kind.__name__, kind)
    for name, results in PLAIN.items():
        setattr(module, name, _told(getattr(gpu, name), results))

    def get_attribute(attribute: CUdevice_attribute, device: int) -> int:
        if not isinstance(attribute, CUdevice_attribute):
            raise TypeError("cuDeviceGetAttribute: attrib must be a CUdevice_attribute")
        return gpu.cuDeviceGetAttribute(int(attribute), device)

    def copy_rows(copy: CUDA_MEMCPY2D, stream: int) -> None:
        if (copy.srcMemoryType, copy.dstMemoryType) != (CUmemorytype.CU_MEMORYTYPE_DEVICE,) * 2:
            raise CudaStatus("cuMemcpy2DAsync", "CUDA_ERROR_INVALID_VALUE")
        sides = (copy.dstDevice, copy.dstPitch, copy.srcDevice, copy.srcPitch, copy.WidthInBytes, copy.Height)
        gpu.cuMemcpy2DAsync(Rows(*(int(side) for side in sides)), stream)

    def get_function(handle: int, name: bytes) -> int:
        return gpu.cuModuleGetFunction(handle, name.decode())

    def launch(function: int, *shape_and_more: Any) -> None:
        *shape, shared, stream, places, extra = shape_and_more
        if shared or extra:
            raise TypeError("cuLaunchKernel: the simulated one takes no shared memory and no extra")
        grid, block = (shape[0], shape[1], shape[2]), (shape[3], shape[4], shape[5])
        # The driver knows from the kernel how large its argument is.
        place = ctypes.cast(places, ctypes.POINTER(ctypes.c_void_p))[0]
        argument = ctypes.string_at(place or 0, gpu.argument_size(function))
        gpu.cuLaunchKernel(Launch(function, grid, block, argument), stream)

    module.cuDeviceGetAttribute = _told(get_attribute, 1)  # type: ignore[attr-defined]
    module.cuMemcpy2DAsync = _told(copy_rows, 0)  # type: ignore[attr-defined]
    module.cuModuleGetFunction = _told(get_function, 1)  # type: ignore[attr-defined]
    module.cuLaunchKernel = _told(launch, 0)  # type: ignore[attr-defined]
    return module


def _told(call: Callable[..., Any], results: int) -> Callable[..., tuple[Any, ...]]:
    def told(*arguments: Any) -> tuple[Any, ...]:
        try:
            result = call(*arguments)
        except CudaStatus as failed:
            return (CUresult[failed.status], *[None] * results)
        if results == 0:
            return (CUresult["CUDA_SUCCESS"],)
        return (CUresult["CUDA_SUCCESS"], *(result if results > 1 else [result]))

    return told


def nvrtc_module(gpu: SimulatedGpu) -> types.ModuleType:
    """Return what `cuda.bindings.nvrtc` would be: sources with `#error` do not compile."""
    module = types.ModuleType("cuda.bindings.nvrtc")
    programs: dict[int, list[bytes]] = {}
    ok, bad = (nvrtcResult.NVRTC_SUCCESS,), (nvrtcResult.NVRTC_ERROR_COMPILATION,)

    def create(source: bytes, name: bytes, headers: int, texts: list[bytes], names: list[bytes]) -> tuple[Any, ...]:
        del name, headers, texts, names
        programs[len(programs) + 1] = [source, b"", b""]
        return (*ok, len(programs))

    def compile_program(program: int, count: int, options: list[bytes]) -> tuple[Any, ...]:
        if count != len(options):
            raise TypeError("nvrtcCompileProgram: numOptions is not the number of options")
        if b"#error" in programs[program][0]:
            programs[program][2] = b'views.cu(1): error: #error directive: "broken"'
            return bad
        chosen = [option.decode().split("=")[1] for option in options if b"--gpu-architecture=" in option]
        programs[program][1] = image_of(programs[program][0].decode(), chosen[0])
        return ok

    def size(index: int) -> Callable[[int], tuple[Any, ...]]:
        return lambda program: (*ok, len(programs[program][index]))

    def text(index: int) -> Callable[[int, bytearray], tuple[Any, ...]]:
        def write(program: int, room: bytearray) -> tuple[Any, ...]:
            np.frombuffer(room, np.uint8)[:] = np.frombuffer(programs[program][index], np.uint8)
            return ok

        return write

    def destroy(program: int) -> tuple[Any, ...]:
        if not programs[program]:
            gpu.fault("nvrtcDestroyProgram a second time")
        programs[program] = []
        return ok

    module.__dict__.update(
        nvrtcResult=nvrtcResult,
        nvrtcVersion=lambda: (*ok, 12, 9),
        nvrtcCreateProgram=create,
        nvrtcCompileProgram=compile_program,
        nvrtcGetCUBINSize=size(1),
        nvrtcGetCUBIN=text(1),
        nvrtcGetProgramLogSize=size(2),
        nvrtcGetProgramLog=text(2),
        nvrtcDestroyProgram=destroy,
    )
    return module
