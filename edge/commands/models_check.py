"""`edge models check`: is a network sound, and does an engine made of it still say the same?"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from edge.inference.finder_card import FinderCard
    from edge.inference.reader_card import ReaderCard

ENGINES = ("auto", "onnxruntime", "tensorrt")
PRECISIONS = ("fp32", "fp16", "int8")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `edge models check`."""
    parser.add_argument("name", metavar="NAME", help="a name or the path of a model.toml")
    parser.add_argument("--engine", choices=ENGINES, default="auto", help="the engine to test (default: %(default)s)")
    parser.add_argument(
        "--file", metavar="FILE", type=Path, help="another build of the same network, such as its INT8 or FP16 ONNX"
    )
    parser.add_argument(
        "--precision",
        choices=PRECISIONS,
        default="fp32",
        help="which of the card's builds; with --file, what that file is: a wider bound holds for int8 "
        "(default: %(default)s)",
    )
    parser.add_argument("--threads", type=int, default=1)


def run(args: argparse.Namespace) -> None:
    """Run the acceptance test and print one line.

    Raises:
        ModelError: the card or weights are not sound, or the engine is refused.
        EngineFailed: the engine gave no answer.
    """
    from edge.inference.acceptance import bound_of, try_engine
    from edge.inference.any_card import load_any_card
    from edge.inference.card import ModelCard
    from edge.inference.engines import open_engine
    from edge.inference.finder_card import FinderCard

    card = load_any_card(args.name)
    card.check_file()
    if isinstance(card, FinderCard):
        _find_once(card)
        return
    if not isinstance(card, ModelCard):
        _read_once(card)
        return
    for one in card.builds:
        card.at(one.kind).check_file()
    build = card if args.file else card.at(args.precision)
    engine = open_engine(args.file or build.file, args.engine, args.threads)
    trial = try_engine(card, engine, bound_of(args.precision))
    print(f"{card.name}: sound: {args.file or build.file.name} on {engine.label}: {trial.told()}")
    engine.close()


def _read_once(card: ReaderCard) -> None:
    import numpy as np

    from edge.inference.slots import open_recogniser

    recogniser = open_recogniser(card)
    text = recogniser.read(np.full((32, 96, 3), 114, np.uint8)).text
    print(f"{card.name}: sound: {recogniser.label}, SHA-256 as on the card, reads {text!r} on an empty picture")


def _find_once(card: FinderCard) -> None:
    import numpy as np

    from edge.inference.finder import open_finder

    finder = open_finder(card)
    count = len(finder.find(np.full((96, 144, 3), 114, np.uint8)))
    print(f"{card.name}: sound: {finder.label}, SHA-256 as on the card, finds {count} plates on an empty picture")
