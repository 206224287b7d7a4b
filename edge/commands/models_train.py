"""`edge models train`, `average` and `export`: which kind of network a card describes decides what is done."""

from __future__ import annotations

import argparse
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from edge.commands import models_finder
from edge.commands.arguments import check_count, input_size, leave_out
from edge.commands.weights import LAST_FILE, WEIGHTS_HELP, weights_beside
from edge.errors import UsageError

if TYPE_CHECKING:
    from edge.inference.card import ModelCard
    from edge.inference.reader_card import ReaderCard
    from edge.workshop.dataset import Entry
    from edge.workshop.plates.crops import Crop

LIST_FILE = "pictures.csv"
CROPS_FILE, CORRECTIONS_FILE = "crops.csv", "corrections.csv"
MOSAIC, RENDERED_SHARE = 0.6, 0.5
DETECTOR_RATE, READER_RATE = 4e-4, 1e-3
NOT_FOR_DETECTORS = ("fonts", "vehicles", "crops")
NOT_FOR_READERS = ("labelled", "rendered", "size", "mosaic", "frozen", "vehicles", "crops")


def add_train_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `edge models train`."""
    parser.add_argument("name", metavar="NAME")
    parser.add_argument(
        "--data",
        metavar="DIR",
        type=Path,
        help="labelled sets, plate crops, or scenes with plates: the training side of the list is used",
    )
    parser.add_argument(
        "--list",
        metavar="CSV",
        type=Path,
        help=f"default: {LIST_FILE}, {CROPS_FILE} or {models_finder.LIST_FILE} beside the card",
    )
    parser.add_argument(
        "--rendered", metavar="DIR", type=Path, help="detector, finder: what `edge models render` wrote"
    )
    parser.add_argument(
        "--labelled", metavar="DIR", type=Path, help="detector: further labelled sets, as `edge models label` wrote"
    )
    parser.add_argument(
        "--share", type=float, help=f"detector, reader: share of rendered pictures (default: {RENDERED_SHARE})"
    )
    parser.add_argument("--start", metavar="FILE", type=Path, help=f"weights to start from, default: {LAST_FILE}")
    parser.add_argument("--steps", type=int, default=400, help="batches in this stage (default: %(default)s)")
    parser.add_argument(
        "--rate",
        type=float,
        help=f"highest, default: {DETECTOR_RATE} detector, {READER_RATE} reader, {models_finder.RATE} finder",
    )
    parser.add_argument(
        "--size", metavar="WxH", type=input_size, action="append", help="detector, finder: inputs that take turns"
    )
    parser.add_argument(
        "--mosaic", type=float, help="detector: share of canvases put together from four pictures, 0 for a last stage"
    )
    parser.add_argument("--frozen", type=int, help="detector: first layers that stay as they are")
    parser.add_argument(
        "--fonts",
        metavar="DIR",
        type=Path,
        action="append",
        help="reader, finder: folders of TrueType fonts to write plates in",
    )
    models_finder.add_train_arguments(parser)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument(
        "--device", metavar="NAME", default="auto", help="cpu, cuda or cuda:1 (default: a GPU where torch finds one)"
    )
    parser.add_argument(
        "--bf16",
        action="store_true",
        help="forward pass in bfloat16: quicker on processors that have it, not on others",
    )


def add_export_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `edge models export`."""
    parser.add_argument("name", metavar="NAME")
    parser.add_argument("--weights", metavar="FILE", type=Path, help=WEIGHTS_HELP)
    parser.add_argument(
        "--size", metavar="WxH", type=input_size, help="detector: network input, default: as on the card"
    )
    parser.add_argument(
        "--data", metavar="DIR", type=Path, help="reader: crops whose validation side sets the temperature"
    )
    parser.add_argument("--version", required=True, help="text for the card")


