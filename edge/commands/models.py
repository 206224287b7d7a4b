"""`edge models`: what networks there are, whether they are sound, how good they are, and how they are made."""

from __future__ import annotations

import argparse
import re
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from edge.commands import eval_detect, models_add, models_check, models_sweep
from edge.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from edge.inference.card import ModelCard
    from edge.workshop.dataset import Entry

HELP = "list, check, measure and make the networks"
LIST_FILE = eval_detect.LIST_FILE
LAST_FILE = "last.safetensors"


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
    split = verbs.add_parser("split", help="list the labelled pictures under DIR, one group in five for validation")
    split.add_argument("data", metavar="DIR", type=Path)
    split.add_argument("--out", metavar="CSV", type=Path, required=True)
    render = verbs.add_parser("render", help="render labelled gate scenes for training into DIR")
    render.add_argument("out", metavar="DIR", type=Path)
    render.add_argument("--count", type=int, default=1000, help="pictures (default: %(default)s)")
    render.add_argument("--seed", type=int, default=1, help="first scene (default: %(default)s)")
    render.add_argument(
        "--view",
        choices=("any", "gate", "towing"),
        default="any",
        help="every kind of road, the gate, or trailers at the gate",
    )
    measure = verbs.add_parser("eval", help="`edge eval detect` with the networks' names as words")
    measure.add_argument("model", metavar="NAME", nargs="+", help="names or paths of a model.toml")
    eval_detect.add_data_arguments(measure)
    _add_train(verbs.add_parser("train", help="train NAME one stage further; taken up again where it was cut off"))
    export = verbs.add_parser("export", help="write NAME's trained weights as ONNX and bring its card up to date")
    export.add_argument("name", metavar="NAME")
    export.add_argument("--weights", metavar="FILE", type=Path, help=f"default: {LAST_FILE} beside the card")
    export.add_argument("--size", metavar="WxH", type=_size, help="network input, default: as on the card")
    export.add_argument("--version", required=True, help="text for the card")


def _add_train(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME")
    parser.add_argument("--data", metavar="DIR", type=Path, help="labelled sets: the training side of the list is used")
    parser.add_argument("--list", metavar="CSV", type=Path, help=f"default: {LIST_FILE} beside the card")
    parser.add_argument("--rendered", metavar="DIR", type=Path, help="what `edge models render` wrote")
    parser.add_argument("--share", type=float, default=0.5, help="share of rendered pictures (default: %(default)s)")
    parser.add_argument("--start", metavar="FILE", type=Path, help=f"weights to start from, default: {LAST_FILE}")
    parser.add_argument("--steps", type=int, default=400, help="batches of 16 in this stage (default: %(default)s)")
    parser.add_argument("--rate", type=float, default=4e-4, help="highest learning rate (default: %(default)s)")
    parser.add_argument("--size", metavar="WxH", type=_size, action="append", help="network inputs that take turns")
    parser.add_argument("--frozen", type=int, default=0, help="first layers that stay as they are")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument(
        "--bf16",
        action="store_true",
        help="forward pass in bfloat16: quicker on processors that have it, not on others",
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
        "train": _train,
        "export": _export,
    }
    verbs[args.verb or "list"](args)
    return 0


def _size(text: str) -> tuple[int, int]:
    found = re.fullmatch(r"(\d+)x(\d+)", text)
    if not found:
        raise argparse.ArgumentTypeError(f"{text!r} is not WIDTHxHEIGHT, such as 416x256")
    return int(found[1]), int(found[2])


def _list(_: argparse.Namespace) -> None:
    from edge.inference.card import list_cards, load_card

    for path in list_cards():
        card = load_card(path)
        size = f"{card.input.width}x{card.input.height}"
        print(f"{card.name:<12} {card.version:<10} {size:<8} {', '.join(card.classes)}  [{card.licence}]")


def _show(args: argparse.Namespace) -> None:
    from edge.inference.card import load_card

    print(load_card(args.name).path.read_text(encoding="utf-8").rstrip())


def _split(args: argparse.Namespace) -> None:
    from edge.workshop import dataset

    entries = dataset.build_list(args.data)
    dataset.write_list(args.out, entries)
    held = [entry for entry in entries if entry.side == "validation"]
    print(
        f"{args.out}: {len(entries)} pictures, {len(held)} of them for validation, list {dataset.list_digest(entries)}"
    )


def _render(args: argparse.Namespace) -> None:
    from edge.workshop.rendered import render_set

    render_set(args.out, args.count, args.seed, args.view)
    print(f"{args.out}: {args.count} pictures from seed {args.seed} on")


def _train(args: argparse.Namespace) -> None:
    from edge.inference.card import load_card
    from edge.workshop.batches import Mix, load_pictures
    from edge.workshop.dataset import build_list, list_digest
    from edge.workshop.training import Stage, train

    card = load_card(args.name)
    out = card.path.parent / LAST_FILE
    if args.data is None and args.rendered is None:
        raise UsageError("nothing to train on: give --data DIR, --rendered DIR or both")
    real = _listed(args, card, "train") if args.data else []
    rendered = build_list(args.rendered) if args.rendered else []
    sizes = tuple(args.size or [(card.input.width, card.input.height)])
    mix = Mix(sizes, rendered=args.share)
    stage = Stage(mix, args.steps, args.rate, seed=args.seed, threads=args.threads, frozen=args.frozen, bf16=args.bf16)
    print(f"listed {list_digest(real)}, rendered {list_digest(rendered)}, {asdict(stage)}", file=sys.stderr)
    progress = train(
        args.start or out,
        out,
        load_pictures(args.data, real) if real else [],
        load_pictures(args.rendered, rendered) if rendered else [],
        stage,
        fresh=args.start is not None,
    )
    print(f"{out}: {progress.step} steps")


def _listed(args: argparse.Namespace, card: ModelCard, side: str) -> list[Entry]:
    from edge.workshop import dataset

    entries = [entry for entry in dataset.read_list(args.list or card.path.parent / LIST_FILE) if entry.side == side]
    dataset.check_files(args.data, entries)
    return entries


def _export(args: argparse.Namespace) -> None:
    from edge.inference.card import load_card
    from edge.workshop.export import export

    card = load_card(args.name)
    weights = args.weights or card.path.parent / LAST_FILE
    size = args.size or (card.input.width, card.input.height)
    sha256 = export(weights, card.path, card.file, size, args.version)
    print(f"{card.file}: {card.file.stat().st_size} bytes, SHA-256 {sha256}")
