"""Lines of a simulated chip (edge/boom/simulator.py), as the ports want them. On is on: no line is active low."""

from __future__ import annotations

import socket

from edge.config.contacts import Contact
from edge.errors import BoomFailed
from edge.ports import Edge

_ANSWER_S = 2.0


class _Wire:
    """One connection, spoken in lines of text."""

    def __init__(self, contact: Contact) -> None:
        self.contact = contact
        self._rest = b""
        self._peer = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            self._peer.connect(contact.place)
        except OSError as error:
            self._peer.close()
            raise self.failure(f"{error}; start it: edge boom simulate {contact.place}") from error

    def failure(self, why: str) -> BoomFailed:
        """Return an error of this line."""
        return BoomFailed(f"boom: {self.contact}: {why}")

    def ask(self, order: str) -> list[str]:
        """Return the words of the answer to an order. Raises BoomFailed."""
        try:
            self._peer.sendall(order.encode() + b"\n")
        except OSError as error:
            raise self.failure(f"{error}; the simulated chip has gone") from error
        answer = self.read(_ANSWER_S)
        if answer is None:
            raise self.failure("no answer; the simulated chip hangs")
        return answer

    def read(self, timeout_s: float) -> list[str] | None:
        """Return the words of the next line, None when none comes in time. Raises BoomFailed."""
        while b"\n" not in self._rest:
            self._peer.settimeout(max(timeout_s, 1e-3))
            try:
                part = self._peer.recv(1024)
            except TimeoutError:
                return None
            except OSError as error:
                raise self.failure(f"{error}; it was let go") from error
            if not part:
                raise self.failure("the simulated chip has gone")
            self._rest += part
        line, _, self._rest = self._rest.partition(b"\n")
        return line.decode().split()

    def hold(self, order: str) -> bool:
        """Take the line and return how it stands. Raises BoomFailed: somebody has it."""
        match self.ask(order):
            case ["held", level]:
                return level == "1"
        self.close()
        raise self.failure("somebody else holds it; one service drives one boom")

    def close(self) -> None:
        self._peer.close()


class SimulatedOutput:
    """The BoomOutput port over one line."""

    def __init__(self, contact: Contact) -> None:
        """Take the line and turn it off. Raises BoomFailed: there is no chip, or somebody else holds the line."""
        self._wire = _Wire(contact)
        self._wire.hold(f"output {contact.line}")

    def set(self, *, on: bool) -> None:
        if self._wire.ask(str(int(on))) != ["done"]:
            raise self._wire.failure("it was not set")

    def close(self) -> None:
        self._wire.close()


class SimulatedInput:
    """The BoomInput port over one line."""

    def __init__(self, contact: Contact, *, debounce_s: float = 0.0) -> None:
        """Take the line. Raises as SimulatedOutput does."""
        self._wire = _Wire(contact)
        self._on = self._wire.hold(f"input {contact.line} {debounce_s}")

    @property
    def on(self) -> bool:
        return self._on

    def wait(self, timeout_s: float) -> tuple[Edge, ...]:
        match self._wire.read(timeout_s):
            case ["edge", level, mono_ns]:
                self._on = level == "1"
                return (Edge(self._on, int(mono_ns)),)
        return ()

    def close(self) -> None:
        self._wire.close()


def drive(contact: Contact, *, on: bool) -> None:
    """Put an input on or off, as the world does. Raises BoomFailed: there is no chip."""
    _once(contact, f"drive {contact.line} {int(on)}")


def describe(contact: Contact) -> str:
    """Say how a line stands, without taking it. Raises BoomFailed: there is no chip."""
    level, held = _once(contact, f"ask {contact.line}")
    return f"{'on' if level == '1' else 'off'}, {held} (simulated)"


def _once(contact: Contact, order: str) -> list[str]:
    wire = _Wire(contact)
    try:
        return wire.ask(order)
    finally:
        wire.close()
