"""What the service tells systemd: ready, alive, stopping. The protocol of sd_notify(3), a datagram to a socket."""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping

from edge.logs import get_log

_log = get_log("systemd")


def ready(status: str = "") -> bool:
    """Say that start-up is over; see `send` for what is returned."""
    return send("READY=1", *([f"STATUS={status}"] if status else []))


def alive() -> bool:
    """Feed the watchdog. Call it from what must not hang, not from a thread that lives whatever happens."""
    return send("WATCHDOG=1")


def status(text: str) -> bool:
    """Tell one line that `systemctl status` shows."""
    return send(f"STATUS={text}")


def stopping() -> bool:
    """Say that the end has begun."""
    return send("STOPPING=1")


def extend_start(seconds: float) -> bool:
    """Ask for more time to start, counted from now: an engine is being built."""
    return send(f"EXTEND_TIMEOUT_USEC={round(seconds * 1e6)}")


def send(*lines: str, environ: Mapping[str, str] = os.environ) -> bool:
    """Send `NAME=VALUE` lines; True when systemd took them, False when nobody listens (not started by systemd)."""
    address = environ.get("NOTIFY_SOCKET", "")
    if not address:
        return False
    # A leading @ stands for the NUL byte of Linux's abstract namespace.
    place = "\0" + address[1:] if address.startswith("@") else address
    text = "\n".join(line.replace("\n", " ") for line in lines)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as wire:
        try:
            wire.sendto(text.encode(), place)
        except OSError as error:
            _log.warning("cannot tell systemd %s: %s; it may restart the service", lines[0], error)
            return False
    return True


def watchdog_period_s(environ: Mapping[str, str] = os.environ) -> float | None:
    """Return how often `alive` must be called, half of WatchdogSec=; None when there is no watchdog."""
    try:
        limit_us = int(environ.get("WATCHDOG_USEC", ""))
        owner = int(environ.get("WATCHDOG_PID", os.getpid()))
    except ValueError:
        return None
    return limit_us / 2e6 if limit_us > 0 and owner == os.getpid() else None
