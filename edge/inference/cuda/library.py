"""libcuda.so.1, the driver's own library, for the few calls that the bindings leave out."""

from __future__ import annotations

import ctypes
from typing import Any

from edge.errors import ModelError

NAME = "libcuda.so.1"


def driver_library() -> Any:
    """Load and return it; it comes with the driver, so it is what tells that there is one.

    Raises:
        ModelError: there is no NVIDIA driver here.
    """
    try:
        return ctypes.CDLL(NAME)
    except OSError as failed:
        raise ModelError(
            f"CUDA: there is no NVIDIA driver here ({failed}): flash JetPack, or install the driver; "
            "without a GPU set models.engine = onnxruntime"
        ) from failed
