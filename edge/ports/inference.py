"""What networks are asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy.typing as npt

from edge.ports.capture import Frame
from edge.ports.device import DeviceTensor
from edge.types import Detections


@dataclass(frozen=True, slots=True)
class TensorSpec:
    """Name, shape (-1 where free) and numpy dtype name of one input or output of an engine."""

    name: str
    shape: tuple[int, ...]
    dtype: str


Feeds = Mapping[str, "npt.NDArray[Any] | DeviceTensor"]
"""Inputs by name: C-contiguous arrays, or tensors that are in device memory already."""


class Pending(Protocol):
    """A run that was begun."""

    def wait(self) -> Mapping[str, npt.NDArray[Any]]:
        """Return every output by name, in arrays of the caller's own; may be called once.

        Raises:
            EngineFailed: no answer, or an answer with values that are not numbers.
        """
        ...


class Engine(Protocol):
    """A compiled network. One caller at a time, from any thread."""

    @property
    def label(self) -> str:
        """Runtime and device, as `doctor` prints them: `onnxruntime 1.23 cpu`."""
        ...

    @property
    def inputs(self) -> tuple[TensorSpec, ...]: ...
    @property
    def outputs(self) -> tuple[TensorSpec, ...]: ...
    @property
    def metadata(self) -> Mapping[str, str]:
        """Return what the model file says of itself (ONNX metadata properties)."""
        ...

    def infer(self, feeds: Feeds) -> Mapping[str, npt.NDArray[Any]]:
        """Run once and wait; see `submit`."""
        ...

    def submit(self, feeds: Feeds) -> Pending:
        """Begin a run. Several may be under way: they are waited for in the order they were begun.

        Raises:
            EngineFailed: it cannot be begun.
        """
        ...

    def close(self) -> None:
        """Let go of device memory; may be called twice."""
        ...


class Detector(Protocol):
    """Objects in a frame."""

    @property
    def label(self) -> str: ...

    def detect(self, frame: Frame) -> Detections:
        """Return what is in the frame, in its display pixels, above the model card's threshold, best first.

        Raises:
            EngineFailed: passed on from the engine.
        """
        ...
