"""`edge visits reconcile`: the visits of a site over the stores of its devices."""

from __future__ import annotations

import argparse
import json
from datetime import tzinfo
from pathlib import Path

from edge.commands.event_tables import as_table, show_dwell, show_plates, show_time
from edge.commands.filters import instant, summarise
from edge.errors import UsageError
from edge.gate.reconcile import SKEW_S, SiteSide, SiteVisit, reconcile
from edge.store.reports import open_reports
from edge.store.wanted import Wanted
from edge.types import Visit
from edge.wire import format_time

COLUMNS = ("in", "out", "plates", "road in", "road out", "time in", "time out", "dwell", "paired by")
_MOST_SKEW_S = 3600.0


def run_reconcile(args: argparse.Namespace, zone: tzinfo) -> int:
    """Print who came in by one device and went out by another, and whose other side no device saw.

    Raises:
        UsageError: the stores are of several sites, or of one device.
        StoreFailed: one cannot be read.
    """
    skew_s = SKEW_S if args.skew is None else args.skew
    if not 0 <= skew_s <= _MOST_SKEW_S:
        raise UsageError(f"--skew {skew_s:g}: is no difference of clocks; give 0 to {_MOST_SKEW_S:g} seconds")
    visits = reconcile(_told(args.stores, Wanted(since_ns=instant("--since", args.since, zone))), skew_s)
    across = [visit for visit in visits if len(visit.devices) > 1]
    alone = [visit for visit in visits if len(visit.sides) == 1]
    counts = {
        "visits": len(visits),
        "across": len(across),
        "inside": sum(visit.exit is None for visit in alone),
        "without_entry": sum(visit.entry is None for visit in alone),
    }
    if args.json:
        for visit in visits:
            print(json.dumps(_as_json(visit), separators=(",", ":"), ensure_ascii=False))
        summarise(**counts)
        return 0
    print(as_table(COLUMNS, [_line(visit, zone) for visit in visits if visit in across or visit in alone]))
    within = len(visits) - len(across) - len(alone)
    print(
        f"{len(across)} visits across devices, {within} within one, {counts['inside']} inside,"
        f" {counts['without_entry']} exits without an entry; times are {zone}"
    )
    return 0


def _told(stores: list[Path], wanted: Wanted) -> list[tuple[str, Visit]]:
    told: list[tuple[str, Visit]] = []
    owners: dict[str, Path] = {}
    sites: dict[str, Path] = {}
    for path in stores:
        with open_reports(path) as reports:
            device, site = reports.owner()
            told += [(device, reported.visit) for reported in reports.visits(wanted)]
        if device in owners:
            raise UsageError(f"{path}: is of device {device}, and so is {owners[device]}; name each device once")
        owners[device], sites[site] = path, path
    if len(sites) > 1:
        names = ", ".join(f"{path} is of {site}" for site, path in sites.items())
        raise UsageError(f"{names}: visits belong to one site; name the stores of one")
    return told


def _line(visit: SiteVisit, zone: tzinfo) -> tuple[object, ...]:
    into, out = visit.entry, visit.exit
    return (
        _place(into),
        _place(out),
        show_plates(*(one.side.plates for one in visit.sides)),
        into.side.road_id if into else "",
        out.side.road_id if out else "",
        show_time(into.side.wall_ns if into else None, zone),
        show_time(out.side.wall_ns if out else None, zone),
        show_dwell(visit.dwell_s),
        visit.paired_by or "",
    )


def _place(one: SiteSide | None) -> str:
    return f"{one.device} {one.number}" if one else ""


def _as_json(visit: SiteVisit) -> dict[str, object]:
    facts = {"kind": "visit", "entry": _side(visit.entry), "exit": _side(visit.exit)}
    told: dict[str, object] = {**facts, "paired_by": visit.paired_by, "dwell_s": visit.dwell_s}
    return {name: fact for name, fact in told.items() if fact is not None}


def _side(one: SiteSide | None) -> dict[str, object] | None:
    if one is None:
        return None
    return {
        "device": one.device,
        "number": one.number,
        "pass_id": one.side.pass_id,
        "road_id": one.side.road_id,
        "time": format_time(one.side.wall_ns),
        "class_name": one.side.class_name,
        "plates": [plate.text for plate in one.side.plates],
        "also": [_side(other) for other in one.also],
    }
