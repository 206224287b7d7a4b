"""A simulated chip behind a Unix socket. Whoever has the connection open holds the line, as a file of the kernel's.

One order a line of text, each answered by one line: `output 12` and `input 13 0.05` (seconds of debouncing) hold a
line; `1` and `0` set the held output; `drive 13 1` is the world's hand, `ask 12` looks. An input's holder is sent
`edge 1 123456789` (nanoseconds of the monotonic clock).
"""

from __future__ import annotations

import contextlib
import selectors
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from edge.boom.chip import Chip, Seen
from edge.errors import BoomFailed

_LOOK_UP_S = 0.2
_MOST_BYTES = 1024


class Simulator:
    """Serves one chip until told to stop; `on_edge` hears of every edge."""

    def __init__(self, path: Path, on_edge: Callable[[Seen], object] = lambda _seen: None) -> None:
        """Begin to listen.

        Raises:
            BoomFailed: the socket cannot be made.
        """
        self.chip = Chip()
        self._path = path
        self._on_edge = on_edge
        self._told = 0
        self._held: dict[socket.socket, str] = {}
        self._waiting = selectors.DefaultSelector()
        self._door = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            if path.is_socket():
                path.unlink()  # of a simulator that was killed
            self._door.bind(str(path))
            self._door.listen()
        except OSError as error:
            self._door.close()
            raise BoomFailed(f"{path}: {error}; name a free path in a folder that can be written") from error
        self._waiting.register(self._door, selectors.EVENT_READ)

    def run(self, stop: threading.Event) -> None:
        """Serve until `stop` is set; then every line is let go."""
        with self._door, self._waiting:
            try:
                while not stop.is_set():
                    self._step()
            finally:
                for peer in list(self._held):
                    self._lose(peer)
                self._path.unlink(missing_ok=True)

    def _step(self) -> None:
        due_ns = self.chip.due_ns()
        left_s = _LOOK_UP_S if due_ns is None else max(0.0, (due_ns - time.monotonic_ns()) / 1e9)
        for key, _ in self._waiting.select(min(left_s, _LOOK_UP_S)):
            if key.fileobj is self._door:
                peer, _ = self._door.accept()
                peer.settimeout(1.0)
                self._held[peer] = ""
                self._waiting.register(peer, selectors.EVENT_READ)
            elif isinstance(key.fileobj, socket.socket):
                self._hear(key.fileobj)
        for holder, edge in self.chip.settled(time.monotonic_ns()):
            if isinstance(holder, socket.socket):
                _tell(holder, f"edge {int(edge.on)} {edge.mono_ns}")
        self._report()

    def _hear(self, peer: socket.socket) -> None:
        try:
            words = peer.recv(_MOST_BYTES).decode("ascii", "replace")
        except OSError:
            words = ""
        if not words:
            self._lose(peer)
        for order in words.splitlines():
            _tell(peer, self._obey(peer, order.split()))

    def _obey(self, peer: socket.socket, order: list[str]) -> str:
        now_ns = time.monotonic_ns()
        match order:
            case ["output", line]:
                return self._hold(peer, line, now_ns, output=True)
            case ["input", line, debounce_s]:
                return self._hold(peer, line, now_ns, output=False, debounce_s=float(debounce_s))
            case ["1" | "0" as level] if self._held[peer]:
                self.chip.set(self._held[peer], now_ns, on=level == "1")
                return "done"
            case ["drive", line, "1" | "0" as level]:
                self.chip.drive(line, now_ns, on=level == "1")
                return "done"
            case ["ask", line]:
                on, held = self.chip.level(line)
                return f"{int(on)} {'held' if held else 'free'}"
        return "what"

    def _hold(self, peer: socket.socket, line: str, now_ns: int, *, output: bool, debounce_s: float = 0.0) -> str:
        if self._held[peer] or not self.chip.hold(line, peer, now_ns, output=output, debounce_s=debounce_s):
            return "busy"
        self._held[peer] = line
        return f"held {int(self.chip.level(line)[0])}"

    def _lose(self, peer: socket.socket) -> None:
        self._waiting.unregister(peer)
        self._held.pop(peer)
        self.chip.release(peer, time.monotonic_ns())
        peer.close()
        self._report()

    def _report(self) -> None:
        """Tell of the edges since the last call."""
        fresh = self.chip.edges[self._told :]
        self._told += len(fresh)
        for seen in fresh:
            self._on_edge(seen)


def _tell(peer: socket.socket, answer: str) -> None:
    with contextlib.suppress(OSError):  # it has gone: the next look finds that out
        peer.sendall(answer.encode() + b"\n")


@contextmanager
def simulating(path: Path) -> Iterator[Simulator]:
    """Serve a chip in a thread while the context lasts."""
    stop, simulator = threading.Event(), Simulator(path)
    thread = threading.Thread(target=simulator.run, args=(stop,), name="simulated chip", daemon=True)
    thread.start()
    try:
        yield simulator
    finally:
        stop.set()
        thread.join()
