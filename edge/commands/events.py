"""`edge events`: what the store holds, read-only and in a process of its own, while the service goes on writing.

Only `correct` writes, and asks the service to do it.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from edge.commands import event_rates
from edge.commands.filters import LISTED, TIME, add_filters, caption, instant, summarise, wanted
from edge.commands.list_work import add_correction, add_place, place, run_correction
from edge.commands.visits import list_visits
from edge.errors import UsageError

if TYPE_CHECKING:
    from edge.store.reports import Reports

HELP = "list, show, export, check and correct recorded events, visits and evidence"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verbs."""
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    for verb, about in (
        ("list", f"the newest events, {LISTED} unless --limit says otherwise"),
        ("visits", f"the newest visits, {LISTED} unless --limit says otherwise"),
        ("export", "every event that matches, to a file or to stdout"),
    ):
        listing = _verb(verbs, verb, about)
        add_filters(listing)
        if verb != "visits":
            listing.add_argument(
                "--kind", action="append", default=[], help="pass, visit.closed, anomaly …; may be repeated"
            )
        listing.add_argument("--csv", action="store_true", help="comma-separated values")
        if verb == "export":
            listing.add_argument("-o", "--output", type=Path, metavar="FILE", help="write here (default: stdout)")
    show = _verb(verbs, "show", "one event as it was published")
    show.add_argument("name", metavar="ID", help="an event's id or its seq")
    _verb(verbs, "stats", "the store in figures")
    rates = _verb(verbs, "rates", event_rates.HELP)
    rates.add_argument("--since", metavar="TIME", help=f"from then on; {TIME}")
    rates.add_argument("--camera", default="", metavar="ID", help="of this camera")
    evidence = _verb(verbs, "evidence", "write a picture to a file")
    evidence.add_argument("name", metavar="ID", help="the id of the evidence, as events name it")
    evidence.add_argument("-o", "--output", type=Path, metavar="FILE", required=True, help="JPEG file to write")
    _verb(verbs, "verify", "check numbers, seals and the file itself; exit 5 when something is wrong")
    correct = verbs.add_parser("correct", help="say what a pass really was", description="say what a pass really was")
    add_place(correct)
    add_correction(correct)
    verbs.add_parser("schema", help="print the JSON Schema of published events")


def _verb(verbs: argparse._SubParsersAction[argparse.ArgumentParser], name: str, about: str) -> argparse.ArgumentParser:
    parser = verbs.add_parser(name, help=about, description=about)
    add_place(parser)
    parser.add_argument("--json", action="store_true", help="JSON lines on stdout, the summary last")
    return parser


def run(args: argparse.Namespace) -> int:
    """Do what the verb says.

    Raises:
        UsageError: a filter makes no sense, or the event, picture or pass asked for does not exist.
        StoreFailed: the store cannot be read, or not written with a correction.
    """
    if args.verb == "schema":
        from edge.wire import event_schema

        print(event_schema().decode())
        return 0
    if args.verb == "correct":
        return run_correction(args)
    from edge.store.reports import open_reports

    path, zone = place(args)
    with open_reports(path) as reports:
        return _VERBS[args.verb](args, reports, zone)


def _list(args: argparse.Namespace, reports: Reports, zone: tzinfo) -> int:
    payloads = reports.events(wanted(args, zone, LISTED))
    if args.json or args.csv:
        return _write_events(args, payloads, sys.stdout)
    from edge.commands.event_tables import EVENT_LINE, as_table, event_line
    from edge.wire import decode_event

    lines = [event_line(decode_event(payload), zone) for payload in payloads]
    print(as_table(EVENT_LINE, lines))
    print(caption("events", len(lines), args, zone, LISTED))
    return 0


def _export(args: argparse.Namespace, reports: Reports, zone: tzinfo) -> int:
    with _output(args.output) as out:
        return _write_events(args, reports.events(wanted(args, zone, None)), out)


