"""`edge models split`, `render` and `label`: the pictures that networks learn from and are measured on."""

from __future__ import annotations

import argparse
from contextlib import ExitStack
from pathlib import Path

from edge.commands.arguments import check_count
from edge.errors import UsageError


def add_split_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `edge models split`."""
    parser.add_argument("data", metavar="DIR", type=Path)
    parser.add_argument("--out", metavar="CSV", type=Path, required=True)
    parser.add_argument("--agree", metavar="CSV", type=Path, help="scenes: groups on this list stay on their side")


def add_render_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `edge models render`."""
    parser.add_argument("out", metavar="DIR", type=Path)
    parser.add_argument("--count", type=int, default=1000, help="pictures (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="first scene (default: %(default)s)")
    parser.add_argument(
        "--view",
        choices=("any", "gate", "towing", "lorries", "hidden", "plates"),
        default="any",
        help="every kind of road; the gate, with its usual traffic, trailers, lorries, or vehicles partly hidden; or "
        "roads and gates with the corners of their plates",
    )


def add_label_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `edge models label`."""
    parser.add_argument("out", metavar="DIR", type=Path)
    parser.add_argument("--video", metavar="FILE", type=Path, nargs="+", required=True)
    parser.add_argument(
        "--teacher", metavar="NAME", nargs="+", required=True, help="names or paths of a model.toml, two or more agree"
    )
    parser.add_argument("--every", metavar="K", type=int, default=12, help="every K-th frame (default: %(default)s)")


def split(args: argparse.Namespace) -> None:
    """List the pictures or crops under a folder with their sides; raises as `edge.commands.models.run`."""
    from edge.workshop import dataset
    from edge.workshop.finder import scenes
    from edge.workshop.plate_lists import TABLE
    from edge.workshop.plates import crops

    if scenes.holds_scenes(args.data):
        decided = {entry.group: entry.side for entry in dataset.read_list(args.agree)} if args.agree else {}
        entries = scenes.build_list(args.data, decided)
    elif args.agree:
        raise UsageError(f"{args.data}: holds no scenes with boxes of plates; leave --agree out")
    else:
        entries = (crops if (args.data / TABLE).is_file() else dataset).build_list(args.data)
    dataset.write_list(args.out, entries)
    held = [entry for entry in entries if entry.side == "validation"]
    print(
        f"{args.out}: {len(entries)} pictures, {len(held)} of them for validation, list {dataset.list_digest(entries)}"
    )


def render(args: argparse.Namespace) -> None:
    """Write rendered scenes as a labelled set; raises as `edge.commands.models.run`."""
    from edge.workshop.finder.gates import render_gates
    from edge.workshop.rendered import render_set

    check_count("--count", args.count, "number of pictures")
    count = args.count
    if args.view == "plates":
        render_gates(args.out, count, args.seed)
    else:
        count = render_set(args.out, count, args.seed, args.view)
    print(f"{args.out}: {count} pictures from seed {args.seed} on")


def label(args: argparse.Namespace) -> None:
    """Write frames of videos as a set that other detectors have labelled; raises as `edge.commands.models.run`."""
    from edge.inference.card import load_card
    from edge.inference.detector import YoloDetector
    from edge.inference.engines import open_engine
    from edge.workshop.teachers import LOWEST, label_videos

    check_count("--every", args.every, "step")
    with ExitStack() as stack:
        teachers = []
        for card in map(load_card, args.teacher):
            card.check_file()
            teachers.append(YoloDetector(card, open_engine(card.file, "auto", 1), LOWEST))
            stack.callback(teachers[-1].close)
        pictures, labels = label_videos(args.out, args.video, teachers, args.every)
    print(f"{args.out}: {pictures} pictures, {labels} labels")
