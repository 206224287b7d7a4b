"""Which binding the GPU is reached through."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec

from edge.errors import ModelError
from edge.inference.cuda import library
from edge.inference.cuda.driver import Cuda


def open_cuda() -> Cuda:
    """Open the GPU through pycuda, or through cuda-bindings where pycuda is absent; one that fails is told.

    Every caller gets one of its own to close; all of a process share the device's primary context, so addresses,
    streams and events of one are good in the others.

    Raises:
        ModelError: there is no driver, no binding, or the binding does not load.
        CudaFailed: the driver refuses the device.
    """
    driver = library.driver_library()
    if has("pycuda"):
        from edge.inference.cuda.through_pycuda import ThroughPycuda  # noqa: PLC0415 - imports what may be absent

        try:
            return ThroughPycuda(driver)
        except ImportError as failed:
            raise ModelError(f"CUDA: pycuda does not load ({failed}): build it for this Python and CUDA") from failed
    if has("cuda.bindings"):
        from edge.inference.cuda.through_bindings import ThroughBindings  # noqa: PLC0415 - as above

        try:
            return ThroughBindings(_version("cuda-bindings"))
        except ImportError as failed:
            raise ModelError(f"CUDA: cuda-bindings does not load ({failed}): install it anew") from failed
    raise ModelError(
        "CUDA: there is a driver and no binding to it: install pycuda, or cuda-bindings of the CUDA version installed"
    )


def has(package: str) -> bool:
    """Say whether a package is installed, without loading it."""
    try:
        return find_spec(package) is not None
    except (ModuleNotFoundError, ValueError):
        # The package around it is absent, or it is in sys.modules without a specification.
        return False


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "of unknown version"
