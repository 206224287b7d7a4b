"""`edge events rates`: the share of passes whose plate was read, by camera and light, and why the others were not."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from datetime import tzinfo
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from edge.types import ReadRate

HELP = "the share of passes whose plate was read, by camera and light; the last 7 days unless --since says otherwise"
SINCE = "7d"
_LINE = ("camera", "light", "passes", "read", "rate", "not read because")


def print_rates(args: argparse.Namespace, rates: Sequence[ReadRate], zone: tzinfo) -> None:
    """Print a line for each camera and light; `args` has json, camera (empty means all) and since."""
    rates = [one for one in rates if args.camera in {"", one.camera_id}]
    if args.json:
        for one in rates:
            print(json.dumps(_facts(one), separators=(",", ":")))
        total = {"passes": sum(one.passes for one in rates), "read": sum(one.read for one in rates)}
        print(json.dumps({"kind": "summary", **total}, separators=(",", ":")))
        return
    from edge.commands.event_tables import as_table

    print(as_table(_LINE, map(_row, rates)))
    print(f"{sum(one.passes for one in rates)} passes since {args.since or SINCE}; times are {zone}")


def _row(one: ReadRate) -> tuple[object, ...]:
    reasons = ", ".join(f"{count} {reason}" for reason, count in one.reasons)
    return one.camera_id, one.mode, one.passes, one.read, f"{one.read / one.passes:.1%}", reasons


def _facts(one: ReadRate) -> dict[str, object]:
    counts = {"passes": one.passes, "read": one.read, "reasons": dict(one.reasons)}
    return {"kind": "rate", "camera": one.camera_id, "mode": one.mode, **counts}
