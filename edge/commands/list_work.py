"""What the commands that write share: who says why, and handing it to the service, or to the store when none runs."""

from __future__ import annotations

import argparse
import getpass
import os
from collections.abc import Callable
from datetime import timezone, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING

from edge.errors import StoreFailed, UsageError

if TYPE_CHECKING:
    from edge.wire.work import Order


def add_place(parser: argparse.ArgumentParser) -> None:
    """Describe where the store is."""
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--db", type=Path, metavar="FILE", help="the store's file")
    where.add_argument("--config", type=Path, metavar="FILE", help="take the store and the time zone from here")


def add_reason(parser: argparse.ArgumentParser) -> None:
    """Describe what is written down beside the deed."""
    parser.add_argument("--why", required=True, metavar="TEXT", help="why, for whoever reads it later")
    parser.add_argument("--who", metavar="NAME", help="who says so (default: the user who runs this, or ran sudo)")


def add_correction(parser: argparse.ArgumentParser) -> None:
    """Describe what a pass really was."""
    parser.add_argument("name", metavar="ID", help="a pass or visit by its id, the beginning of it, or a visit number")
    parser.add_argument("--type", metavar="CLASS", help="what it was: car, truck, bus, motorcycle …")
    parser.add_argument("--plate", metavar="TEXT", help="what its plate was")
    parser.add_argument("--was", metavar="TEXT", help="which of several plates is the wrong one")
    add_reason(parser)


def run_correction(args: argparse.Namespace) -> int:
    """Record what a pass really was; raises as `hand_in`."""
    from edge.wire.work import Correct

    if args.was is not None and args.plate is None:
        raise UsageError(f"--was {args.was}: says which plate is wrong; say with --plate what is right")
    order = Correct(args.name, who(args), args.why, class_name=args.type, plate=args.plate, was=args.was)
    hand_in(args, order)
    return 0


def place(args: argparse.Namespace) -> tuple[Path, tzinfo]:
    """Return where the store is and what time it is there. Raises ConfigError for a wrong configuration."""
    if args.db is not None:
        return args.db, timezone.utc
    from zoneinfo import ZoneInfo

    from edge.config.load import load_config

    config = load_config(args.config)
    return Path(config.store.path), ZoneInfo(config.site.timezone)


def who(args: argparse.Namespace) -> str:
    """Return the name that stands beside the deed."""
    try:
        return args.who or os.environ.get("SUDO_USER") or getpass.getuser()
    except (KeyError, OSError):
        raise UsageError(f"--who: user {os.getuid()} of this system has no name; give a person's") from None


def hand_in(args: argparse.Namespace, order: Order) -> None:
    """Have an order recorded and print what it came to.

    Raises:
        UsageError: it cannot be done, or holds already; nothing was recorded.
        ConfigError: what says how a plate may be recorded is wrong, and no service runs that knows.
        StoreFailed: the store cannot be written, or the service that has it does not answer.
    """
    from edge.errors import WireError
    from edge.hatch import ask, beside
    from edge.wire.work import Refused, decode_answer, encode_order

    try:
        payload = encode_order(order)
    except WireError as error:
        raise UsageError(f"{error}; nothing was recorded") from error
    path, zone = place(args)
    answer = ask(beside(path), payload)
    told = _record(path, zone, payload, _shown(args, order)) if answer is None else answer
    outcome = decode_answer(told)
    if isinstance(outcome, Refused):
        raise (UsageError if outcome.exit_code == UsageError.exit_code else StoreFailed)(outcome.why)
    print("\n".join(outcome.sentences))


def _shown(args: argparse.Namespace, order: Order) -> Callable[[str], str]:
    """Return what gives a plate as it may be recorded, as the service would."""
    from edge.store.sitekey import KEY_FILE
    from edge.wire.work import Correct

    if not isinstance(order, Correct) or order.plate is None:
        return str
    if args.db is not None:
        if args.db.with_name(KEY_FILE).exists():
            raise UsageError(f"--db {args.db}: plates are kept back here; give --config, which says how")
        return str
    from edge.config.load import load_config

    config = load_config(args.config)
    if config.registry.unknown_plates != "hash":
        return str
    from edge.registryfile import read_registry
    from edge.registrypost import key_file, make_guard, open_key

    if not key_file(config).exists():
        raise UsageError(f"{key_file(config)}: the key that hides plates is missing; start the service, it makes one")
    return make_guard(config, read_registry(config.registry.file), open_key(config)).shown


def _record(path: Path, zone: tzinfo, order: bytes, shown: Callable[[str], str]) -> bytes:
    """Do what the service would, in its absence."""
    from edge.clock import SystemClock
    from edge.store import open_found
    from edge.worklist import work_alone

    clock = SystemClock()
    store = open_found(path, clock)
    try:
        return work_alone(store, clock, str(zone), shown).answer(order)
    finally:
        store.close()
