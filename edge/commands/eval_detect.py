"""`edge eval detect`: detectors side by side on labelled pictures, listed sets or rendered scenes."""

from __future__ import annotations

import argparse
import json
import math
import sys
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from edge.commands.arguments import check_count
from edge.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from edge.inference.card import ModelCard
    from edge.workshop.evaluate import ClassScore, LightScore, Scores
    from edge.workshop.labelled import Example, Labelled

LIST_FILE = "pictures.csv"
DEFAULT_MODEL = "gate-n"
PRECISIONS = ("fp32", "fp16", "int8")
TIMED = 24
"""Golden frames that models are timed on, three rounds of them."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `edge eval detect`."""
    parser.add_argument(
        "--model",
        metavar="NAME",
        nargs="+",
        action="extend",
        help=f"names or paths of a model.toml; the first is the one the last line of --json tells of "
        f"(default: {DEFAULT_MODEL})",
    )
    add_data_arguments(parser)


def add_data_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what is measured on, and how it is told."""
    add_picture_arguments(parser)
    parser.add_argument(
        "--precision",
        nargs="+",
        choices=PRECISIONS,
        default=["fp32"],
        help="builds that each model's card lists, side by side (default: fp32)",
    )
    parser.add_argument("--speed", action="store_true", help="time all of them in turns on the same frames")
    parser.add_argument("--errors", metavar="DIR", type=Path, help="write misses and false boxes there, by model")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="a line for every model, the first one's summary last")


def add_picture_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare which pictures are measured on."""
    parser.add_argument("--images", metavar="DIR", type=Path, help="a folder of pictures, or a video")
    parser.add_argument(
        "--labels",
        metavar="DIR",
        type=Path,
        help="their labels: YOLO's text files, COCO's JSON; for a video a folder with MOT's gt/gt.txt",
    )
    parser.add_argument(
        "--data", metavar="DIR", type=Path, help="labelled sets: the validation side of the list is used"
    )
    parser.add_argument(
        "--drawn-by",
        choices=("people", "detectors", "all"),
        default="all",
        help="whose boxes of --data count (default: %(default)s); people drew vehicles alone where detectors completed",
    )
    parser.add_argument("--list", metavar="CSV", type=Path, help=f"default: {LIST_FILE} beside the first card")
    parser.add_argument(
        "--rendered", metavar="N", type=int, help="N rendered scenes of the proof list, never trained on"
    )
    parser.add_argument(
        "--scenes", choices=("roads", "gate"), default="roads", help="which scenes of --rendered (default: %(default)s)"
    )
    parser.add_argument("--every", metavar="K", type=int, default=1, help="only every K-th picture")


def run(args: argparse.Namespace) -> None:
    """Measure every model on the same pictures and print; raises as `edge.commands.eval.run`."""
    from edge.inference.card import load_card

    named = [load_card(name) for name in args.model or [DEFAULT_MODEL]]
    cards = [card.at(precision) for card in named for precision in dict.fromkeys(args.precision)]
    for card in cards:
        card.check_file()
    make_examples = examples_of(args, cards[0])
    first = None
    for card, folder in zip(cards, error_folders(cards), strict=True):
        scores = _measure(args, card, make_examples(), folder)
        first = first or scores
        print(json.dumps(_details(card, scores)) if args.json else _table(card, scores), flush=True)
    if args.speed:
        _print_speed(args, cards)
    if args.json and first:
        print(json.dumps(summary(first)))


def error_folders(cards: Sequence[ModelCard]) -> list[str]:
    """Return a folder's name for each: the model's, longer where that stands for several, its hash if need be."""
    told = [card.title.replace(" ", "-") for card in cards]
    hashed = [f"{name}-{card.sha256[:8]}" for name, card in zip(told, cards, strict=True)]
    choices = [[card.name for card in cards], told, hashed]
    return [
        next((names[place] for names in choices if names.count(names[place]) == 1), hashed[place])
        for place in range(len(cards))
    ]


def _print_speed(args: argparse.Namespace, cards: Sequence[ModelCard]) -> None:
    from edge.inference.detector import YoloDetector
    from edge.inference.engines import open_engine
    from edge.inference.golden import golden_frames
    from edge.workshop.sweep import time_in_turns

    detectors = [YoloDetector(card, open_engine(card.file, "auto", args.threads, card.precision)) for card in cards]
    spent = time_in_turns(detectors, [golden.frame for golden in golden_frames(TIMED)])
    if not args.json:
        print(f"milliseconds a frame of {TIMED} golden frames, in turns; compare within this run only")
    for card, detector, ms in zip(cards, detectors, spent, strict=True):
        detector.close()
        told = {"kind": "speed", "model": card.name, "version": card.version, "precision": card.precision}
        figures = {"ms": round(ms, 2), "ratio": round(ms / spent[0], 3)}
        print(
            json.dumps(told | figures)
            if args.json
            else f"  {card.title:<24} {ms:>7.1f} ms {ms / spent[0]:>6.2f} times the first"
        )


