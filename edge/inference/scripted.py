"""Stand-ins behind the ports, for tests and rehearsals without a network: they answer what they were told to."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from edge.errors import EngineFailed
from edge.inference.feeds import AtOnce, on_host
from edge.ports import Feeds, Frame, TensorSpec
from edge.types import U8, Detections, PlateRead


class CannedEngine(AtOnce):
    """An Engine with one answer; `answer=None` is a dead one."""

    def __init__(
        self,
        inputs: Sequence[TensorSpec],
        outputs: Sequence[TensorSpec],
        answer: Mapping[str, npt.NDArray[Any]] | None,
        metadata: Mapping[str, str] | None = None,
    ) -> None:
        self.label = "canned"
        self.inputs = tuple(inputs)
        self.outputs = tuple(outputs)
        self.metadata: Mapping[str, str] = metadata or {}
        self._answer = answer
        self.fed: list[Mapping[str, npt.NDArray[Any]]] = []

    def infer(self, feeds: Feeds) -> Mapping[str, npt.NDArray[Any]]:
        """Return the canned answer, held to the contract; see `ports.Engine.infer`."""
        self.fed.append({name: on_host(feed).copy() for name, feed in feeds.items()})
        if self._answer is None:
            raise EngineFailed("canned: the engine is dead, as the script says")
        if {spec.name for spec in self.inputs} != set(feeds):
            raise EngineFailed(f"canned: fed {', '.join(feeds) or 'nothing'}, wants {[s.name for s in self.inputs]}")
        if not all(np.isfinite(array).all() for array in self._answer.values()):
            raise EngineFailed("canned: the answer holds values that are not numbers")
        return self._answer

    def close(self) -> None:
        """Die: every later run fails."""
        self._answer = None


class ScriptedDetector:
    """A Detector that asks `script` what is in each frame."""

    label = "scripted"

    def __init__(self, script: Callable[[Frame], Detections]) -> None:
        self._script = script

    def detect(self, frame: Frame) -> Detections:
        """Return what the script says, surest first."""
        found = self._script(frame)
        return found[np.argsort(-found.confidence, kind="stable")]


class ScriptedReader:
    """A PlateReader that asks `script` what stands in each picture."""

    label = "scripted"

    def __init__(self, script: Callable[[U8], Sequence[PlateRead]]) -> None:
        self._script = script

    def read(self, picture: U8) -> tuple[PlateRead, ...]:
        """Return what the script says, surest first."""
        return tuple(sorted(self._script(picture), key=lambda read: -read.confidence))

    def close(self) -> None:
        """Nothing is held here."""
