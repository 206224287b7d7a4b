"""`edge models proof`: plate readers side by side on rendered plates that nothing was trained on."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack, closing
from dataclasses import asdict, replace
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from edge.commands.arguments import check_count
from edge.commands.plate_readers import CROP_READERS, models_of, of_plates, open_named
from edge.errors import UsageError

if TYPE_CHECKING:
    from edge.config.model import Models
    from edge.types import U8
    from edge.workshop.plates.proof import Cell


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `edge models proof`."""
    parser.add_argument("names", metavar="READER", nargs="+", choices=CROP_READERS, help=", ".join(CROP_READERS))
    parser.add_argument("--config", metavar="FILE", type=Path, help="take the readers' settings from here")
    parser.add_argument("--count", type=int, default=100, help="plates a cell (default: %(default)s)")
    parser.add_argument("--rows", metavar="NAME", nargs="+", default=(), help="these rows of the table alone")
    parser.add_argument("--widths", metavar="PX", nargs="+", type=int, default=(), help="these widths alone")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="one line a cell")


def run(args: argparse.Namespace) -> None:
    """Print the table; raises as `edge.commands.models.run`."""
    from edge.workshop.plates.proof import WIDTHS_PX, proof_table

    check_count("--count", args.count, "number of plates")
    _check_table(args)
    with ExitStack() as stack:
        models = replace(models_of(args.config), threads=args.threads)
        readers = {name: _open(models, name, stack) for name in args.names}
        cells = proof_table(readers, args.count, args.rows, args.widths)
        if args.json:
            for cell in cells:
                print(json.dumps(asdict(cell)), flush=True)
            return
        _print(cells, args.names, args.widths or WIDTHS_PX)


def _check_table(args: argparse.Namespace) -> None:
    from edge.workshop.plates.proof import CONDITIONS, WIDTHS_PX

    for option, given, known in (
        ("--rows", args.rows, [condition.name for condition in CONDITIONS]),
        ("--widths", args.widths, WIDTHS_PX),
    ):
        for one in given:
            if one not in known:
                raise UsageError(f"{option} {one}: the table has none; give some of: {', '.join(map(str, known))}")


def _print(cells: Iterable[Cell], names: list[str], widths_px: Sequence[int]) -> None:
    room = max(12, 1 + max(len(name) for name in names))
    print(f"{'exact, by width in px':<24}{'':<{room}}" + "".join(f"{width:>6}" for width in widths_px))
    for condition, row in groupby(cells, key=lambda cell: cell.condition):
        found = list(row)
        for name in names:
            figures = "".join(f"{cell.exact[name] / cell.count:>6.2f}" for cell in found)
            print(f"{condition:<24}{name:<{room}}{figures}", flush=True)


def _open(models: Models, name: str, stack: ExitStack) -> Callable[[U8], str]:
    """Open a reader for as long as the stack; return what reads one plate's picture."""
    reader = of_plates(stack.enter_context(closing(open_named(models, name))), name)

    def read(picture: U8) -> str:
        said = reader.read_plate(picture)
        return said.text if said else ""

    return read
