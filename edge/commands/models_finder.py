"""`edge models train`, `export` and `eval` for a plate finder."""

from __future__ import annotations

import argparse
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from edge.commands.arguments import leave_out
from edge.commands.weights import LAST_FILE, weights_beside
from edge.errors import UsageError

if TYPE_CHECKING:
    from edge.inference.finder_card import FinderCard
    from edge.workshop.batches import Picture
    from edge.workshop.finder.scenes import Scene

LIST_FILE, UNBOXED_FILE = "scenes.csv", "unboxed.csv"
BOXED_FILE, CORRECTIONS_FILE = "vehicles.csv", "corrections.csv"
VEHICLES_LIST = "pictures.csv"
VEHICLES_OF = "gate-n"
CROPS_LIST, CROPS_OF = "crops.csv", "plate-ocr"
RATE = 2e-3
NOT_FOR_FINDERS = ("labelled", "mosaic", "frozen", "share")


def add_train_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `edge models train` takes for a finder alone."""
    parser.add_argument(
        "--vehicles", metavar="DIR", type=Path, help="finder: labelled sets of vehicles to set plates onto"
    )
    parser.add_argument("--crops", metavar="DIR", type=Path, help="finder: crops of single real plates")


def train(args: argparse.Namespace, card: FinderCard) -> None:
    """Train one stage.

    Raises:
        UsageError: an argument is missing or not for a finder, or the train extra is not installed.
        ConfigError: data is missing or not as listed.
        ModelError: the weights cannot be read or the loss is no longer a number.
    """
    from edge.workshop.dataset import list_digest, read_list
    from edge.workshop.finder.gates import read_gates
    from edge.workshop.finder.scenes import read_scenes
    from edge.workshop.finder.sources import Mix, Sources, rarely_seen
    from edge.workshop.finder.training import Stage
    from edge.workshop.finder.training import train as train_finder
    from edge.workshop.network import pick_device
    from edge.workshop.plates.hands import type_hands
    from edge.workshop.plates.samples import Fonts

    leave_out(args, NOT_FOR_FINDERS, f"{card.name} is a plate finder")
    if args.data is None:
        raise UsageError("give --data DIR: pictures with a plates.csv of boxes")
    folder = card.path.parent
    entries = [entry for entry in read_list(args.list or folder / LIST_FILE) if entry.side == "train"]
    vehicles = _vehicles(args.vehicles, folder) if args.vehicles else []
    scenes = read_scenes(args.data, entries, folder / UNBOXED_FILE, folder / CORRECTIONS_FILE)
    sources = Sources(
        scenes,
        vehicles,
        read_gates(args.rendered) if args.rendered else (),
        Fonts(*type_hands(args.fonts or [])),
        _crops(args.crops) if args.crops else (),
        _boxed(args.vehicles, vehicles, folder / BOXED_FILE) if args.vehicles else (),
        rarely_seen(scenes),
    )
    stage = Stage(
        Mix(tuple(args.size or [(card.input.width, card.input.height)])),
        args.steps,
        RATE if args.rate is None else args.rate,
        seed=args.seed,
        threads=args.threads,
        bf16=args.bf16,
        device=pick_device(args.device),
    )
    counts = (
        f"{len(scenes)} scenes (list {list_digest(entries)}), {len(sources.rare)} rare, {len(vehicles)} pictures of "
        f"vehicles, {len(sources.boxed)} with boxed plates, {len(sources.gates)} rendered, {len(sources.crops)} crops"
    )
    print(f"{counts}, {asdict(stage)}", file=sys.stderr)
    out = folder / LAST_FILE
    start = args.start or (out if out.is_file() else None)
    progress = train_finder(start, out, sources, stage, fresh=args.start is not None)
    print(f"{out}: {progress.step} steps")


def _vehicles(data: Path, folder: Path) -> list[Picture]:
    """Pictures of the training side of the detector's list, each of them checked."""
    from edge.inference.card import find_card
    from edge.workshop import dataset
    from edge.workshop.batches import load_pictures
    from edge.workshop.finder.sources import near_enough

    own = folder / VEHICLES_LIST
    path = own if own.is_file() else find_card(VEHICLES_OF).parent / VEHICLES_LIST
    entries = [entry for entry in dataset.read_list(path) if entry.side == "train"]
    dataset.check_files(data, entries)
    return near_enough(load_pictures(data, entries))


def _boxed(data: Path, vehicles: list[Picture], table: Path) -> list[Scene]:
    """Those of the vehicles in which a list, that may be absent, boxes plates."""
    from edge.workshop.finder.scenes import boxed_vehicles, read_boxes

    boxes = read_boxes(table) if table.is_file() else {}
    return boxed_vehicles({picture.path.relative_to(data).as_posix(): picture for picture in vehicles}, boxes)


def _crops(data: Path) -> list[Path]:
    """Crops of the training side of the reader's list, each of them checked."""
    from edge.inference.card import find_card
    from edge.workshop.dataset import read_list
    from edge.workshop.plates.crops import read_crops

    listed = read_list(find_card(CROPS_OF).parent / CROPS_LIST)
    return [crop.path for crop in read_crops(data, [entry for entry in listed if entry.side == "train"], {})]


def export(args: argparse.Namespace, card: FinderCard) -> None:
    """Write trained weights as ONNX and bring the card up to date; raises as `edge.commands.models.run`."""
    from edge.workshop.finder.export import export as export_finder

    if args.size or args.data:
        raise UsageError(f"{card.name} has the input size of its card and no temperature: leave --size and --data out")
    sha256 = export_finder(args.weights or weights_beside(card.path), card, args.version)
    print(f"{card.file}: {card.file.stat().st_size} bytes, SHA-256 {sha256}")
