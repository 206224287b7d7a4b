"""One run at a time of an engine: its context, its stream, and a place for every tensor on both sides."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from edge.errors import EngineFailed
from edge.ports import DeviceTensor, Feeds, TensorSpec

if TYPE_CHECKING:
    import tensorrt as trt

    from edge.inference.cuda.driver import Cuda, Pinned
    from edge.inference.trt.runtime import Messages


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """Where one tensor stands: on the device, and in page-locked memory of the host."""

    spec: TensorSpec
    size: int
    address: int
    pinned: Pinned


class Slot:
    """Takes one run, and keeps what belongs to it until it is collected.

    Args:
        engine: what runs; the slot makes a context of its own.
        cuda: where it runs.
        specs: the inputs and the outputs.
        messages: what TensorRT says.
        name: of the engine, for messages.
    """

    def __init__(
        self,
        engine: trt.ICudaEngine,
        cuda: Cuda,
        specs: tuple[tuple[TensorSpec, ...], tuple[TensorSpec, ...]],
        messages: Messages,
        name: str,
    ) -> None:
        self._cuda, self._messages, self._name = cuda, messages, name
        self._context: trt.IExecutionContext | None = engine.create_execution_context()
        if self._context is None:
            raise EngineFailed(f"{name}: no room for another run ({messages.take()}): close what else uses the GPU")
        self._kept: list[DeviceTensor] = []
        with ExitStack() as stack:
            stack.callback(self._leave)
            self._stream = cuda.stream()
            stack.callback(cuda.end_stream, self._stream)
            self._inputs, self._outputs = (tuple(self._placed(spec, stack) for spec in side) for side in specs)
            self._ends = stack.pop_all()

    def begin(self, feeds: Feeds) -> None:
        """Put a run on the stream: inputs in, network, outputs out. The caller's arrays may be changed afterwards."""
        context = self._context
        if context is None:
            raise EngineFailed(f"{self._name}: the engine is closed: open it again")
        self._cuda.attach()
        for place in self._inputs:
            self._bind(context, place.spec.name, self._fed(place, feeds[place.spec.name]))
        for place in self._outputs:
            self._bind(context, place.spec.name, place.address)
        if not context.execute_async_v3(self._stream):
            said = self._messages.take()
            self._cuda.synchronise(self._stream)  # a device that is lost says so itself, and by its name
            raise EngineFailed(
                f"{self._name}: TensorRT did not begin a run ({said}): restart, or build the engine anew"
            )
        for place in self._outputs:
            self._cuda.download(place.pinned, place.address, place.size, self._stream)

    def warm(self) -> None:
        """Run once on zeros: the driver loads a kernel when it is first launched, and the first frame must not wait."""
        self.begin({place.spec.name: np.zeros(place.spec.shape, place.spec.dtype) for place in self._inputs})
        self._cuda.synchronise(self._stream)

    def collect(self) -> Mapping[str, npt.NDArray[Any]]:
        """Wait for the run and return its outputs, in arrays of their own.

        Raises:
            EngineFailed: the device failed, or an output holds values that are not numbers.
        """
        try:
            self._cuda.synchronise(self._stream)
        finally:
            self._kept.clear()
        return {place.spec.name: self._read(place) for place in self._outputs}

    def close(self) -> None:
        """Let the context go, then what it worked with; the stream must not be at work."""
        self._leave()
        self._kept.clear()
        self._ends.close()

    def _leave(self) -> None:
        """Let the context go: it is destroyed when nobody refers to it, and looks for a current context of CUDA's."""
        try:
            self._cuda.attach()
        finally:
            self._context = None

    def _placed(self, spec: TensorSpec, stack: ExitStack) -> Place:
        size = int(np.prod(spec.shape, dtype=np.int64)) * np.dtype(spec.dtype).itemsize
        address = self._cuda.allocate(size)
        stack.callback(self._cuda.free, address)
        pinned = self._cuda.pin(size)
        stack.callback(self._cuda.unpin, pinned)
        return Place(spec, size, address, pinned)

    def _fed(self, place: Place, value: npt.NDArray[Any] | DeviceTensor) -> int:
        """Return where on the device an input stands; one in host memory is copied there in the stream's turn."""
        spec = place.spec
        if tuple(value.shape) != spec.shape or str(value.dtype) != spec.dtype:
            raise EngineFailed(
                f"{self._name}: input {spec.name} is {tuple(value.shape)} {value.dtype}, the engine takes {spec.shape} "
                f"{spec.dtype}: feed it what it takes"
            )
        if not isinstance(value, np.ndarray):
            value.ready(self._stream)
            self._kept.append(value)  # its memory is used again when nobody refers to it
            return value.address
        place.pinned.octets[: place.size] = np.ascontiguousarray(value).reshape(-1).view(np.uint8)
        self._cuda.upload(place.address, place.pinned, place.size, self._stream)
        return place.address

    def _bind(self, context: trt.IExecutionContext, name: str, address: int) -> None:
        if not context.set_tensor_address(name, address):
            raise EngineFailed(f"{self._name}: TensorRT does not take {name} ({self._messages.take()}): build it anew")

    def _read(self, place: Place) -> npt.NDArray[Any]:
        octets = place.pinned.octets[: place.size].copy()
        answer: npt.NDArray[Any] = octets.view(place.spec.dtype).reshape(place.spec.shape)
        if answer.dtype.kind == "f" and not np.isfinite(answer).all():
            raise EngineFailed(
                f"{self._name}: output {place.spec.name} holds values that are not numbers: check the model, or use "
                "another precision"
            )
        return answer