def _show(args: argparse.Namespace, reports: Reports, _: tzinfo) -> int:
    import msgspec

    payload = reports.event(args.name)
    print((payload if args.json else msgspec.json.format(payload, indent=2)).decode())
    if args.json:
        summarise(events=1)
    return 0


def _stats(args: argparse.Namespace, reports: Reports, zone: tzinfo) -> int:
    from edge.commands.event_tables import show_time

    stats = reports.stats()
    if args.json:
        summarise(**asdict(stats) | {"kinds": dict(stats.kinds), "stages": dict(stats.stages)})
        return 0
    events = sum(count for _, count in stats.kinds)
    print(f"device     {stats.device} at {stats.site}, epoch {stats.epoch}")
    print(f"events     {events}, seq {stats.first_seq} to {stats.last_seq}, {_bytes(stats.event_bytes)}")
    print(f"time       {show_time(stats.first_ns, zone)} to {show_time(stats.last_ns, zone)}")
    for kind, count in stats.kinds:
        print(f"           {count:>8}  {kind}")
    print(f"anomalies  {stats.anomalies}, {stats.unresolved} of them unresolved")
    print(f"visits     {stats.visits}, {stats.open_visits} of them open")
    print(f"outbox     {', '.join(f'{count} {stage}' for stage, count in stats.stages) or 'empty'}")
    print(f"evidence   {stats.pictures} pictures, {_bytes(stats.picture_bytes)}")
    print(f"file       {_bytes(stats.file_bytes)}")
    return 0


def _rates(args: argparse.Namespace, reports: Reports, zone: tzinfo) -> int:
    since_ns = instant("--since", args.since or event_rates.SINCE, zone) or 0
    event_rates.print_rates(args, reports.read_rates(since_ns), zone)
    return 0


def _evidence(args: argparse.Namespace, reports: Reports, _: tzinfo) -> int:
    jpeg = reports.evidence(args.name)
    try:
        args.output.write_bytes(jpeg)
    except OSError as error:
        raise UsageError(f"{args.output}: {error.strerror}; choose a place that can be written") from error
    if args.json:
        summarise(file=str(args.output), bytes=len(jpeg))
    return 0


def _verify(args: argparse.Namespace, reports: Reports, _: tzinfo) -> int:
    from edge.errors import StoreFailed
    from edge.store.verify import verify

    verdict = verify(reports)
    if args.json:
        summarise(**asdict(verdict))
    else:
        for fault in verdict.faults:
            print(fault)
        word = f"{len(verdict.faults)} faults" if verdict.faults else "whole"
        print(f"{verdict.events} events, seq {verdict.first_seq} to {verdict.last_seq}: {word}")
    return StoreFailed.exit_code if verdict.faults else 0


_VERBS = {
    "list": _list,
    "visits": list_visits,
    "export": _export,
    "show": _show,
    "stats": _stats,
    "rates": _rates,
    "evidence": _evidence,
    "verify": _verify,
}


def _write_events(args: argparse.Namespace, payloads: Iterable[bytes], out: TextIO) -> int:
    from edge.commands.event_tables import EVENT_COLUMNS, event_row, write_csv
    from edge.wire import decode_event

    if args.csv:
        count = write_csv(out, EVENT_COLUMNS, (event_row(decode_event(payload)) for payload in payloads))
    else:
        count = 0
        for payload in payloads:
            out.write(payload.decode() + "\n")
            count += 1
    if args.json:
        summarise(events=count)
    elif out is not sys.stdout:
        print(f"{count} events written to {args.output}", file=sys.stderr)
    return 0


@contextmanager
def _output(path: Path | None) -> Iterator[TextIO]:
    if path is None:
        yield sys.stdout
        return
    try:
        with path.open("w", encoding="utf-8", newline="") as out:
            yield out
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}; choose a place that can be written") from error


def _bytes(count: int) -> str:
    return f"{count / 1e6:.1f} MB" if count >= 1e6 else f"{count / 1e3:.1f} kB"  # noqa: PLR2004 - where MB read better
