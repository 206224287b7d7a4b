"""`edge models check`: is a network sound, and does an engine made of it still say the same?"""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from edge.inference.card import ModelCard
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
    parser.add_argument("--config", type=Path, metavar="FILE", help="take TensorRT's engines from where this one does")


def run(args: argparse.Namespace) -> None:
    """Run the acceptance test and print one line.

    Raises:
        ModelError: the card or weights are not sound, or the engine is refused.
        EngineFailed: the engine gave no answer.
    """
    from edge.config.load import load_config
    from edge.inference.acceptance import bound_of, try_engine
    from edge.inference.any_card import load_any_card
    from edge.inference.card import ModelCard
    from edge.inference.engines import open_engine
    from edge.inference.finder_card import FinderCard
    from edge.inference.plate_acceptance import try_finder, try_recogniser

    card = load_any_card(args.name)
    card.check_file()
    file = args.file or _listed_build(card, args.precision)
    engines_dir = load_config(args.config).models.engines_dir if args.config else ""
    engine = open_engine(file, args.engine, args.threads, args.precision, engines_dir)
    bound = bound_of(args.precision)
    if isinstance(card, ModelCard):
        built = replace(card, file=file, precision=args.precision)
        told = try_engine(card, engine, bound, built=built).told()
    else:
        told = try_finder(card, engine, bound) if isinstance(card, FinderCard) else try_recogniser(card, engine, bound)
    print(f"{card.name}: sound: {args.file or file.name} on {engine.label}: {told}")
    engine.close()


def _listed_build(card: ModelCard | ReaderCard | FinderCard, precision: str) -> Path:
    """Return the file of a precision, after a look at every file that the card lists."""
    from edge.errors import ModelError
    from edge.inference.card import ModelCard

    if isinstance(card, ModelCard):
        for one in card.builds:
            card.at(one.kind).check_file()
        return card.at(precision).file
    if precision != PRECISIONS[0]:
        raise ModelError(f"{card.path}: lists no {precision} build; leave --precision out, or name one by --file")
    return card.file
