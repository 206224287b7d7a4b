"""Checks of what was given on the command line, before anything is loaded."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterable

from edge.errors import UsageError

_SMALLEST_PX = 32


def check_count(option: str, count: int, what: str) -> None:
    """Refuse a count below 1.

    Raises:
        UsageError: naming the option, the count and what it is no number of.
    """
    if count < 1:
        raise UsageError(f"{option} {count}: is no {what}; give 1 or more")


def leave_out(args: argparse.Namespace, names: Iterable[str], why: str) -> None:
    """Refuse options that would be ignored.

    Raises:
        UsageError: naming those given, after `why`.
    """
    given = [f"--{name}" for name in names if getattr(args, name) is not None]
    if given:
        raise UsageError(f"{why}: leave {', '.join(given)} out")


def input_size(text: str) -> tuple[int, int]:
    """Read a network's input, WIDTHxHEIGHT, for argparse."""
    found = re.fullmatch(r"(\d+)x(\d+)", text)
    if not found:
        raise argparse.ArgumentTypeError(f"{text!r} is not WIDTHxHEIGHT, such as 416x256")
    return int(found[1]), int(found[2])


def size_of(text: str) -> tuple[int, int]:
    """Return the width and height in pixels that `--size WxH` gives.

    Raises:
        UsageError: it is no size, or one too small to show anything.
    """
    width, _, height = text.partition("x")
    if not (width.isdigit() and height.isdigit() and min(int(width), int(height)) >= _SMALLEST_PX):
        raise UsageError(f"--size {text}: not a size; write WIDTHxHEIGHT in pixels, as in 640x384")
    return int(width), int(height)
