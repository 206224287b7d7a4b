"""libcuda.so.1 as ctypes sees it, on the simulated GPU: what the bindings do not offer is called there directly."""

from __future__ import annotations

import ctypes
from typing import Any

from tests.simulated.gpu import SimulatedGpu
from tests.simulated.statuses import STATUSES, CudaStatus

NAMES_BY_NUMBER = {number: (name, words) for name, (number, words) in STATUSES.items()}


class FakeLibcuda:
    """The functions as attributes; each returns the number of its status. Results go through `ctypes.byref`."""

    def __init__(self, gpu: SimulatedGpu) -> None:
        self._gpu = gpu

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(f"{name}: not simulated")
        method = getattr(self, f"_{name}")

        def call(*arguments: Any) -> int:
            try:
                method(*arguments)
            except CudaStatus as failed:
                return failed.number
            return 0

        return call

    def _cuCtxSetCurrent(self, context: Any) -> None:  # noqa: N802 - the driver's names
        self._gpu.cuCtxSetCurrent(_integer(context))

    def _cuGraphicsEGLRegisterImage(self, resource: Any, image: Any, flags: int) -> None:  # noqa: N802 - as above
        resource._obj.value = self._gpu.cuGraphicsEGLRegisterImage(_integer(image), flags)

    def _cuGraphicsResourceGetMappedEglFrame(self, frame: Any, resource: Any, *where: int) -> None:  # noqa: N802
        told = self._gpu.cuGraphicsResourceGetMappedEglFrame(_integer(resource), *where)
        ctypes.memmove(ctypes.byref(frame._obj), bytes(told), ctypes.sizeof(frame._obj))

    def _cuGraphicsUnregisterResource(self, resource: Any) -> None:  # noqa: N802 - as above
        self._gpu.cuGraphicsUnregisterResource(_integer(resource))

    def _cuGetErrorName(self, status: int, text: Any) -> None:  # noqa: N802 - as above
        text._obj.value = _known(status)[0].encode()

    def _cuGetErrorString(self, status: int, text: Any) -> None:  # noqa: N802 - as above
        text._obj.value = _known(status)[1].encode()


def _integer(value: Any) -> int:
    return int(value.value or 0) if isinstance(value, ctypes._SimpleCData) else int(value)


def _known(status: int) -> tuple[str, str]:
    if status not in NAMES_BY_NUMBER:
        raise CudaStatus("cuGetErrorName", "CUDA_ERROR_INVALID_VALUE")
    return NAMES_BY_NUMBER[status]
