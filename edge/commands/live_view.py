"""`edge watch --serve`: its options, and the page beside the analysis."""

from __future__ import annotations

import argparse
import sys
from contextlib import ExitStack
from typing import TYPE_CHECKING

from edge.errors import UsageError

if TYPE_CHECKING:
    from edge.aim.live import LiveView, Showing
    from edge.runtime import Analysis

PORT = 8321
LOOPBACK = "127.0.0.1"
_LAST_PORT = 65535


def add_live_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the options."""
    parser.add_argument(
        "--serve",
        type=port_of,
        nargs="?",
        const=PORT,
        metavar="PORT",
        help=f"show it live on a page for this machine's browser (port {PORT} unless given, 0 takes a free one)",
    )
    parser.add_argument(
        "--serve-on", metavar="ADDRESS", help=f"serve the page there instead of on {LOOPBACK}; it has no password"
    )


def open_live(args: argparse.Namespace, stack: ExitStack) -> LiveView | None:
    """Return the page that was asked for, its port taken; `stack` closes it. None when none was asked for.

    Raises:
        UsageError: --serve-on without --serve, the web extra is missing, or the port cannot be had.
    """
    if args.serve is None:
        if args.serve_on is not None:
            raise UsageError(f"--serve-on {args.serve_on}: there is nothing to serve without --serve; add it")
        return None
    from edge.aim import open_live_view

    return stack.enter_context(open_live_view(args.serve_on or LOOPBACK, args.serve))


def begin_live(live: LiveView, analysis: Analysis, source: str) -> Showing:
    """Open the page and say where it is."""
    from edge.capture.address import parse_address
    from edge.tally import event_text

    showing = live.begin(parse_address(source).shown, analysis, event_text)
    _say(f"live view at {live.url}")
    if not live.local:
        _say(
            "the live view has no password: whoever reaches this address sees the picture; --serve alone keeps it here"
        )
    return showing


def port_of(text: str) -> int:
    """Read a port, 0 to 65535, for argparse."""
    if not text.isdecimal() or int(text) > _LAST_PORT:
        raise argparse.ArgumentTypeError(f"{text} is no port; give 0 to {_LAST_PORT}, and SOURCE before --serve")
    return int(text)


def _say(text: str) -> None:
    print(f"edge: {text}", file=sys.stderr, flush=True)