def add_average_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `edge models average`."""
    parser.add_argument("out", metavar="OUT", type=Path, help="safetensors file to write, for train --start or export")
    parser.add_argument("files", metavar="FILE", type=Path, nargs="+", help="weights of one network")


def train(args: argparse.Namespace) -> None:
    """Train one stage; raises as `edge.commands.models.run`."""
    from edge.inference.any_card import load_any_card
    from edge.inference.card import ModelCard
    from edge.inference.finder_card import FinderCard

    check_count("--steps", args.steps, "number of steps")
    for folder in args.fonts or []:
        if not folder.is_dir():
            raise UsageError(f"--fonts {folder}: no such folder; give one of TrueType fonts, or leave it out")
    card = load_any_card(args.name)
    if isinstance(card, ModelCard):
        _train_detector(args, card)
    elif isinstance(card, FinderCard):
        models_finder.train(args, card)
    else:
        _train_reader(args, card)


def export(args: argparse.Namespace) -> None:
    """Write trained weights as ONNX; raises as `edge.commands.models.run`."""
    from edge.inference.any_card import load_any_card
    from edge.inference.card import ModelCard
    from edge.inference.finder_card import FinderCard

    card = load_any_card(args.name)
    if isinstance(card, FinderCard):
        models_finder.export(args, card)
        return
    weights = args.weights or weights_beside(card.path)
    if isinstance(card, ModelCard):
        from edge.workshop.export import export as export_detector

        sha256 = export_detector(
            weights, card.path, card.file, args.size or (card.input.width, card.input.height), args.version
        )
        print(f"{card.file}: {card.file.stat().st_size} bytes, SHA-256 {sha256}")
        return
    from edge.workshop.plates.export import export as export_reader

    if args.size:
        raise UsageError(f"{card.name} has one input size: leave --size out")
    held_out = _crops(args.data, card.path.parent / CROPS_FILE, card, "validation") if args.data else []
    sha256, found = export_reader(weights, card, args.version, held_out)
    print(f"{card.file}: {card.file.stat().st_size} bytes, SHA-256 {sha256}")
    if found:
        said, regions = found.calibration, found.regions
        print(f"temperature {said.temperature}, calibration error {said.error:.3f} of {said.characters} characters")
        print(f"region right on {regions.right} of {regions.plates} plates, calibration error {regions.error:.3f}")


def average(args: argparse.Namespace) -> None:
    """Write the mean of several weights; raises as `edge.commands.models.run`."""
    from edge.workshop.network import write_average

    write_average(args.files, args.out)
    print(f"{args.out}: mean of {len(args.files)}")


def listed(args: argparse.Namespace, card: ModelCard, side: str) -> list[Entry]:
    """Return one side of a detector's list, every file of it checked."""
    from edge.workshop import dataset

    entries = [entry for entry in dataset.read_list(args.list or card.path.parent / LIST_FILE) if entry.side == side]
    dataset.check_files(args.data, entries)
    return entries


def _train_detector(args: argparse.Namespace, card: ModelCard) -> None:
    from edge.workshop.batches import Mix, load_pictures
    from edge.workshop.dataset import build_list, list_digest
    from edge.workshop.network import pick_device
    from edge.workshop.training import Stage
    from edge.workshop.training import train as train_detector

    out = card.path.parent / LAST_FILE
    leave_out(args, NOT_FOR_DETECTORS, f"{card.name} is a detector")
    if args.data is None and args.rendered is None:
        raise UsageError("nothing to train on: give --data DIR, --rendered DIR or both")
    real = listed(args, card, "train") if args.data else []
    labelled = [entry for entry in build_list(args.labelled) if entry.side == "train"] if args.labelled else []
    rendered = build_list(args.rendered) if args.rendered else []
    sizes = tuple(args.size or [(card.input.width, card.input.height)])
    stage = Stage(
        Mix(sizes, rendered=_share(args), mosaic=MOSAIC if args.mosaic is None else args.mosaic),
        args.steps,
        DETECTOR_RATE if args.rate is None else args.rate,
        seed=args.seed,
        threads=args.threads,
        frozen=args.frozen or 0,
        bf16=args.bf16,
        device=pick_device(args.device),
    )
    lists = {"listed": real, "labelled": labelled, "rendered": rendered}
    said = ", ".join(f"{name} {list_digest(entries)}" for name, entries in lists.items() if entries)
    print(f"{said}, {asdict(stage)}", file=sys.stderr)
    progress = train_detector(
        args.start or out,
        out,
        load_pictures(args.data, real) + load_pictures(args.labelled, labelled),
        load_pictures(args.rendered, rendered),
        stage,
        fresh=args.start is not None,
    )
    print(f"{out}: {progress.step} steps")


def _train_reader(args: argparse.Namespace, card: ReaderCard) -> None:
    from edge.workshop.network import pick_device
    from edge.workshop.plates.batches import Mix
    from edge.workshop.plates.hands import type_hands
    from edge.workshop.plates.samples import Fonts
    from edge.workshop.plates.training import Stage
    from edge.workshop.plates.training import train as train_reader

    leave_out(args, NOT_FOR_READERS, f"{card.name} renders its plates itself and has one size")
    out = card.path.parent / LAST_FILE
    crops = _crops(args.data, args.list or card.path.parent / CROPS_FILE, card, "train") if args.data else []
    fonts = Fonts(*type_hands(args.fonts or []))
    stage = Stage(
        Mix(real=1 - _share(args) if crops else 0.0),
        args.steps,
        READER_RATE if args.rate is None else args.rate,
        seed=args.seed,
        threads=args.threads,
        bf16=args.bf16,
        device=pick_device(args.device),
    )
    print(f"{len(crops)} crops, {len(fonts.hands)} fonts, {asdict(stage)}", file=sys.stderr)
    start = args.start or (out if out.is_file() else None)
    progress = train_reader(start, out, crops, fonts, stage, fresh=args.start is not None)
    print(f"{out}: {progress.step} steps")


def _share(args: argparse.Namespace) -> float:
    return RENDERED_SHARE if args.share is None else float(args.share)


def _crops(data: Path, path: Path, card: ReaderCard, side: str) -> list[Crop]:
    from edge.workshop.dataset import read_list
    from edge.workshop.plates import crops

    corrections = crops.read_corrections(card.path.parent / CORRECTIONS_FILE)
    return crops.read_crops(data, [entry for entry in read_list(path) if entry.side == side], corrections)
