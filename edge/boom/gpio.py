"""Lines of a GPIO chip through libgpiod 2, the kernel's character device. The only door to `gpiod`."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from types import ModuleType
from typing import TYPE_CHECKING

from edge.config.contacts import Contact
from edge.errors import BoomFailed, ConfigError
from edge.ports import Edge

if TYPE_CHECKING:
    import gpiod

CONSUMER = "edge"
"""What the kernel calls the holder of our lines."""


class GpioOutput:
    """The BoomOutput port over one line."""

    def __init__(self, contact: Contact, *, active_low: bool = False) -> None:
        """Take the line and turn it off.

        Raises:
            BoomFailed: there is no such line, no right to it, or somebody else holds it.
            ConfigError: libgpiod is absent.
        """
        lines = _library()
        self._contact, self._line = contact, _line_of(contact)
        self._on, self._off = lines.line.Value.ACTIVE, lines.line.Value.INACTIVE
        settings = lines.LineSettings(
            direction=lines.line.Direction.OUTPUT, active_low=active_low, output_value=self._off
        )
        with _failing_as(contact):
            self._request: gpiod.LineRequest | None = lines.request_lines(
                contact.place, {self._line: settings}, consumer=CONSUMER
            )

    def set(self, *, on: bool) -> None:
        if self._request is None:
            raise BoomFailed(f"{self._contact}: it was let go already")
        with _failing_as(self._contact):
            self._request.set_value(self._line, self._on if on else self._off)

    def close(self) -> None:
        request, self._request = self._request, None
        if request is not None:
            with contextlib.suppress(OSError):
                request.set_value(self._line, self._off)
            request.release()


class GpioInput:
    """The BoomInput port over one line; the kernel leaves out bounces."""

    def __init__(self, contact: Contact, *, active_low: bool = False, debounce_s: float = 0.0) -> None:
        """Take the line. Raises as GpioOutput does."""
        lines = _library()
        self._contact, self._line = contact, _line_of(contact)
        self._rising = lines.EdgeEvent.Type.RISING_EDGE
        settings = lines.LineSettings(
            direction=lines.line.Direction.INPUT,
            edge_detection=lines.line.Edge.BOTH,
            active_low=active_low,
            debounce_period=timedelta(seconds=debounce_s),
        )
        with _failing_as(contact):
            self._request: gpiod.LineRequest | None = lines.request_lines(
                contact.place, {self._line: settings}, consumer=CONSUMER
            )
            self._on = self._request.get_value(self._line) is lines.line.Value.ACTIVE

    @property
    def on(self) -> bool:
        return self._on

    def wait(self, timeout_s: float) -> tuple[Edge, ...]:
        if self._request is None:
            raise BoomFailed(f"{self._contact}: it was let go already")
        with _failing_as(self._contact):
            if not self._request.wait_edge_events(timeout_s):
                return ()
            events = self._request.read_edge_events()
        edges = tuple(Edge(event.event_type is self._rising, event.timestamp_ns) for event in events)
        self._on = edges[-1].on if edges else self._on
        return edges

    def close(self) -> None:
        request, self._request = self._request, None
        if request is not None:
            request.release()


def describe(contact: Contact) -> str:
    """Say how a line stands, without taking it. Raises as GpioOutput does."""
    lines = _library()
    with _failing_as(contact), lines.Chip(contact.place) as chip:
        known = chip.get_line_info(_line_of(contact))
    return f"held by {known.consumer}" if known.used else "free, so the boom is left shut"


def _library() -> ModuleType:
    try:
        import gpiod  # noqa: PLC0415 - an extra: a device without a boom has no need of it
        import gpiod.line  # noqa: PLC0415 - as above
    except ImportError as error:
        raise ConfigError(f"boom: libgpiod cannot be used ({error}); pip install 'edge-gate[boom]'") from error
    return gpiod


def _line_of(contact: Contact) -> int | str:
    return int(contact.line) if contact.line.isdecimal() else contact.line


@contextmanager
def _failing_as(contact: Contact) -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError) as error:
        cure = "`gpioinfo` lists the lines; the service's user must be in the group of the chip's device"
        raise BoomFailed(f"boom: {contact}: {error}; {cure}") from error
