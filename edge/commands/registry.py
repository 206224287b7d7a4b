"""`edge registry`: the vehicles that are known at a site, in the file that the configuration names."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING

from edge.commands.filters import summarise
from edge.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from edge.config import Config
    from edge.gate.registry import Entry

HELP = "list, check, import, add and remove the vehicles that are known"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare `list`, `check PLATE`, `import FILE`, `add PLATE` and `remove PLATE`."""
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument(
        "--config", type=Path, default=Path("/etc/edge/edge.toml"), metavar="FILE", help="default: %(default)s"
    )
    common.add_argument("--json", action="store_true", help="JSON lines on stdout, the summary last")
    verbs.add_parser("list", parents=[common], help="print every entry")
    check = verbs.add_parser("check", parents=[common], help="tell what a vehicle with these plates is told, and why")
    check.add_argument("plates", metavar="PLATE", nargs="+")
    check.add_argument("--at", metavar="TIME", help="at that moment, 2026-03-04T17:59:00+02:00 (default: now)")
    load = verbs.add_parser("import", parents=[common], help="put a CSV into the place of the registry, all or nothing")
    load.add_argument("file", metavar="CSV", type=Path)
    add = verbs.add_parser("add", parents=[common], help="add a vehicle; several plates are one vehicle")
    add.add_argument("plates", metavar="PLATE", nargs="+")
    add.add_argument("--list", dest="listed", choices=("allow", "deny", "watch"), required=True)
    add.add_argument("--from", dest="valid_from", default="", metavar="DAY", help="YYYY-MM-DD or 'YYYY-MM-DD HH:MM'")
    add.add_argument("--to", dest="valid_to", default="", metavar="DAY", help="as --from; a whole day is included")
    add.add_argument("--class", dest="class_name", default="")
    add.add_argument("--colour", default="")
    add.add_argument("--note", default="")
    remove = verbs.add_parser("remove", parents=[common], help="remove every entry that has one of these plates")
    remove.add_argument("plates", metavar="PLATE", nargs="+")


def run(args: argparse.Namespace) -> int:
    """Do what the verb says.

    Raises:
        ConfigError: the configuration, the registry or the CSV is wrong; nothing was changed.
        UsageError: the configuration names no registry, a plate is not in it, or the time is none.
    """
    from edge.config.load import load_config

    config = load_config(args.config)
    if not config.registry.file:
        raise UsageError(f'{args.config}: names no registry; add [registry] with file = "plates.csv"')
    _VERBS[args.verb](args, config)
    return 0


def _list(args: argparse.Namespace, config: Config) -> None:
    from edge.commands.event_tables import as_table
    from edge.gate.registry_csv import COLUMNS, row_of
    from edge.registryfile import read_registry

    rows = [row_of(entry) for entry in read_registry(config.registry.file)]
    if args.json:
        for row in rows:
            print(json.dumps(dict(zip(COLUMNS, row, strict=True)), ensure_ascii=False))
        summarise(entries=len(rows))
    else:
        print(as_table(COLUMNS, rows))
        print(f"{len(rows)} entries; days are {config.site.timezone}")


def _check(args: argparse.Namespace, config: Config) -> None:
    from time import time_ns
    from zoneinfo import ZoneInfo

    from edge.gate.registry import Registry
    from edge.order import instant_ns
    from edge.registryfile import read_registry
    from edge.types import Plate

    zone = ZoneInfo(config.site.timezone)
    known = Registry(read_registry(config.registry.file), zone, config.registry.fuzzy)
    at_ns = time_ns() if args.at is None else instant_ns("--at", args.at, zone)
    access = known.answer([Plate(plate.upper(), 1.0, 1, 1) for plate in args.plates], at_ns)
    if args.json:
        found = {"list": access.listed, "entry": access.entry, "distance": access.distance}
        summarise(decision=access.decision.value, match=access.match.value, reason=access.reason, **found)
    else:
        print(f"{access.decision.value}: {access.reason}")


def _import(args: argparse.Namespace, config: Config) -> None:
    from edge.registryfile import read_registry

    _change(args, config, read_registry(str(args.file)))


def _add(args: argparse.Namespace, config: Config) -> None:
    from edge.gate.registry import Entry

    times = (args.valid_from, args.valid_to)
    added = Entry(tuple(args.plates), args.listed, *times, args.class_name, args.colour, args.note)
    _change(args, config, (*_present(config), added))


def _remove(args: argparse.Namespace, config: Config) -> None:
    from edge.gate.alike import plain

    unwanted = {plain(plate): plate for plate in args.plates}
    before = _present(config)
    had = {plain(plate) for entry in before for plate in entry.plates}
    absent = [plate for bare, plate in unwanted.items() if bare not in had]
    if absent:
        raise UsageError(f"{', '.join(absent)}: not in {config.registry.file}; edge registry list shows who is")
    _change(args, config, [e for e in before if not any(plain(plate) in unwanted for plate in e.plates)])


def _change(args: argparse.Namespace, config: Config, entries: Sequence[Entry]) -> None:
    from dataclasses import asdict
    from hashlib import sha256

    from edge.gate.registry_csv import difference, render_registry
    from edge.registryfile import write_registry

    file = config.registry.file
    change = difference(_present(config), entries, file, sha256(render_registry(entries).encode()).hexdigest())
    write_registry(file, entries)
    if args.json:
        summarise(**(asdict(change) | {"file": file}))
    else:
        print(f"{file}: {change.in_words}")


def _present(config: Config) -> tuple[Entry, ...]:
    from edge.registryfile import read_registry

    return read_registry(config.registry.file) if Path(config.registry.file).exists() else ()


_VERBS = {"list": _list, "check": _check, "import": _import, "add": _add, "remove": _remove}
