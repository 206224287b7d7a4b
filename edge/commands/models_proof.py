"""`edge models proof`: plate readers side by side on rendered plates that nothing was trained on."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterable
from contextlib import ExitStack, closing
from dataclasses import asdict
from itertools import groupby
from typing import TYPE_CHECKING

from edge.errors import UsageError

if TYPE_CHECKING:
    from edge.inference.ppocr import PpOcrReader
    from edge.inference.slots import SlotRecogniser
    from edge.types import U8
    from edge.workshop.plates.proof import Cell

PEER = "pp-ocr"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `edge models proof`."""
    parser.add_argument("names", metavar="NAME", nargs="+", help=f"recognisers by name or card, or {PEER}")
    parser.add_argument("--count", type=int, default=100, help="plates a cell (default: %(default)s)")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="one line a cell")


def run(args: argparse.Namespace) -> None:
    """Print the table; raises as `edge.commands.models.run`."""
    from edge.workshop.plates.proof import proof_table

    if args.count < 1:
        raise UsageError(f"--count {args.count}: is no number of plates; give 1 or more")
    with ExitStack() as stack:
        readers = {name: _open(name, args.threads, stack) for name in args.names}
        cells = proof_table(readers, args.count)
        if args.json:
            for cell in cells:
                print(json.dumps(asdict(cell)), flush=True)
            return
        _print(cells, args.names)


def _print(cells: Iterable[Cell], names: list[str]) -> None:
    from edge.workshop.plates.proof import WIDTHS_PX

    room = max(12, 1 + max(len(name) for name in names))
    print(f"{'exact, by width in px':<24}{'':<{room}}" + "".join(f"{width:>6}" for width in WIDTHS_PX))
    for condition, row in groupby(cells, key=lambda cell: cell.condition):
        found = list(row)
        for name in names:
            figures = "".join(f"{cell.exact[name] / cell.count:>6.2f}" for cell in found)
            print(f"{condition:<24}{name:<{room}}{figures}", flush=True)


def _open(name: str, threads: int, stack: ExitStack) -> Callable[[U8], str]:
    """Open a reader for as long as the stack; return what reads one plate's picture."""
    reader = stack.enter_context(closing(_reader(name, threads)))

    def read(picture: U8) -> str:
        said = reader.read_plate(picture)
        return said.text if said else ""

    return read


def _reader(name: str, threads: int) -> PpOcrReader | SlotRecogniser:
    if name == PEER:
        from edge.config.model import Models
        from edge.inference.ppocr import open_ppocr

        return open_ppocr(Models(threads=threads))
    from edge.inference.reader_card import load_reader_card
    from edge.inference.slots import open_recogniser

    return open_recogniser(load_reader_card(name), threads=threads)
