"""`edge models sweep`: which input size a network should have."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from edge.commands import eval_detect
from edge.commands.arguments import input_size
from edge.commands.weights import WEIGHTS_HELP, weights_beside
from edge.errors import UsageError

if TYPE_CHECKING:
    from edge.workshop.sweep import SweepPoint


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `edge models sweep`."""
    parser.add_argument("name", metavar="NAME", help="a name or the path of a model.toml")
    eval_detect.add_picture_arguments(parser)
    parser.add_argument(
        "--size", metavar="WxH", type=input_size, action="append", help="network inputs (default: 320x192 to 640x384)"
    )
    parser.add_argument("--weights", metavar="FILE", type=Path, help=WEIGHTS_HELP)
    parser.add_argument("--plot", metavar="FILE.svg", type=Path, help="draw accuracy over milliseconds")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="a line for every size, the chosen one last")


def run(args: argparse.Namespace) -> None:
    """Write the network at every size, measure all on the same pictures, time them in turns, and print.

    Raises:
        UsageError: arguments do not suit each other, or the train extra is missing.
        ConfigError: labelled data is missing or wrong.
        ModelError: the card or the weights are not sound.
        EngineFailed: a network gave no answer.
    """
    from edge.inference.card import load_card
    from edge.inference.detector import YoloDetector
    from edge.inference.engines import open_engine
    from edge.inference.golden import golden_frames
    from edge.workshop.evaluate import LOWEST, score
    from edge.workshop.sweep import SIZES_WH, SweepPoint, builds, plot, smallest_that_keeps, time_in_turns

    card = load_card(args.name)
    card.check_file()
    make_examples = eval_detect.examples_of(args, card)
    sizes = tuple(dict.fromkeys(args.size or SIZES_WH))
    with tempfile.TemporaryDirectory() as folder:
        cards = builds(card, args.weights or weights_beside(card.path), sizes, Path(folder))
        measured = []
        for one in cards:
            print(f"edge: {one.input.width}x{one.input.height} …", file=sys.stderr)
            detector = YoloDetector(one, open_engine(one.file, "auto", args.threads), LOWEST)
            measured.append(score(detector, make_examples(), card.confidence))
            detector.close()
        detectors = [YoloDetector(one, open_engine(one.file, "auto", args.threads)) for one in cards]
        spent = time_in_turns(detectors, [golden.frame for golden in golden_frames(24)])
        for detector in detectors:
            detector.close()
    points = [SweepPoint(size, ms, scores) for size, ms, scores in zip(sizes, spent, measured, strict=True)]
    chosen = smallest_that_keeps(points)
    if args.plot:
        try:
            args.plot.write_text(plot(points, f"{card.name}, {measured[0].pictures} pictures"), encoding="utf-8")
        except OSError as error:
            raise UsageError(f"{args.plot}: cannot be written ({error.strerror}); give another path") from error
    if args.json:
        lines = [_details(point) for point in points] + [{"kind": "chosen", "size": chosen.name}]
        print("\n".join(json.dumps(line) for line in lines))
    else:
        print(_table(points, chosen))


def _details(point: SweepPoint) -> dict[str, object]:
    return {"kind": "size", "size": point.name, "ms": round(point.ms, 2), **eval_detect.summary(point.scores)} | {
        "vehicle_recall": round(point.recall, 4)
    }


def _table(points: list[SweepPoint], chosen: SweepPoint) -> str:
    least = min(point.ms for point in points)
    pictures = points[0].scores.pictures
    lines = [
        f"{pictures} pictures; recall of vehicles at the card's confidence; milliseconds a frame, in turns",
        f"  {'size':<9} {'ms':>6} {'times':>6} {'mAP50':>6} {'vehicle':>8} {'recall':>7} {'small':>6}",
    ]
    for point in points:
        scores = point.scores
        lines.append(
            f"  {point.name:<9} {point.ms:>6.1f} {point.ms / least:>6.2f} {scores.map50:>6.3f} "
            f"{scores.vehicle.ap50:>8.3f} {point.recall:>7.3f} {scores.sizes[0].recall:>6.3f}"
        )
    lines.append(f"the smallest that keeps the vehicles' recall: {chosen.name}")
    return "\n".join(lines)
