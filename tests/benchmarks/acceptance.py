"""What the acceptance test says of sound and of broken builds: `python -m tests.benchmarks.acceptance --data SETS`.

Prints the table of docs/models.md, from which its bounds are set: sound builds above, broken ones below.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable
from pathlib import Path

from edge.inference.acceptance import FLOAT, FLOOR, INT8, compare
from edge.inference.card import ModelCard, load_card
from edge.inference.detector import YoloDetector
from edge.inference.golden import trial_frames
from edge.inference.ort import OrtEngine
from edge.types import Detections
from edge.workshop import calibration
from edge.workshop.builds import write_fp16, write_int8
from edge.workshop.dataset import read_list
from tests.inference.broken_builds import BROKEN, broken, with_ranges

SHARES = (2.0, 0.85, 0.7, 0.6, 0.5, 0.25)
Build = tuple[str, Callable[[Path], Path]]


def builds(card: ModelCard, data: Path, count: int) -> list[Build]:
    """Return what is compared, each as a name and what writes it into a folder."""
    chosen = calibration.choose(read_list(card.path.parent / "pictures.csv"), count)

    def half(folder: Path) -> Path:
        write_fp16(card, folder / "half.onnx")
        return folder / "half.onnx"

    def calibrated(method: str, few: int) -> Callable[[Path], Path]:
        def write(folder: Path) -> Path:
            write_int8(card, list(calibration.pictures(data, chosen[::few])), folder / f"{method}.onnx", method)
            return folder / f"{method}.onnx"

        return write

    def narrowed(share: float) -> Callable[[Path], Path]:
        return lambda folder: with_ranges(folder / "Percentile.onnx", share, folder)

    def spoilt(how: str) -> Callable[[Path], Path]:
        return lambda folder: broken(card.file, how, folder)

    return [
        ("FP16", half),
        (f"INT8, {count} pictures, 99.999 % kept", calibrated("Percentile", 1)),
        (f"INT8, {count} pictures, least to greatest", calibrated("MinMax", 1)),
        (f"INT8, {count} pictures, entropy", calibrated("Entropy", 1)),
        (f"INT8, {len(chosen[::16])} pictures, least to greatest", calibrated("MinMax", 16)),
        *((f"INT8, ranges times {share:g}", narrowed(share)) for share in SHARES),
        *((how, spoilt(how)) for how in BROKEN),
    ]


def main() -> None:
    """Build, compare, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default="gate-n")
    parser.add_argument("--data", metavar="DIR", type=Path, required=True)
    parser.add_argument("--pictures", type=int, default=96)
    args = parser.parse_args()
    card = load_card(args.model)
    frames = [one.frame for one in trial_frames()]

    def answers(file: Path) -> list[Detections]:
        detector = YoloDetector(card, OrtEngine(file), FLOOR * card.confidence)
        return [detector.detect(frame) for frame in frames]

    reference = answers(card.file)
    print("| build | clear objects kept | scores differ | scores drift | boxes overlap | refused |")
    print("| --- | --- | --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as folder:
        for name, write in builds(card, args.data, args.pictures):
            bound = INT8 if name.startswith("INT8") else FLOAT
            said = compare(reference, answers(write(Path(folder))), card.confidence, bound)
            figures = f"{said.kept:.3f} | {said.change:.4f} | {said.drift:+.4f} | {said.iou:.3f}"
            print(f"| {name} | {figures} | {'no' if said.accepted else 'yes'} |", flush=True)


if __name__ == "__main__":
    main()
