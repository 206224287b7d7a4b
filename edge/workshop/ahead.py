"""Prepare what the network will want next while it works."""

from __future__ import annotations

import queue
import threading
from typing import TYPE_CHECKING, TypeVar

import cv2

from edge.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

AHEAD = 4  # batches prepared while the network works
Made = TypeVar("Made")


def ahead(make: Callable[[int], Made], steps: range) -> Iterator[Made]:
    """Yield `make(step)` for every step, made by one thread of its own; what it raises is raised here."""
    ready: queue.Queue[Made | Exception | None] = queue.Queue(AHEAD)
    stop = threading.Event()
    maker = threading.Thread(target=_prepare, args=(ready, stop, make, steps), name="batches", daemon=True)
    maker.start()
    try:
        while (item := ready.get()) is not None:
            if isinstance(item, Exception):
                raise item
            yield item
    finally:
        stop.set()
        while maker.is_alive():
            try:
                ready.get(timeout=0.1)
            except queue.Empty:
                continue


def _prepare(
    ready: queue.Queue[Made | Exception | None], stop: threading.Event, make: Callable[[int], Made], steps: range
) -> None:
    try:
        for step in steps:
            if stop.is_set():
                return
            ready.put(make(step))
    except (ConfigError, cv2.error, ValueError) as error:  # told to the thread that trains, which ends the command
        ready.put(error)
    ready.put(None)
