"""`edge models failures`: one picture of what a detector still gets wrong, from rendered scenes alone."""

from __future__ import annotations

import argparse
from pathlib import Path

from edge.commands.arguments import check_count

SHEET_FILE = "failures.jpg"
SCENES = 200


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `edge models failures`."""
    parser.add_argument("name", metavar="NAME", help="a name or the path of a model.toml")
    parser.add_argument(
        "--rendered", metavar="N", type=int, default=SCENES, help="scenes of the proof list (default: %(default)s)"
    )
    parser.add_argument("--out", metavar="FILE.jpg", type=Path, help=f"default: {SHEET_FILE} beside the card")
    parser.add_argument("--threads", type=int, default=1)


def run(args: argparse.Namespace) -> None:
    """Look for faults in rendered scenes and write the plainest of them as one picture.

    Raises:
        UsageError: the number of scenes is none, or the picture cannot be written.
        ModelError: the card or the weights are not sound.
        EngineFailed: the network gave no answer.
    """
    from edge.inference.card import load_card
    from edge.inference.detector import YoloDetector
    from edge.inference.engines import open_engine
    from edge.workshop.failures import find_failures, plainest, write_sheet
    from edge.workshop.rendered import proof_examples

    check_count("--rendered", args.rendered, "number of scenes")
    card = load_card(args.name)
    card.check_file()
    detector = YoloDetector(card, open_engine(card.file, "auto", args.threads))
    tiles = find_failures(detector, proof_examples(args.rendered), card.confidence)
    detector.close()
    kinds = [fault.kind for fault, _ in tiles]
    told = f"{kinds.count('miss')} misses, {kinds.count('false')} false boxes, {kinds.count('class')} of another class"
    if not tiles:
        print(f"{card.title}: no fault in {args.rendered} scenes, so no picture is written")
        return
    path = args.out or card.path.parent / SHEET_FILE
    size = write_sheet(plainest(tiles), path)
    print(f"{path}: {size} bytes; {told} in {args.rendered} scenes")
