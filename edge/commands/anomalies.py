"""`edge anomalies`: the list of what somebody has to look at, and working it."""

from __future__ import annotations

import argparse
from datetime import tzinfo
from typing import TYPE_CHECKING

from edge.commands.filters import summarise
from edge.commands.list_work import add_place, add_reason, hand_in, place, who
from edge.errors import UsageError

if TYPE_CHECKING:
    from edge.store.reports import Reports
    from edge.types import ListedAnomaly

HELP = "list, show, resolve and reopen anomalies"
_NAME = "an anomaly by its id or the beginning of it, or the number of its visit"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verbs."""
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    for verb, about in (
        ("list", "the visits with anomalies, newest first"),
        ("show", "one visit with its anomalies: times, cameras, roads, plates, pictures, what was said of it"),
        ("resolve", "say that an anomaly has been seen to"),
        ("reopen", "say that an anomaly has to be seen to again"),
    ):
        one = verbs.add_parser(verb, help=about, description=about)
        add_place(one)
        if verb == "list":
            one.add_argument("--unresolved", action="store_true", help="only what waits for somebody")
            one.add_argument("--camera", default="", metavar="ID", help="of this camera")
        else:
            one.add_argument("name", metavar="ID", help=_NAME)
        if verb in {"list", "show"}:
            one.add_argument("--json", action="store_true", help="JSON lines on stdout, the summary last")
        else:
            add_reason(one)


def run(args: argparse.Namespace) -> int:
    """Do what the verb says.

    Raises:
        UsageError: there is no such anomaly, or more than one, or it is as asked for already.
        StoreFailed: the store cannot be read or written.
    """
    if args.verb in {"resolve", "reopen"}:
        from edge.wire.work import Reopen, Resolve

        hand_in(args, (Resolve if args.verb == "resolve" else Reopen)(args.name, who(args), args.why))
        return 0
    from edge.store.reports import open_reports

    path, zone = place(args)
    with open_reports(path) as reports:
        return (_list if args.verb == "list" else _show)(args, reports, zone)


def _list(args: argparse.Namespace, reports: Reports, zone: tzinfo) -> int:
    listed = [
        found for found in reports.anomalies(unresolved=args.unresolved) if args.camera in {"", found.anomaly.camera_id}
    ]
    if args.json:
        return _print_json(sorted(listed, key=lambda found: found.anomaly.wall_ns))
    from edge.commands.anomaly_pages import list_page

    print(list_page(reports, listed, zone))
    return 0


def _show(args: argparse.Namespace, reports: Reports, zone: tzinfo) -> int:
    found = reports.find_anomalies(args.name) if args.name else ()
    if not found:
        raise UsageError(f"{args.name or 'ID'}: no such anomaly; `edge anomalies list` shows which there are")
    from edge.worklist import one_of

    subjects = {listed.anomaly.visit_id or listed.anomaly.anomaly_id for listed in found}
    if len(subjects) > 1:
        names = [f"{listed.anomaly.anomaly_id} ({listed.anomaly.kind})" for listed in found]
        raise UsageError(f"{args.name}: may be {one_of(names)}; name one")
    if args.json:
        return _print_json(found)
    from edge.commands.anomaly_pages import visit_page

    print(visit_page(reports, found[0], zone))
    return 0


def _print_json(listed: list[ListedAnomaly] | tuple[ListedAnomaly, ...]) -> int:
    from edge.wire import encode_listed

    for found in listed:
        print(encode_listed(found).decode())
    unresolved = sum(not found.resolved for found in listed)
    summarise(anomalies=len(listed), unresolved=unresolved)
    return 0
