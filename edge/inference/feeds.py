"""What engines on the processor do with feeds and runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from edge.ports import DeviceTensor, Feeds


@dataclass(frozen=True, slots=True, eq=False)
class Answered:
    """A run that is over already."""

    answer: Mapping[str, npt.NDArray[Any]]

    def wait(self) -> Mapping[str, npt.NDArray[Any]]:
        """Return every output by name."""
        return self.answer


class AtOnce:
    """What an engine that gains nothing from waiting does when a run is begun: it runs."""

    def infer(self, feeds: Feeds) -> Mapping[str, npt.NDArray[Any]]:
        """Run once; see `ports.Engine.infer`."""
        raise NotImplementedError

    def submit(self, feeds: Feeds) -> Answered:
        """Run now; see `ports.Engine.submit`."""
        return Answered(self.infer(feeds))


def on_host(value: npt.NDArray[Any] | DeviceTensor) -> npt.NDArray[Any]:
    """Return a feed as an array in the processor's memory.

    Raises:
        EngineFailed: the device that holds it failed.
    """
    return value if isinstance(value, np.ndarray) else value.host()
