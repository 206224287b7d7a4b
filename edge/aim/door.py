"""Where pages are served: the listening socket, its address, and the names it may be called by."""

from __future__ import annotations

import errno
import ipaddress
import os
import socket
from dataclasses import dataclass

from edge.errors import UsageError

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class Door:
    """A listening socket and the address to open. `local`: only this machine can reach it."""

    listener: socket.socket
    url: str
    names: frozenset[str]
    local: bool

    def known(self, name: str) -> bool:
        """Tell whether a browser may call this server by `name`, whatever the port: it may come through a tunnel."""
        return name in self.names or (not self.local and is_address(name))


def open_door(address: str, port: int, where: str = "--serve-on", which: str = "--serve") -> Door:
    """Listen on `address`; `port` 0 takes a free one. `where` and `which` are the options that gave them.

    Raises:
        UsageError: the port is in use or not allowed, or the address is none of this machine.
    """
    try:
        found = socket.getaddrinfo(address, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        listener = socket.create_server(found[0][4][:2], family=found[0][0], backlog=32)
    except socket.gaierror as error:
        raise UsageError(f"{where} {address}: {error.strerror}; give an address of this machine") from None
    except OSError as error:
        place, cure = f"{where} {address} {which} {port}", "give an address of this machine and a free port"
        if error.errno == errno.EADDRINUSE:
            place, cure = f"{which} {port}", f"end what uses it, give another port, or {which} 0 for a free one"
        raise UsageError(f"{place}: {os.strerror(error.errno or 0).lower()}; {cure}") from None
    bound, port = listener.getsockname()[:2]
    ip = ipaddress.ip_address(bound)
    host = socket.gethostname() if ip.is_unspecified else str(ip)
    names = {host.lower(), address.lower()}
    if ip.is_loopback or ip.is_unspecified:
        names |= LOOPBACK
    url = f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"
    return Door(listener, url, frozenset(names), ip.is_loopback)


def is_address(name: str) -> bool:
    """Tell whether a host name is an IP address, which no name server can make lead elsewhere."""
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
