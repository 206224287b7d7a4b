"""`edge eval plates`: plate readers side by side on pictures with boxes and texts, one look at each."""

from __future__ import annotations

import argparse
import csv
import json
import sys
import time
from contextlib import ExitStack, closing
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

from edge.commands.arguments import check_count
from edge.commands.plate_readers import READERS, models_of, of_plates, open_named
from edge.errors import UsageError
from edge.grammars import GRAMMARS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from edge.config.model import Models
    from edge.plates.grammar import Prior
    from edge.types import PlateRead
    from edge.workshop.plate_scores import PlateTally
    from edge.workshop.plate_sets import PlatePicture

PREPARATIONS = ("none", "bicubic", "equalise", "clahe", "threshold")
TOP = 10


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `edge eval plates`."""
    parser.add_argument(
        "--dir",
        metavar="DIR",
        type=Path,
        required=True,
        help="openalpr's benchmark (pictures with text files) or pictures with a plates.csv",
    )
    parser.add_argument(
        "--reader",
        choices=READERS,
        nargs="+",
        action="extend",
        help="the first is the one the last line of --json tells of (default: what the configuration names)",
    )
    parser.add_argument("--model", metavar="NAME", default="gate-n", help="detector of the vehicles (default: gate-n)")
    parser.add_argument("--config", metavar="FILE", type=Path, help="take the readers' settings from here")
    parser.add_argument("--list", metavar="FILE", type=Path, help="only pictures of this list (its validation side)")
    parser.add_argument("--every", metavar="K", type=int, default=1, help="only every K-th picture")
    parser.add_argument(
        "--prepare",
        choices=PREPARATIONS,
        nargs="+",
        help="pictures that are plates: what is done to them before they are read, side by side (default: none)",
    )
    parser.add_argument(
        "--countries",
        metavar="CC",
        choices=tuple(GRAMMARS),
        nargs="+",
        default=[],
        help="put look-alikes right by the layouts of these countries, as site.plates does: za gb … (default: none)",
    )
    parser.add_argument("--answers", metavar="CSV", type=Path, help="write every text beside what was read")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="a line for every reader, the first one's summary last")


def run(args: argparse.Namespace) -> None:
    """Measure every reader on the same pictures and print; raises as `edge.commands.eval.run`."""
    from dataclasses import replace

    from edge.plates.grammar import Prior
    from edge.workshop.plate_sets import open_plates, pick

    prior = Prior(tuple(args.countries))
    check_count("--every", args.every, "step")
    pictures = open_plates(args.dir)
    pictures = (pick(pictures, args.list) if args.list else pictures)[:: args.every]
    models = replace(models_of(args.config), detector=args.model, threads=args.threads)
    tallies: list[tuple[str, PlateTally]] = []
    preparations = args.prepare or PREPARATIONS[:1]
    if args.prepare and not all(picture.is_plate for picture in pictures):
        raise UsageError("--prepare is for pictures that are plates: a whole picture is prepared by nobody")
    for reader, preparation in product(args.reader or [models.plates], preparations):
        tally, label, spent_ms = _measure(models, reader, pictures, preparation, prior)
        name = reader if preparation == "none" else f"{reader}+{preparation}"
        tallies.append((name, tally))
        if args.json:
            print(json.dumps(_details(name, label, spent_ms, tally)), flush=True)
        else:
            print(_table(f"{name} ({label}, {spent_ms:.0f} ms a picture)", tally), flush=True)
    if args.answers:
        _write_answers(args.answers, tallies)
    if args.json:
        print(json.dumps(tallies[0][1].summary))


def _measure(
    models: Models, name: str, pictures: Sequence[PlatePicture], preparation: str, prior: Prior
) -> tuple[PlateTally, str, float]:
    """Return the counts of one reader, its label and its milliseconds a picture."""
    from tqdm import tqdm

    from edge.inference.detector import open_detector
    from edge.inference.one_look import OneLook
    from edge.plates.grammar import by_layout
    from edge.vision.frame import PlanarFrame
    from edge.workshop.pictures import read_rgb
    from edge.workshop.plate_scores import PlateTally
    from edge.workshop.preparation import PREPARATIONS as WAYS

    tally, spent_ns = PlateTally(), 0
    with ExitStack() as stack:
        reader = stack.enter_context(closing(open_named(models, name)))
        look = None
        if not all(picture.is_plate for picture in pictures):
            look = OneLook(stack.enter_context(closing(open_detector(models))), reader)
        for number, picture in enumerate(tqdm(pictures, disable=not sys.stderr.isatty(), leave=False)):
            pixels = read_rgb(picture.path)
            began = time.perf_counter_ns()
            reads: tuple[PlateRead, ...]
            if look is not None and not picture.is_plate:
                frame = PlanarFrame.from_rgb(pixels, camera_id="eval", seq=number, wall_ns=0, mono_ns=0, pts_ns=0)
                reads = look.read(frame)
            else:
                read = of_plates(reader, name).read_plate(WAYS[preparation](pixels))
                reads = (read,) if read else ()
            reads = tuple(by_layout(read, prior) for read in reads)
            spent_ns += time.perf_counter_ns() - began
            tally.add(picture, reads)
        return tally, reader.label, spent_ns / len(pictures) / 1e6


def _details(name: str, label: str, spent_ms: float, tally: PlateTally) -> dict[str, object]:
    return {
        "kind": "reader",
        "reader": name,
        "label": label,
        "ms_per_image": round(spent_ms, 1),
        **tally.summary,
        "texts": len(tally.answers),
        "confusions": [[true, read, count] for (true, read), count in tally.confusions().most_common(TOP)],
    }


def _table(title: str, tally: PlateTally) -> str:
    said = tally.summary
    figures = ", ".join(f"{key} {said[key]}" for key in ("found", "exact", "characters", "extra_per_image"))
    texts = len(tally.answers)
    lines = [f"{title}: {said['images']} pictures, {said['plates']} plates, {texts} with a text", f"  {figures}"]
    confusions = tally.confusions().most_common(TOP)
    if confusions:
        lines.append(
            "  taken for another: " + ", ".join(f"{true}>{read} {count}" for (true, read), count in confusions)
        )
    return "\n".join(lines)


def _write_answers(path: Path, tallies: Sequence[tuple[str, PlateTally]]) -> None:
    try:
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(("reader", "file", "text", "read", "confidence"))
            for name, tally in tallies:
                writer.writerows((name, one.file, one.text, one.read, f"{one.confidence:.3f}") for one in tally.answers)
    except OSError as error:
        raise UsageError(f"{path}: cannot be written ({error.strerror or error}); give another path") from error
