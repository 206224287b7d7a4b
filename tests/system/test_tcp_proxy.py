"""The proxy that the tests trust to make links bad."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator

import pytest

from tests.system.tcp_proxy import TcpProxy


@pytest.fixture
def echo_port() -> Iterator[int]:
    server = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                peer, _ = server.accept()
            except OSError:
                return
            threading.Thread(target=_echo, args=(peer,), daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    yield server.getsockname()[1]
    server.shutdown(socket.SHUT_RDWR)
    server.close()


def _echo(peer: socket.socket) -> None:
    with peer:
        try:
            while chunk := peer.recv(4096):
                peer.sendall(chunk)
        except OSError:
            return


def _ended(line: socket.socket) -> bool:
    try:
        return line.recv(100) == b""
    except ConnectionError:
        return True


def test_what_goes_in_comes_back(echo_port: int) -> None:
    with TcpProxy(echo_port) as proxy, socket.create_connection(("127.0.0.1", proxy.port), timeout=5) as line:
        line.sendall(b"hello")
        assert line.recv(100) == b"hello"
        assert proxy.connections == 1


def test_a_delay_is_at_least_as_long_as_asked_for(echo_port: int) -> None:
    with TcpProxy(echo_port) as proxy, socket.create_connection(("127.0.0.1", proxy.port), timeout=5) as line:
        proxy.delay_s = 0.1
        before = time.monotonic()
        line.sendall(b"hello")
        assert line.recv(100) == b"hello"
        assert time.monotonic() - before >= 0.2


def test_a_frozen_line_says_nothing_and_goes_on_when_thawed(echo_port: int) -> None:
    with TcpProxy(echo_port) as proxy, socket.create_connection(("127.0.0.1", proxy.port), timeout=0.3) as line:
        proxy.frozen = True
        line.sendall(b"hello")
        with pytest.raises(TimeoutError):
            line.recv(100)
        proxy.frozen = False
        line.settimeout(5)
        assert line.recv(100) == b"hello"


def test_a_cut_ends_the_connection_and_the_next_one_works(echo_port: int) -> None:
    with TcpProxy(echo_port) as proxy:
        with socket.create_connection(("127.0.0.1", proxy.port), timeout=5) as line:
            line.sendall(b"hello")
            line.recv(100)
            proxy.cut()
            assert _ended(line)
        with socket.create_connection(("127.0.0.1", proxy.port), timeout=5) as line:
            line.sendall(b"again")
            assert line.recv(100) == b"again"
