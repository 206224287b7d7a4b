"""`edge scene tracks`: writes the scripted sequences in which it is hard to keep one identity per vehicle."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from edge.commands.arguments import size_of


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's options."""
    parser.add_argument("--list", choices=("tuning", "proof"), required=True, help="nothing is tuned on `proof`")
    parser.add_argument("--only", metavar="NAME", nargs="+", default=[], help="sequences or scenarios: lorry-00, twins")
    parser.add_argument("--out", metavar="DIR", type=Path, required=True, help="complete sequences there are kept")
    parser.add_argument("--size", metavar="WxH", default="640x360", help="default: %(default)s")


def run(args: argparse.Namespace) -> None:
    """Write what is missing.

    Raises:
        UsageError: the folder cannot be written, a name is unknown or a size is none.
    """
    from edge.workshop.tracks.rendered import chosen, write_tracks

    episodes = chosen(args.list, args.only)
    new = write_tracks(args.out, args.list, episodes, size_of(args.size), _progress)
    print(f"{args.out}: {len(episodes)} sequences, {new} of them new", file=sys.stderr)


def _progress(name: str, done: int, total: int) -> None:
    if sys.stderr.isatty():
        print(f"\r{name}: {done} of {total} frames", end="\n" if done == total else "", file=sys.stderr)
