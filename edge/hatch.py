"""The hatch: a Unix socket beside the store, where the running service takes an order and answers when it is recorded.

One process writes the store, so whoever wants something written asks it here. Only the service's own user and root get
in. One order a connection: the client writes it, closes its side, reads the answer to its end.
"""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from edge.errors import StoreFailed
from edge.logs import get_log

OWNER_ONLY = 0o600
MOST_BYTES = 16_384
"""Longest order and longest answer."""
ASK_S = 2.0
"""How long a client may take to say what it wants."""
ANSWER_S = 30.0
"""How long the service may take to answer: behind a retention step on a slow disk, or behind other clients."""
_LOOK_UP_S = 0.2
_log = get_log("hatch")


def beside(store: Path) -> Path:
    """Return where the socket of a store lies."""
    return store.with_name(f"{store.name}.sock")


class Hatch:
    """Answers orders in a thread of its own until closed; to be opened by the process that has the store alone."""

    def __init__(self, path: Path, answer: Callable[[bytes], bytes]) -> None:
        """Begin to listen.

        Raises:
            StoreFailed: the socket cannot be made.
        """
        self._path = path
        self._answer = answer
        self._stop = threading.Event()
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            if path.is_socket():
                path.unlink()  # of a service that was killed: the store is ours now, and so is its socket
            with _within_reach(path) as address:
                self._socket.bind(address)
            path.chmod(OWNER_ONLY)  # before anybody can connect
            self._socket.listen(4)
        except OSError as error:
            self._socket.close()
            raise StoreFailed(
                f"{path}: {error.strerror}; its folder must be writable by the service's user and the name free"
            ) from error
        self._socket.settimeout(_LOOK_UP_S)
        self._thread = threading.Thread(target=self._serve, name="hatch", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Finish the order at hand, take no more; may be called twice."""
        self._stop.set()
        self._thread.join()
        self._path.unlink(missing_ok=True)

    def _serve(self) -> None:
        with self._socket:
            while not self._stop.is_set():
                try:
                    client, _ = self._socket.accept()
                except TimeoutError:
                    continue
                with client:
                    self._serve_one(client)

    def _serve_one(self, client: socket.socket) -> None:
        try:
            client.sendall(self._answer(_read_all(client, ASK_S)))
        except OSError as error:
            _log.warning("%s: an order was not heard to its end, or its answer not read: %s", self._path, error)


def ask(path: Path, order: bytes) -> bytes | None:
    """Return the service's answer to an order, None when no service listens at `path`.

    Raises:
        StoreFailed: it listens and does not answer, or not to this user.
    """
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as service:
        service.settimeout(ANSWER_S)
        try:
            with _within_reach(path) as address:
                service.connect(address)
        except (FileNotFoundError, ConnectionRefusedError):  # never made, or left by a service that was killed
            return None
        except OSError as error:
            raise StoreFailed(f"{path}: {error.strerror}; ask as root or as the user that runs the service") from error
        try:
            service.sendall(order)
            service.shutdown(socket.SHUT_WR)
            answer = _read_all(service, ANSWER_S)
        except OSError as error:
            raise StoreFailed(f"{path}: no answer: {error}; look whether it was done before you ask again") from error
    if not answer:
        raise StoreFailed(f"{path}: the service stopped before it answered; look whether it was done, and ask again")
    return answer


def _read_all(peer: socket.socket, patience_s: float) -> bytes:
    """Read until the other side closes. Raises OSError when that takes too long or is too much."""
    until, parts, size = time.monotonic() + patience_s, list[bytes](), 0
    while size <= MOST_BYTES:
        peer.settimeout(max(until - time.monotonic(), 0.001))
        part = peer.recv(MOST_BYTES)
        if not part:
            return b"".join(parts)
        parts.append(part)
        size += len(part)
    raise OSError(f"more than {MOST_BYTES} bytes")


@contextmanager
def _within_reach(path: Path) -> Iterator[str]:
    """Give a short name for a socket: the kernel takes no more than 107 bytes, and folders can be deep."""
    folder = os.open(path.parent, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)
