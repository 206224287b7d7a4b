"""Placeholder: the GStreamer adapter arrives with its rows of elements; until then it says so."""

from __future__ import annotations

from edge.capture.address import Address
from edge.capture.framing import Order
from edge.errors import ConfigError
from edge.ports import Frame, SourceSpec


class GstSource:
    """The FrameSource port over GStreamer."""

    def __init__(self, address: Address, order: Order) -> None:
        del order
        self._address = address

    def open(self) -> SourceSpec:
        raise ConfigError(f"{self._address.shown}: GStreamer capture is not built in yet; set backend = pyav")

    def read(self, timeout_s: float) -> Frame:
        raise ConfigError(
            f"{self._address.shown}: GStreamer capture is not built in yet; set backend = pyav ({timeout_s})"
        )

    def close(self) -> None:
        pass
