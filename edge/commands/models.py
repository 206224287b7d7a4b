"""`edge models`: what networks there are, whether they are sound, how good they are, and how they are made."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from edge.commands import (
    eval_detect,
    models_add,
    models_build,
    models_check,
    models_failures,
    models_proof,
    models_quantize,
    models_sets,
    models_sweep,
    models_train,
)

if TYPE_CHECKING:
    from collections.abc import Callable

HELP = "list, check, measure and make the networks"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verbs; those with a module of their own are declared there."""
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", title="verbs, list when none is given")
    verbs.add_parser("list", help="name every network with its input, classes and licence")
    show = verbs.add_parser("show", help="print the card of NAME")
    show.add_argument("name", metavar="NAME", help="a name or the path of a model.toml")
    check = verbs.add_parser("check", help="compare NAME's weights with its card, and an engine with them; exit 0 or 4")
    models_check.add_arguments(check)
    build = verbs.add_parser("build", help="build the TensorRT engines that a configuration runs, with progress")
    models_build.add_arguments(build)
    models_add.add_arguments(verbs.add_parser("add", help="take in a detector that somebody else made"))
    sweep = verbs.add_parser("sweep", help="accuracy against cost over input sizes of NAME's network")
    models_sweep.add_arguments(sweep)
    quantize = verbs.add_parser("quantize", help="make INT8 and FP16 builds of NAME, try them, list them on its card")
    models_quantize.add_arguments(quantize)
    failures = verbs.add_parser("failures", help="one picture of what NAME still gets wrong, for its card")
    models_failures.add_arguments(failures)
    split = verbs.add_parser("split", help="list the pictures, plate crops or scenes under DIR, a fifth validates")
    models_sets.add_split_arguments(split)
    models_sets.add_render_arguments(verbs.add_parser("render", help="render labelled gate scenes for training"))
    label = verbs.add_parser("label", help="let other detectors label frames of videos for training")
    models_sets.add_label_arguments(label)
    measure = verbs.add_parser("eval", help="`edge eval detect` with the networks' names as words")
    measure.add_argument("model", metavar="NAME", nargs="+", help="names or paths of a model.toml")
    eval_detect.add_data_arguments(measure)
    proof = verbs.add_parser("proof", help="measure plate readers side by side on rendered plates never trained on")
    models_proof.add_arguments(proof)
    train = verbs.add_parser("train", help="train NAME one stage further; taken up again where it was cut off")
    models_train.add_train_arguments(train)
    average = verbs.add_parser("average", help="write the mean of weights that stages of one training ended with")
    models_train.add_average_arguments(average)
    export = verbs.add_parser("export", help="write NAME's trained weights as ONNX and bring its card up to date")
    models_train.add_export_arguments(export)


def run(args: argparse.Namespace) -> int:
    """Do what the verb says.

    Raises:
        UsageError: the arguments do not suit each other, or the train extra is missing.
        ConfigError: labelled data is missing or wrong.
        ModelError: a card or weights are missing, damaged or disagree.
        EngineFailed: a network gave no answer.
    """
    verbs: dict[str, Callable[[argparse.Namespace], None]] = {
        "list": _list,
        "show": _show,
        "check": models_check.run,
        "build": models_build.run,
        "add": models_add.run,
        "sweep": models_sweep.run,
        "quantize": models_quantize.run,
        "failures": models_failures.run,
        "split": models_sets.split,
        "render": models_sets.render,
        "label": models_sets.label,
        "eval": eval_detect.run,
        "proof": models_proof.run,
        "train": models_train.train,
        "average": models_train.average,
        "export": models_train.export,
    }
    verbs[args.verb or "list"](args)
    return 0


def _list(_: argparse.Namespace) -> None:
    from edge.inference.any_card import load_any_card
    from edge.inference.card import ModelCard, list_cards
    from edge.inference.finder_card import FinderCard

    for path in list_cards():
        card = load_any_card(path)
        size = f"{card.input.width}x{card.input.height}"
        if isinstance(card, ModelCard):
            says = ", ".join(card.classes) + "".join(f"; {build.kind}" for build in card.builds)
        else:
            says = "where plates are" if isinstance(card, FinderCard) else "what stands on a plate"
        print(f"{card.name:<12} {card.version:<10} {size:<8} {says}  [{card.licence}]")


def _show(args: argparse.Namespace) -> None:
    from edge.inference.any_card import load_any_card

    print(load_any_card(args.name).path.read_text(encoding="utf-8").rstrip())
