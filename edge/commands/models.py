"""`edge models`: what networks there are, whether they are sound, how good they are, and how they are made."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from edge.commands import eval_detect, models_add, models_check, models_proof, models_sweep, models_train
from edge.errors import UsageError

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
    models_add.add_arguments(verbs.add_parser("add", help="take in a detector that somebody else made"))
    sweep = verbs.add_parser("sweep", help="accuracy against cost over input sizes of NAME's network")
    models_sweep.add_arguments(sweep)
    split = verbs.add_parser(
        "split", help="list the labelled pictures, plate crops or scenes with plates under DIR, a fifth validates"
    )
    split.add_argument("data", metavar="DIR", type=Path)
    split.add_argument("--agree", metavar="CSV", type=Path, help="scenes: groups on this list stay on their side")
    split.add_argument("--out", metavar="CSV", type=Path, required=True)
    _add_render(verbs.add_parser("render", help="render labelled gate scenes for training into DIR"))
    measure = verbs.add_parser("eval", help="`edge eval detect` with the networks' names as words")
    measure.add_argument("model", metavar="NAME", nargs="+", help="names or paths of a model.toml")
    eval_detect.add_data_arguments(measure)
    proof = verbs.add_parser("proof", help="measure plate readers side by side on rendered plates never trained on")
    models_proof.add_arguments(proof)
    train = verbs.add_parser("train", help="train NAME one stage further; taken up again where it was cut off")
    models_train.add_train_arguments(train)
    export = verbs.add_parser("export", help="write NAME's trained weights as ONNX and bring its card up to date")
    models_train.add_export_arguments(export)


def _add_render(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("out", metavar="DIR", type=Path)
    parser.add_argument("--count", type=int, default=1000, help="pictures (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="first scene (default: %(default)s)")
    parser.add_argument(
        "--view",
        choices=("any", "gate", "towing", "plates"),
        default="any",
        help="every kind of road, the gate, trailers at the gate, or both kinds with the corners of their plates",
    )


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
        "add": models_add.run,
        "sweep": models_sweep.run,
        "split": _split,
        "render": _render,
        "eval": eval_detect.run,
        "proof": models_proof.run,
        "train": models_train.train,
        "export": models_train.export,
    }
    verbs[args.verb or "list"](args)
    return 0


def _list(_: argparse.Namespace) -> None:
    from edge.inference.card import ModelCard, list_cards
    from edge.inference.finder_card import FinderCard
    from edge.inference.reader_card import load_any_card

    for path in list_cards():
        card = load_any_card(path)
        size = f"{card.input.width}x{card.input.height}"
        if isinstance(card, ModelCard):
            says = ", ".join(card.classes)
        else:
            says = "where plates are" if isinstance(card, FinderCard) else "what stands on a plate"
        print(f"{card.name:<12} {card.version:<10} {size:<8} {says}  [{card.licence}]")


def _show(args: argparse.Namespace) -> None:
    from edge.inference.reader_card import load_any_card

    print(load_any_card(args.name).path.read_text(encoding="utf-8").rstrip())


def _split(args: argparse.Namespace) -> None:
    from edge.workshop import dataset
    from edge.workshop.finder import scenes
    from edge.workshop.plates import crops

    if scenes.holds_scenes(args.data):
        decided = {entry.group: entry.side for entry in dataset.read_list(args.agree)} if args.agree else {}
        entries = scenes.build_list(args.data, decided)
    elif args.agree:
        raise UsageError(f"{args.data}: holds no scenes with boxes of plates; leave --agree out")
    else:
        entries = (crops if (args.data / crops.TABLE).is_file() else dataset).build_list(args.data)
    dataset.write_list(args.out, entries)
    held = [entry for entry in entries if entry.side == "validation"]
    print(
        f"{args.out}: {len(entries)} pictures, {len(held)} of them for validation, list {dataset.list_digest(entries)}"
    )


def _render(args: argparse.Namespace) -> None:
    from edge.workshop.finder.gates import render_gates
    from edge.workshop.rendered import render_set

    if args.view == "plates":
        render_gates(args.out, args.count, args.seed)
    else:
        render_set(args.out, args.count, args.seed, args.view)
    print(f"{args.out}: {args.count} pictures from seed {args.seed} on")
