"""`edge eval finder`: plate finders side by side on pictures with boxes, or on rendered scenes with corners."""

from __future__ import annotations

import argparse
import json
import sys
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from edge.commands.arguments import check_count
from edge.commands.models_finder import CORRECTIONS_FILE
from edge.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from edge.inference.finder_card import FinderCard
    from edge.workshop.finder.corrections import Correction
    from edge.workshop.finder.scores import FinderExample, FinderTally

DEFAULT = "plate-n"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `edge eval finder`."""
    parser.add_argument(
        "--finder",
        metavar="NAME",
        nargs="+",
        action="extend",
        help=f"names or paths of a model.toml; the first is the one the last line of --json tells of "
        f"(default: {DEFAULT})",
    )
    parser.add_argument("--dir", metavar="DIR", type=Path, help="pictures with a plates.csv of boxes")
    parser.add_argument(
        "--list",
        metavar="FILE",
        type=Path,
        help="only pictures of this list (its validation side); where a "
        "corrections.csv lies beside it, the figures with its boxes instead of the publishers' are printed too",
    )
    parser.add_argument("--rendered", metavar="N", type=int, help="instead: so many scenes of the proof list")
    parser.add_argument("--confidence", type=float, help="instead of the card's")
    parser.add_argument("--once", action="store_true", help="look at each picture as a whole only, not in tiles too")
    parser.add_argument("--errors", metavar="DIR", type=Path, help="write pictures with missed plates and false boxes")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="a line for every finder, the first one's summary last")


def run(args: argparse.Namespace) -> None:
    """Measure every finder on the same pictures and print; raises as `edge.commands.eval.run`."""
    from edge.inference.finder_card import load_finder_card

    if (args.dir is None) == (args.rendered is None):
        raise UsageError("give either --dir DIR or --rendered N")
    if args.rendered is not None:
        check_count("--rendered", args.rendered, "number of scenes")
    if args.confidence is not None and not 0 < args.confidence < 1:
        raise UsageError(f"--confidence {args.confidence}: is none; give a number between 0 and 1")
    corrections = _corrections(args.list)
    summaries = []
    for name in args.finder or [DEFAULT]:
        card = load_finder_card(name)
        tally, right, label, spent_ms = _measure(args, card, corrections)
        summary = tally.summary | ({"corrected": right.summary} if corrections else {})
        summaries.append(summary)
        if args.json:
            details = {"kind": "finder", "finder": card.name, "label": label, "ms_per_image": round(spent_ms, 1)}
            widths = {width: list(counts) for width, counts in tally.by_width().items()}
            print(json.dumps(details | summary | {"by_width": widths}), flush=True)
            continue
        print(_table(f"{card.name} {card.version} ({label}, {spent_ms:.0f} ms a picture)", tally), flush=True)
        if corrections:
            print(_table("  with corrected boxes", right), flush=True)
    if args.json:
        print(json.dumps(summaries[0]))


def _corrections(path: Path | None) -> dict[str, list[Correction]]:
    """Those beside the list."""
    from edge.workshop.finder.corrections import read_corrections

    return read_corrections(path.parent / CORRECTIONS_FILE) if path else {}


def _measure(
    args: argparse.Namespace, card: FinderCard, corrections: Mapping[str, Sequence[Correction]]
) -> tuple[FinderTally, FinderTally, str, float]:
    """Return the counts of one finder, those by corrected boxes, its label and its milliseconds a picture."""
    from tqdm import tqdm

    from edge.inference.engines import open_engine
    from edge.inference.finder import QuadFinder
    from edge.workshop.finder.corrections import corrected
    from edge.workshop.finder.scores import FinderTally

    card.check_file()
    tally, right, spent_ns = FinderTally(), FinderTally(), 0
    with closing(QuadFinder(card, open_engine(card.file, "auto", args.threads), args.confidence)) as finder:
        for example in tqdm(_examples(args), disable=not sys.stderr.isatty(), leave=False):
            began = time.perf_counter_ns()
            answer = (finder.find if args.once else finder.find_in_frame)(example.picture)
            spent_ns += time.perf_counter_ns() - began
            before = tally.found, tally.false
            tally.add(example, answer)
            right.add(replace(example, boxes=corrected(example.boxes, corrections.get(example.name, ()))), answer)
            wrong = tally.found - before[0] < len(example.boxes) or tally.false > before[1]
            if args.errors and wrong:
                from edge.workshop.finder.faults import write_fault

                write_fault(args.errors / card.name, example, answer)
        return tally, right, finder.label, spent_ns / max(1, tally.images) / 1e6


def _examples(args: argparse.Namespace) -> Iterable[FinderExample]:
    from edge.workshop.finder.scores import labelled_examples, proof_examples
    from edge.workshop.plate_sets import open_plates, pick

    if args.rendered is not None:
        return proof_examples(args.rendered)
    pictures = open_plates(args.dir)
    return labelled_examples(pick(pictures, args.list) if args.list else pictures)


def _table(title: str, tally: FinderTally) -> str:
    said = tally.summary
    figures = ", ".join(f"{key} {said[key]}" for key in ("found", "false_per_image", "loose_per_image", "corner_error"))
    widths = ", ".join(f"{width}: {found} of {count}" for width, (found, count) in tally.by_width().items() if count)
    return f"{title}: {said['images']} pictures, {said['plates']} plates\n  {figures}\n  {widths}"
