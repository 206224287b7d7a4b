"""What networks are asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy.typing as npt

from edge.ports.capture import Frame
from edge.types import Detections


@dataclass(frozen=True, slots=True)
class TensorSpec:
    """Name, shape (-1 where free) and numpy dtype name of one input or output of an engine."""

    name: str
    shape: tuple[int, ...]
    dtype: str


class Engine(Protocol):
    """A compiled network. One caller at a time."""

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

    def infer(self, feeds: Mapping[str, npt.NDArray[Any]]) -> Mapping[str, npt.NDArray[Any]]:
        """Run once; returns every output by name.

        Raises:
            EngineFailed: no answer, or an answer with values that are not numbers.
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
