"""A server that answers CONNECT with whatever bytes a test wants, and listens on."""

from __future__ import annotations

import contextlib
import socket
import threading
from types import TracebackType

CONNACK_5 = b"\x20\x03\x00\x00\x00"


class ScriptedServer:
    """Sends `answer` after each client's first packet; closes then when `closes`. `seen` holds each first packet."""

    def __init__(self, answer: bytes, *, closes: bool = False) -> None:
        self.answer = answer
        self.closes = closes
        self.seen: list[bytes] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._peers: list[socket.socket] = []
        self._thread = threading.Thread(target=self._serve, daemon=True)

    @property
    def url(self) -> str:
        return f"mqtt://127.0.0.1:{self._listener.getsockname()[1]}"

    def __enter__(self) -> ScriptedServer:  # noqa: PYI034 - typing has Self from 3.11 on
        """Listen."""
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Hang up."""
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(5)
        for peer in self._peers:
            peer.close()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                peer, _ = self._listener.accept()
                self._peers.append(peer)
                self.seen.append(peer.recv(4096))
                peer.sendall(self.answer)
                if self.closes:
                    peer.close()
