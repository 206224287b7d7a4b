"""Which error a status of the CUDA driver becomes."""

from __future__ import annotations

from edge.inference.cuda.driver import CudaFailed, DeviceFull, DeviceLost

FULL = frozenset({"CUDA_ERROR_OUT_OF_MEMORY"})

LOST = frozenset(
    {
        "CUDA_ERROR_DEINITIALIZED",
        "CUDA_ERROR_DEVICE_UNAVAILABLE",
        "CUDA_ERROR_ECC_UNCORRECTABLE",
        "CUDA_ERROR_NVLINK_UNCORRECTABLE",
        "CUDA_ERROR_CONTAINED",
        "CUDA_ERROR_ILLEGAL_ADDRESS",
        "CUDA_ERROR_LAUNCH_TIMEOUT",
        "CUDA_ERROR_CONTEXT_IS_DESTROYED",
        "CUDA_ERROR_ASSERT",
        "CUDA_ERROR_HARDWARE_STACK_ERROR",
        "CUDA_ERROR_ILLEGAL_INSTRUCTION",
        "CUDA_ERROR_MISALIGNED_ADDRESS",
        "CUDA_ERROR_INVALID_ADDRESS_SPACE",
        "CUDA_ERROR_INVALID_PC",
        "CUDA_ERROR_LAUNCH_FAILED",
        "CUDA_ERROR_TENSOR_MEMORY_LEAK",
        "CUDA_ERROR_EXTERNAL_DEVICE",
    }
)
"""Of these cuda.h says that the process must be ended to use CUDA again, or nothing is left to go on with."""

CURES = {
    "CUDA_ERROR_NO_DEVICE": "the driver sees no GPU: look at `nvidia-smi`, and at CUDA_VISIBLE_DEVICES",
    "CUDA_ERROR_SYSTEM_DRIVER_MISMATCH": "driver and kernel module are of two versions: restart the machine",
    "CUDA_ERROR_NO_BINARY_FOR_GPU": "it was compiled for another GPU: run `edge models build --force`",
    "CUDA_ERROR_UNSUPPORTED_PTX_VERSION": "the compiler is newer than the driver: update the driver",
}
OTHERWISE = "restart the service; if it comes again, `dmesg` says what the driver thinks"


def failure(call: str, status: str) -> CudaFailed:
    """Return the error to raise for a status other than success."""
    if status in FULL:
        return DeviceFull(call, status, "the GPU has no memory left: use smaller networks or fewer cameras")
    if status in LOST:
        return DeviceLost(call, status, "this process cannot use the GPU any more: restart the service and see `dmesg`")
    return CudaFailed(call, status, CURES.get(status, OTHERWISE))
