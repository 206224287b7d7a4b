"""`edge models quantize`: builds of a network in other arithmetic, tried against it and listed on its card."""

from __future__ import annotations

import argparse
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from edge.commands.arguments import check_count
from edge.errors import UsageError

if TYPE_CHECKING:
    from edge.inference.card import Build, ModelCard
    from edge.workshop.dataset import Entry

PICTURES_FILE = "pictures.csv"
DEFAULT_COUNT = 128
QUICKER = 0.95
"""Share of the full network's time that a build may take to be chosen unasked: less is not worth its losses."""
TIMED = 8
"""Golden frames that are timed, three rounds of them."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `edge models quantize`."""
    parser.add_argument("name", metavar="NAME", help="a name or the path of a model.toml")
    parser.add_argument("--data", metavar="DIR", type=Path, help="labelled sets to calibrate INT8 on")
    parser.add_argument(
        "--pictures",
        metavar="N",
        type=int,
        help=f"choose N pictures anew, two of three from the list's training side, one rendered (default: those of "
        f"calibration.csv beside the card; {DEFAULT_COUNT} where there is none)",
    )
    parser.add_argument("--list", metavar="CSV", type=Path, help=f"default: {PICTURES_FILE} beside the card")
    parser.add_argument(
        "--precision", nargs="+", choices=("int8", "fp16"), default=["int8"], help="builds to make (default: int8)"
    )
    parser.add_argument("--out", metavar="DIR", type=Path, help="write a copy of the model with its builds there")
    parser.add_argument("--threads", type=int, default=1)


def run(args: argparse.Namespace) -> None:
    """Make the builds, try each, and list on the card those that stand; nothing is kept when one is refused.

    Raises:
        UsageError: arguments do not suit each other, or the train extra is missing.
        ConfigError: pictures are missing or not as listed.
        ModelError: the card or the weights are not sound, or a build is refused.
        EngineFailed: a build gave no answer.
    """
    from edge.inference.any_card import load_any_card
    from edge.inference.card import ModelCard
    from edge.workshop.builds import with_builds

    card = load_any_card(args.name)
    if not isinstance(card, ModelCard):
        raise UsageError(f"{card.name} is no detector, and builds are made of detectors alone: name a detector")
    card.check_file()
    target = args.out or card.path.parent
    with tempfile.TemporaryDirectory(prefix="edge-builds-") as folder:
        made = [_make(args, card, kind, Path(folder)) for kind in dict.fromkeys(args.precision)]
        text = with_builds(card, made)
        try:
            if args.out:
                target.mkdir(parents=True, exist_ok=True)
                for file in (card.file.name, *(build.file for build in card.builds)):
                    shutil.copyfile(card.path.parent / file, target / file)
            for path in sorted(Path(folder).iterdir()):
                shutil.copyfile(path, target / path.name)
            (target / card.path.name).write_text(text, encoding="utf-8")
        except OSError as error:
            raise UsageError(f"{target}: cannot be written ({error.strerror or error}); give another --out") from error
    print(f"{target / card.path.name}: lists {', '.join(build.kind for build in made)}")


def _make(args: argparse.Namespace, card: ModelCard, kind: str, folder: Path) -> Build:
    from edge.inference.acceptance import bound_of, try_engine
    from edge.inference.engines import open_engine
    from edge.workshop.builds import listed, write_fp16, write_int8
    from edge.workshop.calibration import pictures

    file = folder / f"{card.file.stem}.{kind}.onnx"
    if kind == "int8":
        write_int8(card, list(pictures(args.data, _calibration(args, card, folder))), file)
    else:
        write_fp16(card, file)
    engine = open_engine(file, "onnxruntime", args.threads)
    trial = try_engine(card, engine, bound_of(kind), built=replace(card, file=file, precision=kind))
    engine.close()
    share = _time_share(card, file, args.threads)
    # TensorRT is not here to be timed. FP16 costs no accuracy and is quicker on any GPU of ours; INT8 beside the float
    # layers of a strongly typed network has to show first that it is quicker still.
    engines = (("tensorrt",) if kind == "fp16" else ()) + (("onnxruntime",) if share <= QUICKER else ())
    size = file.stat().st_size
    print(f"{file.name}: {size} bytes; {trial.told()}; takes {share:.2f} of the full network's time here")
    return listed(kind, file, engines)


def _calibration(args: argparse.Namespace, card: ModelCard, folder: Path) -> list[Entry]:
    """Return the committed list, or one that is chosen anew and left in `folder`."""
    from edge.workshop import calibration, dataset

    if args.data is None:
        raise UsageError("INT8 is calibrated on pictures: give --data DIR, or --precision fp16")
    path = card.path.parent / calibration.LIST_FILE
    if args.pictures is None and path.is_file():
        return dataset.read_list(path)
    count = DEFAULT_COUNT if args.pictures is None else args.pictures
    check_count("--pictures", count, "number of pictures")
    entries = calibration.choose(dataset.read_list(args.list or card.path.parent / PICTURES_FILE), count)
    dataset.write_list(folder / calibration.LIST_FILE, entries)
    return entries


def _time_share(card: ModelCard, file: Path, threads: int) -> float:
    """Return how long a frame takes through the build, as a share of how long it takes through the full network."""
    from edge.inference.detector import YoloDetector
    from edge.inference.engines import open_engine
    from edge.inference.golden import golden_frames
    from edge.workshop.sweep import time_in_turns

    detectors = [YoloDetector(card, open_engine(path, "auto", threads)) for path in (card.file, file)]
    full_ms, build_ms = time_in_turns(detectors, [golden.frame for golden in golden_frames(TIMED)])
    for detector in detectors:
        detector.close()
    return build_ms / full_ms
