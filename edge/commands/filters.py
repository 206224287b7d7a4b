"""What the listings of events and visits share: which ones are asked for, and what stands below them."""

from __future__ import annotations

import argparse
import json
import re
from datetime import tzinfo
from typing import TYPE_CHECKING

from edge.errors import UsageError

if TYPE_CHECKING:
    from edge.store.wanted import Wanted

LISTED = 50
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_AGO = re.compile(r"([0-9]{1,6})([smhdw])")
TIME = "TIME: 2026-03-04, 2026-03-04T17:59, with or without an offset, or so long ago: 90s 15m 12h 7d 2w"


def add_filters(parser: argparse.ArgumentParser) -> None:
    """Describe which ones are asked for."""
    parser.add_argument("--since", metavar="TIME", help=f"from then on; {TIME}")
    parser.add_argument("--until", metavar="TIME", help="before then")
    parser.add_argument(
        "--plate", default="", metavar="TEXT", help="any part of a plate; only letters and digits count"
    )
    parser.add_argument("--camera", default="", metavar="ID", help="of this camera")
    parser.add_argument("--limit", type=int, metavar="N", help="only the newest N")


def wanted(args: argparse.Namespace, zone: tzinfo, limit: int | None, *, open_only: bool = False) -> Wanted:
    """Return what is asked for, the newest `limit` unless the user says otherwise.

    Raises:
        UsageError: a filter makes no sense.
    """
    from edge.store.search import bare
    from edge.store.wanted import Wanted

    if args.limit is not None and args.limit < 0:
        raise UsageError(f"--limit {args.limit}: must not be negative")
    if args.plate and not bare(args.plate):
        raise UsageError(f"--plate {args.plate!r}: has no letter and no digit")
    return Wanted(
        since_ns=instant("--since", args.since, zone),
        until_ns=instant("--until", args.until, zone),
        kinds=tuple(getattr(args, "kind", ())),
        plate=args.plate,
        camera=args.camera,
        limit=limit if args.limit is None else args.limit,
        open_only=open_only,
    )


def instant(option: str, text: str | None, zone: tzinfo) -> int | None:
    """Return UTC nanoseconds of a time on the command line, None for none. Raises UsageError for what is no time."""
    from time import time_ns

    from edge.order import instant_ns

    if text is None:
        return None
    ago = _AGO.fullmatch(text)
    if ago is not None:
        return time_ns() - int(ago[1]) * _UNITS[ago[2]] * 1_000_000_000
    return instant_ns(option, text, zone)


def caption(what: str, count: int, args: argparse.Namespace, zone: tzinfo, limit: int | None) -> str:
    """Return the line below a listing: how many there are, and whether `limit` cut it short."""
    cut = args.limit is None and count == limit
    return f"{count} {what}{', the newest; --limit N for more' if cut else ''}; times are {zone}"


def summarise(**facts: object) -> None:
    """Print the last of the JSON lines."""
    print(json.dumps({"kind": "summary", **facts}, separators=(",", ":"), ensure_ascii=False))
