"""`edge visits`: who came and went, who is inside, and putting together what belongs together."""

from __future__ import annotations

import argparse
import sys
from datetime import timezone, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING

from edge.commands.filters import LISTED, add_filters, caption, summarise, wanted
from edge.commands.list_work import add_place, add_reason, hand_in, place, who
from edge.errors import UsageError

if TYPE_CHECKING:
    from edge.store.reports import Reports
    from edge.types import Visit

HELP = "list, show, merge, split and reconcile visits"
_NAME = "a visit by its number, its id or the beginning of it"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verbs."""
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    for verb, about in (
        ("list", "the newest visits, or who is inside"),
        ("show", "one visit: its sides, its anomalies and everything that became of it"),
        ("merge", "say that two half visits are one"),
        ("split", "say that the two sides of a visit are two vehicles"),
    ):
        one = verbs.add_parser(verb, help=about, description=about)
        add_place(one)
        if verb == "list":
            _add_list(one)
            continue
        one.add_argument("name", metavar="VISIT", help=_NAME)
        if verb == "show":
            one.add_argument("--json", action="store_true", help="JSON lines on stdout, the summary last")
            continue
        if verb == "merge":
            one.add_argument("other", metavar="VISIT", help="the other half")
        add_reason(one)
    _add_reconcile(verbs)


def _add_list(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--open", action="store_true", help="those that wait for their other side, all of them")
    add_filters(parser)
    parser.add_argument("--csv", action="store_true", help="comma-separated values")
    parser.add_argument("--json", action="store_true", help="JSON lines on stdout, the summary last")


def _add_reconcile(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    about = "put together the visits of several devices of a site; nothing is recorded"
    parser = verbs.add_parser("reconcile", help=about, description=about)
    parser.add_argument("stores", metavar="DB", type=Path, nargs="+", help="the store of each device")
    parser.add_argument("--skew", type=float, metavar="S", help="how far their clocks may be apart (default: 5 s)")
    parser.add_argument("--since", metavar="TIME", help="visits with a side from then on")
    parser.add_argument("--json", action="store_true", help="every visit as a JSON line, the summary last")


def run(args: argparse.Namespace) -> int:
    """Do what the verb says.

    Raises:
        UsageError: there is no such visit, or what is asked makes no sense.
        StoreFailed: a store cannot be read or written.
    """
    if args.verb == "reconcile":
        from edge.commands.visits_of_devices import run_reconcile

        return run_reconcile(args, timezone.utc)
    path, zone = place(args)
    if args.verb in {"merge", "split"}:
        from edge.wire.work import Merge, Split

        said = (who(args), args.why)
        hand_in(args, Merge(args.name, args.other, *said) if args.verb == "merge" else Split(args.name, *said))
        return 0
    from edge.store.reports import open_reports

    with open_reports(path) as reports:
        return list_visits(args, reports, zone) if args.verb == "list" else _show(args, reports, zone)


def list_visits(args: argparse.Namespace, reports: Reports, zone: tzinfo) -> int:
    """Print visits: for people, as CSV or as JSON lines."""
    from edge.commands import event_tables as tables
    from edge.types import EventKind
    from edge.wire import encode_body

    all_open = getattr(args, "open", False)
    limit = None if all_open else LISTED
    visits = reports.visits(wanted(args, zone, limit, open_only=all_open))
    if args.csv:
        tables.write_csv(sys.stdout, tables.VISIT_COLUMNS, map(tables.visit_row, visits))
    elif args.json:
        for reported in visits:
            print(encode_body(EventKind.VISIT_REVISED, reported.visit).decode())
        summarise(visits=len(visits), anomalies=sum(len(reported.anomalies) for reported in visits))
    else:
        if all_open:
            print(_heading([reported.visit for reported in visits]), end="\n\n")
        print(tables.as_table(tables.VISIT_LINE, [tables.visit_line(reported, zone) for reported in visits]))
        print(caption("visits", len(visits), args, zone, limit))
    return 0


def _heading(visits: list[Visit]) -> str:
    from edge.gate.occupancy import inside

    counts = inside(visits)
    total = sum(one.count for one in counts)
    classes = f" ({', '.join(f'{one.count} {one.class_name}' for one in counts)})" if counts else ""
    return f"Inside: {total}{classes}; exits without an entry: {len(visits) - total}"


def _show(args: argparse.Namespace, reports: Reports, zone: tzinfo) -> int:
    from edge.commands.anomaly_pages import visit_history_page
    from edge.types import EventKind
    from edge.wire import encode_body, encode_event
    from edge.worklist import one_of

    found = reports.find_visits(args.name)
    if not found:
        raise UsageError(f"{args.name}: no such visit; `edge visits list` shows which there are")
    if len(found) > 1:
        raise UsageError(f"{args.name}: may be {one_of([f'visit {one.visit_id}' for one in found])}; name one")
    if not args.json:
        print(visit_history_page(reports, found[0], zone))
        return 0
    history = reports.history(found[0].visit_id)
    print(encode_body(EventKind.VISIT_REVISED, found[0]).decode())
    for event in history:
        print(encode_event(event).decode())
    summarise(visits=1, events=len(history))
    return 0