def _measure(args: argparse.Namespace, card: ModelCard, examples: Iterable[Example], folder: str) -> Scores:
    from tqdm import tqdm

    from edge.inference.detector import YoloDetector
    from edge.inference.engines import open_engine
    from edge.workshop.evaluate import LOWEST, score
    from edge.workshop.faults import FaultBook

    book = FaultBook(args.errors / folder, card.confidence) if args.errors else None
    detector = YoloDetector(card, open_engine(card.file, "auto", args.threads, card.precision), LOWEST)
    bar = tqdm(examples, desc=card.title, unit="picture", disable=not sys.stderr.isatty(), leave=False)
    scores = score(detector, bar, card.confidence, book.add if book else None)
    detector.close()
    if book:
        _say(book.close())
    return scores


def examples_of(args: argparse.Namespace, card: ModelCard) -> Callable[[], Iterable[Example]]:
    """Return what gives the examples anew for every model; raises as `edge.commands.eval.run`."""
    check_count("--every", args.every, "step")
    if [args.images is not None, args.data is not None, args.rendered is not None].count(True) != 1:
        raise UsageError(
            "give --images DIR with --labels DIR, or --data DIR, or --rendered N: "
            "figures of two of them do not belong in one table"
        )
    if (args.images is None) != (args.labels is None):
        raise UsageError("--images DIR and --labels DIR belong together; give both")
    if args.rendered is not None:
        check_count("--rendered", args.rendered, "number of scenes")
        from edge.workshop.rendered import proof_examples

        return lambda: islice(proof_examples(args.rendered, args.scenes), 0, None, args.every)
    from edge.workshop import tracked_video
    from edge.workshop.labelled import LabelledSet, examples, open_set

    if args.images and args.images.suffix.lower() in tracked_video.VIDEOS:
        _say(tracked_video.NOTE)
        return lambda: tracked_video.video_examples(args.images, args.labels, args.every)
    data = open_set(args.images, args.labels) if args.images else LabelledSet(_listed(args, card))
    for note in data.notes():
        _say(note)
    return lambda: examples(data.pictures[:: args.every], data.region)


def _listed(args: argparse.Namespace, card: ModelCard) -> tuple[Labelled, ...]:
    from edge.workshop import dataset
    from edge.workshop.drawn import drawn

    entries = dataset.read_list(args.list or card.path.parent / LIST_FILE)
    held = [entry for entry in entries if entry.side == "validation"]
    dataset.check_files(args.data, held)
    return drawn(args.data, held, args.drawn_by)


def _table(card: ModelCard, scores: Scores) -> str:
    head = (
        f"{card.title} at {card.input.width}x{card.input.height}, {scores.pictures} pictures: "
        f"mAP50 {scores.map50:.3f}, mAP50-95 {scores.map50_95:.3f}, vehicle AP50 {scores.vehicle.ap50:.3f}; "
        f"recall, precision and F1 at {card.confidence}"
    )
    columns = f"  {'class':<11} {'boxes':>6} {'AP50':>6} {'AP50-95':>8} {'recall':>7} {'precision':>10} {'F1':>6}"
    sizes = [_row(one, f"{one.name} ({limit})") for one, limit in zip(scores.sizes, _LIMITS, strict=True)]
    rows = [_row(one, one.name) for one in (*scores.classes, scores.vehicle, scores.every)]
    return "\n".join([head, columns, *rows, *sizes, *map(_light, scores.lights)])


def _light(one: LightScore) -> str:
    return (
        f"  vehicles, {one.name}: {one.recall:.3f} of {one.boxes} found, {one.false_per_100:.1f} false boxes "
        f"of any class in 100 pictures ({one.pictures} pictures)"
    )


_LIMITS = ("<32²", "<96²", "more")


def _row(one: ClassScore, name: str) -> str:
    figures = f"{one.ap50:>6.3f} {one.ap50_95:>8.3f} {one.recall:>7.3f} {one.precision:>10.3f} {one.f1:>6.3f}"
    return f"  {name:<11} {one.boxes:>6} {figures}"


def summary(scores: Scores) -> dict[str, object]:
    """Return the last line of `--json`: these keys and no others; a figure that cannot be had is null."""
    return {
        "map50": _figure(scores.map50),
        "map50_95": _figure(scores.map50_95),
        "vehicle_map50": _figure(scores.vehicle.ap50),
        "per_class": {one.name: _figures(one) for one in scores.classes if one.boxes},
    }


def _details(card: ModelCard, scores: Scores) -> dict[str, object]:
    return {
        "kind": "model",
        "model": card.name,
        "version": card.version,
        "precision": card.precision,
        "input": [card.input.width, card.input.height],
        "pictures": scores.pictures,
        "confidence": card.confidence,
        **summary(scores),
        "all": _figures(scores.every),
        "vehicle": _figures(scores.vehicle),
        "per_size": {one.name: _figures(one) for one in scores.sizes},
        "per_light": {
            one.name: {
                "pictures": one.pictures,
                "boxes": one.boxes,
                "recall": _figure(one.recall),
                "false_per_100": _figure(one.false_per_100),
            }
            for one in scores.lights
        },
    }


def _figures(one: ClassScore) -> dict[str, float | int | None]:
    names = ("ap50", "ap50_95", "recall", "precision", "f1")
    return {"boxes": one.boxes} | {name: _figure(getattr(one, name)) for name in names}


def _figure(value: float) -> float | None:
    return None if math.isnan(value) else round(value, 4)


def _say(text: str) -> None:
    print(f"edge: {text}", file=sys.stderr)
