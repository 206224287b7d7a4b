"""`edge models`: what networks there are, whether they are sound, how good they are, and how they are made."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from edge.commands import models_proof, models_train
from edge.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from edge.inference.card import ModelCard
    from edge.workshop.evaluate import Example, Scores

HELP = "list, check, measure and make the networks"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verbs: list, show, check, split, render, eval, proof, train and export."""
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", title="verbs, list when none is given")
    verbs.add_parser("list", help="name every network with its input, classes and licence")
    for verb, about in (
        ("show", "print the card of NAME"),
        ("check", "compare NAME's weights with its card and run it once; exit 0 or 4"),
    ):
        verbs.add_parser(verb, help=about).add_argument(
            "name", metavar="NAME", help="a name or the path of a model.toml"
        )
    split = verbs.add_parser("split", help="list the labelled pictures or plate crops under DIR, a fifth validates")
    split.add_argument("data", metavar="DIR", type=Path)
    split.add_argument("--out", metavar="CSV", type=Path, required=True)
    render = verbs.add_parser("render", help="render labelled gate scenes for training into DIR")
    render.add_argument("out", metavar="DIR", type=Path)
    render.add_argument("--count", type=int, default=1000, help="pictures (default: %(default)s)")
    render.add_argument("--seed", type=int, default=1, help="first scene (default: %(default)s)")
    render.add_argument("--view", choices=("any", "gate"), default="any", help="every kind of road, or the gate")
    _add_eval(verbs.add_parser("eval", help="measure networks side by side on labelled pictures or rendered scenes"))
    models_train.add_train_arguments(
        verbs.add_parser("train", help="train NAME one stage further; taken up again where it was cut off")
    )
    models_proof.add_arguments(
        verbs.add_parser("proof", help="measure plate readers side by side on rendered plates never trained on")
    )
    models_train.add_export_arguments(
        verbs.add_parser("export", help="write NAME's trained weights as ONNX and bring its card up to date")
    )


def _add_eval(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("names", metavar="NAME", nargs="+", help="names or paths of a model.toml")
    parser.add_argument(
        "--data", metavar="DIR", type=Path, help="labelled sets: the validation side of the list is used"
    )
    parser.add_argument(
        "--list", metavar="CSV", type=Path, help=f"default: {models_train.LIST_FILE} beside the first card"
    )
    parser.add_argument(
        "--rendered", metavar="N", type=int, help="N rendered scenes of the proof list, never trained on"
    )
    parser.add_argument("--every", metavar="K", type=int, default=1, help="only every K-th listed picture")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--json", action="store_true")


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
        "check": _check,
        "split": _split,
        "render": _render,
        "eval": _eval,
        "proof": models_proof.run,
        "train": models_train.train,
        "export": models_train.export,
    }
    verbs[args.verb or "list"](args)
    return 0


def _list(_: argparse.Namespace) -> None:
    from edge.inference.card import ModelCard, list_cards
    from edge.inference.reader_card import load_any_card

    for path in list_cards():
        card = load_any_card(path)
        size = f"{card.input.width}x{card.input.height}"
        says = ", ".join(card.classes) if isinstance(card, ModelCard) else "what stands on a plate"
        print(f"{card.name:<12} {card.version:<10} {size:<8} {says}  [{card.licence}]")


def _show(args: argparse.Namespace) -> None:
    from edge.inference.reader_card import load_any_card

    print(load_any_card(args.name).path.read_text(encoding="utf-8").rstrip())


def _check(args: argparse.Namespace) -> None:
    import numpy as np

    from edge.config.model import Models
    from edge.inference.card import ModelCard
    from edge.inference.detector import open_detector
    from edge.inference.reader_card import load_any_card
    from edge.inference.slots import open_recogniser
    from edge.vision.frame import PlanarFrame

    card = load_any_card(args.name)
    if not isinstance(card, ModelCard):
        recogniser = open_recogniser(card)
        text = recogniser.read(np.full((32, 96, 3), 114, np.uint8)).text
        print(f"{card.name}: sound: {recogniser.label}, SHA-256 as on the card, reads {text!r} on an empty picture")
        return
    detector = open_detector(Models(detector=str(card.path)))
    picture = np.full((720, 1280, 3), 114, np.uint8)
    found = detector.detect(PlanarFrame.from_rgb(picture, camera_id="check", seq=0, wall_ns=0, mono_ns=0, pts_ns=0))
    print(f"{card.name}: sound: {detector.label}, SHA-256 as on the card, {len(found)} objects in an empty picture")


def _split(args: argparse.Namespace) -> None:
    from edge.workshop import dataset
    from edge.workshop.plates import crops

    entries = (crops if (args.data / crops.TABLE).is_file() else dataset).build_list(args.data)
    dataset.write_list(args.out, entries)
    held = [entry for entry in entries if entry.side == "validation"]
    print(
        f"{args.out}: {len(entries)} pictures, {len(held)} of them for validation, list {dataset.list_digest(entries)}"
    )


def _render(args: argparse.Namespace) -> None:
    from edge.workshop.rendered import render_set

    render_set(args.out, args.count, args.seed, args.view)
    print(f"{args.out}: {args.count} pictures from seed {args.seed} on")


def _eval(args: argparse.Namespace) -> None:
    from edge.inference.card import load_card
    from edge.inference.detector import YoloDetector
    from edge.inference.engines import open_engine
    from edge.workshop.evaluate import LOWEST, score

    if (args.data is None) == (args.rendered is None):
        raise UsageError("give either --data DIR or --rendered N: figures of the two do not belong in one table")
    cards = [load_card(name) for name in args.names]
    for card in cards:
        card.check_file()
        detector = YoloDetector(card, open_engine(card.file, "auto", args.threads), LOWEST)
        scores = score(detector, _examples(args, cards[0]), card.confidence)
        detector.close()
        print(_summary(card, scores) if args.json else _table(card, scores))


def _examples(args: argparse.Namespace, card: ModelCard) -> Iterable[Example]:
    if args.rendered is not None:
        from edge.workshop.rendered import proof_examples

        return proof_examples(args.rendered)
    from edge.workshop.batches import load_pictures
    from edge.workshop.evaluate import read_examples

    return read_examples(load_pictures(args.data, models_train.listed(args, card, "validation")[:: args.every]))


def _table(card: ModelCard, scores: Scores) -> str:
    head = (
        f"{card.name} {card.version} at {card.input.width}x{card.input.height}, {scores.pictures} pictures: "
        f"mAP50 {scores.map50:.3f}, mAP50-95 {scores.map50_95:.3f}; recall and precision at {card.confidence}"
    )
    lines = [head, f"  {'class':<11} {'boxes':>6} {'AP50':>6} {'AP50-95':>8} {'recall':>7} {'precision':>10}"]
    for one in (*scores.classes, scores.vehicle):
        figures = f"{one.ap50:>6.3f} {one.ap50_95:>8.3f} {one.recall:>7.3f} {one.precision:>10.3f}"
        lines.append(f"  {one.name:<11} {one.boxes:>6} {figures}")
    return "\n".join(lines)


def _summary(card: ModelCard, scores: Scores) -> str:
    return json.dumps(
        {
            "kind": "summary",
            "model": card.name,
            "pictures": scores.pictures,
            "map50": round(scores.map50, 4),
            "map50_95": round(scores.map50_95, 4),
            "vehicle_map50": round(scores.vehicle.ap50, 4),
            "per_class": {
                one.name: {key: round(value, 4) for key, value in asdict(one).items() if key != "name"}
                for one in scores.classes
                if one.boxes
            },
        }
    )
